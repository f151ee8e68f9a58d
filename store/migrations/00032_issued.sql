-- That a token was issued stands on the audit record, in the transaction that issues it.

-- +goose Up

-- issued: a token that stands for a key was.
alter table audit drop constraint audit_outcome_check;
alter table audit add constraint audit_outcome_check check (outcome in
  ('began', 'read', 'recorded', 'adopted', 'done', 'refused', 'failed', 'denied', 'created', 'replaced', 'revoked', 'rejected', 'issued',
  'webhook_added', 'webhook_changed', 'webhook_paused', 'webhook_resumed', 'webhook_disabled', 'webhook_rotated', 'webhook_removed')) not valid;

-- +goose StatementBegin
create function note_token() returns trigger language plpgsql security definer as $$
begin
  insert into audit (at, login, run, command, os_user, host, outcome, key, key_name, action)
  select clock_timestamp(), session_user, audit_claim('run'), audit_claim('command'), audit_claim('os_user'), audit_claim('host'),
    'issued', k.id, k.name, nullif(audit_claim('action'), '')
  from api_keys k where k.id = new.key;
  return null;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
begin
  execute format('alter function note_token() set search_path = pg_catalog, %I, pg_temp', current_schema());
  revoke all on function note_token() from public;
end
$$;
-- +goose StatementEnd
create trigger api_tokens_audited after insert on api_tokens for each row execute function note_token();

-- +goose Down
drop trigger api_tokens_audited on api_tokens;
drop function note_token();
alter table audit drop constraint audit_outcome_check;
alter table audit add constraint audit_outcome_check check (outcome in
  ('began', 'read', 'recorded', 'adopted', 'done', 'refused', 'failed', 'denied', 'created', 'replaced', 'revoked', 'rejected',
  'webhook_added', 'webhook_changed', 'webhook_paused', 'webhook_resumed', 'webhook_disabled', 'webhook_rotated', 'webhook_removed')) not valid;
