package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"longstop/casework"
	"longstop/internal/pgtest"
	"longstop/store"
	"longstop/store/migrations"
)

// The SQLSTATE codes of the refusals that the tests expect.
const (
	insufficientPrivilege = "42501"
	restrictViolation     = "23001" // what the append-only triggers raise
)

// session returns a function that runs a statement by one URL, and returns the SQLSTATE with
// which Postgres refuses it; "" where it does not.
func session(t *testing.T, url string) func(sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return func(sql string) string {
		t.Helper()
		_, err := conn.Exec(t.Context(), sql)
		var coded *pgconn.PgError
		switch {
		case err == nil:
			return ""
		case !errors.As(err, &coded):
			t.Fatalf("%s: %v", sql, err)
		}
		return coded.Code
	}
}

// evidence are the tables that hold what happened, what the law was, who was told and who
// ran what.
var evidence = []string{"events", "staff_events", "laws", "laws_in_force", "law_plans", "law_changes", "law_restated", "notice_log", "audit"}

// withNotice is a record of a case C1 whose worker has been reminded.
func withNotice(t *testing.T) *record {
	t.Helper()
	r := newPlanned(t, "2026-11-25 09:00")
	if told := r.tell("2026-11-25 09:00"); len(told) != 1 {
		t.Fatalf("told: %v", told)
	}
	return r
}

func TestTheProgramsRoleCannotChangeWhatIsEvidence(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	refusal := session(t, pgtest.AsApp(t, r.url))
	for _, table := range evidence {
		for _, sql := range []string{
			"update " + table + " set " + r.column(`select attname::text from pg_attribute
				where attrelid = $1::regclass and attnum > 0 and attidentity = '' order by attnum`, table)[0] + " = null",
			"delete from " + table, "truncate " + table + " cascade", "drop table " + table + " cascade",
			"alter table " + table + " disable trigger all", "alter table " + table + " owner to current_user",
			"create trigger x before insert on " + table + " for each row execute function refuse_change()",
		} {
			equal(t, sql, refusal(sql), insufficientPrivilege)
		}
	}
	for _, sql := range []string{
		"delete from notices", "truncate notices cascade", "alter table notices disable trigger all",
		"delete from delivery_attempts", "alter table delivery_attempts disable trigger all",
		"delete from deliveries", "truncate deliveries cascade", "alter table deliveries disable trigger all",
		"delete from people", "delete from loads", "delete from sources", "delete from pathways",
		"update case_references set reference = 'other'", "update sources set name = 'other'",
		"insert into goose_db_version (version_id, is_applied) values (99999, true)",
		"drop function refuse_change() cascade", "create table mine (x integer)", "drop schema public cascade",
		"create or replace function refuse_change() returns trigger language plpgsql as 'begin return old; end'",
		"set session_replication_role = replica",
	} {
		equal(t, sql, refusal(sql), insufficientPrivilege)
	}
	// These rights the role has, for what follows from the events; a case that has events keeps them.
	equal(t, "a case that has events is dropped", refusal("delete from cases"), "23503")
	equal(t, "its references are dropped", refusal("delete from case_references"), restrictViolation)
}

func TestWhatIsEvidenceIsRefusedToItsOwnerTooUnlessATriggerIsDisabled(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	refusal := session(t, r.url)
	for _, table := range []string{"notice_log", "audit"} {
		for _, sql := range []string{"update " + table + " set login = 'x'", "delete from " + table, "truncate " + table} {
			equal(t, sql, refusal(sql), restrictViolation)
		}
	}
	for _, sql := range []string{
		"delete from notices", "truncate notices, deliveries, delivery_attempts cascade", "delete from delivery_attempts", "delete from deliveries",
		"update case_references set reference = 'other'", "delete from case_references",
	} {
		equal(t, sql, refusal(sql), restrictViolation)
	}
}

// readable are the columns of which a reader sees some alone.
var readable = map[string]string{"webhooks": "name, address, state", "feed": "last, record, began"}

func TestTheReadersRoleReadsEverythingAndChangesNothing(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	url := pgtest.AsReader(t, r.url)
	refusal := session(t, url)
	for _, table := range r.column(`select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`) {
		columns := "*"
		if list, some := readable[table]; some {
			columns = list
		}
		equal(t, "reading "+table, refusal("select "+columns+" from "+table), "")
		for _, sql := range []string{
			"insert into " + table + " default values", "delete from " + table, "truncate " + table + " cascade",
			"do 'begin lock table " + table + " in row exclusive mode; end'",
		} {
			equal(t, sql, refusal(sql), insufficientPrivilege)
		}
	}
	for _, sql := range []string{
		"create temporary table mine (x integer)", "create table mine (x integer)", "update cases set team = 'x'",
		"select analyse_record()", "select * from cases for update",
	} {
		equal(t, sql, refusal(sql), insufficientPrivilege)
	}
	reader := pgtest.OpenAs(t, store.Options{URL: url, Clock: r.clock})
	if list, err := reader.Duties(t.Context(), store.DutyFilter{Case: "C1"}); err != nil || len(list) == 0 {
		t.Errorf("duties: %d, %v", len(list), err)
	}
	if _, err := reader.Explain(t.Context(), r.key("C1"), casework.Moment{AsOf: london("2026-11-25 09:00")}); err != nil {
		t.Error(err)
	}
	if _, err := reader.Record(t.Context(), source, []casework.Event{event("e9", "C1", "referral.received", "2026-11-02")}); err == nil {
		t.Error("a reader records")
	}
}

func TestEveryTableSaysWhatEachRoleMayDoWithIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for _, role := range []string{"longstop_app", "longstop_reader"} {
		for _, table := range r.column(`
			select relname::text from pg_class c
			where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
				and not exists (select from aclexplode(relacl) a join pg_roles g on g.oid = a.grantee where g.rolname = $1)
				and not exists (select from pg_attribute n, aclexplode(n.attacl) a join pg_roles g on g.oid = a.grantee
					where n.attrelid = c.oid and g.rolname = $1)`, role) {
			t.Errorf("store/grants.sql does not say what %s may do with %s", role, table)
		}
	}
	for _, function := range r.column(`
		select p.oid::regprocedure::text from pg_proc p
		where pronamespace = 'public'::regnamespace and prosecdef
			and (has_function_privilege('public', p.oid, 'execute') or proconfig is null
				or not exists (select from unnest(proconfig) c where c like 'search_path=pg_catalog, public, pg_temp'))`) {
		t.Errorf("%s runs with the owner's rights: anybody may call it, or its search_path is not pinned", function)
	}
	// What these roles hold is theirs alone: nobody else may look in.
	for _, sql := range []string{
		`select grantee::regrole::text from pg_class c, aclexplode(relacl) a
			where relnamespace = 'public'::regnamespace and relkind = 'r' and grantee = 0`,
		`select datname::text from pg_database, aclexplode(datacl) where datname = current_database() and grantee = 0`,
	} {
		if open := r.column(sql); len(open) > 0 {
			t.Errorf("open to everybody: %v", open)
		}
	}
}

func TestTheRightsAreLaidDownAgainWhateverWasGrantedBefore(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	if err := r.exec(`grant delete, truncate on events, notices to longstop_app; grant insert on events to longstop_reader;
		revoke insert on events from longstop_app`); err != nil {
		t.Fatal(err)
	}
	if err := pgtest.OpenAs(t, store.Options{URL: r.url}).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	rights := r.column(`
		select g.rolname || ' ' || a.privilege_type from (
			select relacl from pg_class where oid = 'events'::regclass
			union all select attacl from pg_attribute where attrelid = 'events'::regclass and attname = 'type') of (acl),
			aclexplode(acl) a join pg_roles g on g.oid = a.grantee
		where g.rolname in ('longstop_app', 'longstop_reader') order by 1`)
	if !slices.Equal(rights, []string{"longstop_app INSERT", "longstop_app SELECT", "longstop_reader SELECT"}) {
		t.Errorf("the rights on events: %v", rights)
	}
}

func TestOnlyTheOwnerMigratesAndOthersAreToldWhatToRun(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	if err := r.Prepare(t.Context()); err != nil {
		t.Errorf("a schema that is up to date: %v", err)
	}
	if err := r.exec(`delete from goose_db_version where version_id = $1`, migrations.Latest()); err != nil {
		t.Fatal(err)
	}
	for name, check := range map[string]func(context.Context) error{"Prepare": r.Prepare, "Current": r.Current} {
		err := check(t.Context())
		if !errors.Is(err, store.ErrNotMigrated) || !strings.Contains(err.Error(), "LONGSTOP_MIGRATE_URL") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.exec(`insert into goose_db_version (version_id, is_applied) values (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if err := r.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("a newer schema: %v", err)
	}
}

func TestWhereOneRoleDoesEverythingAProgramMigratesWhenItStarts(t *testing.T) {
	t.Parallel()
	s := pgtest.OpenAs(t, store.Options{URL: pgtest.Empty(t)})
	if err := s.Current(t.Context()); !errors.Is(err, store.ErrNotMigrated) {
		t.Errorf("got %v", err)
	}
	if err := s.Prepare(t.Context()); err != nil || s.Book() == nil {
		t.Errorf("got %v", err)
	}
}

// What docs/running.md says under "Roles".
func TestARecordOfOneRoleGoesOnToThreeWithoutAnotherAddress(t *testing.T) {
	t.Parallel()
	single, owner := pgtest.Login(t), pgtest.Login(t)
	admin := &record{t: t, url: pgtest.Empty(t)}
	database := admin.column(`select current_database()::text`)[0]
	mustRun := func(sql string) {
		t.Helper()
		if err := admin.exec(sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	// One role that owns everything, in a database as Postgres makes it.
	mustRun(`alter database ` + database + ` owner to ` + single + `; grant all on schema public to ` + single)
	before := pgtest.OpenAs(t, store.Options{URL: pgtest.As(t, admin.url, single), Clock: pgtest.NewClock(london("2026-11-02 10:00"))})
	if err := before.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := before.Record(t.Context(), source, []casework.Event{event("e1", "C1", "cin_plan.started", "2026-11-02")}); err != nil {
		t.Fatal(err)
	}
	before.Close()

	mustRun(`reassign owned by ` + single + ` to ` + owner)
	mustRun(pgtest.Roles(t))
	mustRun(`grant longstop_app to ` + single)
	if err := pgtest.OpenAs(t, store.Options{URL: pgtest.As(t, admin.url, owner)}).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}

	url := pgtest.As(t, admin.url, single)
	after := pgtest.OpenAs(t, store.Options{URL: url, Clock: pgtest.NewClock(london("2026-11-03 10:00"))})
	if err := after.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	done, err := after.Record(t.Context(), source, []casework.Event{event("e2", "C1", "worker.allocated", "2026-11-03", "worker=W1")})
	if err != nil || done.New != 1 {
		t.Errorf("recording: %+v, %v", done, err)
	}
	refusal := session(t, url)
	for _, sql := range []string{
		`delete from events`, `truncate events`, `alter table events disable trigger all`, `drop table notice_log`,
		`create table mine (x integer)`, `grant longstop_app to ` + owner,
	} {
		equal(t, sql, refusal(sql), insufficientPrivilege)
	}
}

func TestATableOfTheProgramsOwnDoesNotStandInForTheRecordsInATrigger(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	refusal := session(t, pgtest.AsApp(t, r.url))
	equal(t, "a table of this session", refusal(`create temporary table events (case_key uuid)`), "")
	equal(t, "references of a case that has events", refusal(`delete from public.case_references`), restrictViolation)
	equal(t, "with another search path", refusal(`set search_path = pg_temp, public; delete from public.case_references`), restrictViolation)
}

func TestEveryTriggerLooksForNamesInTheRecordsSchemaAlone(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	for _, function := range r.column(`
		select distinct p.oid::regprocedure::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid
		where not t.tgisinternal and pronamespace = 'public'::regnamespace
			and coalesce(not 'search_path=pg_catalog, public, pg_temp' = any(proconfig), true)`) {
		t.Errorf("the search_path of %s is not pinned: a temporary table stands in for the record's", function)
	}
}

func TestANoticeKeepsItsNameSoThatItsHistoryIsFound(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	if err := r.exec(`insert into notices select (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid(), 'key', 'other'))).* from notices n`); err != nil {
		t.Fatal(err)
	}
	refusal := session(t, pgtest.AsApp(t, r.url))
	for _, sql := range []string{
		"update notices set id = gen_random_uuid() where key = 'other'",
		"update delivery_attempts set n = n + 1", "update delivery_attempts set delivery = (select id from notices where key = 'other')",
		"update deliveries set id = gen_random_uuid()",
	} {
		equal(t, sql, refusal(sql), restrictViolation)
	}
	unknown := r.column(`select id::text from notices where id not in (select notice from notice_log)`)
	if !slices.Equal(unknown, nil) {
		t.Errorf("without a history: %v", unknown)
	}
}

func TestTheProgramsRoleDoesNotSayInWhichOrderThingsHappened(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	refusal := session(t, pgtest.AsApp(t, r.url))
	for _, sql := range []string{
		`insert into laws_in_force (seq, law, adopted, reason, by_whom) overriding system value select 0, law, adopted, 'x', 'x' from laws_in_force`,
		`insert into case_references (source, reference, case_key, n) overriding system value select source, 'other', case_key, -1 from case_references limit 1`,
		`insert into events (seq, case_key, source, id, type, at_day, recorded) overriding system value select -1, case_key, source, 'x', type, at_day, recorded from events limit 1`,
		`insert into staff_events (seq, source, id, type, at_day, recorded) overriding system value select -1, source, 'x', type, at_day, recorded from staff_events limit 1`,
		`insert into laws_in_force (seq, law, adopted, reason, by_whom) overriding system value select 9223372036854775807, law, adopted, 'x', 'x' from laws_in_force limit 1`,
	} {
		equal(t, sql, refusal(sql), insufficientPrivilege)
	}
}
