-- What an adoption said anew of duties that were over, where whoever adopted it said that it
-- should: how many, by kind. An adoption without a row changed nothing of the past.

-- +goose Up
create table law_restated (
  adoption bigint primary key references laws_in_force (seq),
  duties   jsonb not null check (jsonb_typeof(duties) = 'object')
);

create trigger law_restated_append_only before update or delete on law_restated
  for each row execute function refuse_change();
create trigger law_restated_not_truncated before truncate on law_restated
  for each statement execute function refuse_change();

-- +goose Down
drop table law_restated;
