package store_test

import (
	"slices"
	"testing"

	"longstop/internal/pgtest"
)

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
