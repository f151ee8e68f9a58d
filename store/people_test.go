package store_test

import (
	"strings"
	"sync"
	"testing"

	"longstop/casework"
	"longstop/pathway"
)

func TestEventsOfPeopleThatCannotBeTrustedAreRefused(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(people()...)
	r.mustRecord(casework.Event{ID: "void", Voids: "p2"})
	r.setClock("2026-11-02 11:00")
	ofVoided := staff("x", "staff.appointed", "2026-01-01", "worker=W2", "role=worker")
	ofVoided.Corrects = "p2"
	for _, tc := range []struct {
		name   string
		event  casework.Event
		reason string
	}{
		{"no worker", staff("x", "staff.appointed", "2026-01-01", "role=worker"), "needs data.worker"},
		{"no role", staff("x", "staff.appointed", "2026-01-01", "worker=W9"), "needs data.role"},
		{"an unknown role", staff("x", "staff.appointed", "2026-01-01", "worker=W9", "role=chief"), "data.role must be one of"},
		{"no e-mail address", staff("x", "staff.appointed", "2026-01-01", "worker=W9", "role=worker", "email=Ada <a@b>"), "e-mail"},
		{"an unknown type", staff("x", "staff.promoted", "2026-01-01", "worker=W9"), "unknown type"},
		{"no day", casework.Event{ID: "x", Type: "staff.left", Data: casework.Data{"worker": "W1"}}, "when it happened"},
		{"a day to come", staff("x", "staff.absent", "2026-11-03", "worker=W1"), "before it happened"},
		{"an absence that ends before it begins", staff("x", "staff.absent", "2026-11-02", "worker=W1", "until=2026-11-01"), "lies before"},
		{"an absence until no date", staff("x", "staff.absent", "2026-11-02", "worker=W1", "until=soon"), "must be a date"},
		{"a cover for oneself", staff("x", "staff.absent", "2026-11-02", "worker=W1", "cover=W1"), "covers for themselves"},
		{"a number for a name", casework.Event{ID: "x", Type: "staff.left", At: casework.OnDay(date("2026-01-01")), Data: casework.Data{"worker": 7}}, "needs data.worker"},
		{"a control character", staff("x", "staff.appointed", "2026-01-01", "worker=W9", "role=worker", "name=a\nb"), "U+000A (line break)"},
		{"a void of nothing", casework.Event{ID: "x", Voids: "p99"}, "does not exist"},
		{"a void of a void", casework.Event{ID: "x", Voids: "void"}, "cannot be corrected or voided"},
		{"a correction of what was voided", ofVoided, "was voided on Mon 2 Nov 2026: record the event again"},
		{"a second void", casework.Event{ID: "x", Voids: "p2"}, "was voided already"},
		{"the same id with other content", staff("p1", "staff.left", "2026-01-01", "worker=W1"), "other content"},
		{"no id", staff("", "staff.left", "2026-01-01", "worker=W1"), "no id"},
		{"a team without a name", staff("x", "team.formed", "2026-01-01", "name=Team"), "needs data.team"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := r.Record(t.Context(), source, []casework.Event{tc.event})
			if err != nil || len(got.Refused) != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
			has(t, "reason", got.Refused[0].Reason, tc.reason)
		})
	}
}

func TestPeopleAreRecordedOnceAndInAnyOrder(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	correction := staff("c1", "staff.appointed", "2020-01-01", "worker=W1", "role=worker", "team=T2")
	correction.Corrects = "p1"
	list := append([]casework.Event{{ID: "v1", Voids: "p2"}, correction}, people()...)
	equal(t, "new", r.mustRecord(list...).New, 8)
	equal(t, "known", r.mustRecord(list...).Known, 8)
	events, err := r.StaffEvents(t.Context())
	if err != nil || len(events) != 8 {
		t.Fatal(len(events), err)
	}
	s, err := r.Summary(t.Context())
	if err != nil || s.People != 4 { // W2's appointment was voided
		t.Errorf("people: %d, %v", s.People, err)
	}
}

func TestPeopleRecordedAtOnceAreAllThere(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	var all sync.WaitGroup
	for _, e := range people() {
		all.Go(func() {
			if _, err := r.Record(t.Context(), source, []casework.Event{e}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r.mustRecord(event("e1", "C1", "cp_plan.started", "2026-11-02"), event("e2", "C1", "worker.allocated", "2026-11-02", "worker=W1"))
	r.setClock("2026-12-03 09:00")
	equal(t, "told", strings.Join(r.tell("2026-12-03 09:00"), ", "), "M1 escalation +1wd")
}

func TestAWorkerWhoChangesTeamTakesTheirCasesAlong(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-03 10:00")
	equal(t, "team", r.row("C1", cp).Display.Team, "T1")
	got := r.mustRecord(staff("x", "staff.appointed", "2026-11-03", "worker=W1", "role=worker", "team=T2"))
	if len(got.Nudges) != 1 || got.Nudges[0].Pathway != cp || got.Nudges[0].Display.Team != "T2" {
		t.Errorf("nudges: %+v", got.Nudges)
	}
	void := casework.Event{ID: "y", Voids: "x"}
	got = r.mustRecord(void)
	if len(got.Nudges) != 1 || got.Nudges[0].Display.Team != "T1" {
		t.Errorf("nudges when it is taken back: %+v", got.Nudges)
	}
}

func TestTheRecipientIsWhoHoldsTheCaseAtTheClaim(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-25 09:00")
	n := r.plan("C1", pathway.ChildProtection).Send[0]
	r.mustRecord(event("x", "C1", "worker.allocated", "2026-11-25", "worker=W2"))
	equal(t, "to", r.claim(n).To.Staff, "W2")
}

func TestTheCoverIsToldWhileTheWorkerIsAway(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-24 10:00")
	r.mustRecord(staff("x", "staff.absent", "2026-11-24", "worker=W1", "until=2026-11-30", "cover=W2"))
	equal(t, "told", strings.Join(r.tell("2026-11-25 09:00"), ", "), "W2 reminder -5wd")
	equal(t, "told once they are back", strings.Join(r.tell("2026-12-01 09:00"), ", "), "W1 reminder -1wd")
}
