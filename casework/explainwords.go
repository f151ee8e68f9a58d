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

// longInstant is an instant in London: "Sat 24 Oct 2026 10:00 BST". Seconds are shown where there
// are any, because they can decide.
func longInstant(t time.Time) string {
	if t.Truncate(time.Second).Second() != 0 {
		return calendar.InLondon(t).Format("Mon 2 Jan 2006 15:04:05 MST")
	}
	return calendar.InLondon(t).Format("Mon 2 Jan 2006 15:04 MST")
}

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
	first := x.first(n.id)
	words := fmt.Sprintf("%s (%s)%s", n.Type, n.id, recordedWords(first))
	if n.Corrects != "" {
		words += ", as corrected on " + longInstant(n.since)
	}
	if n.Data.Flag("inferred") {
		words += "; inferred: the return does not hold this date"
	}
	return words
}

// recordedWords is ", recorded Mon 5 Jan 2026 10:00 GMT". Where an event that did not say when it
// was recorded was given the end of its own day or its own instant, nothing is said.
func recordedWords(e *Event) string {
	if e.Recorded.Equal(e.At.End()) {
		return ""
	}
	return ", recorded " + longInstant(e.Recorded)
}

// standing says in a sentence how the duty stands. One that is past no limit of law is not called
// overdue.
func (x *explaining) standing() string {
	d, asOf := x.duty, x.plan.AsOf
	late := lateWords(d.LateDays(asOf))
	past := ""
	if d.PastLocal(asOf) {
		past = "past " + d.LocalWords()
	}
	if d.Met && d.MetInferred {
		return "taken as done: the return holds no date"
	}
	switch d.State(asOf) {
	case Met:
		if d.DueText() == "" {
			return "met, on " + longWhen(d.MetOn)
		}
		return "met in time, on " + longWhen(d.MetOn)
	case MetLate:
		if late == "" { // by hours, on the day on which it was due
			late = ", late"
		}
		return "met" + late + ", on " + longWhen(d.MetOn)
	case Ended:
		return "ended on " + longDay(d.EndedOn) + late
	case Unreported:
		return "unreported: " + unreportedWords(d)
	case Waiting:
		return "waiting: no date can be worked out until " + x.missing() + " is recorded"
	case Paused:
		return "paused since " + longWhen(d.Pauses[len(d.Pauses)-1].From)
	case DueToday:
		return andPast("due today", past)
	case Overdue:
		return cmp.Or(past, "overdue") + late
	default:
		return andPast("running", past)
	}
}

// andPast says of what is not overdue that it is past a limit that no law sets.
func andPast(words, past string) string {
	if past == "" {
		return words
	}
	return words + ", " + past
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
		return why + "; whether it was done in time is not known"
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
