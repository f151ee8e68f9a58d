-- What follows from the record: duties, and when each pathway must wake. Everything here
-- can be worked out again from the events, the law and the notices.

-- +goose Up

-- The facts of each duty ever opened. Nothing that depends on today is stored: whether it
-- is due today or overdue is worked out when it is asked for. There are no foreign keys:
-- they cost more than the rows, which follow from the events of a locked case.
create table duties (
  case_key           uuid not null,
  duty               text not null check (octet_length(duty) between 1 and 300), -- REF:ENTRY
  ref                text not null check (octet_length(ref) between 1 and 100),
  pathway            text not null check (octet_length(pathway) between 1 and 100),
  episode            text,
  entry              text not null,
  started            date not null,
  started_at         timestamptz,
  due                date,                          -- of a limit in days
  due_at             timestamptz,                   -- of a limit in hours
  local_due          date,
  local              boolean not null default false,
  provisional        boolean not null default false,
  limited            boolean not null default false, -- it has a limit: not one of alarms only, nor waiting
  waiting_for        text,
  met                boolean not null default false,
  met_on             date,
  met_at             timestamptz,
  met_by             text,
  met_inferred       boolean not null default false,
  recorded_late_days integer not null default 0,
  ended              boolean not null default false,
  ended_on           date,
  ended_at           timestamptz,
  ended_by           text,
  not_reported       boolean not null default false,
  reported_until     date,
  extended           integer not null default 0,
  open               boolean not null,
  law                text not null,
  digest             bigint not null,               -- of the row: what has not changed is not written
  primary key (case_key, duty),
  check (met = (met_on is not null)),
  check (ended = (ended_on is not null)),
  check (open = (not met and not ended)),
  check (due is null or due_at is null)
);
create index duties_open on duties (ref, due) where open;

-- When each pathway that has ever been open must next wake, and what its workflow shows.
create table pathways (
  case_key   uuid not null references cases (key),
  pathway    text not null check (octet_length(pathway) between 1 and 100),
  revision   bigint not null,            -- the case's when this row last changed
  open       boolean not null,
  wake       timestamptz,                -- case time; null: nothing to wake for
  wall_wake  timestamptz,                -- the same on the wall clock
  wake_why   text not null default '',
  display    jsonb not null,
  fault      text not null default '',
  faulted_at timestamptz,
  law        text not null,
  updated    timestamptz not null default now(),
  primary key (pathway, case_key),
  check (open or wake is null),
  check ((wake is null) = (wall_wake is null))
);
create index pathways_case on pathways (case_key);
create index pathways_open on pathways (pathway, case_key) where open;
create index pathways_fault on pathways (faulted_at) where fault <> '';

-- Nudges that have not reached their workflows: the latest for each pathway.
create table outbox (
  case_key uuid not null references cases (key),
  pathway  text not null,
  revision bigint not null,
  nudge    jsonb not null,
  attempts integer not null default 0,
  queued   timestamptz not null default now(),
  next_at  timestamptz not null,          -- wall time: not taken before
  primary key (case_key, pathway)
);
create index outbox_next on outbox (next_at);

-- Cases that must be planned again because something outside of them changed: people,
-- teams, the law.
create table replans (
  case_key uuid primary key references cases (key),
  why      text not null,
  queued   timestamptz not null default now()
);

-- +goose Down
drop table replans;
drop table outbox;
drop table pathways;
drop table duties;
