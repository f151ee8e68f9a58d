-- Evidence that no program can write for itself: the history of each notice, and who ran
-- what. Both are filled by functions that run with the owner's rights, so that the roles of
-- the programs need no right to write to the tables.

-- +goose Up

-- Every change of a notice, and of each attempt to hand it over.
create table notice_log (
  seq      bigint generated always as identity primary key,
  notice   uuid not null,
  attempt  integer,                  -- the n of notice_attempts; null: the notice itself
  at       timestamptz not null,     -- wall time
  login    text not null,            -- the database role that logged in
  added    boolean not null,         -- the row was added; else it was changed
  became   jsonb not null,           -- the columns that were set or changed, as they became; of the letter, its SHA-256
  replaced jsonb                     -- a letter that was replaced: the one that stands is in notices
);
create index notice_log_notice on notice_log (notice, seq);

-- It names no column but the letter, so that a column which is added later is logged too.
-- +goose StatementBegin
create function log_notice() returns trigger language plpgsql security definer as $$
declare
  became   jsonb := to_jsonb(new);
  was      jsonb;
  replaced jsonb;
begin
  if tg_op = 'UPDATE' then
    was := to_jsonb(old);
    select coalesce(jsonb_object_agg(key, value), '{}') into became
    from jsonb_each(became) where was -> key is distinct from value;
    if became = '{}' then
      return null;
    end if;
    if became ? 'letter' and was -> 'letter' <> 'null' then
      replaced := was -> 'letter';
    end if;
  end if;
  if jsonb_typeof(became -> 'letter') = 'object' then
    became := jsonb_set(became, '{letter}', to_jsonb(encode(sha256(convert_to((became -> 'letter')::text, 'UTF8')), 'hex')));
  end if;
  if tg_table_name = 'notices' then
    insert into notice_log (notice, at, login, added, became, replaced)
    values (new.id, clock_timestamp(), session_user, tg_op = 'INSERT', became, replaced);
  else
    insert into notice_log (notice, attempt, at, login, added, became)
    values (new.notice, new.n, clock_timestamp(), session_user, tg_op = 'INSERT', became);
  end if;
  return null;
end
$$;
-- +goose StatementEnd

create trigger notices_log after insert or update on notices
  for each row execute function log_notice();
create trigger notice_attempts_log after insert or update on notice_attempts
  for each row execute function log_notice();
create trigger notices_kept before delete on notices
  for each row execute function refuse_change();
create trigger notices_not_truncated before truncate on notices
  for each statement execute function refuse_change();
create trigger notice_attempts_kept before delete on notice_attempts
  for each row execute function refuse_change();
create trigger notice_attempts_not_truncated before truncate on notice_attempts
  for each statement execute function refuse_change();
create trigger notice_log_append_only before update or delete on notice_log
  for each row execute function refuse_change();
create trigger notice_log_not_truncated before truncate on notice_log
  for each statement execute function refuse_change();

-- Who ran what. A row with a case is about that child. What a program says of itself it sets
-- for its session (longstop.command and so on); the login is what Postgres knows.
create table audit (
  seq      bigint generated always as identity primary key,
  at       timestamptz not null,  -- wall time
  login    text not null,         -- the database role that logged in
  run      text not null,         -- one run of a program, as it says
  command  text not null,         -- as it says
  os_user  text not null,         -- as it says
  host     text not null,         -- as it says
  case_key uuid,
  outcome  text not null check (outcome in ('began', 'read', 'recorded', 'adopted', 'done', 'refused', 'failed')),
  events   bigint                 -- of recorded: how many
);
create index audit_case on audit (case_key, seq) where case_key is not null;
create index audit_at on audit (at);

create trigger audit_append_only before update or delete on audit
  for each row execute function refuse_change();
create trigger audit_not_truncated before truncate on audit
  for each statement execute function refuse_change();

-- +goose StatementBegin
create function audit_claim(name text) returns text language sql stable
return left(coalesce(current_setting('longstop.' || name, true), ''), 200);
-- +goose StatementEnd

-- What a program says that it does: it begins, reads, or ends.
-- +goose StatementBegin
create function note_run(about uuid, what text) returns void language plpgsql security definer as $$
begin
  if what not in ('began', 'read', 'done', 'refused', 'failed') then
    raise exception 'a program cannot say of itself that it %', what using errcode = 'check_violation';
  end if;
  insert into audit (at, login, run, command, os_user, host, case_key, outcome)
  values (clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    about, what);
end
$$;
-- +goose StatementEnd

-- What was written, noted in the transaction that writes it, whatever the program says.
-- +goose StatementBegin
create function note_events() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, case_key, outcome, events)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    case_key, 'recorded', count(*)
  from added group by case_key order by case_key;
  return null;
end
$$;
-- +goose StatementEnd

-- The same for what belongs to no case: people, and the law.
-- +goose StatementBegin
create function note_rows() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, outcome, events)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    tg_argv[0], count(*)
  from added having count(*) > 0;
  return null;
end
$$;
-- +goose StatementEnd

create trigger events_audited after insert on events referencing new table as added
  for each statement execute function note_events();
create trigger staff_events_audited after insert on staff_events referencing new table as added
  for each statement execute function note_rows('recorded');
create trigger laws_in_force_audited after insert on laws_in_force referencing new table as added
  for each statement execute function note_rows('adopted');

-- A case that has events keeps its references.
-- +goose StatementBegin
create function refuse_forgetting() returns trigger language plpgsql as $$
begin
  if exists (select from events where case_key = old.case_key) then
    raise exception 'a case that has events keeps its references: % is refused', tg_op using errcode = 'restrict_violation';
  end if;
  return old;
end
$$;
-- +goose StatementEnd

create trigger case_references_kept before delete on case_references
  for each row execute function refuse_forgetting();
create trigger case_references_unchanged before update on case_references
  for each row execute function refuse_change();
create trigger case_references_not_truncated before truncate on case_references
  for each statement execute function refuse_change();

-- Analysing a table is its owner's right; after a load the planner must know of it.
-- +goose StatementBegin
create function analyse_record() returns void language plpgsql security definer as $$
begin
  analyze cases, case_references, events, duties, pathways, outbox;
end
$$;
-- +goose StatementEnd

-- What runs with the owner's rights looks for names in the record's schema alone, and is
-- nobody's to call who was not given it.
-- +goose StatementBegin
do $$
declare
  f regprocedure;
begin
  foreach f in array array['log_notice()', 'note_run(uuid, text)', 'note_events()', 'note_rows()',
    'analyse_record()']::regprocedure[]
  loop
    execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', f, current_schema());
    execute format('revoke all on function %s from public', f);
  end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop trigger case_references_not_truncated on case_references;
drop trigger case_references_unchanged on case_references;
drop trigger case_references_kept on case_references;
drop trigger laws_in_force_audited on laws_in_force;
drop trigger staff_events_audited on staff_events;
drop trigger events_audited on events;
drop trigger notice_attempts_not_truncated on notice_attempts;
drop trigger notice_attempts_kept on notice_attempts;
drop trigger notices_not_truncated on notices;
drop trigger notices_kept on notices;
drop trigger notice_attempts_log on notice_attempts;
drop trigger notices_log on notices;
drop function analyse_record();
drop function refuse_forgetting();
drop function note_rows();
drop function note_events();
drop function note_run(uuid, text);
drop function audit_claim(text);
drop table audit;
drop function log_notice();
drop table notice_log;
