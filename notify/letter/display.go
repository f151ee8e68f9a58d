package letter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/pathway"
)

// maxTableRows is how many duties a pathway's table names; the rest is counted.
const maxTableRows = 30

// Display returns what an admin sees of a pathway at an instant. It is made of refs, titles of
// rules, dates and staff references alone: no name, no reference or id of a source.
func (Composer) Display(
	book *casework.Book, name string, plan *casework.Plan, team, worker string, now time.Time,
) pathway.Display {
	open := plan.OpenIn(name)
	d := pathway.Display{Team: team, Worker: worker}
	var earliest time.Time
	var local []string
	for _, duty := range open {
		switch {
		case duty.State(now) == casework.Unreported: // shown, but there is nothing to wait for
			continue
		case duty.PastLaw(now):
			d.OverdueDuties++
			d.OverdueRefs = append(d.OverdueRefs, duty.Ref)
		case duty.PastLocal(now):
			d.LocalDuties++
			local = append(local, duty.Ref)
		}
		d.OpenDuties++
		if due := duty.InTimeUntil(); !due.IsZero() && (earliest.IsZero() || due.Before(earliest)) {
			earliest = due
		}
	}
	slices.Sort(d.OverdueRefs)
	d.OverdueRefs = slices.Compact(d.OverdueRefs)
	slices.Sort(local)
	d.DueAt = earliest
	d.Rag = pathway.Rag(book.Rag(open, now))
	d.Label = displayLabel(&d, slices.Compact(local), open, now)
	d.Table = table(open, now)
	return d
}

// displayLabel is the pathway in one line: "4 open, 1 overdue (CP-08), 1 past a limit that no law
// sets (CP-10)".
func displayLabel(d *pathway.Display, local []string, open []*casework.Duty, now time.Time) string {
	switch {
	case d.OpenDuties == 0 && len(open) > 0:
		return fmt.Sprintf("%d that no source reports", len(open))
	case d.OpenDuties == 0:
		return "nothing open"
	}
	s := fmt.Sprintf("%d open", d.OpenDuties)
	if d.OverdueDuties > 0 {
		s += fmt.Sprintf(", %d overdue (%s)", d.OverdueDuties, strings.Join(d.OverdueRefs, ", "))
	}
	if d.LocalDuties > 0 {
		s += fmt.Sprintf(", %d past a limit that no law sets (%s)", d.LocalDuties, strings.Join(local, ", "))
	}
	switch {
	case d.OverdueDuties > 0 || d.LocalDuties > 0:
		return s
	case d.Rag == pathway.Grey: // each waits for an event that gives it a date
		return s + ", none with a date yet"
	}
	for _, duty := range open {
		if state := duty.State(now); state != casework.Unreported && duty.InTimeUntil().Equal(d.DueAt) && !d.DueAt.IsZero() {
			return fmt.Sprintf("%s, next %s due %s", s, duty.Ref, dueWords(duty))
		}
	}
	return s
}

// table is the open duties as a Markdown table.
func table(open []*casework.Duty, now time.Time) string {
	if len(open) == 0 {
		return ""
	}
	var t strings.Builder
	t.WriteString("| Timescale | Ref | Due | State |\n|---|---|---|---|\n")
	for i, d := range open {
		if i == maxTableRows {
			fmt.Fprintf(&t, "| and %d more | | | |\n", len(open)-maxTableRows)
			break
		}
		fmt.Fprintf(&t, "| %s | %s | %s | %s |\n", cell(d.Rule.Title), cell(d.Ref), dueWords(d), stateWords(d, now))
	}
	return t.String()
}

// inCell keeps a text from ending its cell, or its row.
var inCell = strings.NewReplacer("|", "\\|", "\n", " ")

func cell(s string) string { return inCell.Replace(s) }

func dueWords(d *casework.Duty) string {
	words := "none"
	switch {
	case !d.Due.IsZero():
		words = d.Due.String()
	case !d.DueAt.IsZero():
		words = calendar.InLondon(d.DueAt).Format("2006-01-02 15:04")
	}
	if !d.LocalDue.IsZero() {
		words += " (local " + d.LocalDue.String() + ")"
	}
	if d.Provisional {
		words += " (provisional)"
	}
	return words
}

// stateWords change when a duty's state does, not with every day that it is late: a table
// that changed daily would nudge its workflow daily.
func stateWords(d *casework.Duty, now time.Time) string {
	if d.PastLocal(now) {
		return "past " + d.LocalWords()
	}
	switch d.State(now) {
	case casework.Overdue:
		return "**overdue**"
	case casework.DueToday:
		return "due today"
	case casework.Waiting:
		return "waiting for " + d.WaitingFor
	case casework.Unreported:
		return "not reported"
	case casework.Paused:
		return "paused"
	default:
		return "running"
	}
}

// Summary names a notice in one line of a timeline: "escalate to team manager: CP-10, the step “1
// working day after the due date”".
func (Composer) Summary(n casework.Notice) string {
	verb := map[casework.Kind]string{
		casework.Reminder: "remind", casework.Escalation: "escalate to", casework.Drift: "alert",
		casework.Resolved: "tell", casework.Moved: "tell",
	}[n.Kind]
	words := verb + " " + english.Role(n.Role) + ": " + n.Ref
	switch n.Kind {
	case casework.Resolved:
		return words + " is done, or is owed no more"
	case casework.Moved:
		return words + " has another due date"
	default:
		return words + ", the step “" + english.Step(n.Rung) + "”"
	}
}
