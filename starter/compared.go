package main

import (
	"fmt"
	"strings"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
)

// column is a column of a table of tallies.
type column struct {
	head string
	of   func(api.Tally) int
}

// tallyColumns are the columns that say something of any of the tallies.
func tallyColumns(all api.Tally) []column {
	var list []column
	for _, c := range []column{
		{"NEW", func(t api.Tally) int { return t.Appears }},
		{"DATE MOVES", func(t api.Tally) int { return t.Moves }},
		{"LOCAL DATE", func(t api.Tally) int { return t.Local }},
		{"OTHERWISE", func(t api.Tally) int { return t.Stands }},
		{"GONE", func(t api.Tally) int { return t.Goes }},
		{"BECOMES OVERDUE", func(t api.Tally) int { return t.Overdue }},
		{"NO LONGER OVERDUE", func(t api.Tally) int { return t.NoLongerOverdue }},
		{"LOCAL DATE PASSED", func(t api.Tally) int { return t.LocalPassed }},
		{"NO LONGER PAST LOCAL DATE", func(t api.Tally) int { return t.NotPastLocal }},
	} {
		if c.of(all) > 0 {
			list = append(list, c)
		}
	}
	return list
}

func cellsOf(columns []column, t api.Tally) []string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = fmt.Sprint(c.of(t))
	}
	return cells
}

func headsOf(columns []column) []string {
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = c.head
	}
	return heads
}

// printLocalDates says below a table what is past no limit of law.
func printLocalDates(a *app, t api.Tally) {
	if t.LocalPassed+t.NotPastLocal > 0 {
		a.printf("\nA local date is one that no law sets: the council's own, a default of Longstop or accepted practice. What is past it alone is not overdue.\n")
	}
}

// printCorrections says why rules give other dates than they did.
func printCorrections(a *app, rows []api.Correction) {
	if len(rows) == 0 {
		return
	}
	a.printf("\nOf these rules it says what was wrong before:\n")
	for _, r := range rows {
		a.printf("  %s: %s\n", r.Ref, r.Text)
	}
}

// leaveThePast says how the past stays as it is.
func leaveThePast(holidaysAlone bool) string {
	if holidaysAlone {
		return "A calendar with fewer bank holidays than the one in force is often an older copy: see that this is the right file."
	}
	return "The past stays as it is where each change of an overlay has a from:, the first day on which it holds."
}

// pastKind is one way in which duties that are over would be shown otherwise.
type pastKind struct {
	of    func(casework.Past) int
	words func(n int, shown string) string
}

var pastKinds = []pastKind{
	{func(p casework.Past) int { return p.InTimeToLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time %s shown as late", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.InTimeToLocal }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time %s shown as past the council's own date", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.LateToInTime }, func(n int, shown string) string {
		return fmt.Sprintf("that %s late %s shown as in time", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.LocalToInTime }, func(n int, shown string) string {
		return fmt.Sprintf("that %s past the council's own date %s shown as in time", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.AppearLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not there %s shown as late", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.Appear - p.AppearLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not there %s shown", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.Go }, func(_ int, shown string) string { return shown + " shown no longer" }},
	{func(p casework.Past) int { return p.ToUnreported }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time or late %s shown as not reported", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.FromUnreported }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not reported %s shown as in time or late", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.OtherwiseTheSame }, func(_ int, shown string) string {
		return shown + " shown with another date, and otherwise as before"
	}},
	{func(p casework.Past) int { return p.TakenAsDone }, func(n int, shown string) string {
		return fmt.Sprintf("that %s taken as done without a date %s shown with another due date, and in time or late neither before nor after", english.Are(n), shown)
	}},
}

// pastTotals adds up what a law says otherwise of the past.
func pastTotals(rows []api.PastRow) casework.Past {
	var all casework.Past
	for i := range rows {
		all.Add(rows[i].Past)
	}
	return all
}

// pastLines are the kinds in words, each with its timescales: "234 that were in time would be
// shown as late (CP-10)".
func pastLines(rows []api.PastRow, shown func(n int) string) []string {
	var lines []string
	for _, kind := range pastKinds {
		if n := kind.of(pastTotals(rows)); n > 0 {
			lines = append(lines, fmt.Sprintf("%d %s (%s)", n, kind.words(n, shown(n)), pastRefs(rows, kind)))
		}
	}
	return lines
}

// pastRefs are the timescales of a kind, with their numbers where there are several.
func pastRefs(rows []api.PastRow, kind pastKind) string {
	var refs []string
	for i := range rows {
		if n := kind.of(rows[i].Past); n > 0 {
			refs = append(refs, fmt.Sprintf("%s %d", rows[i].Ref, n))
		}
	}
	if len(refs) == 1 {
		ref, _, _ := strings.Cut(refs[0], " ")
		return ref
	}
	return strings.Join(refs, ", ")
}

// printPast says what is said otherwise of what is over.
func printPast(a *app, rows []api.PastRow, head string, shown func(n int) string) {
	if len(rows) == 0 {
		return
	}
	a.printf("\n%s\n", head)
	for _, line := range pastLines(rows, shown) {
		a.printf("  %s\n", line)
	}
}

func wouldBe(int) string { return "would be" }

// atOnceHead says how many they are, and of how many: "103 open duties would at once be …".
func atOnceHead(x *api.AtOnce) string {
	n := x.All()
	return fmt.Sprintf("%d open %s would at once be past a limit, and %s past none now (%d %s open now, %d of them past a limit):",
		n, english.Plural(n, "timescale", "timescales"), english.Are(n), x.Before.Open, english.Are(x.Before.Open), x.Before.Past)
}

// atOnceLines say it by kind, each with its timescales: "103 would be overdue (LA-11 60, LA-12 43)".
func atOnceLines(x *api.AtOnce) []string {
	var lines []string
	for _, kind := range []struct {
		of    func(casework.AtOnce) int
		words string
	}{
		{func(a casework.AtOnce) int { return a.Overdue }, "overdue"},
		{func(a casework.AtOnce) int { return a.Local }, "past a date that no law sets"},
	} {
		var refs []string
		for i := range x.Timescales {
			if n := kind.of(x.Timescales[i].AtOnce); n > 0 {
				refs = append(refs, fmt.Sprintf("%s %d", x.Timescales[i].Ref, n))
			}
		}
		if len(refs) > 0 {
			lines = append(lines, fmt.Sprintf("%d would be %s (%s)", kind.of(x.AtOnce), kind.words, strings.Join(refs, ", ")))
		}
	}
	return lines
}

// fewerAtOnce says what to do before, so that fewer are. What an overlay brings may begin on a day; a
// rule of law that the pack has may not be put off.
func fewerAtOnce(after api.Law) string {
	words := "Whoever holds these cases, and their managers, would be told of each. First record what was done about them ('starter record'), " +
		"or say with 'starter attach' what the sources report: what none of them reports is not called overdue."
	if after.Overlay != "" {
		words += " What the overlay switches on or changes may begin on a day: give it a from:."
	}
	return words
}

// printAtOnce says it below a comparison, where adopt would ask.
func printAtOnce(a *app, x *api.WhatIf) {
	a.printf("\n%s\n", atOnceHead(&x.OverdueAtOnce))
	for _, line := range atOnceLines(&x.OverdueAtOnce) {
		a.printf("  %s\n", line)
	}
	a.printf("'starter adopt' does that only with --confirm-overdue. %s\n", fewerAtOnce(x.After))
}
