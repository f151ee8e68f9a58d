package casework

import (
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Duty is one instance of a timescale in one case.
type Duty struct {
	ID      string // REF:ENTRY, after the entry that opened it
	Case    string
	Ref     string
	Pathway string
	Episode string // "" where the events carry none
	Entry   string // the entry that opened it

	Rule    *timescale.Timescale
	Edition *timescale.Edition
	Limit   *timescale.Limit // nil for a duty of alarms only, or while it waits

	// Window is the window that the duty is for, by its name; "" where it is for none.
	Window string
	// Birthday is the birthday of the child that started the duty; 0 where an event did.
	Birthday int
	// WindowPassed says that the window had ended before it was recorded that its period was
	// open: of those it is the latest, and the only one that is owed.
	WindowPassed bool
	// NotBefore is the day before which the thing may not be done; zero where there is none.
	NotBefore calendar.Date
	// DueBy is the event before which the thing was owed, once it has happened; "" otherwise.
	DueBy string
	Moves []TakenOver // new editions that the duty took while it ran

	Started     When
	CountedFrom calendar.Date // the day from which a limit in days counts: that of the start, unless the rule says another
	Due         calendar.Date // of a limit in days; zero while it waits, and for hours
	DueAt       time.Time     // of a limit in hours
	LocalDue    calendar.Date // the council's own limit beside the national one
	Local       bool          // the only limit is local
	Provisional bool
	WaitingFor  string // the type of the missing event; clock.resumed while it is paused

	Met      bool
	MetOn    When
	MetBy    string // the entry that met it
	MetEvent When   // when that event happened (before MetOn where it met the duty "or before")
	// MetInferred says that the meeting event stands in for a date that a return does
	// not hold: never counted in a measure of timeliness.
	MetInferred      bool
	RecordedLateDays int

	Ended   bool
	EndedOn calendar.Date
	EndedAt time.Time // of a limit in hours ended by an event known to the instant
	EndedBy string    // the entry that ended it, or "birthday"

	Extensions []Extended
	Pauses     []Pause // the last stands where WaitingFor is clock.resumed

	// NotReported says that no attached source could have shown it met in time, whatever the
	// day; ReportedUntil is the last day that any of them covers (zero: no end).
	NotReported   bool
	ReportedUntil calendar.Date
	// NotReportedWhy is the reason in words.
	NotReportedWhy string
}

// Extended is one extension of a duty.
type Extended struct {
	Entry  string
	On     calendar.Date
	From   calendar.Date // the due date before
	Until  calendar.Date
	Reason string
	By     string
	Role   string
}

// TakenOver is a new edition that a running duty took.
type TakenOver struct {
	On       calendar.Date
	From     string // the due date before; "" where there was none
	Until    string
	Replaced *timescale.Edition
}

// State is where a duty stands at an instant.
type State string

// The states.
const (
	Running    State = "running"
	DueToday   State = "due_today"
	Overdue    State = "overdue"
	Met        State = "met"
	MetLate    State = "met_late"
	Paused     State = "paused"
	Waiting    State = "waiting"
	Unreported State = "unreported"
	Ended      State = "ended"
)

// States lists every state a duty can be in.
var States = []State{Running, DueToday, Overdue, Met, MetLate, Paused, Waiting, Unreported, Ended}

// Open says whether the duty is still owed: neither met nor ended.
func (d *Duty) Open() bool { return !d.Met && !d.Ended }

// openOn says whether the duty was open on a day, or when it began: what was recorded late
// is judged by when it happened.
func (d *Duty) openOn(day calendar.Date) bool {
	return d.Started.Day <= day && (d.Open() || day <= d.closedOn())
}

// closedOn is the day on which the duty was met or ended; zero while it is open.
func (d *Duty) closedOn() calendar.Date {
	if d.Met {
		return d.MetOn.Day
	}
	return d.EndedOn
}

// inHours says whether the duty's limit is in hours, also where its start is known by the
// day alone.
func (d *Duty) inHours() bool { return d.Limit != nil && d.Limit.InHours() }

// State is where the duty stands at an instant. It is the one place where due, overdue
// and the rest are decided: every screen, count and notice uses it (rules.md, section 2,
// rule 9).
func (d *Duty) State(now time.Time) State {
	switch {
	case d.Met && !d.metLate():
		return Met
	case d.unreported(now):
		return Unreported
	case d.Met:
		return MetLate
	case d.Ended:
		return Ended
	case d.paused():
		return Paused
	case d.WaitingFor != "":
		return Waiting
	case d.Limit == nil:
		return Running
	case d.inHours() && d.Due.IsZero():
		return stateOfHours(d.DueAt, now)
	default:
		return stateOfDays(d.Due, calendar.DateOf(now))
	}
}

func stateOfDays(due, today calendar.Date) State {
	switch {
	case today < due:
		return Running
	case today == due:
		return DueToday
	default:
		return Overdue
	}
}

func stateOfHours(due, now time.Time) State {
	now = ToSecond(now)
	switch {
	case now.After(due):
		return Overdue
	case calendar.DateOf(now) == calendar.DateOf(due):
		return DueToday
	default:
		return Running
	}
}

// LateDays is how many London dates lie between the due date and the day on which the
// duty was met or ended, or the instant given while it is open; 0 where it is not late,
// has no date, or is unreported.
func (d *Duty) LateDays(now time.Time) int {
	due := d.DueDay()
	if due.IsZero() || d.State(now) == Unreported {
		return 0
	}
	until := calendar.DateOf(now)
	if !d.Open() {
		until = d.closedOn()
	}
	return max(0, until.DaysSince(due))
}

// DueDay is the London date of the due date or instant; zero where there is none.
func (d *Duty) DueDay() calendar.Date {
	if !d.Due.IsZero() || d.DueAt.IsZero() {
		return d.Due
	}
	return calendar.DateOf(d.DueAt)
}

// DueText is the due date as YYYY-MM-DD, the due instant in UTC to the second for a
// limit in hours, or "" where there is none.
func (d *Duty) DueText() string {
	switch {
	case !d.Due.IsZero():
		return d.Due.String()
	case !d.DueAt.IsZero():
		return d.DueAt.UTC().Format(time.RFC3339)
	default:
		return ""
	}
}

// metLate: a limit in hours goes by the instant, and a meeting known only by its date
// is in time on the London day of the due instant (rules.md, section 3).
func (d *Duty) metLate() bool {
	switch {
	case !d.Due.IsZero():
		return d.MetOn.Day > d.Due
	case d.DueAt.IsZero():
		return false
	case d.MetOn.DayOnly():
		return d.MetOn.Day > calendar.DateOf(d.DueAt)
	default:
		return d.MetOn.Instant.After(d.DueAt)
	}
}

// unreported reports whether no source could have shown the duty met in time (rules.md, section 3).
func (d *Duty) unreported(now time.Time) bool {
	switch {
	case d.neverFellDue():
		return false
	case d.NotReported || d.Met:
		return d.NotReported
	}
	due := d.DueDay()
	if d.ReportedUntil.IsZero() || due.IsZero() || due <= d.ReportedUntil {
		return false
	}
	if d.Due.IsZero() {
		return ToSecond(now).After(d.DueAt)
	}
	return calendar.DateOf(now) > due
}

// neverFellDue reports whether the duty ended on or before its due date, or before it had one.
func (d *Duty) neverFellDue() bool {
	switch {
	case !d.Ended || d.Met:
		return false
	case !d.Due.IsZero():
		return d.EndedOn <= d.Due
	case d.DueAt.IsZero():
		return true
	case d.EndedAt.IsZero():
		return d.EndedOn <= calendar.DateOf(d.DueAt)
	default:
		return !d.EndedAt.After(d.DueAt)
	}
}
