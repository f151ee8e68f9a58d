package loading

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/api"
	"longstop/casework"
	"longstop/intake"
)

// whole reports whether nothing is left of the element.
func whole(e *api.ElementRows) bool { return e.Taken == e.Held }

// asks reports whether taking so many rows back must be confirmed.
func asks(e *api.ElementRows) bool {
	return intake.TooMany(e.Taken, e.Held) || whole(e) && e.Unknown != ""
}

func movedWords(e *api.ElementMoves) string {
	words := fmt.Sprintf("%d of the %d dates of %s", e.Moved, e.Told, e.Element)
	if e.Moved == e.Told {
		words = fmt.Sprintf("all %d dates of %s", e.Told, e.Element)
	}
	words += " would be moved (the first in " + api.Place(e.First.Child, e.First.Line)
	if e.First.Was != "" {
		words += ", from " + e.First.Was + " to " + e.First.Is
	}
	return words + ")"
}

// tally counts what a load takes back of what the record holds of the period, and the dates that it
// moves.
type tally struct {
	held, taken map[string]int // rows, by element
	children    int            // that the record holds something of
	gone        int            // of these: not in the return
	touched     int            // of these: with a row taken back
	present     int            // children of the return that the record knows
	foreign     int            // of these: loaded from the returns of another authority
	stopped     int            // of these: whose clocks stop by a birth or a death, and by nothing that is taken back

	matched map[string]int // rows that both the record and the return hold, by element
	moved   map[string]*api.ElementMoves
}

func newTally() *tally {
	return &tally{held: map[string]int{}, taken: map[string]int{}, matched: map[string]int{}, moved: map[string]*api.ElementMoves{}}
}

func (t *tally) add(child *api.ChildRows, c *intake.Compared) {
	for element, n := range c.Matched {
		t.matched[element] += n
	}
	for _, row := range c.Moved {
		if t.moved[row.Element] == nil {
			t.moved[row.Element] = &api.ElementMoves{Element: row.Element, First: redated(child, row)}
		}
		t.moved[row.Element].Moved++
	}
	for element, n := range c.Held {
		t.held[element] += n
	}
	for _, row := range c.Taken {
		t.taken[row.Element]++
	}
	if len(c.Taken) > 0 {
		t.touched++
	}
}

// elements are those of which rows are taken back, the most first.
func (t *tally) elements(layout *intake.Layout, unknown []intake.Unknown) []api.ElementRows {
	var list []api.ElementRows
	for element, n := range t.taken {
		list = append(list, api.ElementRows{Element: element, Taken: n, Held: t.held[element], Unknown: layout.Replaced(element, unknown)})
	}
	slices.SortFunc(list, func(a, b api.ElementRows) int {
		return cmp.Or(cmp.Compare(b.Taken, a.Taken), cmp.Compare(a.Element, b.Element))
	})
	for i := range list {
		if !whole(&list[i]) {
			list[i].Unknown = ""
		}
	}
	return list
}

// moves are the elements of which dates are moved, the most first.
func (t *tally) moves() []api.ElementMoves {
	var list []api.ElementMoves
	for element, moved := range t.moved {
		moved.Told = t.matched[element]
		list = append(list, *moved)
	}
	slices.SortFunc(list, func(a, b api.ElementMoves) int {
		return cmp.Or(cmp.Compare(b.Moved, a.Moved), cmp.Compare(a.Element, b.Element))
	})
	return list
}

// moveQuestions say why a load that moves dates must be confirmed. Where no element asks by itself, all
// of them together may: a council with few children has few rows of each.
func (t *tally) moveQuestions(moves []api.ElementMoves) []string {
	var why []string
	moved := 0
	for i := range moves {
		e := &moves[i]
		moved += e.Moved
		if intake.TooManyMoved(e.Moved, e.Told) {
			why = append(why, movedWords(e))
		}
	}
	if matched := total(t.matched); len(why) == 0 && intake.TooManyMoved(moved, matched) {
		why = append(why, fmt.Sprintf("%d of the %d dates of all elements would be moved", moved, matched))
	}
	return why
}

// question is why a load must be confirmed; nil where it need not.
func (t *tally) question(elements []api.ElementRows, moves []api.ElementMoves) *GoneError {
	var why []string
	if t.touched > 0 && intake.TooManyGone(t.gone, t.children) {
		why = append(why, fmt.Sprintf("%d of the %d children that the record holds of this period are not in the return", t.gone, t.children))
	}
	if t.touched > t.gone && intake.TooMany(t.touched, t.children) {
		why = append(why, fmt.Sprintf("rows of %d of the %d children are not in it any more", t.touched, t.children))
	}
	for i := range elements {
		if e := &elements[i]; asks(e) {
			why = append(why, takenWords(e))
		}
	}
	if intake.TooMany(t.foreign, t.present) {
		why = append(why, fmt.Sprintf("%d of the %d children that the record knows were loaded from the returns of another authority",
			t.foreign, t.present))
	}
	if intake.TooMany(t.stopped, t.present) {
		why = append(why, fmt.Sprintf("a birth or a death would stop the timescales of %d of the %d children that the record knows", t.stopped, t.present))
	}
	why = append(why, t.moveQuestions(moves)...)
	if len(why) == 0 {
		return nil
	}
	asked := &GoneError{Why: why, Gone: t.gone, Rows: total(t.taken)}
	for i := range moves {
		asked.Moved += moves[i].Moved
	}
	return asked
}

func takenWords(e *api.ElementRows) string {
	words := fmt.Sprintf("%d of the %d rows of %s", e.Taken, e.Held, e.Element)
	switch {
	case whole(e) && e.Held == 1:
		words = "the only row of " + e.Element
	case whole(e):
		words = fmt.Sprintf("all %d rows of %s", e.Held, e.Element)
	}
	if e.Unknown != "" {
		words += ", where the return holds an unknown element, " + e.Unknown
	}
	return words
}

func total(count map[string]int) int {
	sum := 0
	for n := range maps.Values(count) {
		sum += n
	}
	return sum
}

// GoneError says that a load would take back, or move, so much that it must be confirmed before anything is
// written.
type GoneError struct {
	Why  []string // what would go, or seems not to belong here
	Gone int      // children that are not in the return
	Rows int      // that would be taken back
	// Moved is how many dates would be corrected to another day.
	Moved int
}

// Error is one line that says what to do.
func (e *GoneError) Error() string {
	why := strings.Join(e.Why, "; ")
	if e.Rows > 0 {
		why += fmt.Sprintf("; it would take back %d rows that the record holds", e.Rows)
	}
	if e.Moved > 0 {
		why += fmt.Sprintf("; it would move %d dates", e.Moved)
	}
	return "the load asks to be confirmed, and nothing was written: " + why +
		". Check that it is the right file and whole, or load it with --confirm-gone"
}

// redated returns a date that is moved as it is shown.
func redated(c *api.ChildRows, row intake.Redated) api.Redated {
	return api.Redated{
		Child: c.Child, Line: c.Line, Reference: c.Reference,
		Element: row.Element, Episode: row.Episode, Was: row.Was.String(), Is: row.Is.String(),
	}
}

// personRows are births and deaths that are new or corrected, as they are shown.
func personRows(events []casework.Event) []api.HeldRow {
	list := make([]api.HeldRow, len(events))
	for i := range events {
		list[i] = api.HeldRow{Element: events[i].Data.Text("element"), Change: "new"}
		if events[i].Corrects != "" {
			list[i].Change = "corrected"
		}
	}
	return list
}

// heldRows are rows as they are shown.
func heldRows(rows []intake.Row) []api.HeldRow {
	list := make([]api.HeldRow, len(rows))
	for i, r := range rows {
		list[i] = api.HeldRow{Element: r.Element, Date: r.Day.String(), Episode: r.Episode, Line: r.Line, Why: r.Why}
	}
	return list
}
