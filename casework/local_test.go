package casework_test

import (
	"testing"

	"longstop/casework"
)

// The council's own date beside that of law: 16 November, and 7 January by law. When it has
// passed is shown from 00:00 of the next day, so the pathway is looked at then.
func TestAPathwayIsLookedAtWhenTheCouncilsOwnDateHasPassed(t *testing.T) {
	t.Parallel()
	book := underOverlay(t, "- ref: AS-01\n  editions:\n  - {local_limit: 10 working days, source: Anytown}\n")
	events := accepted(t, "r referral.received 2026-11-02")
	at := instant(t, "2026-11-16T18:00:00Z")
	plan := book.Fold(events, casework.At(at))
	d := plan.Duty("AS-01:r")
	if d.PastLocal(at) || d.PastLaw(at) || d.PastLocal(d.LocalDue.End()) {
		t.Error("on its day nothing has passed")
	}
	next := instant(t, "2026-11-17T00:00:00Z")
	if !d.PastLocal(next) || d.PastLaw(next) || d.LocalWords() != "the council's own limit" {
		t.Error("the day after it has")
	}
	after := instant(t, "2027-01-08T00:00:00Z")
	if d.PastLocal(after) || !d.PastLaw(after) {
		t.Error("past the limit of law it is overdue")
	}
	if wake := book.Agenda(events, nil, at).Wakes["Assessment"]; !wake.At.Equal(next) {
		t.Errorf("it is looked at next at %s: %s", wake.At, wake.Why)
	}
}
