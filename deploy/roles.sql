-- The roles of the record's database, for a database administrator to run in that database:
--
--     psql --dbname longstop --file roles.sql
--
-- It may be run again at any time. Three kinds of people and programs use the record:
--
--   its owner         owns the database and runs `starter migrate`; nothing else uses it
--   longstop_app      the programs that record, plan and send: the worker, and whoever records
--   longstop_reader   who may read the record and change nothing
--
-- The latter two are groups. Give each program and each person a login of their own in one
-- of them, since the record keeps which login did what:
--
--     create role longstop_worker login password '...' in role longstop_app;
--     create role "c.plover" login password '...' in role longstop_reader;
--
-- What each of them may do with each table is laid down at the end of `starter migrate`, by
-- the owner: run it after this.

do $$
declare
  name  text;
  owner name;
begin
  foreach name in array array['longstop_app', 'longstop_reader'] loop
    begin
      execute format('create role %I nologin', name);
    exception when duplicate_object or unique_violation then
      null; -- it is there
    end;
  end loop;
  select pg_get_userbyid(datdba) into owner from pg_database where datname = current_database();
  -- Nobody else looks in, or makes anything in it. The programs stage what they load in a
  -- temporary table.
  execute format('revoke all on database %I from public, longstop_app, longstop_reader', current_database());
  execute format('grant connect, temporary on database %I to longstop_app', current_database());
  execute format('grant connect on database %I to longstop_reader', current_database());
  revoke all on schema public from public, longstop_app, longstop_reader;
  -- An owner of before keeps what was granted to it by name.
  for name in
    select grantee::regrole::text from pg_namespace, aclexplode(nspacl)
    where nspname = 'public' and privilege_type = 'CREATE' and grantee not in (0, nspowner)
  loop
    execute format('revoke create on schema public from %s', name);
  end loop;
  execute format('grant usage, create on schema public to %I', owner);
  grant usage on schema public to longstop_app, longstop_reader;
end
$$;
