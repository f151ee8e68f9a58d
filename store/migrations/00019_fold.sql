-- Which fold worked out the duties that the record holds: the version of the program that put the
-- first law in force or rebuilt the record last. 0: a release from before there were versions.

-- +goose Up
alter table epoch add column fold integer not null default 0;

-- +goose Down
alter table epoch drop column fold;
