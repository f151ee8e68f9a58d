package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale/load"
)

// book is the embedded pack and the published calendar.
var book = casework.NewBook(load.Embedded(), calendar.Published())

// tell reads events written one a line: id type at [word=value ...]. ep, rec, corrects,
// voids, case and by are the event's own; other words are its data.
func tell(t testing.TB, script string) []casework.Event {
	t.Helper()
	var events []casework.Event
	for _, text := range strings.Split(script, "\n") {
		words := strings.Fields(text)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		events = append(events, tellOne(t, words))
	}
	return events
}

func tellOne(t testing.TB, words []string) casework.Event {
	t.Helper()
	e := casework.Event{ID: words[0], Case: "C1", Type: words[1], Data: casework.Data{}}
	if e.Type == "-" {
		e.Type = ""
	}
	if words[2] != "-" {
		at, err := casework.ParseWhen(words[2])
		if err != nil {
			t.Fatalf("%s: %v", words[0], err)
		}
		e.At = at
	}
	for _, w := range words[3:] {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "ep":
			e.Episode = value
		case "case":
			e.Case = value
		case "corrects":
			e.Corrects = value
		case "voids":
			e.Voids = value
		case "rec":
			e.Recorded = instant(t, value)
		case "backlog":
			e.Backlog = true
		default:
			e.Data[name] = dataValue(value)
		}
	}
	if e.Recorded.IsZero() && !e.At.Day.IsZero() {
		e.Recorded = e.At.End()
	}
	return e
}

func dataValue(s string) any {
	switch {
	case s == "true" || s == "":
		return true
	case s == "false":
		return false
	case strings.HasPrefix(s, "["):
		var list []any
		for _, v := range strings.Split(strings.Trim(s, "[]"), ",") {
			list = append(list, v)
		}
		return list
	default:
		return s
	}
}

// instant reads a date as its end, or an instant.
func instant(t testing.TB, s string) time.Time {
	t.Helper()
	w, err := casework.ParseWhen(s)
	if err != nil {
		t.Fatal(err)
	}
	if w.DayOnly() {
		return w.Day.End()
	}
	return w.Instant
}

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// accepted fails the test where an event of the script is refused.
func accepted(t testing.TB, script string) []casework.Event {
	t.Helper()
	return acceptedBy(t, book, script)
}

func acceptedBy(t testing.TB, b *casework.Book, script string) []casework.Event {
	t.Helper()
	events, refused := b.Accept(tell(t, script))
	for _, r := range refused {
		t.Errorf("refused: %v", r.Error())
	}
	return events
}

// duties folds a script as of the end of a day and writes each duty as a line: id, start,
// due date, state and what else is set. Only those of the refs given, if any are.
func duties(t testing.TB, script, asOf string, refs ...string) string {
	t.Helper()
	return dutyLines(book.Fold(accepted(t, script), casework.Moment{AsOf: instant(t, asOf)}), refs...)
}

func dutyLines(plan *casework.Plan, refs ...string) string {
	var lines []string
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if len(refs) > 0 && !slices.Contains(refs, d.Ref) {
			continue
		}
		lines = append(lines, rowLine(d.Row(plan.AsOf)))
	}
	return strings.Join(lines, "\n")
}

func rowLine(r casework.DutyRow) string {
	var s strings.Builder
	due := r.Due
	if due == "" {
		due = "-"
	}
	fmt.Fprintf(&s, "%s %s %s %s", r.Duty, r.Started, due, r.State)
	for _, part := range [][2]string{{"ep", r.Episode}, {"met", r.MetOn}, {"ended", r.EndedOn}, {"waiting", r.WaitingFor}, {"local_due", r.LocalDue}} {
		if part[1] != "" {
			fmt.Fprintf(&s, " %s=%s", part[0], part[1])
		}
	}
	if r.LateDays > 0 {
		fmt.Fprintf(&s, " late=%d", r.LateDays)
	}
	if r.RecordedLateDays > 0 {
		fmt.Fprintf(&s, " recorded_late=%d", r.RecordedLateDays)
	}
	if r.Local {
		s.WriteString(" local")
	}
	if r.Provisional {
		s.WriteString(" provisional")
	}
	return s.String()
}

// notices writes what is sent about a script between two days, one line each. Only those
// of the refs given, if any are.
func notices(t testing.TB, script, from, to string, refs ...string) string {
	t.Helper()
	return noticesOf(book.Notices(accepted(t, script), day(t, from), day(t, to)), refs...)
}

// noticesOf writes notices in London's time, what they make up for last.
func noticesOf(list []casework.Notice, refs ...string) string {
	var lines []string
	for _, n := range list {
		if len(refs) > 0 && !slices.Contains(refs, n.Ref) {
			continue
		}
		line := fmt.Sprintf("%s %s %s %s %s %s",
			calendar.InLondon(n.At).Format("2006-01-02T15:04"), n.Ref, n.Due, n.Rung, n.Role, n.Kind)
		if len(n.Missed) > 0 {
			line += " missed=" + strings.Join(n.Missed, ",")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// same compares lines, however the test indents them.
func same(t testing.TB, want, got string) {
	t.Helper()
	if diff := cmp.Diff(tidy(want), tidy(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func tidy(s string) []string {
	var lines []string
	for _, l := range strings.Split(strings.TrimSpace(s), "\n") {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}
