-- A case may wait to be planned again because something that was not delivered may be now: then its clocks are told though
-- nothing of its plan changed.

-- +goose Up
alter table replans add column wake boolean not null default false;

-- +goose Down
alter table replans drop column wake;
