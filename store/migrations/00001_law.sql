-- The law: rule packs and calendars as they were adopted, and which of them is in force.
-- Nothing here is ever changed: a new law is a new row.

-- +goose Up

-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op
    using hint = 'record a correction or a void as a new row', errcode = 'restrict_violation';
end
$$;
-- +goose StatementEnd

create table laws (
  hash          text primary key check (hash ~ '^[0-9a-f]{16,64}$'), -- of both documents together
  pack_name     text not null check (octet_length(pack_name) between 1 and 200),
  pack_edition  text not null check (octet_length(pack_edition) between 1 and 200),
  pack_hash     text not null check (pack_hash ~ '^[0-9a-f]{64}$'),
  pack          bytea not null,                                      -- the pack's files, as timescale/load bundles them
  calendar_name text not null check (octet_length(calendar_name) between 1 and 200),
  calendar      bytea not null,                                      -- the published bank holidays file
  added         timestamptz not null default now()
);

create table laws_in_force (
  seq     bigint generated always as identity primary key, -- the highest is in force
  law     text not null references laws (hash),
  adopted timestamptz not null default now(),
  reason  text not null check (octet_length(reason) between 1 and 2000),
  by_whom text not null check (octet_length(by_whom) between 1 and 200)
);

create trigger laws_append_only before update or delete on laws
  for each row execute function refuse_change();
create trigger laws_not_truncated before truncate on laws
  for each statement execute function refuse_change();
create trigger laws_in_force_append_only before update or delete on laws_in_force
  for each row execute function refuse_change();
create trigger laws_in_force_not_truncated before truncate on laws_in_force
  for each statement execute function refuse_change();

-- +goose Down
drop table laws_in_force;
drop table laws;
drop function refuse_change();
