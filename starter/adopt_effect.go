package main

import (
	"fmt"
	"time"

	"longstop/casework"
	"longstop/english"
	"longstop/store"
)

// tally counts duties that are still owed about which two laws differ.
type tally struct {
	Appears         int `json:"appear"`
	Moves           int `json:"move"`
	Local           int `json:"local_date_changes"`
	Stands          int `json:"stand_differently"`
	Goes            int `json:"go"`
	Overdue         int `json:"become_overdue"`
	NoLongerOverdue int `json:"no_longer_overdue"`
	LocalPassed     int `json:"local_date_passed,omitempty"`
	NotPastLocal    int `json:"no_longer_past_local_date,omitempty"`
}

func tallyOf(e store.RefEffect) tally {
	return tally{
		Appears: e.Appears, Moves: e.Moves, Local: e.Local, Stands: e.Stands, Goes: e.Goes,
		Overdue: e.Overdue, NoLongerOverdue: e.NoLongerOverdue, LocalPassed: e.LocalPassed, NotPastLocal: e.NotPastLocal,
	}
}

func (t *tally) add(o tally) {
	t.Appears += o.Appears
	t.Moves += o.Moves
	t.Local += o.Local
	t.Stands += o.Stands
	t.Goes += o.Goes
	t.Overdue += o.Overdue
	t.NoLongerOverdue += o.NoLongerOverdue
	t.LocalPassed += o.LocalPassed
	t.NotPastLocal += o.NotPastLocal
}

// count counts a change.
func (t *tally) count(c *casework.Change) {
	switch c.Kind {
	case casework.Appears:
		t.Appears++
	case casework.Moves:
		t.Moves++
	case casework.Local:
		t.Local++
	case casework.Stands:
		t.Stands++
	case casework.Goes:
		t.Goes++
	}
	if c.BecomesOverdue() {
		t.Overdue++
	}
	if c.NoLongerOverdue() {
		t.NoLongerOverdue++
	}
	if c.PassesLocalDate() {
		t.LocalPassed++
	}
	if c.NoLongerPastLocalDate() {
		t.NotPastLocal++
	}
}

// tallyRow is a tally of one timescale, and of one team where cases are told apart by them.
type tallyRow struct {
	Team  string `json:"team,omitempty"`
	Ref   string `json:"ref"`
	Title string `json:"title"`
	tally
}

// column is a column of a table of tallies.
type column struct {
	head string
	of   func(tally) int
}

// tallyColumns are the columns that say something of any of the tallies.
func tallyColumns(all tally) []column {
	var list []column
	for _, c := range []column{
		{"NEW", func(t tally) int { return t.Appears }},
		{"DATE MOVES", func(t tally) int { return t.Moves }},
		{"LOCAL DATE", func(t tally) int { return t.Local }},
		{"OTHERWISE", func(t tally) int { return t.Stands }},
		{"GONE", func(t tally) int { return t.Goes }},
		{"BECOMES OVERDUE", func(t tally) int { return t.Overdue }},
		{"NO LONGER OVERDUE", func(t tally) int { return t.NoLongerOverdue }},
		{"LOCAL DATE PASSED", func(t tally) int { return t.LocalPassed }},
		{"NO LONGER PAST LOCAL DATE", func(t tally) int { return t.NotPastLocal }},
	} {
		if c.of(all) > 0 {
			list = append(list, c)
		}
	}
	return list
}

func cellsOf(columns []column, t tally) []string {
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

// printLocal says below a table what is past no limit of law.
func (t *tally) printLocal(a *app) {
	if t.LocalPassed+t.NotPastLocal > 0 {
		a.printf("\nA local date is one that no law sets: the council's own, a default of Longstop or accepted practice. What is past it alone is not overdue.\n")
	}
}

// printEffect says what an adoption did to the cases.
func (x *adopted) printEffect(a *app) error {
	all, columns := x.all(), tallyColumns(x.all())
	a.printf("\n%d %s planned again.", x.effect.Cases, english.Plural(x.effect.Cases, "case", "cases"))
	if len(x.effect.Refs) == 0 {
		a.printf(" Nothing that is still owed has changed.\n")
	} else {
		a.printf(" Of the timescales that are still owed:\n\n")
		rows := [][]string{append([]string{"REF", "WHAT"}, headsOf(columns)...)}
		for _, r := range x.rows() {
			rows = append(rows, append([]string{r.Ref, r.Title}, cellsOf(columns, r.tally)...))
		}
		rows = append(rows, append([]string{"all", ""}, cellsOf(columns, all)...))
		if err := a.table("", rows...); err != nil {
			return err
		}
		all.printLocal(a)
		a.printf("\n'starter explain CASE REF' says of each date when it moved, why and by whom.\n")
	}
	printCorrections(a, x.corrected())
	x.past.print(a, "Of what is over (done, ended or not reported), timescales are shown otherwise from now on:", english.Are)
	if n := x.effect.Closed; n > 0 && len(x.past) == 0 { // what another command left, or another adoption
		a.printf("%s changed too.\n", closedWords(n))
	}
	if n := x.effect.Unread; n > 0 {
		a.printf("Of %d %s it cannot be told what changed: this release cannot read the law before.\n", n, english.Plural(n, "case", "cases"))
	}
	if x.unread > 0 {
		a.printf("Of %d %s it could not be told beforehand what it says anew of what is over: they could not be worked out.\n", x.unread, english.Plural(x.unread, "case", "cases"))
	}
	if n := x.effect.PutAside; n > 0 {
		a.printf("%d %s could not be worked out by it and %s tried again: 'starter duties' says why.\n", n, english.Plural(n, "case", "cases"), english.Are(n))
	}
	printWaiting(a, x.Clocks, x.why)
	return nil
}

// titleUnder is what a timescale is called under the first of some laws that has it.
func titleUnder(ref string, books ...*casework.Book) string {
	for _, b := range books {
		if b == nil {
			continue
		}
		if t := b.Pack().Timescale(ref); t != nil {
			return t.Title
		}
	}
	return "-"
}

// closedWords counts duties that are owed no more, or of which no source could say that
// they are met.
func closedWords(n int) string {
	if n == 1 {
		return "1 timescale that is done, ended or not reported"
	}
	return fmt.Sprintf("%d timescales that are done, ended or not reported", n)
}

func instantText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
