package main

import (
	"cmp"
	"fmt"
	"strings"

	"longstop/english"
	"longstop/service/loading"
)

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
