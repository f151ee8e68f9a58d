-- Past whose limit an open duty was by the law before, and is by the adopted one: that of law or
-- guidance, or one that no law sets. Null in what an earlier release wrote.

-- +goose Up
alter table law_changes
  add column passed_before text check (passed_before in ('', 'law', 'local')),
  add column passed_after  text check (passed_after in ('', 'law', 'local'));

-- +goose Down
alter table law_changes drop column passed_before, drop column passed_after;
