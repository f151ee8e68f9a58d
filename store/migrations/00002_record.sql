-- The record: what happened in the cases, what happened with people and teams, and from
-- which source and load it came.

-- +goose Up

create table sources (
  name    text primary key check (octet_length(name) between 1 and 200),
  created timestamptz not null default now()
);

-- A case is known outside of this database by its random key alone.
create table cases (
  key           uuid primary key,
  revision      bigint not null default 0 check (revision >= 0), -- raised by whatever changes a plan
  last_recorded timestamptz,
  worker        text check (octet_length(worker) between 1 and 200), -- as the latest allocation says
  team          text check (octet_length(team) between 1 and 200),
  created       timestamptz not null default now()
);

-- What the sources call a case. The first reference is the one that people are shown.
create table case_references (
  source    text not null references sources (name),
  reference text not null check (octet_length(reference) between 1 and 200),
  -- Checked at the commit: a reference is taken before its case is made, so that of two
  -- transactions that meet a new reference only one makes a case.
  case_key  uuid not null references cases (key) deferrable initially deferred,
  n         bigint generated always as identity,
  linked    timestamptz not null default now(),
  primary key (source, reference)
);
create index case_references_case on case_references (case_key, n);

create table loads (
  id        uuid primary key,
  source    text not null references sources (name),
  kind      text not null check (octet_length(kind) between 1 and 100),
  file_hash text check (octet_length(file_hash) between 1 and 200),
  backlog   boolean not null,      -- the first of its source: nobody is blamed for what it brings
  began     timestamptz not null,  -- case time
  completed timestamptz,           -- case time; null while it runs, or where it was given up
  cases     bigint not null default 0,
  new       bigint not null default 0,
  known     bigint not null default 0,
  refused   bigint not null default 0
);
create index loads_source on loads (source);

create table events (
  seq         bigint generated always as identity primary key,
  case_key    uuid not null references cases (key),
  source      text not null check (octet_length(source) between 1 and 200),
  id          text not null check (octet_length(id) between 1 and 200),
  type        text not null check (octet_length(type) <= 200), -- '' only in a line that voids
  at_day      date,
  at_instant  timestamptz,         -- where more than the day is known
  recorded    timestamptz not null,
  data        jsonb,
  episode     text check (octet_length(episode) between 1 and 200),
  corrects    text check (octet_length(corrects) between 1 and 200),
  voids       text check (octet_length(voids) between 1 and 200),
  recorded_by text check (octet_length(recorded_by) between 1 and 200),
  load_id     uuid,                -- no foreign key: it would be checked for each of a load's events
  backlog     boolean not null default false,
  constraint events_source_id unique (source, id),
  check (type <> '' or voids is not null),
  check (at_day is not null or voids is not null),
  check (at_instant is null or at_day is not null),
  check (corrects is null or voids is null)
);
create index events_case on events (case_key, seq);
create index events_load on events (load_id) where load_id is not null;

create table staff_events (
  seq         bigint generated always as identity primary key,
  source      text not null check (octet_length(source) between 1 and 200),
  id          text not null check (octet_length(id) between 1 and 200),
  type        text not null check (octet_length(type) <= 200),
  at_day      date,
  at_instant  timestamptz,
  recorded    timestamptz not null,
  data        jsonb,
  corrects    text check (octet_length(corrects) between 1 and 200),
  voids       text check (octet_length(voids) between 1 and 200),
  recorded_by text check (octet_length(recorded_by) between 1 and 200),
  constraint staff_events_source_id unique (source, id),
  check (type <> '' or voids is not null),
  check (at_day is not null or voids is not null),
  check (corrects is null or voids is null)
);

-- One row: the lock under which people are recorded, and the version of what is known of them.
create table people (
  only_row      boolean primary key default true check (only_row),
  revision      bigint not null default 0,
  last_recorded timestamptz
);
insert into people default values;

create trigger events_append_only before update or delete on events
  for each row execute function refuse_change();
create trigger events_not_truncated before truncate on events
  for each statement execute function refuse_change();
create trigger staff_events_append_only before update or delete on staff_events
  for each row execute function refuse_change();
create trigger staff_events_not_truncated before truncate on staff_events
  for each statement execute function refuse_change();

-- +goose Down
drop table people;
drop table staff_events;
drop table events;
drop table loads;
drop table case_references;
drop table cases;
drop table sources;
