-- One message for a person and a morning. What a person is to be told at 09:00 gathers in their tray: a delivery
-- that holds notices of any number of cases.

-- +goose Up

alter table deliveries
  drop constraint deliveries_holds_check, drop constraint deliveries_check, drop constraint deliveries_check1,
  add constraint deliveries_holds_check check (holds in ('notices', 'list', 'tray')),
  add constraint deliveries_list_check check ((holds = 'list') = (manager <> '') and (holds = 'list') = (role <> '')
    and (holds = 'list' or teams = '{}')),
  -- What is begun for a notice goes at once. A list and a tray gather until their morning.
  add constraint deliveries_not_before_check check ((holds = 'notices') = (not_before is null)),
  add constraint deliveries_state_of_notices_check check (holds <> 'notices' or state not in ('due', 'undeliverable')),
  add constraint deliveries_tray_check check (holds <> 'tray' or state in ('not_sent', 'undeliverable') or recipient <> '');

-- Each person has one tray that gathers.
create unique index deliveries_open_tray on deliveries (recipient) where holds = 'tray' and state = 'due';

-- What a notice says, for the message of the tray that it is in.
alter table notices add column letter jsonb;

-- +goose Down
-- +goose StatementBegin
do $$
begin
  raise exception 'what is in a tray would be told to nobody: restore a copy from before the update';
end
$$;
-- +goose StatementEnd
