package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

func longDay(d calendar.Date) string { return d.Format("Mon 2 Jan 2006") }

func longWhen(w When) string {
	if w.DayOnly() {
		return longDay(w.Day)
	}
	return longInstant(w.Instant)
}

func longInstant(t time.Time) string { return calendar.InLondon(t).Format("Mon 2 Jan 2006 15:04") }

// longDue is a due date as a notice names it, in words.
func longDue(text string) string {
	due, err := ParseWhen(text)
	if err != nil {
		return text
	}
	return longWhen(due)
}

// dueOrNone is a due date in words, or that there is none.
func dueOrNone(text string) string {
	if text == "" {
		return "no date"
	}
	return longDue(text)
}

// count is a number of things: "1 day", "10 working days".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// event names an entry: its type and id, when it was recorded, and by what it was
// corrected. It is "" where the id is, or is not among them.
func (x *explaining) event(id string) string {
	n := x.entry(id)
	if n == nil {
		return ""
	}
	words := fmt.Sprintf("%s (%s), recorded %s", n.Type, n.id, longInstant(n.recorded))
	if n.Corrects != "" {
		words += fmt.Sprintf(", corrected by %s, recorded %s%s", n.ID, longInstant(n.Recorded), whyChanged(n.Event))
	}
	if n.Data.Flag("inferred") {
		words += "; inferred: the return does not hold this date"
	}
	return words
}

// standing says in a sentence how the duty stands.
func (x *explaining) standing() string {
	d, asOf := x.duty, x.plan.AsOf
	late := lateWords(d.LateDays(asOf))
	switch d.State(asOf) {
	case Met:
		if d.DueText() == "" {
			return "met, on " + longWhen(d.MetOn)
		}
		return "met in time, on " + longWhen(d.MetOn)
	case MetLate:
		return "met" + late + ", on " + longWhen(d.MetOn)
	case Ended:
		return "ended on " + longDay(d.EndedOn) + late
	case Unreported:
		return "unreported: " + unreportedWords(d) + "; nobody is said to be late"
	case Waiting:
		return "waiting: no date can be worked out until " + x.missing() + " is recorded"
	case Paused:
		return "paused since " + longWhen(d.Pauses[len(d.Pauses)-1].From)
	case DueToday:
		return "due today"
	case Overdue:
		return "overdue" + late
	default:
		return "running"
	}
}

func lateWords(days int) string {
	if days == 0 {
		return ""
	}
	return ", " + count(days, "day") + " late"
}

// unreportedWords says why nobody can tell whether a duty was met in time.
func unreportedWords(d *Duty) string {
	why := cmp.Or(d.NotReportedWhy, "it fell due after "+longDay(d.ReportedUntil)+", the last day that a source covers")
	switch {
	case d.Met:
		return why + "; it was met on " + longWhen(d.MetOn)
	case d.Ended:
		return why + "; whether it was met before it ended on " + longDay(d.EndedOn) + " cannot be shown"
	default:
		return why
	}
}

// missing is what a waiting duty waits for: an event, or a date that one should hold.
func (x *explaining) missing() string {
	d := x.duty
	limits := slices.Clone(d.Edition.Limits)
	if d.Edition.NotBefore != nil {
		limits = append(limits, *d.Edition.NotBefore)
	}
	for _, s := range d.Rule.Starts {
		limits = append(limits, s.Limits...)
	}
	for _, l := range limits {
		if l.From != nil && (l.From.Event == "" || l.From.Event == d.WaitingFor) {
			return dateWords(d.WaitingFor, l.From.Field)
		}
	}
	return d.WaitingFor
}

func roleName(r timescale.Role) string { return "the " + roleWords(r) }

// whyChanged is who corrected an event and why, as far as the correction says.
func whyChanged(e *Event) string {
	words := ""
	if e.By != "" {
		words = " by " + e.By
	}
	if why := cmp.Or(e.Data.Text("correction_reason"), e.Data.Text("reason")); why != "" {
		words += " because: " + why
	}
	return words
}
