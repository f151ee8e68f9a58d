package timescale

import (
	"fmt"
	"time"

	"longstop/calendar"
)

// Unit is what a limit is counted in.
type Unit string

// The units. Weeks are seven days each; months and years are corresponding dates.
const (
	WorkingDays Unit = "working_days"
	Days        Unit = "days"
	Weeks       Unit = "weeks"
	Months      Unit = "months"
	Years       Unit = "years"
	Hours       Unit = "hours"
)

// Limit is a length of time allowed, and when it is the one that applies.
type Limit struct {
	N             int
	Unit          Unit
	BeginningWith bool // the event's day is day 1 (rules.md, section 2, rule 3)
	When          *Condition
}

// Condition chooses between limits by a fact of the case. Every part that is set must hold.
type Condition struct {
	PeriodWhere []Test // the event that opened the period
	// HeldSince is an event type that has happened since the period opened, up to and
	// including the day of the start; NotHeldSince is one that has not.
	HeldSince    string
	NotHeldSince string
	// BeforeBirthday holds where the date that the limit gives falls before that birthday.
	BeforeBirthday int
}

// Due is the due date of a limit in days that starts on a day, in the calendar given.
// It must not be called for a limit in hours: see DueAt.
//
// Sources: the day of the event is day 0 (Lester v Garland (1808)); months are
// corresponding dates (Interpretation Act 1978 Sch 1; Dodds v Walker [1981]).
func (l Limit) Due(cal *calendar.Calendar, start calendar.Date) calendar.Date {
	n := l.N
	if l.BeginningWith && l.Unit == WorkingDays {
		return cal.AddWorkingDays(start.AddDays(-1), n)
	}
	due := start
	switch l.Unit {
	case WorkingDays:
		return cal.AddWorkingDays(start, n)
	case Days:
		due = start.AddDays(n)
	case Weeks:
		due = start.AddDays(7 * n)
	case Months:
		due = start.AddMonths(n)
	case Years:
		due = start.AddYears(n)
	case Hours:
		panic("timescale: Limit.Due called for a limit in hours")
	}
	if l.BeginningWith {
		due = due.AddDays(-1)
	}
	return due
}

// DueAt is the due instant of a limit in hours: elapsed time, through weekends and clock
// changes (rules.md, section 2, rule 5).
func (l Limit) DueAt(start time.Time) time.Time {
	return start.Add(time.Duration(l.N) * time.Hour)
}

// InHours says whether the limit runs to an instant rather than to the end of a day.
func (l Limit) InHours() bool { return l.Unit == Hours }

// Before is the day that lies the limit's length before another: working days are
// counted backwards, months are corresponding dates.
func (l Limit) Before(cal *calendar.Calendar, day calendar.Date) calendar.Date {
	back := l
	back.N, back.BeginningWith = -l.N, false
	return back.Due(cal, day)
}

// String is the limit in words: "45 working days", "6 weeks", "26 weeks beginning with the day".
func (l Limit) String() string {
	words := map[Unit][2]string{
		WorkingDays: {"working day", "working days"}, Days: {"day", "days"}, Weeks: {"week", "weeks"},
		Months: {"month", "months"}, Years: {"year", "years"}, Hours: {"hour", "hours"},
	}[l.Unit]
	unit := words[1]
	if l.N == 1 {
		unit = words[0]
	}
	s := fmt.Sprintf("%d %s", l.N, unit)
	if l.BeginningWith {
		s += " beginning with the day"
	}
	return s
}

// inBandUnits folds weeks into days and years into months, the units that ladders use.
func (l Limit) inBandUnits() (int, Unit) {
	switch l.Unit {
	case Weeks:
		return 7 * l.N, Days
	case Years:
		return 12 * l.N, Months
	default:
		return l.N, l.Unit
	}
}
