-- What a source as a whole reports, for every case of it and those that come later; and one
-- list for each manager of all that first loads found overdue since the last one.

-- +goose Up

-- Like an event, a row is never changed: another one corrects or voids it. Each case of the
-- source has a source.attached of its own for it, which the recorder writes, under the id of the
-- row with the key of the case.
create table attachments (
  seq         bigint generated always as identity primary key,
  id          text not null unique check (octet_length(id) between 1 and 100),
  source      text not null references sources (name),
  reports     text[] not null,       -- event types; empty in a row that voids
  from_day    date,                  -- the first day that it covers; null in a row that voids
  until_day   date,                  -- the last; null: a live feed
  corrects    text references attachments (id),
  voids       text references attachments (id),
  reason      text not null default '' check (octet_length(reason) <= 2000),
  at_day      date not null,         -- the London day on which it was said: case time
  recorded    timestamptz not null,  -- case time
  recorded_by text not null check (octet_length(recorded_by) between 1 and 200),
  load_id     uuid references loads (id), -- of a backlog: what it brings to light goes on a list
  check (corrects is null or voids is null),
  check ((voids is null) = (from_day is not null)),
  check ((voids is null) = (cardinality(reports) > 0)),
  check (until_day >= from_day)
);
create index attachments_source on attachments (source, seq);

create trigger attachments_append_only before update or delete on attachments
  for each row execute function refuse_change();
create trigger attachments_not_truncated before truncate on attachments
  for each statement execute function refuse_change();
create trigger attachments_audited after insert on attachments referencing new table as added
  for each statement execute function note_rows('recorded');

-- What a list names. One list gathers for each manager, until its morning.
create table list_duties (
  notice   uuid not null references notices (id),
  load_id  uuid not null,
  case_key uuid not null,
  duty     text not null,
  primary key (notice, case_key, duty),
  foreign key (load_id, case_key, duty) references load_overdue (load_id, case_key, duty)
);
create index list_duties_duty on list_duties (case_key, duty);
create trigger list_duties_append_only before update or delete on list_duties
  for each row execute function refuse_change();
create trigger list_duties_not_truncated before truncate on list_duties
  for each statement execute function refuse_change();

-- Of several lists that wait for one manager the first tells what the others would have.
alter table notices drop constraint notices_load_key;
with waiting as (
  select id, first_value(id) over (partition by key order by nominal_at, id) as stays from notices where kind = 'list' and state = 'due'
), whole as (
  select w.stays, array_agg(distinct t) as teams from waiting w join notices n on n.id = w.id, unnest(n.teams) t group by w.stays
)
update notices n set teams = w.teams from whole w where n.id = w.stays;
insert into list_duties (notice, load_id, case_key, duty)
select coalesce((
    select w.id from notices w where n.state = 'due' and w.kind = 'list' and w.state = 'due' and w.key = n.key
    order by w.nominal_at, w.id limit 1), n.id), o.load_id, o.case_key, o.duty
from notices n join load_overdue o on o.load_id = n.load_id and o.team = any(n.teams)
where n.kind = 'list'
on conflict do nothing;
update notices n set state = 'not_sent', settled = true, reason = 'it is on one list with what another load found'
where kind = 'list' and state = 'due' and exists (
  select from notices o where o.key = n.key and o.kind = 'list' and o.state = 'due' and (o.nominal_at, o.id) < (n.nominal_at, n.id));
create unique index notices_open_list on notices (key) where kind = 'list' and state = 'due';

-- +goose Down
drop index notices_open_list;
alter table notices add constraint notices_load_key unique (load_id, key);
drop table list_duties;
drop table attachments;
