package casework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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

func packWords(p *timescale.Pack) string {
	words := p.Name + ", edition " + p.Edition
	if p.Overlay != "" {
		words += ", with the overlay of " + p.Overlay
	}
	return words
}

func inForce(e *timescale.Edition) string {
	switch {
	case e.From.IsZero() && e.Until.IsZero():
		return "without limit of time"
	case e.From.IsZero():
		return "for starts before " + longDay(e.Until)
	case e.Until.IsZero():
		return "for starts from " + longDay(e.From) + " on"
	default:
		return "for starts from " + longDay(e.From) + " on, before " + longDay(e.Until)
	}
}

// eventOf names an entry: its type and id, when it was recorded, and by what it was
// corrected. It is "" where the id is, or is not among them.
func eventOf(known []*entry, id string) string {
	i := slices.IndexFunc(known, func(n *entry) bool { return n.id == id })
	if id == "" || i < 0 {
		return ""
	}
	n := known[i]
	words := fmt.Sprintf("%s (%s), recorded %s", n.Type, n.id, longInstant(n.recorded))
	if n.Corrects != "" {
		words += fmt.Sprintf(", corrected by %s, recorded %s", n.ID, longInstant(n.Recorded))
	}
	if n.Data.Flag("inferred") {
		words += "; inferred: the return does not hold this date"
	}
	return words
}

// counted says how the limit led to a date.
func counted(d *Duty, due calendar.Date) string {
	words := countWords(d, due)
	if d.Limit.Unit != timescale.WorkingDays {
		words += "; weekends and bank holidays make no difference"
	}
	if len(d.Extensions) > 0 {
		words += "; then it was extended"
	}
	return words
}

func countWords(d *Duty, due calendar.Date) string {
	l, from, to := d.Limit, "the day of the start", longDay(due)
	if d.CountedFrom != d.Started.Day {
		from = longDay(d.CountedFrom) + ", when the last was due,"
	}
	switch {
	case d.CountedFrom != d.Started.Day && d.Rule.From == timescale.FromStart:
		return fmt.Sprintf("whole steps of %s from %s, the first start: the next step is %s", l, longDay(d.CountedFrom), to)
	case l.InHours():
		return fmt.Sprintf("only the day of the start is known, so it runs to the end of day %d after it, %s", due.DaysSince(d.CountedFrom), to)
	case len(d.Pauses) > 0:
		return fmt.Sprintf("%s after %s, the days of a pause left out: %s", l, from, to)
	case l.BeginningWith:
		return fmt.Sprintf("%s is day 1: the last day is %s", from, to)
	case l.Unit == timescale.WorkingDays:
		return fmt.Sprintf("%s is day 0: working day %d after it is %s", from, l.N, to)
	case l.Unit != timescale.Months && l.Unit != timescale.Years:
		return fmt.Sprintf("%d days after %s: %s", due.DaysSince(d.CountedFrom), from, to)
	}
	words := fmt.Sprintf("the corresponding date %s after %s is %s", l, from, to)
	if day := d.CountedFrom.Format("2"); day != due.Format("2") {
		words += ", the last day of a month without a day " + day
	}
	return words
}

// standing says in a sentence how the duty stands.
func standing(d *Duty, asOf time.Time) string {
	late := lateWords(d.LateDays(asOf))
	switch d.State(asOf) {
	case Met:
		return "met in time, on " + longWhen(d.MetOn)
	case MetLate:
		return "met" + late + ", on " + longWhen(d.MetOn)
	case Ended:
		return "ended on " + longDay(d.EndedOn) + late
	case Unreported:
		return "unreported: " + unreportedWords(d) + "; nobody is said to be late"
	case Waiting:
		return "waiting: no date can be worked out until " + d.WaitingFor + " is recorded"
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
	switch days {
	case 0:
		return ""
	case 1:
		return ", 1 day late"
	default:
		return fmt.Sprintf(", %d days late", days)
	}
}

func unreportedWords(d *Duty) string {
	if d.NotReportedWhy != "" {
		return d.NotReportedWhy
	}
	return "it fell due after " + longDay(d.ReportedUntil) + ", the last day that a source covers"
}

// statusPractice is the status of a limit of national good practice, which no law sets.
const statusPractice = "practice"

// remarks are what else a reader must know about the date.
func remarks(plan *Plan, d *Duty) []string {
	var list []string
	add := func(when bool, format string, args ...any) {
		if when {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	add(d.Edition.Status == timescale.StatusLocal || d.Edition.Status == statusPractice,
		"No law sets this limit (%s): missing it is no breach of law.", d.Edition.Status)
	add(!d.LocalDue.IsZero(), "The local date is the council's own: missing it is no breach of the limit above.")
	add(d.Provisional, "The date is provisional: the count touches a year whose bank holidays are not published in this calendar, "+
		"and it may move when they are.")
	add(d.Edition.Unverified, "The words of the source have not been checked.")
	for _, e := range d.Extensions {
		add(true, "Extended on %s from %s to %s%s (%s).", longDay(e.On), longDay(e.From), longDay(e.Until), extensionWords(e), d.Rule.Extend.Source)
	}
	for _, p := range d.Pauses {
		add(p.Until.Day == 0, "Paused since %s by %s: %s. The clock stands still until it is resumed.", longWhen(p.From), p.By, p.Reason)
		add(p.Until.Day != 0, "Paused from %s up to %s by %s: %s.", longWhen(p.From), longWhen(p.Until), p.By, p.Reason)
	}
	add(d.Met && d.MetEvent != d.MetOn, "What met it had happened before it started, on %s.", longWhen(d.MetEvent))
	add(d.Met && d.RecordedLateDays > 0, "What met it was recorded %s after it happened.", days(d.RecordedLateDays))
	for _, h := range plan.holds {
		add(h.duty == d.ID, "An acknowledgement recorded on %s held the messages to the team manager and the service manager until the end of %s.",
			longInstant(h.from), longDay(Today(h.until)))
	}
	return append(list, notCountedWords(plan, d)...)
}

// notCountedWords are the events that might have met the duty while it ran, and did not.
func notCountedWords(plan *Plan, d *Duty) []string {
	var list []string
	for _, n := range plan.NotCounted {
		if n.Ref == d.Ref && n.At.Day >= d.Started.Day && (d.Open() || n.At.Day <= d.closedOn()) {
			list = append(list, fmt.Sprintf("%s on %s (%s) did not count: %s.", n.Type, longWhen(n.At), n.Entry, strings.TrimPrefix(n.Why, "does not count: ")))
		}
	}
	return list
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

func extensionWords(e Extended) string {
	words := ""
	if e.By != "" {
		words += " by " + e.By
	}
	if e.Role != "" {
		words += " (" + e.Role + ")"
	}
	if e.Reason != "" {
		words += ": " + e.Reason
	}
	return words
}

// noticeWords is what was said to whom: "Tue 2 Feb 2027 09:00  reminder to the worker
// (-10wd), due Tue 16 Feb 2027".
func noticeWords(n *Notice) string {
	who := "the " + roleWords(n.Role)
	words := longInstant(n.At) + "  "
	switch n.Kind {
	case Resolved:
		return words + who + " was told that it is resolved"
	case Moved:
		return words + who + " was told the new date, " + longDue(n.Due)
	case Drift:
		words += "drift alarm to " + who
	default:
		words += string(n.Kind) + " to " + who
	}
	words += " (" + n.Rung + ")"
	if n.Due != "" {
		words += ", due " + longDue(n.Due)
	}
	if len(n.Missed) > 0 {
		words += ", in the place of " + strings.Join(n.Missed, ", ")
	}
	return words
}
