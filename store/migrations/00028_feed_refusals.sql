-- What a feed brought and was not taken, until a later body puts it right.

-- +goose Up

-- A sender of the daily JSON is told of no refusal, so people read them here. A place is found again by the ids of items,
-- which stand in the path; no value that was refused is kept. Times are case times.
create table feed_refusals (
  id         bigint generated always as identity primary key,
  source     text not null,
  reference  text not null,        -- of the child; '' where it came without one
  path       text not null,        -- in the child's JSON; '' is the child itself
  element    text not null,
  reason     text not null,
  receipt    text not null,        -- of the child in the last body that was refused there
  first_at   timestamptz not null, -- since it was last in order
  last_at    timestamptz not null,
  settled_at timestamptz,          -- null while it stands
  unique (source, reference, path, element)
);
create index feed_refusals_listed on feed_refusals (source, id);

-- +goose Down
drop table feed_refusals;
