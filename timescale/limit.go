package timescale

import (
	"fmt"
	"strconv"
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
	Back          bool // counted backwards: so long before (rules.md, section 2, rule 6)
	// In makes it a rolling sum: of hours or days, in any time of this length. Its N is 0 if
	// the limit is not a sum.
	In   Length
	From *Anchor // what it counts from; nil: the day of the start
	When *Condition
}

// Length is a number of a unit.
type Length struct {
	N    int
	Unit Unit
}

// Anchor is a date that a limit counts from in place of the start's day: in the data of
// the event that starts the duty, or of the latest event of a type in the case; or a birthday.
type Anchor struct {
	Event    string // "": the event that starts the duty
	Field    string
	Birthday int // of the child, in place of both; 0: none
}

// Plain reports whether the limit needs nothing but the day of the start.
func (l Limit) Plain() bool { return l.From == nil && !l.Rolling() && l.When == nil }

// Condition chooses between limits by a fact of the case. Every part that is set must hold.
type Condition struct {
	PeriodWhere []Test // the event that opened the period
	// HeldSince is an event type that has happened since the period opened, up to and
	// including the day of the start; NotHeldSince is one that has not. Where both are set,
	// NotHeldSince is one that has not happened since the latest HeldSince.
	HeldSince    string
	NotHeldSince string
	// BeforeBirthday holds where the date that the limit gives falls before that birthday.
	BeforeBirthday int
}

// Due returns the due date of a limit in days that starts on a day, in the calendar given.
// It must not be called for a limit in hours: see DueAt.
//
// Sources: the day of the event is day 0 (Lester v Garland (1808)); months are
// corresponding dates (Interpretation Act 1978 Sch 1; Dodds v Walker [1981]).
func (l Limit) Due(cal *calendar.Calendar, start calendar.Date) calendar.Date {
	n := l.N
	if l.Back {
		n = -n
	}
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
	if l.BeginningWith && (l.Unit != Months && l.Unit != Years || corresponds(start, due)) {
		due = due.AddDays(-1)
	}
	return due
}

// corresponds reports whether a date is the one in another month that corresponds to a day. Where it
// is not, there is none, and it is the last of its month: a year beginning with 29 February ends
// on 28 February, and not a day before it.
func corresponds(day, other calendar.Date) bool {
	_, _, x := day.Split()
	_, _, y := other.Split()
	return x == y
}

// DueAt returns the due instant of a limit in hours: elapsed time, through weekends and clock
// changes (rules.md, section 2, rule 5).
func (l Limit) DueAt(start time.Time) time.Time {
	return start.Add(time.Duration(l.N) * time.Hour)
}

// InHours reports whether the limit runs to an instant rather than to the end of a day.
func (l Limit) InHours() bool { return l.Unit == Hours }

// Rolling reports whether the limit is of the sum of several stretches, in any time of a length.
func (l Limit) Rolling() bool { return l.In.N > 0 }

// SumFrom returns the first day of the time, ending with a day, in which a rolling sum of days is
// counted: of 12 months up to 30 June it is 1 July.
func (l Limit) SumFrom(day calendar.Date) calendar.Date {
	return Limit{N: l.In.N, Unit: l.In.Unit, Back: true}.Due(nil, day).AddDays(1)
}

// Before returns the day that lies the limit's length before another: working days are
// counted backwards, months are corresponding dates.
func (l Limit) Before(cal *calendar.Calendar, day calendar.Date) calendar.Date {
	back := l
	back.Back, back.BeginningWith = !l.Back, false
	return back.Due(cal, day)
}

// String returns the limit in words: "45 working days", "6 weeks", "26 weeks beginning with the day".
func (l Limit) String() string {
	s := Length{l.N, l.Unit}.String()
	switch {
	case l.sameDay():
		s = "the same day"
	case l.BeginningWith:
		s += " beginning with the day"
	case l.Back:
		s += " before"
	case l.Rolling():
		s += " in any " + l.In.String()
	}
	if l.From != nil {
		s += " " + l.From.String()
	}
	return s
}

// String returns the length in words: "45 working days", "1 month".
func (l Length) String() string {
	words := map[Unit][2]string{
		WorkingDays: {"working day", "working days"}, Days: {"day", "days"}, Weeks: {"week", "weeks"},
		Months: {"month", "months"}, Years: {"year", "years"}, Hours: {"hour", "hours"},
	}[l.Unit]
	unit := words[1]
	if l.N == 1 {
		unit = words[0]
	}
	return fmt.Sprintf("%d %s", l.N, unit)
}

// sameDay reports whether the limit is the day itself from which it counts.
func (l Limit) sameDay() bool { return l.N == 0 && l.Unit == Days }

// String returns what a limit counts from, in words.
func (a *Anchor) String() string {
	if a.Birthday > 0 {
		return "(from " + Birthday(a.Birthday) + ")"
	}
	if a.Event == "" {
		return "(from its date " + a.Field + ")"
	}
	if a.Field == "date" {
		return fmt.Sprintf("(from the date of the latest %s)", a.Event)
	}
	return fmt.Sprintf("(from the date %s of the latest %s)", a.Field, a.Event)
}

// Birthday returns a birthday in words: "the 16th birthday".
func Birthday(n int) string {
	ending := "th"
	if n/10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprintf("the %d%s birthday", n, ending)
}

// short returns the limit as a rung is labelled: "9m", "6w", "14d", "5wd".
func (l Limit) short() string {
	return strconv.Itoa(l.N) + map[Unit]string{
		WorkingDays: "wd", Days: "d", Weeks: "w", Months: "m", Years: "y", Hours: "h",
	}[l.Unit]
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

// Limits in different units are compared from every day of these years: far enough for
// every meeting of weekends, bank holidays and month ends to have come round.
var (
	comparedFrom    = calendar.NewDate(2010, 1, 1)
	comparedThrough = calendar.NewDate(2040, 12, 31)
)

// yetToBeProclaimed is how many working days may become bank holidays within a limit
// that nobody knows of yet; two is what one year has had (2022).
const yetToBeProclaimed = 2

// NeverLonger reports whether a limit can never fall due later than another, whatever the
// day it starts on. Limits in one unit go by their numbers; those in different units are
// compared from every start day of thirty years, and a limit in working days must leave
// room for bank holidays that are yet to be proclaimed. Hours and days are never compared:
// where it cannot be shown, it is false.
func (l Limit) NeverLonger(than Limit, cal *calendar.Calendar) bool {
	if !l.counted() || !than.counted() {
		return false
	}
	if l.Unit == than.Unit && l.BeginningWith == than.BeginningWith {
		return l.N <= than.N
	}
	if l.InHours() || than.InHours() {
		return false
	}
	if l.Unit == WorkingDays && than.Unit != WorkingDays {
		l.N += yetToBeProclaimed
	}
	for d := comparedFrom; d <= comparedThrough; d = d.AddDays(1) {
		if l.Due(cal, d) > than.Due(cal, d) {
			return false
		}
	}
	return true
}

// counted reports whether the limit is counted on from the day of the start.
func (l Limit) counted() bool { return l.From == nil && !l.Rolling() && !l.Back }
