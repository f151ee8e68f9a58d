package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"longstop/internal/pgtest"
	"longstop/store"
	"longstop/timescale/load"
)

func actor(o *store.Options) {
	o.Actor = store.Actor{Command: "record", User: "cplover", Host: "desk-7"}
}

// audited are the rows of the audit, each as "command case outcome events".
func (r *record) audited(f store.AuditFilter) []string {
	r.t.Helper()
	var list []string
	err := r.EachAudit(r.t.Context(), f, func(row store.AuditRow) error {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %d", row.Command, row.Case, row.Outcome, row.Events)))
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func TestWhatIsRecordedAndAdoptedIsAuditedByTheDatabaseWhoeverWritesIt(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", actor)
	r.mustRecord(people()...)
	r.mustRecord(
		event("e1", "C1", "referral.received", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"),
		event("e3", "C2", "referral.received", "2026-11-02"),
	)
	r.mustRecord(event("e3", "C2", "referral.received", "2026-11-02")) // it is there: nothing is written
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-09")}})
	// Not one of the programs, and it says nothing of itself.
	if err := r.exec(`insert into events (case_key, source, id, type, at_day, recorded)
		values ($1, 'cms', 'e4', 'cin_plan.started', '2026-11-02', '2026-11-02T10:00:00Z')`, r.key("C2")); err != nil {
		t.Fatal(err)
	}
	got := r.audited(store.AuditFilter{})
	want := []string{"adopted 1", "record  recorded 6", "record C1 recorded 2", "record C2 recorded 1", "record  adopted 1", "C2 recorded 1"}
	if !slices.Equal(got[len(got)-5:], want[1:]) {
		t.Errorf("the audit: %q", got)
	}
	if got := r.audited(store.AuditFilter{CaseKey: r.key("C2")}); !slices.Equal(got, []string{"record C2 recorded 1", "C2 recorded 1"}) {
		t.Errorf("the audit of C2: %q", got)
	}
}

func TestWhatAProgramDoesIsAuditedWithItsLoginAndWhoItSaysItIs(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00", actor)
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"))
	reader := pgtest.OpenAs(t, store.Options{URL: pgtest.AsReader(t, r.url), Clock: r.clock, Actor: store.Actor{
		// What is too long, or no text, is made to fit: it never keeps anybody from working.
		Command: "explain", User: strings.Repeat("é", 300), Host: "desk\x00-8\xff",
	}})
	if err := reader.Note(t.Context(), store.AuditRead, r.key("C1")); err != nil {
		t.Fatal(err)
	}
	var rows []store.AuditRow
	err := reader.EachAudit(t.Context(), store.AuditFilter{CaseKey: r.key("C1")}, func(row store.AuditRow) error {
		rows = append(rows, row)
		return nil
	})
	if err != nil || len(rows) != 2 {
		t.Fatalf("the audit: %+v, %v", rows, err)
	}
	wrote, read := rows[0], rows[1]
	equal(t, "who wrote", wrote.User+"@"+wrote.Host, "cplover@desk-7")
	equal(t, "who read", read.User+"@"+read.Host, strings.Repeat("é", 200)+"@desk-8")
	equal(t, "what was read", read.Command+" "+read.Case+" "+string(read.Outcome), "explain C1 read")
	has(t, "the login of who wrote", wrote.Login, "longstop_app")
	has(t, "the login of who read", read.Login, "longstop_reader")
	if wrote.Run == "" || read.Run == "" || wrote.Run == read.Run {
		t.Errorf("runs %q and %q", wrote.Run, read.Run)
	}
	if since := r.audited(store.AuditFilter{Since: read.At}); !slices.Equal(since, []string{"explain C1 read 0"}) {
		t.Errorf("since then: %q", since)
	}
}

func TestNoProgramCanWriteTheAuditOrTheHistoryOfNoticesForItself(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	logged, audited := r.column(`select count(*)::text from notice_log`)[0], r.column(`select count(*)::text from audit`)[0]
	for _, url := range []string{pgtest.AsApp(t, r.url), pgtest.AsReader(t, r.url)} {
		refusal := session(t, url)
		for sql, want := range map[string]string{
			`insert into audit (at, login, run, command, os_user, host, outcome) values (now(), 'x', '', '', '', '', 'done')`: insufficientPrivilege,
			`insert into notice_log (notice, at, login, added, became) values (gen_random_uuid(), now(), 'x', true, '{}')`:    insufficientPrivilege,
			`select note_run(null, 'recorded')`: "23514",
			`select note_run(null, 'adopted')`:  "23514",
			`set role longstop_owner`:           "22023", // there is none by this name in the tests
		} {
			equal(t, sql, refusal(sql), want)
		}
	}
	// A trigger function with the owner's rights is no use on a table of one's own.
	refusal := session(t, pgtest.AsApp(t, r.url))
	equal(t, "a table of its own", refusal(`create temporary table notices (id uuid)`), "")
	equal(t, "the log's trigger on it",
		refusal(`create trigger x after insert on notices for each row execute function log_notice()`), insufficientPrivilege)
	equal(t, "rows of the log", r.column(`select count(*)::text from notice_log`)[0], logged)
	equal(t, "rows of the audit", r.column(`select count(*)::text from audit`)[0], audited)
}

func TestATableInTheWayDoesNotKeepTheAuditFromItsOwn(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	refusal := session(t, pgtest.AsApp(t, r.url))
	logged := r.column(`select count(*)::text from notice_log`)[0]
	for _, sql := range []string{
		`create temporary table audit (like public.audit)`, `create temporary table notice_log (like public.notice_log)`,
		`select public.note_run(null, 'read')`, `update public.notices set perhaps_twice = true`,
	} {
		equal(t, sql, refusal(sql), "")
	}
	equal(t, "the last row of the audit", r.column(`select outcome from audit order by seq desc limit 1`)[0], "read")
	if now := r.column(`select count(*)::text from notice_log`)[0]; now == logged {
		t.Error("the change of a notice is not in the log")
	}
}
