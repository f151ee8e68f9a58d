package store_test

import (
	"fmt"
	"testing"

	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// The date is known from when the law was adopted: the morning of that day is over.
func TestALawThatIsAdoptedByDayIsToldAtTheNextNineOClock(t *testing.T) {
	t.Parallel()
	r := newEnquiry(t)
	r.tellIn(s47, "2026-12-10 09:00")
	r.setClock("2026-12-10 15:00")
	r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays("2026-12-11")}})
	r.planAgain()
	equal(t, "told at once", len(r.letters("2026-12-10 15:00")), 0)
	equal(t, "wake", r.row("C1", s47).Wake, london("2026-12-14 09:00")) // the 11th is a bank holiday now
	equal(t, "told that morning", len(r.letters("2026-12-14 09:00")), 1)
}

// Nobody is blamed for what nobody knew.
func TestADutyThatALawMakesOverdueHasItsLadderFromTheNextMorning(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	r.mustRecord(append(people(), event("e1", "C1", "cin_plan.started", "2026-11-02"),
		event("a", "C1", "worker.allocated", "2026-11-02", "worker=W1"))...)
	r.setClock("2026-11-25 15:00")
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyTwoWeeks)}}}) // due on the 16th, and on the 30th before
	r.planAgain()
	for _, morning := range []struct{ at, want string }{
		{"2026-11-25 15:00", "[]"},
		{"2026-11-26 09:00", "[W1 reminder 0]"},
		{"2026-11-27 09:00", "[M1 escalation +1wd]"},
	} {
		equal(t, "told at "+morning.at, fmt.Sprint(r.tellIn(pathway.ChildInNeed, morning.at)), morning.want)
	}
}

// A process that starts later knows what another has seen.
func TestAProcessThatStartsLaterKnowsTheLawsBefore(t *testing.T) {
	t.Parallel()
	r := newEnquiry(t)
	r.tellIn(s47, "2026-12-10 09:00")
	r.setClock("2026-12-10 15:00")
	for _, day := range []string{"2026-12-01", "2026-12-11"} {
		r.adopt(store.Law{Change: load.Change{Holidays: bankHolidays(day)}})
	}
	r.Store = r.open()
	r.planAgain()
	equal(t, "told at once", len(r.letters("2026-12-10 15:30")), 0)
	equal(t, "told at the next 09:00", len(r.letters("2026-12-14 09:00")), 1)
}
