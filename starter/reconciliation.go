package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"longstop/api"
	"longstop/service/loading"
)

// reconciliation is what the import of a return ends with.
type reconciliation struct {
	*loading.Result
	File         string     `json:"file"`
	Clocks       api.Clocks `json:"clocks"`
	*api.Failure            // nil where every child was tried

	// Defaults are, after a first load, the limits of Longstop's that the council has not set.
	Defaults []api.Default `json:"defaults,omitempty"`

	queries bool // list them
	showIDs bool // the children are named by their ids as well
}

func (r *reconciliation) print(a *app, asJSON bool) error {
	for _, line := range r.Refusals() {
		a.say(line)
	}
	for i := range r.Warnings {
		w := &r.Warnings[i]
		a.say("warning: " + w.String())
	}
	if asJSON {
		return a.printJSON(r)
	}
	a.printf("%s\nReference date %s, authority %s; it covers %s to %s.%s\n",
		r.File, r.Reference, cmp.Or(r.Authority, "not named"), r.From, r.Until, r.remark())
	if len(r.Asks) == 0 {
		a.printf("\n")
		if err := a.table("", r.rows()...); err != nil {
			return err
		}
	}
	if err := r.printRows(a); err != nil {
		return err
	}
	if len(r.Unknown) > 0 {
		a.printf("\nElements that no layout has in their place, passed over\n")
		for _, u := range r.Unknown {
			a.printf("  %s in %s, %d times, first in line %d\n", u.Element, u.Inside, u.Count, u.Line)
		}
	}
	if err := r.printQueries(a); err != nil {
		return err
	}
	a.printf("\n")
	if len(r.Asks) > 0 {
		return nil // the error says what it asks
	}
	a.printClocks(r.Clocks)
	printDefaults(a, r.Defaults)
	if r.Failure != nil {
		a.printf("Not finished: %s (%s). What is recorded stays, and the same command again does the rest.\n", r.untried(), r.Reason)
	}
	return nil
}

// untried says which children of the return, and which of those that are gone from it, were
// not tried.
func (r *reconciliation) untried() string {
	words := "every child was tried, and the end of the load was not recorded"
	if n := r.ChildrenNotTried; n > 0 {
		words = fmt.Sprintf("%d of the %d children in the return were not tried", n, r.Children)
	}
	if n := r.GoneNotTried; n > 0 {
		words += fmt.Sprintf(", and what the record holds of %d that are gone from it was not voided", n)
	}
	return words
}

func (r *reconciliation) remark() string {
	switch {
	case len(r.Asks) > 0:
		return " Nothing was written: the load asks to be confirmed."
	case r.DryRun:
		return " Nothing was written: this was a dry run."
	case r.Backlog:
		return " The first load of this source: each manager gets one list of what was overdue by then."
	default:
		return ""
	}
}

func (r *reconciliation) rows() [][]string {
	row := func(name string, n int, remark string) []string { return []string{name, fmt.Sprint(n), remark} }
	refused := len(r.RowsRefused) + len(r.EventsRefused)
	rows := [][]string{
		row("Children", r.Children, ""),
		row("Events new", r.New, ""),
		row("Events already known", r.Known, ""),
		row("Events corrected", r.Corrections, ""),
		row("Events voided", r.Voids, ""),
		row("Rows refused", refused, ifAny(refused, "named above, each by the child's place in the file")),
		row("Queries", len(r.Queries), ifAny(len(r.Queries), "loaded all the same; --queries lists them row by row")),
		row("Timescales started", r.Clocks.Told, ""),
	}
	if r.ChildrenRefused > 0 {
		rows[0][2] = fmt.Sprintf("%d of them refused whole", r.ChildrenRefused)
	}
	if r.ChildrenGone > 0 {
		rows = slices.Insert(rows, 1, row("Children gone", r.ChildrenGone, "in the record of this period, and not in the return"))
	}
	if n, of := rowsOf(r.TakenBack); n > 0 {
		rows = append(rows, row("Rows taken back", n, "of "+children(of)+", named below"))
	}
	if n, of := rowsOf(r.Kept); n > 0 {
		rows = append(rows, row("Rows kept from the earlier load", n, "of "+children(of)+", named below"))
	}
	if r.ChildrenKept > 0 {
		rows = append(rows, row("Children kept", r.ChildrenKept, "not in the return, which holds a child whose LAchildID cannot be used: each may be that child"))
	}
	if n := len(r.Redated); n > 0 {
		rows = append(rows, row("Older dates corrected", n, "named below"))
	}
	if r.GaveWay > 0 {
		rows = append(rows, row("Inferred events that gave way", r.GaveWay, "a real one is recorded"))
	}
	return rows
}

func ifAny(n int, words string) string {
	if n == 0 {
		return ""
	}
	return words
}

// printQueries lists each query, or how many there are of each kind.
func (r *reconciliation) printQueries(a *app) error {
	if len(r.Queries) == 0 {
		return nil
	}
	a.printf("\nQueries\n")
	if r.queries {
		for _, q := range r.Queries {
			where := "header"
			if q.Child > 0 {
				where = fmt.Sprintf("child %d", q.Child)
			}
			a.printf("  %s, line %d: %s %s (%s)\n", where, q.Line, q.Element, q.Reason, q.Code)
		}
		return nil
	}
	count := map[string]int{}
	for _, q := range r.Queries {
		count[q.Code+"\t"+q.Element+" "+q.Reason]++
	}
	var rows [][]string
	for _, key := range slices.Sorted(maps.Keys(count)) {
		rows = append(rows, []string{fmt.Sprintf("%d ×", count[key]), key})
	}
	return a.table("  ", rows...)
}
