package loading

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/intake/cincensus"
)

// ChildRows are rows of one child that the record holds from an earlier load, and what becomes of
// them.
type ChildRows struct {
	Child     int       `json:"child,omitempty"` // its place in the file, from 1; 0: it is not in the return
	Line      int       `json:"line,omitempty"`  // of the file
	Reference string    `json:"la_child_id,omitempty"`
	Rows      []HeldRow `json:"rows"`
	// Clocks are those that stop: what was owed, and is owed no more once the rows are gone.
	Clocks []Clock `json:"clocks,omitempty"`
	// ClocksUnknown says why nobody can tell which stop; "" where it is known.
	ClocksUnknown string `json:"clocks_unknown,omitempty"`
}

// HeldRow is one row.
type HeldRow struct {
	Element string `json:"element"`
	Date    string `json:"date,omitempty"` // "" of one that says who the child is
	Episode string `json:"episode,omitempty"`
	Line    int    `json:"line,omitempty"` // of the return, where the row was refused
	Why     string `json:"why,omitempty"`  // it was kept
}

// Clock is a duty that is owed no more.
type Clock struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Due   string `json:"due,omitempty"`
	State string `json:"state"` // before
}

// Redated is a row of before the return's period whose date it corrects.
type Redated struct {
	Child     int    `json:"child"`
	Line      int    `json:"line"`
	Reference string `json:"la_child_id,omitempty"`
	Element   string `json:"element"`
	Episode   string `json:"episode"`
	Was       string `json:"was"`
	Is        string `json:"is"`
}

// ElementRows are the rows of one element that the record holds of the period.
type ElementRows struct {
	Element string `json:"element"`
	Taken   int    `json:"taken_back"`
	Held    int    `json:"held"`
	// Unknown is the unknown element that stands in the return where this one was.
	Unknown string `json:"unknown_element,omitempty"`
}

// whole reports whether nothing is left of the element.
func (e *ElementRows) whole() bool { return e.Taken == e.Held }

// asks reports whether taking so many rows back must be confirmed.
func (e *ElementRows) asks() bool {
	return cincensus.TooMany(e.Taken, e.Held) || e.whole() && e.Unknown != ""
}

// tally counts what a load takes back of what the record holds of the period.
type tally struct {
	held, taken map[string]int // rows, by element
	children    int            // of whom the record holds something
	gone        int            // of these: not in the return
	touched     int            // of these: with a row taken back
	present     int            // children of the return that the record knows
	foreign     int            // of these: loaded last from the return of another authority
}

func newTally() *tally { return &tally{held: map[string]int{}, taken: map[string]int{}} }

func (t *tally) add(c *cincensus.Compared) {
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
func (t *tally) elements(unknown []cincensus.Unknown) []ElementRows {
	var list []ElementRows
	for element, n := range t.taken {
		list = append(list, ElementRows{Element: element, Taken: n, Held: t.held[element], Unknown: cincensus.Replaced(element, unknown)})
	}
	slices.SortFunc(list, func(a, b ElementRows) int {
		return cmp.Or(cmp.Compare(b.Taken, a.Taken), cmp.Compare(a.Element, b.Element))
	})
	for i := range list {
		if !list[i].whole() {
			list[i].Unknown = ""
		}
	}
	return list
}

// question is why a load must be confirmed; nil where it need not.
func (t *tally) question(elements []ElementRows) *GoneError {
	var why []string
	if t.touched > 0 && cincensus.TooManyGone(t.gone, t.children) {
		why = append(why, fmt.Sprintf("%d of the %d children that the record holds of this period are not in the return", t.gone, t.children))
	}
	if t.touched > t.gone && cincensus.TooMany(t.touched, t.children) {
		why = append(why, fmt.Sprintf("rows of %d of the %d children are not in it any more", t.touched, t.children))
	}
	for i := range elements {
		if e := &elements[i]; e.asks() {
			why = append(why, e.words())
		}
	}
	if cincensus.TooMany(t.foreign, t.present) {
		why = append(why, fmt.Sprintf("%d of the %d children that the record knows were loaded last from the return of another authority",
			t.foreign, t.present))
	}
	if len(why) == 0 {
		return nil
	}
	return &GoneError{Why: why, Gone: t.gone, Rows: total(t.taken)}
}

func (e *ElementRows) words() string {
	words := fmt.Sprintf("%d of the %d rows of %s", e.Taken, e.Held, e.Element)
	switch {
	case e.whole() && e.Held == 1:
		words = "the only row of " + e.Element
	case e.whole():
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

// GoneError says that a load would take back so much that it must be confirmed before anything is
// written.
type GoneError struct {
	Why  []string // what would go, or seems not to belong here
	Gone int      // children that are not in the return
	Rows int      // that would be taken back
}

// Error is one line that says what to do.
func (e *GoneError) Error() string {
	why := strings.Join(e.Why, "; ")
	if e.Rows > 0 {
		why += fmt.Sprintf("; it would take back %d rows that the record holds", e.Rows)
	}
	return "the load asks to be confirmed, and nothing was written: " + why +
		". Check that it is the right file and whole, or load it with --confirm-gone"
}

// heldRows are rows as they are shown.
func heldRows(rows []cincensus.Row) []HeldRow {
	list := make([]HeldRow, len(rows))
	for i, r := range rows {
		list[i] = HeldRow{Element: r.Element, Date: r.Day.String(), Episode: r.Episode, Line: r.Line, Why: r.Why}
		if cincensus.Private(r.Element) {
			list[i].Date = ""
		}
	}
	return list
}
