-- What the programs' role could still do to evidence: put a temporary table in the place of
-- one that a trigger looks at, and give a notice another name than its history has.

-- +goose Up

-- +goose StatementBegin
do $$
declare
  f regprocedure;
begin
  foreach f in array array['refuse_change()', 'refuse_forgetting()']::regprocedure[] loop
    execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', f, current_schema());
  end loop;
end
$$;
-- +goose StatementEnd

create trigger notices_named before update of id, case_key, load_id, key on notices
  for each row execute function refuse_change();
create trigger notice_attempts_named before update of notice, n on notice_attempts
  for each row execute function refuse_change();

-- +goose Down
drop trigger notice_attempts_named on notice_attempts;
drop trigger notices_named on notices;
alter function refuse_forgetting() reset search_path;
alter function refuse_change() reset search_path;
