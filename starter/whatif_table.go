package main

import (
	"cmp"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
)

// print shows what differs by team and timescale, and with list each duty.
func (w *whatIf) print(a *app, list bool) error {
	a.printf("What if this were in force, as of %s? Nothing is written.\n\n", english.Day(calendar.DateOf(w.moment.AsOf)))
	if err := lawRowOf(w.after).print(a, lawRowOf(w.before)); err != nil {
		return err
	}
	a.printf("\n")
	if err := w.printCounts(a); err != nil {
		return err
	}
	printCorrections(a, correctionRows(w.before, w.after, w.refs()))
	w.past.print(a, "Of what is over (done, ended or not reported), timescales would be shown otherwise:", wouldBe)
	if w.past.asks(w.holidaysAlone) {
		a.printf("'starter adopt' does that only with --restate-the-past. %s\n", leaveThePast(w.holidaysAlone))
	}
	w.atOnce.print(a, w.after)
	if w.unread > 0 {
		a.printf("\n%d %s could not be worked out and %s left out.\n", w.unread, english.Plural(w.unread, "case", "cases"), english.Are(w.unread))
	}
	if len(w.tallies) == 0 && len(w.past) == 0 {
		return nil
	}
	if !list {
		a.printf("\n--list names every timescale; 'starter adopt' puts this law in force.\n")
		return nil
	}
	a.printf("\n")
	return w.printList(a)
}

func (w *whatIf) printCounts(a *app) error {
	if len(w.tallies) == 0 {
		a.printf("Of %d %s, nothing that is still owed would change.\n", w.cases, english.Plural(w.cases, "case", "cases"))
		return nil
	}
	a.printf("Of %d %s, %d would change. Of the timescales that are still owed there:\n\n", w.cases, english.Plural(w.cases, "case", "cases"), w.touched)
	rows, all := w.counts()
	columns := tallyColumns(all)
	cells := [][]string{append([]string{"TEAM", "REF", "WHAT"}, headsOf(columns)...)}
	for _, r := range rows {
		cells = append(cells, append([]string{cmp.Or(r.Team, "-"), r.Ref, r.Title}, cellsOf(columns, r.tally)...))
	}
	cells = append(cells, append([]string{"all", "", ""}, cellsOf(columns, all)...))
	if err := a.table("", cells...); err != nil {
		return err
	}
	all.printLocal(a)
	return nil
}

func (w *whatIf) printList(a *app) error {
	cells := [][]string{{"TEAM", "CASE", "REF", "WHAT", "CHANGE", "DUE", "STATE", "ID"}}
	rows := w.changes()
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{
			cmp.Or(r.Team, "-"), r.Case, r.Ref, titleUnder(r.Ref, w.after, w.before), changeWords(r.Change), r.dates(), r.states(), r.Duty,
		})
	}
	return a.table("", cells...)
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

// dates are the date before and after, or the one that there is.
func (row *changeRow) dates() string {
	dates := arrow(row.DueBefore, row.DueAfter)
	if row.LocalDueBefore != row.LocalDueAfter {
		dates += ", here " + arrow(cmp.Or(row.LocalDueBefore, none), cmp.Or(row.LocalDueAfter, none))
	}
	return dates
}

func (row *changeRow) states() string {
	return arrow(passedWord(row.StateBefore, row.PassedBefore), passedWord(row.StateAfter, row.PassedAfter))
}

// passedWord is how a duty stands. One that is past no limit of law is not called overdue.
func passedWord(s casework.State, passed casework.Passed) string {
	switch {
	case passed != casework.PassedLocal:
		return english.State(s)
	case s == casework.Overdue:
		return "past its local date"
	default:
		return english.State(s) + ", past its local date"
	}
}

// arrow shows a change; what stays or was not there is shown once.
func arrow(before, after string) string {
	switch {
	case before == after || before == "":
		return cmp.Or(after, "-")
	case after == "":
		return before
	default:
		return before + " → " + after
	}
}
