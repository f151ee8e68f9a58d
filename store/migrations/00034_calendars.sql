-- Addresses at which calendar programs read what somebody has to do, and since when a duty stands as a calendar shows it.

-- +goose Up

-- Whoever knows the address reads the calendar: most programs can show nothing else. Times are wall times.
create table calendars (
  id           text primary key check (id ~ '^[a-z2-7]{8}$'),
  digest       bytea not null unique check (octet_length(digest) = 32), -- the SHA-256 of the secret in its address
  person       text not null check (octet_length(person) between 1 and 200),
  created      timestamptz not null default clock_timestamp(),
  expires      timestamptz not null,
  revoked      timestamptz,
  reason       text not null default '' check (octet_length(reason) <= 2000), -- of the revocation
  last_used    timestamptz,                                                  -- the hour
  last_refused timestamptz                                                   -- the last hour in which it was asked for when it was no longer good
);
create index calendars_person on calendars (person);

-- An address is one person's for good, and what was taken away is not given back.
-- +goose StatementBegin
create function keep_calendar() returns trigger language plpgsql as $$
begin
  if (new.id, new.digest, new.person, new.created) is distinct from (old.id, old.digest, old.person, old.created)
    or new.expires > old.expires
    or old.revoked is not null and (new.revoked, new.reason) is distinct from (old.revoked, old.reason)
    or new.revoked is null and new.reason <> ''
  then
    raise exception 'the address of a calendar is not changed, and not made good again: make another' using errcode = 'restrict_violation';
  end if;
  if old.revoked is null and new.revoked is not null then
    new.revoked := clock_timestamp();
  end if;
  return new;
end
$$;
-- +goose StatementEnd
create trigger calendars_kept before update on calendars for each row execute function keep_calendar();
create trigger calendars_not_deleted before delete on calendars for each row execute function refuse_change();
create trigger calendars_not_truncated before truncate on calendars for each statement execute function refuse_change();

-- What happens to a calendar, in the transaction in which it happens. That it is read the program notes.
-- +goose StatementBegin
create function note_calendar() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, outcome, key, key_name, action)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    what, new.id, 'calendar of ' || new.person, 'calendar'
  from unnest(array[
    case when tg_op = 'INSERT' then 'created' end,
    case when tg_op = 'UPDATE' and old.revoked is null and new.revoked is not null then 'revoked' end,
    case when tg_op = 'UPDATE' and new.last_refused is distinct from old.last_refused then 'rejected' end]) as what
  where what is not null;
  return null;
end
$$;
-- +goose StatementEnd
create trigger calendars_audited after insert or update on calendars for each row execute function note_calendar();

-- Since when a duty stands as a calendar shows it, in wall time: a calendar program takes what has another instant for
-- another version. It rises by a second at least, which is how versions are numbered. What there is already stands since now.
alter table duties add column dated timestamptz not null default now();
-- +goose StatementBegin
create function date_duty() returns trigger language plpgsql as $$
begin
  new.dated := greatest(now(), old.dated + interval '1 second');
  return new;
end
$$;
-- +goose StatementEnd
create trigger duties_dated before update on duties for each row
  when ((old.due, old.due_at, old.local_due, old.provisional, old.waiting_for, old.open)
    is distinct from (new.due, new.due_at, new.local_due, new.provisional, new.waiting_for, new.open))
  execute function date_duty();

-- In which cases somebody was given a part.
create index events_parts on events ((data ->> 'worker'), case_key)
  where type in ('worker.allocated', 'practitioner.joined', 'chair.appointed', 'iro.appointed');

-- +goose StatementBegin
do $$
declare
  f regprocedure;
begin
  foreach f in array array['keep_calendar()', 'note_calendar()', 'date_duty()']::regprocedure[] loop
    execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', f, current_schema());
    execute format('revoke all on function %s from public', f);
  end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop index events_parts;
drop trigger duties_dated on duties;
drop function date_duty();
alter table duties drop column dated;
drop table calendars;
drop function note_calendar();
drop function keep_calendar();
