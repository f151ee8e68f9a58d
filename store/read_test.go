package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
	"longstop/timescale/load"
)

func TestDutiesAreFilteredAndShowTheirStateNow(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-03 10:00")
	r.mustRecord(
		event("a1", "C2", "cp_plan.started", "2026-10-01"), event("a2", "C2", "worker.allocated", "2026-10-01", "worker=W2", "team=T2"),
		event("b1", "C3", "referral.received", "2026-11-02"), event("b2", "C3", "assessment.completed", "2026-11-03"),
	)
	for _, tc := range []struct {
		name   string
		filter store.DutyFilter
		want   string
	}{
		{"a case", store.DutyFilter{Case: "C2"}, "C2 CP-10 overdue, C2 CP-13 running"},
		{"a case of a source", store.DutyFilter{Case: "C2", Source: source, Ref: "CP-10"}, "C2 CP-10 overdue"},
		{"a case of another source", store.DutyFilter{Case: "C2", Source: "feed"}, ""},
		{"a case by its key", store.DutyFilter{Case: r.key("C2"), Ref: "CP-13"}, "C2 CP-13 running"},
		{"a team by its allocation", store.DutyFilter{Team: "T2"}, "C2 CP-10 overdue, C2 CP-13 running"},
		{"a team by its worker", store.DutyFilter{Team: "T1"}, "C1 CP-10 running, C1 CP-13 running"},
		{"a worker", store.DutyFilter{Worker: "W1", Ref: "CP-10"}, "C1 CP-10 running"},
		{"overdue", store.DutyFilter{State: casework.Overdue}, "C2 CP-10 overdue"},
		{"due today", store.DutyFilter{State: casework.DueToday}, "C3 FD-01 due_today"},
		{"met", store.DutyFilter{State: casework.Met}, "C3 AS-01 met"},
		{"a rule", store.DutyFilter{Ref: "CP-10"}, "C1 CP-10 running, C2 CP-10 overdue"},
	} {
		list, err := r.Duties(t.Context(), tc.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range list {
			got = append(got, fmt.Sprintf("%s %s %s", d.Case, d.Ref, d.State))
		}
		equal(t, tc.name, strings.Join(got, ", "), tc.want)
	}
	r.setClock("2026-12-03 00:00")
	equal(t, "the state moves with the day", r.duty("C1", "CP-10").State, casework.Overdue)
}

// FD-01 of R1 is met by a decision that a return does not hold, that of R2 by a real one; CP-03
// has an inferred conference, 16 working days after the discussion.
func TestWhatIsTakenAsDoneIsMarkedAndLeftOutOfEveryCount(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-03 10:00")
	r.mustRecord(
		event("e1", "C1", "referral.received", "2026-10-05"), event("d1", "C1", "referral.decided", "2026-10-05", "outcome=assessment", "inferred=true"),
		event("e2", "C2", "referral.received", "2026-10-05"), event("d2", "C2", "referral.decided", "2026-10-05", "outcome=assessment"),
		event("s1", "C1", "strategy_discussion.held", "2026-10-05", "s47=true"), event("c1", "C1", "icpc.held", "2026-10-27", "outcome=no_plan", "inferred=true"),
	)
	for ref, want := range map[string]bool{"C1": true, "C2": false} {
		equal(t, "inferred in "+ref, r.duty(ref, "FD-01").Inferred, want)
	}
	equal(t, "inferred, though late by its date", r.duty("C1", "CP-03").Inferred, true)
	s, err := r.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "in time", s.Duties[casework.Met], 1)
	equal(t, "late", s.Duties[casework.MetLate], 0)
	equal(t, "taken as done", s.Inferred, 2)
}

func TestARowOfTheRecordIsTheRowOfTheFold(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	var events []casework.Event
	for _, c := range county(3) {
		events = append(events, c.Events...)
	}
	events = append(events, event("z1", "C00001", "source.attached", "2026-11-01", "name=x", "reports=cp_plan.started,icpc.held", "until=2026-08-01"),
		event("z2", "C00002", "case.closed", "2026-11-01"))
	r.mustRecord(events...)
	for _, ref := range []string{"C00000", "C00001", "C00002"} {
		folded, err := r.Explain(t.Context(), r.key(ref), casework.Moment{AsOf: r.clock.Now()})
		if err != nil {
			t.Fatal(err)
		}
		var want []casework.DutyRow
		for i := range folded.Plan.Duties {
			want = append(want, folded.Plan.Duties[i].Row(r.clock.Now()))
		}
		list, err := r.Duties(t.Context(), store.DutyFilter{Case: ref})
		if err != nil {
			t.Fatal(err)
		}
		var got []casework.DutyRow
		for _, d := range list {
			got = append(got, d.DutyRow)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-fold +record):\n%s", ref, diff)
		}
	}
}

// A day after its limit of law, a day after the council's own date alone, and past both.
func TestTheSummaryCountsWhatIsPastALimitOfLawAndWhatIsPastAnotherApart(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-12-03 10:00")
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml",
		"- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n- {ref: CN-02, confirmed: true}\n")}}})
	r.mustRecord(
		event("a", "C1", "referral.received", "2026-11-18"), // 10 working days after it: 2 December
		event("b", "C2", "referral.received", "2026-09-29"), // 45: 1 December; 10: 13 October
		event("c", "C3", "cin_plan.started", "2026-11-04"),  // 4 weeks: 2 December
		event("d", "C4", "referral.received", "2026-11-19"), // 10: 3 December, today
	)
	s, err := r.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, o := range s.Overdue {
		lines = append(lines, fmt.Sprintf("%s %q: %d, %d", o.Ref, o.Local, o.Duties, o.MostDays))
	}
	// The decision on each of the three referrals, due a working day later, is overdue too: since
	// 30 September in C2.
	want := []string{`AS-01 "": 1, 2`, `FD-01 "": 3, 64`, `AS-01 "the council's own limit": 1, 1`, `CN-02 "the council's own limit": 1, 1`}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.PastLaw != 4 || s.PastLocal != 2 {
		t.Errorf("%d past a limit of law, %d past another", s.PastLaw, s.PastLocal)
	}
}

func TestTheSummaryCountsWhatIsThere(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-12-03 09:00")
	r.tell("2026-12-03 09:00")
	s, err := r.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "cases", s.Cases, 1)
	equal(t, "open cases", s.OpenCases, 1)
	equal(t, "events", s.Events, 2)
	equal(t, "people", s.People, 5)
	equal(t, "clocks", s.Pathways[cp], 1)
	equal(t, "overdue", s.Duties[casework.Overdue], 1)
	equal(t, "past a limit of law", s.PastLaw, 0)
	equal(t, "past another limit", s.PastLocal, 1)
	equal(t, "worst", s.Overdue[0], store.OverdueRef{
		Ref: "CP-10", Title: "Child protection visit", Local: timescale.LongstopsDefault, Duties: 1, MostDays: 1,
	})
	equal(t, "sent", s.Notices["sent"], 1)
	equal(t, "told", s.Told["escalation"], 1)
	equal(t, "outbox", s.Outbox, 1)
	if s.Pack == "" || s.Calendar == "" || s.Law == "" {
		t.Errorf("the law is not named: %+v", s)
	}
}

func TestASourcesEntriesAreAllThatItRecorded(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	correction := event("c1", "C1", "referral.received", "2026-10-02")
	correction.Corrects = "e1"
	r.mustRecord(event("e1", "C1", "referral.received", "2026-10-01"), correction, casework.Event{ID: "v1", Case: "C1", Voids: "e1"},
		event("e2", "C2", "contact.received", "2026-10-01"))
	got, err := r.SourceEntries(t.Context(), source, []string{"C1", "C9"})
	if err != nil || len(got) != 1 || len(got["C1"]) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	equal(t, "case", got["C1"][0].Case, "C1")
	refs, err := r.SourceReferences(t.Context(), source)
	if err != nil || strings.Join(refs, ",") != "C1,C2" {
		t.Errorf("references: %v, %v", refs, err)
	}
	if none, err := r.SourceEntries(t.Context(), "feed", []string{"C1"}); err != nil || len(none) != 0 {
		t.Errorf("another source's: %v, %v", none, err)
	}
}
