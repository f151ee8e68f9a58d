-- Keys by which systems use the record over the network, and who did what by which key.

-- +goose Up

-- Times are wall times: a key is of the world's time, whatever clock the cases go by.
create table api_keys (
  id           text primary key check (id ~ '^[a-z2-7]{8}$'),
  environment  text not null check (environment ~ '^[a-z0-9]{1,12}$'),  -- as the key itself shows it
  digest       bytea not null check (octet_length(digest) = 32),        -- the SHA-256 of its secret
  name         text not null check (octet_length(name) between 1 and 200),
  owner        text not null check (octet_length(owner) between 1 and 200),
  actions      text[] not null check (cardinality(actions) > 0),
  source       text not null default '' check (octet_length(source) <= 200),
  council      text not null default '' check (octet_length(council) <= 200),
  per_second   integer check (per_second > 0),                          -- null: as the program that is asked is set
  at_once      integer check (at_once > 0),                             -- the same
  created      timestamptz not null default clock_timestamp(),
  expires      timestamptz not null,
  revoked      timestamptz,
  reason       text not null default '' check (octet_length(reason) <= 2000), -- of the revocation
  replaced_by  text references api_keys (id),
  last_used    timestamptz,                                             -- the hour
  last_refused timestamptz,                                             -- the last hour in which it was shown when it was no longer good
  last_denied  timestamptz                                              -- the last hour in which it was shown where another council's law is in force
);

-- A key is what it was made as, for good: what may be done by it is never widened, and what was taken
-- away is not given back. Only the database says when.
-- +goose StatementBegin
create function keep_key() returns trigger language plpgsql as $$
declare
  may_change constant text[] := array['expires', 'revoked', 'reason', 'replaced_by', 'last_used', 'last_refused', 'last_denied'];
begin
  if to_jsonb(new) - may_change is distinct from to_jsonb(old) - may_change
    or new.expires > old.expires
    or old.revoked is not null and (new.revoked, new.reason) is distinct from (old.revoked, old.reason)
    or old.revoked is null and new.revoked is null and new.reason <> old.reason
    or old.replaced_by is not null and new.replaced_by is distinct from old.replaced_by
  then
    raise exception 'a key is not changed, and not made good again: make another' using errcode = 'restrict_violation';
  end if;
  if old.revoked is null and new.revoked is not null then
    new.revoked := clock_timestamp();
  end if;
  return new;
end
$$;
-- +goose StatementEnd
create trigger api_keys_kept before update on api_keys for each row execute function keep_key();
create trigger api_keys_not_deleted before delete on api_keys for each row execute function refuse_change();
create trigger api_keys_not_truncated before truncate on api_keys for each statement execute function refuse_change();

-- What was done by a key says so. command, run, os_user and host are as before; a request's run is its id.
alter table audit
  add column key      text,  -- the id of the key by which it was done, or of which it speaks
  add column key_name text,
  add column action   text;  -- what the key was used for
create index audit_key on audit (key, seq) where key is not null;

-- created, replaced and revoked: a key was. rejected: it was shown when it was no longer good, once
-- an hour at most. denied: it was used for what it is not for. webhook_...: what happened to a webhook, which action names. What
-- is there already keeps the narrower check that it was written under, so no row of it is read again.
alter table audit drop constraint audit_outcome_check;
alter table audit add constraint audit_outcome_check check (outcome in
  ('began', 'read', 'recorded', 'adopted', 'done', 'refused', 'failed', 'denied', 'created', 'replaced', 'revoked', 'rejected',
  'webhook_added', 'webhook_changed', 'webhook_paused', 'webhook_resumed', 'webhook_disabled', 'webhook_rotated', 'webhook_removed')) not valid;

-- What a program says that it does, and what it says of itself where that is not as its session says: a JSON
-- object by the names of longstop.run and so on.
-- +goose StatementBegin
create function note_use(about uuid, what text, said jsonb) returns void language plpgsql security definer as $$
begin
  if what not in ('began', 'read', 'done', 'refused', 'failed', 'denied') then
    raise exception 'a program cannot say of itself that it %', what using errcode = 'check_violation';
  end if;
  insert into audit (at, login, run, command, os_user, host, case_key, outcome, key, key_name, action)
  values (clock_timestamp(), session_user,
    coalesce(left(said ->> 'run', 200), audit_claim('run')), coalesce(left(said ->> 'command', 200), audit_claim('command')),
    coalesce(left(said ->> 'os_user', 200), audit_claim('os_user')), coalesce(left(said ->> 'host', 200), audit_claim('host')),
    about, what, coalesce(left(said ->> 'key', 200), nullif(audit_claim('key'), '')),
    coalesce(left(said ->> 'key_name', 200), nullif(audit_claim('key_name'), '')),
    coalesce(left(said ->> 'action', 200), nullif(audit_claim('action'), '')));
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function note_events() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, case_key, outcome, events, key, key_name, action)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    case_key, 'recorded', count(*), nullif(audit_claim('key'), ''), nullif(audit_claim('key_name'), ''), nullif(audit_claim('action'), '')
  from added group by case_key order by case_key;
  return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function note_rows() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, outcome, events, key, key_name, action)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    tg_argv[0], count(*), nullif(audit_claim('key'), ''), nullif(audit_claim('key_name'), ''), nullif(audit_claim('action'), '')
  from added having count(*) > 0;
  return null;
end
$$;
-- +goose StatementEnd

-- What happens to a key, in the transaction in which it happens.
-- +goose StatementBegin
create function note_key() returns trigger language plpgsql security definer as $$
declare
  what text;
begin
  foreach what in array array[
    case when tg_op = 'INSERT' then 'created' end,
    case when tg_op = 'UPDATE' and old.replaced_by is null and new.replaced_by is not null then 'replaced' end,
    case when tg_op = 'UPDATE' and old.revoked is null and new.revoked is not null then 'revoked' end,
    case when tg_op = 'UPDATE' and new.last_refused is distinct from old.last_refused then 'rejected' end]
  loop
    if what is not null then
      insert into audit (at, login, run, command, os_user, host, outcome, key, key_name)
      values (clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
        what, new.id, new.name);
    end if;
  end loop;
  return null;
end
$$;
-- +goose StatementEnd
create trigger api_keys_audited after insert or update on api_keys for each row execute function note_key();

-- +goose StatementBegin
do $$
declare
  f regprocedure;
begin
  foreach f in array array['note_use(uuid, text, jsonb)', 'note_events()', 'note_rows()', 'note_key()', 'keep_key()']::regprocedure[] loop
    execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', f, current_schema());
    execute format('revoke all on function %s from public', f);
  end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- The function is again as migration 10 made it.
drop table api_keys;
drop function note_key();
drop function keep_key();
drop function note_use(uuid, text, jsonb);
-- +goose StatementBegin
create or replace function note_events() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, case_key, outcome, events)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    case_key, 'recorded', count(*)
  from added group by case_key order by case_key;
  return null;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function note_rows() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, outcome, events)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    tg_argv[0], count(*)
  from added having count(*) > 0;
  return null;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
declare
  f regprocedure;
begin
  foreach f in array array['note_events()', 'note_rows()']::regprocedure[] loop
    execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', f, current_schema());
    execute format('revoke all on function %s from public', f);
  end loop;
end
$$;
-- +goose StatementEnd
drop index audit_key;
alter table audit drop column key, drop column key_name, drop column action;
alter table audit drop constraint audit_outcome_check;
alter table audit add constraint audit_outcome_check check (outcome in ('began', 'read', 'recorded', 'adopted', 'done', 'refused', 'failed'))
  not valid;
