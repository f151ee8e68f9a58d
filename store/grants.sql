-- What each role may do with each table of the record. The owner runs this at the end of
-- every migration, in one transaction, after taking back all that the two roles had: a
-- table that is not named here is out of their reach, and a test fails until it is.
--
-- longstop_app is for the programs that record, plan and send. What is evidence it may only
-- add to; what it may change follows from the evidence, or is a queue. longstop_reader is
-- for who may read the record and nothing else. deploy/roles.sql makes both.

-- The law.
grant select on laws, laws_in_force, law_plans, law_changes, law_restated to longstop_app, longstop_reader;
grant insert on laws, laws_in_force, law_plans, law_changes, law_restated to longstop_app;

-- What happened. Who begins a load locks a row of sources, which takes the right to change
-- something of it. Cases that were made and got no event are dropped again; one that has
-- events cannot be.
grant select on sources, cases, case_references, events, staff_events, people, loads to longstop_app, longstop_reader;
grant insert on sources, cases, case_references, events, staff_events, loads to longstop_app;
grant update on cases, people to longstop_app;
grant update (file_hash, completed, cases, new, known, refused) on loads to longstop_app;
grant update (created) on sources to longstop_app;
grant delete on cases, case_references to longstop_app;
-- When an event was recorded is mended by the owner.
grant select on recording_times to longstop_app, longstop_reader;

-- What whole sources report.
grant select on attachments to longstop_app, longstop_reader;
grant insert on attachments to longstop_app;

-- Whose children feeds tell of.
grant select on feed_authorities to longstop_app, longstop_reader;
grant insert on feed_authorities to longstop_app;

-- What a feed brought and was not taken.
grant select on feed_refusals to longstop_app, longstop_reader;
grant insert, update (reason, receipt, first_at, last_at, settled_at) on feed_refusals to longstop_app;

-- Which life of the record this is: `starter rebuild` raises it.
grant select on epoch to longstop_app, longstop_reader;
grant update on epoch to longstop_app;

-- What follows from it.
grant select on duties, pathways, outbox, replans, load_overdue, list_duties to longstop_app, longstop_reader;
grant insert on list_duties to longstop_app;
grant insert, update on duties, pathways, outbox, replans, load_overdue to longstop_app;
grant delete on duties, outbox, replans to longstop_app;

-- Who is told, and by which message. Each change is kept in notice_log, by a trigger.
grant select on notices, deliveries, delivery_attempts, notice_log, refusals to longstop_app, longstop_reader;
grant insert, update on notices, deliveries, delivery_attempts, refusals to longstop_app;

-- What goes outwards, and who is told of it. Only the owner says who that is, and where, so that nobody who takes over a
-- program has the changes sent elsewhere; a program keeps how it goes. Who only reads sees nothing that stands
-- behind the question mark of an address, and not the salt, by which ids could be tried.
grant select on changes, webhook_secrets, webhook_messages to longstop_app, longstop_reader;
grant select on feed, webhooks to longstop_app;
grant select (one, last, record, began) on feed to longstop_reader;
grant select (id, name, address, kinds, backlog, owner, state, reason, created, down_since, tries, next_at, streak, last_taken, last_failed, last_reason)
  on webhooks to longstop_reader;
grant insert, delete on changes to longstop_app;
grant update (position) on changes to longstop_app;
grant update (last) on feed to longstop_app;
grant update (state, reason, down_since, tries, next_at, streak, last_taken, last_failed, last_reason) on webhooks to longstop_app;
grant insert, update, delete on webhook_messages to longstop_app;

-- Who ran what: written by triggers, and by note_use; note_run is that of earlier releases.
grant select on audit to longstop_app, longstop_reader;
grant execute on function note_run(uuid, text), note_use(uuid, text, jsonb) to longstop_app, longstop_reader;

-- Keys. Only the owner makes them, so that nobody who takes over a program makes one for later; whoever records may
-- take one away. A trigger sees that nothing is ever given back.
grant select on api_keys to longstop_app, longstop_reader;
grant update (last_used, last_refused, last_denied, revoked, reason) on api_keys to longstop_app;

-- Tokens that stand for keys. Whoever takes over a program could make some, for an hour each and no longer than their key is good.
grant select on api_tokens to longstop_app, longstop_reader;
grant insert, delete on api_tokens to longstop_app;

-- Addresses of calendars: as with keys, only the owner makes them.
grant select on calendars to longstop_app, longstop_reader;
grant update (last_used, last_refused, revoked, reason) on calendars to longstop_app;

-- Which migrations were run.
grant select on goose_db_version to longstop_app, longstop_reader;

grant execute on function analyse_record() to longstop_app;

-- In which order things happened is for the database to say: whoever may add a row gives no
-- identity column.
do $$
declare
  t record;
begin
  for t in
    select c.oid::regclass as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attidentity = '') as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and has_table_privilege('longstop_app', c.oid, 'insert')
    group by c.oid having bool_or(a.attidentity <> '')
  loop
    execute format('revoke insert on %s from longstop_app', t.name);
    execute format('grant insert (%s) on %s to longstop_app', t.columns, t.name);
  end loop;
end
$$;
