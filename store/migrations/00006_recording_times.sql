-- When an event was recorded while the database's own clock was ahead, and must be read as
-- recorded earlier: else nothing could be recorded in that case, or planned of it, before
-- the clock has come there. The event itself stays as it is.

-- +goose Up
create table recording_times (
  seq         bigint generated always as identity primary key,
  event       bigint references events (seq),
  staff_event bigint references staff_events (seq),
  recorded    timestamptz not null,  -- as which it is read: case time; of several the earliest
  was         timestamptz not null,  -- as which it was read before
  mended      timestamptz not null,  -- case time
  reason      text not null check (octet_length(reason) between 1 and 2000),
  by_whom     text not null check (octet_length(by_whom) between 1 and 200),
  login       text not null default session_user,
  check ((event is null) <> (staff_event is null)),
  check (recorded < was)
);
create index recording_times_event on recording_times (event) where event is not null;
create index recording_times_staff_event on recording_times (staff_event) where staff_event is not null;

create trigger recording_times_append_only before update or delete on recording_times
  for each row execute function refuse_change();
create trigger recording_times_not_truncated before truncate on recording_times
  for each statement execute function refuse_change();

-- +goose Down
drop table recording_times;
