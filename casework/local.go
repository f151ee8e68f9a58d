package casework

import (
	"time"

	"longstop/calendar"
)

// PastLaw reports whether the duty is open and past a limit that law or guidance sets.
func (d *Duty) PastLaw(now time.Time) bool { return d.State(now) == Overdue && d.Edition.SetByLaw() }

// PastLocal reports whether the duty is open and past no limit of law, but past one that no
// law sets: its only limit, or the council's own date beside that of law. No law is broken
// by that, and nothing may look as if one were.
func (d *Duty) PastLocal(now time.Time) bool {
	switch d.State(now) {
	case Overdue:
		return !d.Edition.SetByLaw()
	case Running, DueToday:
		return !d.LocalDue.IsZero() && calendar.DateOf(now) > d.LocalDue
	default:
		return false
	}
}

// Passed says past whose limit an open duty is: that of law or guidance, or one that no law sets.
type Passed string

// The limits that a duty may be past.
const (
	PassedNone  Passed = ""
	PassedLaw   Passed = "law"
	PassedLocal Passed = "local" // and past none of law
)

// Passed returns past whose limit the duty is: see PastLaw and PastLocal.
func (d *Duty) Passed(now time.Time) Passed {
	switch {
	case d.PastLaw(now):
		return PassedLaw
	case d.PastLocal(now):
		return PassedLocal
	default:
		return PassedNone
	}
}

// LocalWords says whose limit PastLocal speaks of.
func (d *Duty) LocalWords() string {
	if !d.LocalDue.IsZero() && d.Edition.SetByLaw() {
		return "the council's own limit"
	}
	return d.Edition.Whose()
}
