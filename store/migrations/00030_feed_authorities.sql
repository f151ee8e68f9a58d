-- Whose children a feed tells of: the authority of its first body, until an operator says another. The last row of a
-- source and kind stands; a row is never changed.

-- +goose Up
create table feed_authorities (
  seq         bigint generated always as identity primary key,
  source      text not null references sources (name),
  kind        text not null check (octet_length(kind) between 1 and 100), -- of its loads: csc-api
  authority   text not null check (authority ~ '^[0-9]{3}$'),
  reason      text not null check (octet_length(reason) <= 2000),
  recorded    timestamptz not null, -- case time
  recorded_by text not null check (octet_length(recorded_by) between 1 and 200)
);
create index feed_authorities_source on feed_authorities (source, kind, seq);

create trigger feed_authorities_append_only before update or delete on feed_authorities
  for each row execute function refuse_change();
create trigger feed_authorities_not_truncated before truncate on feed_authorities
  for each statement execute function refuse_change();
create trigger feed_authorities_audited after insert on feed_authorities referencing new table as added
  for each statement execute function note_rows('recorded');

-- +goose Down
drop table feed_authorities;
