-- What the far side of a channel reports about an attempt after it has taken the message: a mail server's notification, a
-- receipt of GOV.UK Notify.

-- +goose Up
alter table delivery_attempts
  add column reported text not null default '' check (reported in ('', 'delayed', 'failed_for_now', 'delivered', 'failed_for_good')),
  add column reported_reason text not null default '', -- a code, never words
  add column reported_at timestamptz;                  -- wall time

-- The attempts whose end GOV.UK Notify is asked for.
create index delivery_attempts_awaited on delivery_attempts (ended) where state = 'sent' and reported in ('', 'delayed')
  and channel in ('govuknotify', 'sms');

-- +goose Down
drop index delivery_attempts_awaited;
alter table delivery_attempts drop column reported, drop column reported_reason, drop column reported_at;
