-- What an adopted law did: which cases were planned again because of it, and every duty
-- about which it says something else. There are no foreign keys: what is written here follows
-- from rows that are locked.

-- +goose Up

-- By which adoption a case was planned last, where it waits because the law changed since;
-- null where something else did. With two adoptions in a row it is the one before both.
alter table replans add column since bigint;

-- A case that was planned again because of an adoption: the reason is the adoption's own.
create table law_plans (
  adoption bigint not null,       -- seq of laws_in_force
  case_key uuid not null,
  at       timestamptz not null,  -- case time
  compared boolean not null,      -- false where this program could not read the law before
  primary key (adoption, case_key)
);

-- What the law before and the adopted one say differently of a duty, as of law_plans.at.
create table law_changes (
  adoption     bigint not null,
  case_key     uuid not null,
  duty         text not null check (octet_length(duty) between 1 and 300),
  ref          text not null check (octet_length(ref) between 1 and 100),
  change       text not null check (change in ('appears', 'moves', 'local', 'stands', 'goes')),
  due_before   text not null default '',   -- a date or an instant; '' for none
  due_after    text not null default '',
  local_before text not null default '',
  local_after  text not null default '',
  state_before text not null default '',
  state_after  text not null default '',
  live         boolean not null,           -- it is owed under one of the two
  primary key (case_key, duty, adoption),
  check ((change = 'appears') = (state_before = '')),
  check ((change = 'goes') = (state_after = ''))
);
create index law_changes_adoption on law_changes (adoption, ref);

create trigger law_plans_append_only before update or delete on law_plans
  for each row execute function refuse_change();
create trigger law_plans_not_truncated before truncate on law_plans
  for each statement execute function refuse_change();
create trigger law_changes_append_only before update or delete on law_changes
  for each row execute function refuse_change();
create trigger law_changes_not_truncated before truncate on law_changes
  for each statement execute function refuse_change();

-- +goose Down
drop table law_changes;
drop table law_plans;
alter table replans drop column since;
