-- The epoch of the record: which of its lives this is. `starter rebuild` raises it, so that the
-- clocks hear a record that was restored from an older copy, though its revisions have gone
-- back. A nudge carries it before the revision, and the greater pair wins.

-- +goose Up

create table epoch (
  one    boolean primary key default true check (one),
  epoch  bigint not null default 0 check (epoch >= 0),
  raised timestamptz                     -- wall time; null: never
);
insert into epoch default values;

-- The epoch in which the row last changed. A program of an earlier release leaves it as it is.
alter table pathways add column epoch bigint not null default 0;

-- Of the nudge that waits, so that a program of an earlier release keeps it right.
alter table outbox add column epoch bigint not null
  generated always as (coalesce((nudge ->> 'epoch')::bigint, 0)) stored;

-- The order in which the check of the clocks reads them: that of workflow ids.
create index pathways_open_ids on pathways ((pathway collate "C"), case_key) where open;
drop index pathways_open;

-- +goose Down
create index pathways_open on pathways (pathway, case_key) where open;
drop index pathways_open_ids;
alter table outbox drop column epoch;
alter table pathways drop column epoch;
drop table epoch;
