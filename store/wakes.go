package store

import (
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// morningHour is the hour of the day, in London, at which what waits for a person is looked
// at again.
const morningHour = 9

// nextMorning is the first 09:00 in London after an instant, of any day.
func nextMorning(at time.Time) time.Time {
	day := calendar.DateOf(at)
	if first := day.At(morningHour, 0); first.After(at) {
		return first
	}
	return day.AddDays(1).At(morningHour, 0)
}

// owes reports whether a pathway has still something to say, or to open, though no duty may
// be open.
func (a *assessment) owes(name string) bool {
	return a.agenda.Owed[name] || a.holds(name)
}

// wake is when a pathway must be looked at again if everything that is due goes: for what
// comes next; each morning, and when a refusal ends, while nobody can be told of a notice; the
// next morning for what is held until then.
func (a *assessment) wake(f *caseFile, name string) casework.Wake {
	wake := a.agenda.Wakes[name]
	add := func(at time.Time, why string) {
		if at.After(a.at) && (wake.At.IsZero() || at.Before(wake.At)) {
			wake = casework.Wake{At: at, Why: why}
		}
	}
	if n := a.untold(f, name); n != nil {
		add(nextMorning(a.at), "nobody could be told: "+n.Ref)
		add(f.refusedUntil, "an address is tried again: "+n.Ref)
	}
	if a.holds(name) {
		add(nextMorning(a.at), "tell what is kept for the morning")
		if a.heldInHours {
			add(calendar.DateOf(a.at).AddDays(1).Start(), "tell what is kept for the next day")
		}
	}
	return wake
}

// untold returns a notice of a pathway that nobody can be told of, and that is still true;
// nil without one.
func (a *assessment) untold(f *caseFile, name string) *noticeRow {
	for i := range f.notices {
		r := &f.notices[i]
		if r.Pathway == name && r.State == stateUndeliverable && !a.reachable(r) && casework.StopReason(a.agenda.Plan, r.notice(), a.at) == "" {
			return r
		}
	}
	return nil
}

// wakeAgain makes a pathway wake again at once: just after this instant, so that its workflow
// sees that this is another wake.
func (a *assessment) wakeAgain(name string) {
	for i := range a.states {
		if row := &a.states[i]; row.Pathway == name && row.Open {
			row.Wake = pointer(ceilMicro(a.at.Add(time.Millisecond)))
		}
	}
}
