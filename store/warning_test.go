package store_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
)

func TestWhatIsProbablyASlipIsRecordedWithAWarning(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-12 10:00")
	r.mustRecord(
		staff("s1", "staff.appointed", "2026-01-01", "worker=W09", "role=worker"),
		staff("t1", "team.formed", "2026-01-01", "team=North", "director=W09"),
	)
	events := []casework.Event{
		event("p1", "C-1042", "cp_plan.started", "2026-11-02"),
		event("v1", "C-1042", "cp_visit.made", "2026-11-05", "Seen=true"),
		event("v2", "C-1042", "cp_visit.made", "2026-11-06"),
		event("a1", "C-1042", "worker.allocated", "2026-11-06", "worker=W9", "team=Nroth"),
		event("a2", "C-1042", "worker.allocated", "2026-11-06", "worker=W09", "team=North"),
		event("v3", "C-1O42", "cp_visit.made", "2026-11-09", "seen=true"),
	}
	for i := range events {
		events[i].Line = i + 1
	}
	got, err := r.Record(t.Context(), source, events)
	if err != nil || got.New != len(events) {
		t.Fatalf("%d new, refused %v, %v", got.New, got.Refused, err)
	}
	var said []string
	for _, w := range got.Warnings {
		said = append(said, w.Error())
		if w.Line == 0 || events[w.Line-1].ID != w.Event {
			t.Errorf("the line of %s reads %d", w.Event, w.Line)
		}
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		`v1: data."Seen" is not read. Did you mean seen?`,
		"v2: it does not say whether the child was seen",
		"a1: recorded, but no worker W9 is in the record of people: record staff.appointed, or check data.worker. Did you mean W09?",
		"a1: recorded, but no team Nroth is in the record of people: record team.formed, or check data.team. Did you mean North?",
	} {
		has(t, "warnings", all, want)
	}
	equal(t, "warnings", len(said), 4)
	equal(t, "cases that nothing has opened", len(got.Unopened), 1)
	equal(t, "its reference", got.Unopened[0].Reference, "C-1O42")
	equal(t, "its line", got.Unopened[0].Line, 6)
	refs, err := r.References(t.Context(), source)
	if err != nil || !slices.Equal(refs, []string{"C-1042"}) {
		t.Errorf("references of cases in which something has started: %v, %v", refs, err)
	}

	// A case that is opened later is doubted no longer, and what was recorded again is not doubted twice.
	again, err := r.Record(t.Context(), source, []casework.Event{
		events[1], event("p2", "C-1O42", "cp_plan.started", "2026-11-02"), event("v4", "C-1O42", "cp_visit.made", "2026-11-10", "seen=true"),
	})
	if err != nil || len(again.Warnings) > 0 || len(again.Unopened) > 0 {
		t.Errorf("warned of %v and %v, %v", again.Warnings, again.Unopened, err)
	}
}

func TestADeathThatIsRecordedLastIsWarnedOfWhereItSilencesWhatTheRecordHolds(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-12 10:00")
	record := func(e casework.Event) []casework.Refusal {
		t.Helper()
		e.Line = 7
		got, err := r.Record(t.Context(), source, []casework.Event{e})
		if err != nil || got.New != 1 {
			t.Fatalf("%d new, refused %v, %v", got.New, got.Refused, err)
		}
		return got.Warnings
	}
	r.mustRecord(event("e1", "C1", "referral.received", "2026-11-02"), event("e2", "C2", "referral.received", "2026-11-02"))

	got := record(event("d1", "C1", "person.died", "2025-11-10"))
	if len(got) != 1 || got[0].Line != 7 {
		t.Fatalf("warned of %+v", got)
	}
	equal(t, "warning", got[0].Error(), "d1: recorded, but the child died on Mon 10 Nov 2025, and 1 event is dated after that day: "+
		"it does not count; check the date of the death, and correct it where it is wrong")

	// Who is warned once is not warned again with everything else that is recorded, nor where the death is right.
	if got := record(event("a1", "C1", "worker.allocated", "2026-11-09")); len(got) > 0 {
		t.Errorf("warned again: %v", got)
	}
	if got := record(event("d2", "C2", "person.died", "2026-11-09")); len(got) > 0 {
		t.Errorf("warned of a death that silences nothing: %v", got)
	}

	// A birth that comes after the death is as doubtful as the death.
	got = record(event("b2", "C2", "person.born", "2026-11-10"))
	if len(got) != 1 || got[0].Event != "b2" {
		t.Errorf("warned of %v", got)
	}
}
