package report

import (
	"cmp"
	"fmt"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
)

// WhatIf says what another law would change, by team and timescale, and of each duty where they are to be named. An
// answer whose instant cannot be read is an error.
func (p *Page) WhatIf(x *api.WhatIf, named bool) error {
	asOf, err := casework.ParseWhen(x.AsOf)
	if err != nil {
		return err
	}
	p.printf("What if this were in force, as of %s? Nothing is written.\n\n", english.Day(asOf.Day))
	p.law(x.After, x.Before)
	p.printf("\n")
	p.counts(x)
	p.corrections(x.Corrected)
	p.past(x.Pasts, "Of what is over (done, ended or not reported), timescales would be shown otherwise:", wouldBe)
	if x.RestatesThePast {
		p.printf("%s\n", p.hints.before(ToRestate, leaveThePast(x.HolidaysAlone)))
	}
	if x.ConfirmOverdue {
		p.atOnce(x)
	}
	if x.Unread > 0 {
		p.printf("\n%s could not be worked out and %s left out.\n", english.Count(x.Unread, "case"), english.Are(x.Unread))
	}
	switch {
	case len(x.Counts) == 0 && len(x.Pasts) == 0: // nothing to list
	case named:
		p.printf("\n")
		p.changeList(x.Changes)
	default:
		p.paragraph(p.hints[ToList])
	}
	return p.err
}

func (p *Page) counts(x *api.WhatIf) {
	if len(x.Counts) == 0 {
		p.printf("Of %s, nothing that is still owed would change.\n", english.Count(x.Cases, "case"))
		return
	}
	p.printf("Of %s, %d would change. Of the timescales that are still owed there:\n\n", english.Count(x.Cases, "case"), x.Touched)
	columns := tallyColumns(x.All)
	cells := [][]string{append([]string{"TEAM", "REF", "WHAT"}, headsOf(columns)...)}
	for _, r := range x.Counts {
		cells = append(cells, append([]string{cmp.Or(r.Team, "-"), r.Ref, r.Title}, cellsOf(columns, r.Tally)...))
	}
	cells = append(cells, append([]string{"all", "", ""}, cellsOf(columns, x.All)...))
	p.table("", cells...)
	p.localDates(x.All)
}

func (p *Page) changeList(rows []api.Change) {
	cells := [][]string{{"TEAM", "CASE", "REF", "WHAT", "CHANGE", "DUE", "STATE", "ID"}}
	for i := range rows {
		r := &rows[i]
		states := arrow(passedWord(r.StateBefore, r.PassedBefore), passedWord(r.StateAfter, r.PassedAfter))
		cells = append(cells, []string{cmp.Or(r.Team, "-"), r.Case, r.Ref, r.Title, changeWords(r.Change), changedDates(r), states, r.Duty})
	}
	p.table("", cells...)
}

// changedDates are the date before and after, or the one that there is.
func changedDates(r *api.Change) string {
	dates := arrow(r.DueBefore, r.DueAfter)
	if r.LocalDueBefore != r.LocalDueAfter {
		dates += ", here " + arrow(cmp.Or(r.LocalDueBefore, noneOf), cmp.Or(r.LocalDueAfter, noneOf))
	}
	return dates
}

// changeWords is a kind of change as people say it.
func changeWords(kind casework.ChangeKind) string {
	switch kind {
	case casework.Appears:
		return "new"
	case casework.Moves:
		return "date moves"
	case casework.Local:
		return "local date"
	case casework.Goes:
		return "gone"
	default:
		return "otherwise"
	}
}

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

// localDates says below a table what is past no limit of law.
func (p *Page) localDates(t api.Tally) {
	if t.LocalPassed+t.NotPastLocal > 0 {
		p.printf("\nA local date is one that no law sets: the council's own, a default of Longstop or accepted practice. What is past it alone is not overdue.\n")
	}
}

// corrections says why rules give other dates than they did.
func (p *Page) corrections(rows []api.Correction) {
	if len(rows) == 0 {
		return
	}
	p.printf("\nOf these rules it says what was wrong before:\n")
	for _, r := range rows {
		p.printf("  %s: %s\n", r.Ref, r.Text)
	}
}
