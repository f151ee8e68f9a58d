-- What a refusal by a mail server means, and for how long; several notices in one letter; and
-- notices that were only logged.

-- +goose Up

-- Each time a mail server refused an address. An address is unreachable while a refusal of it
-- is believed: see store/refusal.go.
create table refusals (
  seq            bigint generated always as identity primary key,
  notice         uuid not null, -- no foreign key: notices are never deleted
  staff          text not null,
  address        text not null,            -- as it was asked for; '' for somebody without one
  at             timestamptz not null,     -- case time
  reason         text not null default '', -- what the server answered: a code, never words
  believed_until timestamptz,              -- case time; null: not believed
  forgiven_at    timestamptz               -- case time: it was about the server, or somebody asked to try again
);
create index refusals_at on refusals (at);
create index refusals_address on refusals (address, at);
create index refusals_believed on refusals (believed_until) where believed_until is not null and forgiven_at is null;

alter table notices
  add column address text not null default '',        -- of the recipient, fixed by the claim
  add column claim integer not null default 0,        -- how often it was claimed: an older claim may not be sent
  add column perhaps_had text[] not null default '{}', -- who may have had it though that is not known
  add column carried_by uuid references notices (id),  -- the notice whose letter says this one too
  add column carries integer not null default 0;       -- how many others its letter says
create index notices_carried on notices (carried_by) where carried_by is not null;
create index notices_sent on notices (sent_at) where sent_at is not null;

alter table notices drop constraint notices_state_check;
alter table notices add constraint notices_state_check check (state in
  ('due', 'claimed', 'sending', 'failed', 'sent', 'not_sent', 'undeliverable', 'logged'));
-- What went to the log reached nobody: a service with a mail server makes up for it.
update notices set state = 'logged' where state = 'sent' and channel = 'log';

alter table notice_attempts
  add column address text not null default '',
  add column carried uuid[] not null default '{}'; -- the other notices that the letter said

-- The column refused, which silenced a person for one notice for good, is no longer read:
-- what nobody could be told on its account is planned again.
insert into replans (case_key, why)
select distinct case_key, 'refusals do not last any more' from notices
where state = 'undeliverable' and case_key is not null
on conflict do nothing;

-- +goose Down
alter table notice_attempts drop column address, drop column carried;
update notices set state = 'sent' where state = 'logged';
alter table notices drop constraint notices_state_check;
alter table notices add constraint notices_state_check check (state in
  ('due', 'claimed', 'sending', 'failed', 'sent', 'not_sent', 'undeliverable'));
drop index notices_sent, notices_carried;
alter table notices drop column address, drop column claim, drop column perhaps_had, drop column carried_by, drop column carries;
drop table refusals;
