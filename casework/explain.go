package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Explanation is how one duty came to its date, in words that a practitioner, an inspector
// or a court can read (rules.md, section 5).
type Explanation struct {
	Case       string             `json:"case"`
	Duty       string             `json:"duty"`
	Ref        string             `json:"ref"`
	Title      string             `json:"title"`
	Pathway    string             `json:"pathway"`
	State      State              `json:"state"`
	AsOf       string             `json:"as_of"`
	Standing   string             `json:"standing"` // the state in a sentence
	Started    string             `json:"started"`
	StartedBy  string             `json:"started_by"`
	Limit      string             `json:"limit,omitempty"`
	Local      bool               `json:"local,omitempty"`
	Status     string             `json:"status"`
	Source     string             `json:"source"`
	Unverified bool               `json:"unverified,omitempty"`
	InForce    string             `json:"in_force"`
	Pack       string             `json:"pack"`
	Calendar   string             `json:"calendar"`
	Counted    string             `json:"counted,omitempty"`
	Skipped    []calendar.Skipped `json:"skipped,omitempty"`
	Due        string             `json:"due,omitempty"`
	LocalDue   string             `json:"local_due,omitempty"`
	Remarks    []string           `json:"remarks,omitempty"`
	Notices    []string           `json:"notices,omitempty"`
}

// Explain explains a duty of a plan, with the notices that were sent about it. It returns
// nil where the plan has no duty of that id. events are those that the plan was made from.
func (b *Book) Explain(plan *Plan, dutyID string, events []Event, told []Notice) *Explanation {
	d := plan.Duty(dutyID)
	if d == nil {
		return nil
	}
	x := &Explanation{
		Case: d.Case, Duty: d.ID, Ref: d.Ref, Title: d.Rule.Title, Pathway: d.Pathway,
		State: d.State(plan.AsOf), AsOf: longDay(Today(plan.AsOf)), Started: longWhen(d.Started),
		StartedBy: openedBy(events, d, plan.AsOf), Local: d.Local, Status: d.Edition.Status, Source: d.Edition.Source,
		Unverified: d.Edition.Unverified, InForce: inForce(d.Edition),
		Pack: b.pack.Name + " " + b.pack.Edition, Calendar: b.calendar.Edition(),
	}
	x.Standing = standing(d, plan.AsOf)
	b.explainDate(x, d)
	x.Remarks = remarks(plan, d)
	for _, n := range told {
		if n.Duty == d.ID {
			x.Notices = append(x.Notices, noticeWords(n))
		}
	}
	return x
}

func (b *Book) explainDate(x *Explanation, d *Duty) {
	if d.Limit == nil {
		if len(d.Rule.Drift) > 0 {
			x.Limit = "none: alarms while it runs"
		}
		return
	}
	x.Limit = d.Limit.String()
	if d.Due.IsZero() {
		x.Due = d.DueText()
		x.Counted = "elapsed time from the start, through weekends and clock changes"
		return
	}
	first := d.Due
	if len(d.Extensions) > 0 {
		first = d.Extensions[0].From
	}
	x.Due, x.Counted = longDay(d.Due), counted(d.Limit, d.Started.Day, first)
	if d.Limit.Unit == timescale.WorkingDays {
		x.Skipped = b.calendar.Skipped(d.Started.Day, first)
	}
	if !d.LocalDue.IsZero() {
		x.LocalDue = longDay(d.LocalDue)
	}
}

func counted(l *timescale.Limit, from, due calendar.Date) string {
	switch {
	case l.BeginningWith:
		return fmt.Sprintf("the day it started is day 1, so the last day is %s", longDay(due))
	case l.Unit == timescale.WorkingDays:
		return fmt.Sprintf("the day it started is day 0; working day %d after it is %s", l.N, longDay(due))
	case l.Unit == timescale.Months, l.Unit == timescale.Years:
		return fmt.Sprintf("the corresponding date %s later is %s; weekends and bank holidays make no difference", l, longDay(due))
	default:
		return fmt.Sprintf("%d days after %s is %s; weekends and bank holidays make no difference", due.DaysSince(from), longDay(from), longDay(due))
	}
}

func longDay(d calendar.Date) string { return d.Format("Mon 2 Jan 2006") }

func longWhen(w When) string {
	if w.DayOnly() {
		return longDay(w.Day)
	}
	return longInstant(w.Instant)
}

func longInstant(t time.Time) string { return calendar.InLondon(t).Format("Mon 2 Jan 2006 15:04") }

func inForce(e *timescale.Edition) string {
	switch {
	case e.From.IsZero() && e.Until.IsZero():
		return "without limit of time"
	case e.From.IsZero():
		return "before " + longDay(e.Until)
	case e.Until.IsZero():
		return "from " + longDay(e.From)
	default:
		return "from " + longDay(e.From) + ", before " + longDay(e.Until)
	}
}

// openedBy names the event that started the duty, and when it was recorded.
func openedBy(events []Event, d *Duty, asOf time.Time) string {
	for _, n := range entries(events, time.Time{}) {
		if n.id != d.Entry {
			continue
		}
		words := fmt.Sprintf("%s (%s), recorded %s", n.Type, n.id, longInstant(n.recorded))
		if n.Corrects != "" {
			words += fmt.Sprintf(", corrected by %s, recorded %s", n.ID, longInstant(n.Recorded))
		}
		if n.Data.Flag("inferred") {
			words += "; inferred: the return does not hold this date"
		}
		return words
	}
	return d.Entry
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
		return "no longer owed since " + longDay(d.EndedOn) + late
	case Unreported:
		return "unreported: " + unreportedWords(d) + "; nobody is said to be late"
	case Waiting:
		return "waiting: no date can be worked out until " + d.WaitingFor + " is recorded"
	case DueToday:
		return "due today"
	case Overdue:
		return "overdue" + late
	case Paused:
		return "paused"
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

// remarks are what else a reader must know about the date.
func remarks(plan *Plan, d *Duty) []string {
	var list []string
	if d.Local {
		list = append(list, "This limit is local or practice: no law sets it, and missing it is no breach of law.")
	}
	if d.Provisional {
		list = append(list, "The date is provisional: the count touches a year whose bank holidays are not published in this calendar.")
	}
	if d.Edition.Unverified {
		list = append(list, "The words of the source have not been checked.")
	}
	for _, e := range d.Extensions {
		list = append(list, fmt.Sprintf("Extended on %s from %s to %s%s.", longDay(e.On), longDay(e.From), longDay(e.Until), extensionWords(e)))
	}
	if d.Met && d.RecordedLateDays > 0 {
		list = append(list, fmt.Sprintf("What met it happened on %s and was recorded %d days later.", longWhen(d.MetEvent), d.RecordedLateDays))
	}
	for _, n := range plan.NotCounted {
		if n.Ref == d.Ref && n.At.Day >= d.Started.Day && (d.Open() || n.At.Day <= max(d.MetOn.Day, d.EndedOn)) {
			list = append(list, fmt.Sprintf("%s on %s (%s) did not count: %s.", n.Type, longWhen(n.At), n.Entry, strings.TrimPrefix(n.Why, "does not count: ")))
		}
	}
	return list
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

func noticeWords(n Notice) string {
	what := string(n.Kind)
	if n.Rung != "" {
		what += " " + n.Rung
	}
	words := fmt.Sprintf("%s  %s to %s", longInstant(n.At), what, roleWords(n.Role))
	if n.Due != "" {
		words += ", for " + n.Due
	}
	return words
}

// Text is the explanation for a terminal.
func (x *Explanation) Text() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s  %s\nCase %s, duty %s, as of %s: %s.\n\n", x.Ref, x.Title, x.Case, x.Duty, x.AsOf, x.Standing)
	for _, row := range x.rows() {
		fmt.Fprintf(&s, "%-10s %s\n", row[0], row[1])
	}
	if len(x.Skipped) > 0 {
		fmt.Fprintf(&s, "\nDays not counted\n")
		for _, d := range x.Skipped {
			fmt.Fprintf(&s, "  %s  %s\n", d.Date.Format("Mon 02 Jan 2006"), d.Why)
		}
	}
	section(&s, "Remarks", x.Remarks)
	section(&s, "Notices", x.Notices)
	return s.String()
}

// Markdown is the explanation for a page or a file.
func (x *Explanation) Markdown() string {
	var s strings.Builder
	fmt.Fprintf(&s, "# %s: %s\n\nCase %s, duty `%s`, as of %s: **%s**.\n\n| | |\n|---|---|\n", x.Ref, x.Title, x.Case, x.Duty, x.AsOf, x.Standing)
	for _, row := range x.rows() {
		fmt.Fprintf(&s, "| %s | %s |\n", row[0], row[1])
	}
	if len(x.Skipped) > 0 {
		fmt.Fprintf(&s, "\n## Days not counted\n\n")
		for _, d := range x.Skipped {
			fmt.Fprintf(&s, "- %s: %s\n", longDay(d.Date), d.Why)
		}
	}
	for _, part := range []struct {
		title string
		lines []string
	}{{"Remarks", x.Remarks}, {"Notices", x.Notices}} {
		if len(part.lines) > 0 {
			fmt.Fprintf(&s, "\n## %s\n\n- %s\n", part.title, strings.Join(part.lines, "\n- "))
		}
	}
	return s.String()
}

func (x *Explanation) rows() [][2]string {
	rows := [][2]string{
		{"Started", x.Started + ", by " + x.StartedBy},
		{"Limit", x.Limit},
		{"Source", x.Source + " (" + x.Status + ")"},
		{"In force", x.InForce},
		{"Counted", x.Counted},
		{"Due", x.Due},
		{"Local due", x.LocalDue},
		{"Pack", x.Pack},
		{"Calendar", x.Calendar},
	}
	return slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
}

func section(s *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(s, "\n%s\n", title)
	for _, l := range lines {
		fmt.Fprintf(s, "  %s\n", l)
	}
}
