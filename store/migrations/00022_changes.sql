-- What goes outwards: the changes that a council's systems may follow, and the webhooks that are told of them.

-- +goose Up

-- How the duty stood when its last change was written: see told in store/changes.go. Null in what an earlier release
-- wrote and nothing has touched since.
alter table duties add column told text;

-- One row for each transaction that changed something in a case. Nothing of it is evidence: it follows from
-- the events, and is kept for some weeks.
create table changes (
  id       bigint generated always as identity primary key, -- within a case the order of its transactions
  mark     uuid not null default gen_random_uuid(),         -- names the row in ids and cursors, also after a restore
  position bigint,                       -- of the last of its changes in the feed; null until it has its place
  n        integer not null generated always as (jsonb_array_length(what)) stored,
  case_key uuid not null,
  revision bigint not null,              -- the case's after the transaction
  known    timestamptz not null,         -- case time
  law      text not null,
  backlog  boolean not null default false, -- what a first load of a source brought
  written  timestamptz not null default now(), -- wall time
  what     jsonb not null check (jsonb_array_length(what) > 0)
);
create unique index changes_position on changes (position) where position is not null;
create index changes_waiting on changes (id) where position is null;

-- One row: the lock under which changes get their places, and the last place that was given.
create table feed (
  one   boolean primary key default true check (one),
  last  bigint not null default 0 check (last >= 0),
  record uuid not null default gen_random_uuid(),  -- names the record to others
  salt  bytea not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'), -- of the keys of duties
  began timestamptz not null default now() -- what changed before is told to nobody
);
insert into feed default values;

-- Systems that are told of changes.
create table webhooks (
  id          uuid primary key,
  name        text not null unique check (octet_length(name) between 1 and 100),
  url         text not null check (octet_length(url) between 1 and 2000),
  address     text not null generated always as (case when strpos(url, '?') > 0 then split_part(url, '?', 1) || '?...' else url end) stored, -- what may be shown of it
  kinds       text[] not null default '{}',   -- of changes; empty: all
  backlog     boolean not null default false, -- also what a first load brings
  owner       text not null check (octet_length(owner) between 1 and 200), -- who answers for it
  state       text not null default 'active' check (state in ('active', 'paused', 'disabled')),
  reason      text not null default '',       -- of disabled
  created     timestamptz not null,
  -- How it goes, in wall time. While it is down one message at a time is tried.
  down_since  timestamptz,
  tries       integer not null default 0,     -- since then
  next_at     timestamptz,                    -- while it is down: when the next is tried
  streak      integer not null default 0,     -- messages that it refused, since it took one
  last_taken  timestamptz,
  last_failed timestamptz,
  last_reason text not null default ''
);

-- From which key a secret is derived, and until when it signs. No secret is in the record.
create table webhook_secrets (
  webhook uuid not null references webhooks (id) on delete cascade,
  n       integer not null check (n > 0),
  key_id  text not null check (octet_length(key_id) between 1 and 40),
  made    timestamptz not null,
  until   timestamptz,                        -- null: until it is replaced
  primary key (webhook, n)
);

-- What waits to be sent: a change, by its place in the feed. Of a case the first goes first.
create table webhook_messages (
  webhook     uuid not null references webhooks (id) on delete cascade,
  position    bigint not null,
  case_key    uuid not null,
  attempts    integer not null default 0,
  next_at     timestamptz not null default '-infinity', -- infinity: put aside after the last attempt, or behind such a one
  lease_until timestamptz,                              -- until then somebody is sending it
  primary key (webhook, position)
);
create index webhook_messages_case on webhook_messages (webhook, case_key, position);
create index webhook_messages_due on webhook_messages (webhook, position) where next_at < 'infinity';
create index webhook_messages_aside on webhook_messages (webhook, case_key) where next_at = 'infinity';

-- Who is told, and where, is audited in the transaction that changes it; action says which webhook.
-- +goose StatementBegin
create function note_webhook() returns trigger language plpgsql security definer as $$
declare
  what text;
  named text;
begin
  if tg_table_name = 'webhook_secrets' then
    select name into named from webhooks where id = new.webhook;
    what := 'webhook_rotated';
  elsif tg_op = 'DELETE' then
    named := old.name;
    what := 'webhook_removed';
  else
    named := new.name;
    what := case
      when tg_op = 'INSERT' then 'webhook_added'
      when (new.name, new.url, new.kinds, new.backlog, new.owner) is distinct from (old.name, old.url, old.kinds, old.backlog, old.owner) then 'webhook_changed'
      when new.state = 'active' then 'webhook_resumed'
      else 'webhook_' || new.state end;
  end if;
  insert into audit (at, login, run, command, os_user, host, outcome, action)
  values (clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    what, 'webhook ' || named);
  return null;
end
$$;
-- +goose StatementEnd
create trigger webhooks_added_or_removed after insert or delete on webhooks for each row execute function note_webhook();
create trigger webhooks_changed after update on webhooks for each row
  when ((new.name, new.url, new.kinds, new.backlog, new.owner, new.state) is distinct from (old.name, old.url, old.kinds, old.backlog, old.owner, old.state))
  execute function note_webhook();
-- The first secret comes with the webhook.
create trigger webhook_secrets_rotated after insert on webhook_secrets for each row when (new.n > 1) execute function note_webhook();
create trigger webhooks_not_truncated before truncate on webhooks for each statement execute function refuse_change();

-- +goose StatementBegin
do $$
begin
  execute format('alter function note_webhook() set search_path = pg_catalog, %I, pg_temp', current_schema());
  revoke all on function note_webhook() from public;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop table webhook_messages;
drop table webhook_secrets;
drop table webhooks;
drop table feed;
drop table changes;
drop function note_webhook();
alter table duties drop column told;
