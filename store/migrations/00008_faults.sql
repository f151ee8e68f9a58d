-- One case that cannot be worked out, or that somebody keeps locked, holds up no other; and
-- an adoption waits for no case.

-- +goose Up

-- Why a case is put aside, and since when (case time).
alter table cases add column fault text not null default '', add column faulted_at timestamptz;
create index cases_fault on cases (faulted_at) where fault <> '';

-- When a case in the queue is tried, and how often it could not be worked out. The foreign
-- key would make whoever queues a case wait for whoever works on it.
alter table replans drop constraint replans_case_key_fkey,
  add column attempts integer not null default 0,
  add column next_at timestamptz not null default now(); -- wall time: not taken before
create index replans_next on replans (next_at) where attempts = 0;
create index replans_again on replans (next_at) where attempts > 0;

-- The adoption by which a case was planned last, but for what was recorded in it since:
-- where that is not the one in force, it waits to be planned again.
-- +goose StatementBegin
do $$
begin
  execute format('alter table cases add column planned_by bigint not null default %s',
    coalesce((select max(seq) from laws_in_force), 0));
end
$$;
-- +goose StatementEnd
update cases c set planned_by = r.since from replans r where r.case_key = c.key and r.since is not null;
delete from replans where since is not null;
create index cases_planned_by on cases (planned_by, key) where fault = '';

-- +goose Down
insert into replans (case_key, why, since) select key, 'the law changed', planned_by from cases
  where planned_by < (select max(seq) from laws_in_force) on conflict (case_key) do update set since = excluded.since;
drop index cases_planned_by;
alter table cases drop column planned_by;
drop index replans_again;
drop index replans_next;
alter table replans drop column next_at, drop column attempts,
  add constraint replans_case_key_fkey foreign key (case_key) references cases (key);
drop index cases_fault;
alter table cases drop column faulted_at, drop column fault;
