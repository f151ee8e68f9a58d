-- What is due and what is sent. A notice is what is due: a duty, a step, a role, and what was
-- decided on it. A delivery is what is sent: one message to one person, which holds one or more
-- notices, or the duties of a list after first loads.

-- +goose Up

create table deliveries (
  id             uuid primary key,                -- that of the notice for which it was begun, so that it is the same each time
  holds          text not null check (holds in ('notices', 'list')),
  manager        text not null default '',        -- of a list: to whom it is owed
  role           text not null default '',        -- of a list: the role in which
  teams          text[] not null default '{}',    -- of a list: about whose cases
  not_before     timestamptz,                     -- of a list: case time
  state          text not null check (state in
                   ('due', 'claimed', 'sending', 'failed', 'sent', 'logged', 'bounced', 'not_sent', 'undeliverable')),
  reason         text not null default '',
  claimed_at     timestamptz,                     -- case time
  claim          integer not null default 0,      -- how often it was claimed: an older claim may not be sent
  recipient      text not null default '',        -- a staff reference, fixed by the claim
  recipient_role text not null default '',
  standing       text not null default '',        -- why this person: '', cover, nobody, refused
  address        text not null default '',
  letter         jsonb,                           -- what is said, fixed by the claim
  message_id     text not null check (octet_length(message_id) between 3 and 300),
  attempts       integer not null default 0,
  sending_until  timestamptz,                     -- wall time: until then another attempt may be at work
  channel        text not null default '',
  sent_at        timestamptz,                     -- case time
  perhaps_twice  boolean not null default false,
  perhaps_had    text[] not null default '{}',    -- who may have had it though that is not known
  check (holds = 'list' or manager = '' and role = '' and teams = '{}' and not_before is null and state not in ('due', 'undeliverable')),
  check (holds = 'notices' or manager <> '' and role <> '' and not_before is not null)
);

-- The log says of each row what it is about: a notice, an attempt, or a delivery.
-- A function can only be replaced whole, and a migration is never changed after a release: so
-- all but the last branch of this one stands in migration 10, too.
alter table notice_log add column delivery boolean not null default false; -- notice is the id of a delivery
-- +goose StatementBegin
create or replace function log_notice() returns trigger language plpgsql security definer as $$
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
  if tg_table_name = 'delivery_attempts' then
    insert into notice_log (notice, attempt, at, login, added, became)
    values (new.delivery, new.n, clock_timestamp(), session_user, tg_op = 'INSERT', became);
  else
    insert into notice_log (notice, delivery, at, login, added, became, replaced)
    values (new.id, tg_table_name = 'deliveries', clock_timestamp(), session_user, tg_op = 'INSERT', became, replaced);
  end if;
  return null;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
begin
  execute format('alter function log_notice() set search_path = pg_catalog, %I, pg_temp', current_schema());
end
$$;
-- +goose StatementEnd
create trigger deliveries_kept before delete on deliveries
  for each row execute function refuse_change();
create trigger deliveries_not_truncated before truncate on deliveries
  for each statement execute function refuse_change();
create trigger deliveries_named before update of id, holds, manager on deliveries
  for each row execute function refuse_change();

-- Which message a notice is in, as things stand: that of the notice that carries it where both
-- stand alike, else its own. What was tried and is not to be sent had a message too.
create temporary table enclosed on commit drop as
select n.id, n.state in ('claimed', 'sending', 'failed', 'sent', 'logged') as is_in,
  case when c.id is null then n.id else c.id end as delivery
from notices n left join notices c on c.id = n.carried_by and n.kind <> 'list'
  and (n.state in ('claimed', 'sending', 'failed') and c.state in ('claimed', 'sending', 'failed')
    or n.state in ('sent', 'logged') and c.state = n.state and c.sent_at is not distinct from n.sent_at)
where n.kind <> 'list' and (n.state in ('claimed', 'sending', 'failed', 'sent', 'logged') or n.attempts > 0);

insert into deliveries (id, holds, state, reason, claimed_at, claim, recipient, recipient_role, standing, address, letter, message_id,
  attempts, sending_until, channel, sent_at, perhaps_twice, perhaps_had)
select n.id, 'notices',
  case when e.is_in and e.delivery = n.id then n.state
    when n.sent_at is not null and n.channel = 'log' then 'logged' else 'not_sent' end,
  n.reason, n.claimed_at, n.claim, n.recipient, n.recipient_role, n.standing, n.address, n.letter, n.message_id,
  n.attempts, n.sending_until, n.channel, n.sent_at, n.perhaps_twice, n.perhaps_had
from notices n join enclosed e on e.id = n.id
where e.delivery = n.id or n.attempts > 0;

insert into deliveries (id, holds, manager, role, teams, not_before, state, reason, claimed_at, claim, recipient, recipient_role, standing,
  address, letter, message_id, attempts, sending_until, channel, sent_at, perhaps_twice, perhaps_had)
select id, 'list', key, role, teams, nominal_at, state, reason, claimed_at, claim, recipient, recipient_role, standing,
  address, letter, message_id, attempts, sending_until, channel, sent_at, perhaps_twice, perhaps_had
from notices where kind = 'list';

-- What the trigger would log of each, in one go.
insert into notice_log (notice, delivery, at, login, added, became)
select id, true, clock_timestamp(), session_user, true, case when jsonb_typeof(letter) = 'object'
  then jsonb_set(to_jsonb(d), '{letter}', to_jsonb(encode(sha256(convert_to(letter::text, 'UTF8')), 'hex'))) else to_jsonb(d) end
from deliveries d;
create trigger deliveries_log after insert or update on deliveries
  for each row execute function log_notice();

-- Each attempt is one of a delivery.
alter table notice_attempts rename to delivery_attempts;
alter table delivery_attempts rename column notice to delivery;
alter table delivery_attempts drop constraint notice_attempts_notice_fkey,
  add foreign key (delivery) references deliveries (id),
  drop constraint notice_attempts_state_check,
  add check (state in ('sending', 'sent', 'failed', 'refused', 'lost', 'bounced'));
alter trigger notice_attempts_log on delivery_attempts rename to delivery_attempts_log;
alter trigger notice_attempts_kept on delivery_attempts rename to delivery_attempts_kept;
alter trigger notice_attempts_not_truncated on delivery_attempts rename to delivery_attempts_not_truncated;
alter trigger notice_attempts_named on delivery_attempts rename to delivery_attempts_named;

alter table refusals rename column notice to delivery;

-- What a list names belongs to its delivery, and a list is a notice no more.
alter table list_duties drop constraint list_duties_notice_fkey;
alter table list_duties rename column notice to delivery;
alter table list_duties add foreign key (delivery) references deliveries (id);
drop index notices_open_list;
alter table notices disable trigger notices_kept;
alter table notices disable trigger notices_log;
delete from notices where kind = 'list';

-- A notice is what is due, and what was decided on it.
drop trigger notices_named on notices;
drop index notices_state, notices_carried, notices_sent;
alter table notices
  drop constraint notices_state_check, drop constraint notices_kind_check,
  drop column load_id, drop column recipient, drop column recipient_role, drop column refused, drop column teams,
  drop column message_id, drop column letter, drop column attempts, drop column sending_until, drop column sent_at, drop column channel,
  drop column address, drop column claim, drop column carried_by, drop column carries,
  alter column case_key set not null,
  add column delivery uuid; -- the message that says it; null while none does
update notices n set state = 'enclosed', delivery = e.delivery,
  -- What had failed is the delivery's to say.
  reason = case when d.state in ('sent', 'logged') then n.reason else '' end
from enclosed e join deliveries d on d.id = e.delivery where e.id = n.id and e.is_in;
insert into notice_log (notice, at, login, added, became)
select id, clock_timestamp(), session_user, false, jsonb_build_object('state', state, 'delivery', delivery, 'reason', reason)
from notices where state = 'enclosed';
alter table notices enable trigger notices_log;
alter table notices enable trigger notices_kept;
alter table notices
  add foreign key (delivery) references deliveries (id),
  add constraint notices_state_check check (state in ('due', 'enclosed', 'not_sent', 'undeliverable')),
  add constraint notices_kind_check check (kind in ('reminder', 'escalation', 'resolved', 'moved', 'drift')),
  add constraint notices_delivery_check check ((state = 'enclosed') = (delivery is not null));
create trigger notices_named before update of id, case_key, key on notices
  for each row execute function refuse_change();

create index notices_delivery on notices (delivery) where delivery is not null;
create index notices_state on notices (state) where state not in ('enclosed', 'not_sent');
create index deliveries_state on deliveries (state) where state not in ('sent', 'not_sent');
create index deliveries_sent on deliveries (sent_at) where sent_at is not null;
create index deliveries_message on deliveries (message_id);
create unique index deliveries_open_list on deliveries (manager) where holds = 'list' and state = 'due';

-- +goose Down
-- +goose StatementBegin
do $$
begin
  raise exception 'what is due and what is sent cannot be put together again: restore a copy from before the update';
end
$$;
-- +goose StatementEnd
