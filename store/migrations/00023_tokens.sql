-- Tokens by which a key is used for a short while.

-- +goose Up

-- A token stands for its key: whoever has one may do what the key allows, for as long as the key is good. Times are wall times.
create table api_tokens (
  digest  bytea primary key check (octet_length(digest) = 32), -- the SHA-256 of the token
  key     text not null,  -- its id: keys are never deleted
  expires timestamptz not null
);
create index api_tokens_expires on api_tokens (expires);

-- How long a token lasts is for the database to say: an hour, as those of the Department's own service do, so that one lasts for
-- a night's bodies.
-- +goose StatementBegin
create function date_token() returns trigger language plpgsql as $$
begin
  new.expires := clock_timestamp() + interval '1 hour';
  return new;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
begin
  execute format('alter function date_token() set search_path = pg_catalog, %I, pg_temp', current_schema());
end
$$;
-- +goose StatementEnd
create trigger api_tokens_dated before insert on api_tokens for each row execute function date_token();

-- +goose Down
drop table api_tokens;
drop function date_token();
