package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"longstop/api"
	"longstop/calendar"
	"longstop/english"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/service"
	"longstop/service/loading"
	"longstop/timescale"
)

type importCommand struct {
	CinCensus cinCensusCommand `cmd:"" name:"cin-census" help:"A DfE Children in Need census return (XML)."`
}

type cinCensusCommand struct {
	File string `arg:"" help:"The return."`
	source
	DryRun      bool `help:"Read and compare, and write nothing."`
	ConfirmGone bool `help:"Load a return that takes back more than a tenth of the children, or of the rows of an element, that the record holds of its period, or that moves more than a tenth of the dates of one."`
	ShowIDs     bool `name:"show-ids" help:"Name the children by their LAchildID as well as by their place in the file; for who may see it."`
	Queries     bool `help:"List what the validator's rules say, row by row."`
	JSON        bool `name:"json" help:"The reconciliation as one JSON object, for machines."`
}

// Help shows examples.
func (cinCensusCommand) Help() string {
	return `Example:

    starter import cin-census return-2026.xml --dry-run
    starter import cin-census return-2026.xml
    starter import cin-census return-2026.xml --source case-system --json

A faulty row is refused by the child's place in the file, and the rest is loaded; a refused row takes nothing back that the record holds from an earlier load. A broken file is refused whole, with nothing written. Loading the same file again adds nothing, and a changed one leads to exactly the events that changed; what it takes back is named, with the timescales that stop, and where that is much the load asks first. The first load of a source brings its history: nobody is written to about what was already overdue, except that each manager gets one list.`
}

// Run loads the return and ends with a reconciliation.
func (c *cinCensusCommand) Run(a *app) error {
	if err := readable(c.File); err != nil {
		return err
	}
	var done *service.Imported
	err := a.with(func(s *session) (err error) {
		done, err = s.uses.Import(a.ctx, service.Import{
			Source: c.Source,
			Format: func(cal *calendar.Calendar) intake.Format { return cincensus.Census{Calendar: cal} },
			Open:   func() (io.ReadCloser, error) { return os.Open(c.File) },
			DryRun: c.DryRun, ConfirmGone: c.ConfirmGone, ShowIDs: c.ShowIDs,
		})
		return err
	})
	if done == nil {
		return err
	}
	a.saidFailed = done.Failure != nil
	r := reconciliation{
		Result: done.Result, File: c.File, Clocks: done.Clocks, Failure: done.Failure, Defaults: done.Defaults,
		queries: c.Queries, showIDs: c.ShowIDs,
	}
	out := *a
	if len(r.Asks) > 0 && !c.JSON {
		out.out = a.err // nothing was done: what would be is part of why not
	}
	return cmp.Or(r.print(&out, c.JSON), err)
}

// readable reports whether a file can be read, before anything is opened.
func readable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return usagef("the return cannot be read: %w", err)
	}
	return f.Close()
}

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

// printRows names what a return takes back, by element and by child, with the clocks that stop;
// what is kept though the return does not bear it out; and what it corrects of before its period.
func (r *reconciliation) printRows(a *app) error {
	if err := cmp.Or(r.printMoved(a), r.printTakenBack(a)); err != nil {
		return err
	}
	if len(r.Kept) > 0 {
		a.printf("\nKept from the earlier load\n")
		for i := range r.Kept {
			a.printf("  %s: %s\n", r.name(&r.Kept[i]), keptWords(r.Kept[i].Rows))
		}
	}
	if len(r.Redated) > 0 {
		a.printf("\nCorrected, though before the period of the return: what goes on in it is told by every return\n")
		for _, d := range r.Redated {
			a.printf("  %s: %s of %s was %s and is %s\n", childName(d.Child, d.Line, d.Reference), d.Element, d.Episode, d.Was, d.Is)
		}
	}
	return nil
}

func (r *reconciliation) printTakenBack(a *app) error {
	if len(r.TakenBack) == 0 {
		return nil
	}
	took, stop := "Taken back", "stops"
	if r.conditional() {
		took, stop = "It would take back", "would stop"
	}
	if len(r.Elements) > 0 {
		a.printf("\n%s, by element\n", took)
	}
	var rows [][]string
	for i := range r.Elements {
		e := &r.Elements[i]
		remark := ""
		if e.Unknown != "" {
			remark = "the return holds an unknown element where it stood, " + e.Unknown
		}
		rows = append(rows, []string{fmt.Sprintf("%d of %d ×", e.Taken, e.Held), e.Element, remark})
	}
	if err := a.table("  ", rows...); err != nil {
		return err
	}
	a.printf("\n%s, by child%s\n", took, r.orStopped())
	for i := range r.TakenBack {
		c := &r.TakenBack[i]
		a.printf("  %s: %s\n", r.name(c), rowWords(c.Rows))
		for _, clock := range c.Clocks {
			a.printf("    %s: %s %s%s\n", stop, clock.Ref, clock.Title, clockWords(&clock))
		}
		if c.ClocksUnknown != "" {
			a.printf("    which timescales stop is not known: %s\n", c.ClocksUnknown)
		}
	}
	if !r.showIDs {
		a.printf("  (--show-ids names the children by their LAchildID as well)\n")
	}
	return nil
}

// conditional reports whether nothing was written.
func (r *reconciliation) conditional() bool { return len(r.Asks) > 0 || r.DryRun }

// orStopped says that children are named whose clocks stop by a birth or a death.
func (r *reconciliation) orStopped() string {
	for i := range r.TakenBack {
		for _, row := range r.TakenBack[i].Rows {
			if row.Change != "" {
				return ", with each birth and death that stops a timescale"
			}
		}
	}
	return ""
}

// printMoved says of which elements the load moves dates.
func (r *reconciliation) printMoved(a *app) error {
	if len(r.Moved) == 0 {
		return nil
	}
	if r.conditional() {
		a.printf("\nDates that it would move, by element\n")
	} else {
		a.printf("\nDates moved, by element\n")
	}
	var rows [][]string
	for i := range r.Moved {
		e := &r.Moved[i]
		first := "the first: " + childName(e.First.Child, e.First.Line, e.First.Reference)
		if e.First.Was != "" {
			first += ", from " + e.First.Was + " to " + e.First.Is
		}
		rows = append(rows, []string{fmt.Sprintf("%d of %d ×", e.Moved, e.Told), e.Element, first})
	}
	return a.table("  ", rows...)
}

func clockWords(c *loading.Clock) string {
	if c.Due == "" {
		return ", " + english.State(c.State)
	}
	return ", due " + c.Due + ", " + english.State(c.State)
}

// name is a child as the reconciliation names it.
func (r *reconciliation) name(c *loading.ChildRows) string {
	return childName(c.Child, c.Line, c.Reference)
}

func childName(place, line int, reference string) string {
	name := loading.Place(place, line)
	if reference != "" {
		name = reference + ", " + name
	}
	return name
}

// rowWords lists rows: "CPPstartDate 2025-06-12 (R1), CPPreviewDate 2025-09-01 (R1)".
func rowWords(rows []loading.HeldRow) string {
	words := make([]string, len(rows))
	for i := range rows {
		words[i] = rows[i].Element
		if rows[i].Date != "" {
			words[i] += " " + rows[i].Date
		}
		if rows[i].Change != "" {
			words[i] += " is " + rows[i].Change
		}
		if rows[i].Episode != "" {
			words[i] += " (" + rows[i].Episode + ")"
		}
	}
	return strings.Join(words, ", ")
}

// keptWords lists rows with why they were kept; those of one reason together.
func keptWords(rows []loading.HeldRow) string {
	var parts []string
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && rows[end].Why == rows[start].Why && rows[end].Line == rows[start].Line {
			end++
		}
		why := rows[start].Why
		if rows[start].Line > 0 {
			why += fmt.Sprintf(" (line %d)", rows[start].Line)
		}
		parts = append(parts, rowWords(rows[start:end])+": "+why)
		start = end
	}
	return strings.Join(parts, "; ")
}

// rowsOf counts the rows that are taken back or kept, and the children they are of.
func rowsOf(list []loading.ChildRows) (rows, of int) {
	for i := range list {
		before := rows
		for _, row := range list[i].Rows {
			if row.Change == "" {
				rows++
			}
		}
		if rows > before {
			of++
		}
	}
	return rows, of
}

func children(n int) string {
	if n == 1 {
		return "1 child"
	}
	return fmt.Sprintf("%d children", n)
}

// printDefaults names them, one a line.
func printDefaults(a *app, rows []api.Default) {
	if len(rows) == 0 {
		return
	}
	a.printf("\nEach of these limits is %s:\n", timescale.LongstopsDefault)
	for _, r := range rows {
		a.printf("  %s  %s: %s\n", r.Ref, r.Title, r.Limit)
	}
	a.printf("No law sets them. An overlay confirms or changes each (docs/rule-language.md, An overlay).\n")
}
