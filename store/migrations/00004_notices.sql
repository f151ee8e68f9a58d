-- Who was told what, and how that went.

-- +goose Up

create table notices (
  id             uuid primary key,
  case_key       uuid references cases (key),  -- null in a list after a first load
  load_id        uuid references loads (id),   -- of a list
  key            text not null check (octet_length(key) between 1 and 1000),
  pathway        text not null default '',
  duty           text not null default '',
  ref            text not null default '',
  due            text not null default '',     -- the date or instant that it speaks of
  rung           text not null default '',
  role           text not null,                -- whom the rung names
  kind           text not null check (kind in ('reminder', 'escalation', 'resolved', 'moved', 'drift', 'list')),
  spell          integer not null default 1,
  missed         text[] not null default '{}', -- the rungs that it makes up for
  nominal_at     timestamptz not null,         -- case time: the moment for which the rung was chosen
  claimed_at     timestamptz,                  -- case time: when the stop conditions were checked
  state          text not null check (state in
                   ('due', 'claimed', 'sending', 'failed', 'sent', 'not_sent', 'undeliverable')),
  reason         text not null default '',
  settled        boolean not null default false, -- of not_sent: said in another way, so never made up for
  recipient      text not null default '',     -- a staff reference, fixed by the claim
  recipient_role text not null default '',
  standing       text not null default '',     -- why this person: '', cover, nobody, refused
  refused        text[] not null default '{}', -- who could not be reached with it
  teams          text[] not null default '{}', -- of a list
  message_id     text not null check (octet_length(message_id) between 3 and 300),
  letter         jsonb,                        -- what is said, fixed by the claim
  attempts       integer not null default 0,
  sending_until  timestamptz,                  -- wall time: until then another attempt may be at work
  perhaps_twice  boolean not null default false,
  sent_at        timestamptz,                  -- case time
  channel        text not null default '',
  check ((case_key is null) <> (load_id is null)),
  constraint notices_case_key unique (case_key, key),
  constraint notices_load_key unique (load_id, key)
);
create index notices_state on notices (state) where state not in ('sent', 'not_sent');
create index notices_duty on notices (case_key, duty);

create table notice_attempts (
  notice    uuid not null references notices (id),
  n         integer not null check (n > 0),
  recipient text not null,
  channel   text not null default '',
  state     text not null check (state in ('sending', 'sent', 'failed', 'refused', 'lost')),
  receipt   text not null default '',
  started   timestamptz not null default clock_timestamp(), -- wall time
  ended     timestamptz,
  primary key (notice, n)
);

-- What a first load found overdue: the content of the lists that it owes to managers.
create table load_overdue (
  load_id  uuid not null references loads (id),
  case_key uuid not null references cases (key),
  duty     text not null,
  ref      text not null,
  due      text not null,
  team     text,  -- to whose managers it was listed; null while the case has no team with a manager
  primary key (load_id, case_key, duty)
);
create index load_overdue_team on load_overdue (load_id, team);

-- +goose Down
drop table load_overdue;
drop table notice_attempts;
drop table notices;
