package store_test

import (
	"strings"
	"sync"
	"testing"

	"longstop/casework"
	"longstop/pathway"
	"longstop/store"
)

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

func TestWhatFollowsFromPeopleThatARequestRecordsIsLeftToTheWorkers(t *testing.T) {
	t.Parallel()
	r := newPlanned(t, "2026-11-03 10:00")
	ctx := store.WithActor(t.Context(), store.Actor{Key: "k1", Request: "00000000-0000-4000-8000-000000000001"})
	moved := []casework.Event{staff("x", "staff.appointed", "2026-11-03", "worker=W1", "role=worker", "team=T2")}
	for _, fresh := range []int{1, 0} {
		got, err := r.Record(ctx, source, moved)
		if err != nil || got.New != fresh || len(got.Nudges) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		equal(t, "queued", len(r.column(`select why from replans`)), 1)
	}
	r.planQueued()
	equal(t, "team", r.row("C1", cp).Display.Team, "T2")
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
