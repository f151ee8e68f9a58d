package api

import "fmt"

// Loaded is the reconciliation of a load: what the return held, and what became of it.
type Loaded struct {
	Source    string `json:"source"`
	Reference string `json:"reference_date"`
	From      string `json:"from"`
	Until     string `json:"until"`
	Authority string `json:"authority,omitempty"`
	SHA256    string `json:"sha256"`
	DryRun    bool   `json:"dry_run,omitempty"`
	// Backlog says that the load is the first of its source.
	Backlog bool `json:"backlog,omitempty"`

	Children        int `json:"children"`
	ChildrenRefused int `json:"children_refused"` // as a whole
	ChildrenGone    int `json:"children_gone"`    // in the record of this period, and not in the return
	// What an error came before: children of the return, and children gone from it. What
	// follows below is of the others.
	ChildrenNotTried int `json:"children_not_tried,omitempty"`
	GoneNotTried     int `json:"children_gone_not_tried,omitempty"`

	New         int `json:"events_new"`       // facts that the record did not hold
	Corrections int `json:"events_corrected"` // facts that changed
	Voids       int `json:"events_voided"`    // facts that are gone
	Known       int `json:"events_known"`     // facts that the record holds as they are
	GaveWay     int `json:"events_gave_way"`  // inferred facts that a real one has replaced

	// Asks says why the load must be confirmed before anything is written.
	Asks []string `json:"asks_to_be_confirmed,omitempty"`
	// Elements are those of which rows are taken back, the most first; Moved those of which dates are
	// moved.
	Elements []ElementRows  `json:"elements_taken_back,omitempty"`
	Moved    []ElementMoves `json:"elements_moved,omitempty"`
	// TakenBack are the children that something is taken back of, and those whose clocks stop by a
	// birth or a death.
	TakenBack []ChildRows `json:"taken_back,omitempty"`
	// Kept are rows that the return does not bear out, and that stay all the same.
	Kept         []ChildRows `json:"kept,omitempty"`
	ChildrenKept int         `json:"children_kept,omitempty"` // not in the return, but one of it could not be told who it is
	// Redated are rows of before the period whose date the return corrects.
	Redated []Redated `json:"redated,omitempty"`

	RowsRefused   []LoadedRow      `json:"rows_refused"`
	EventsRefused []LoadedRefusal  `json:"events_refused,omitempty"` // by the record
	Warnings      []LoadedRefusal  `json:"warnings,omitempty"`
	Queries       []LoadedRow      `json:"queries"`
	Unknown       []UnknownElement `json:"elements_passed_over,omitempty"`

	// Refusals are the lines that name what was refused, in the order of the file.
	Refusals []string `json:"-"`
}

// LoadedRow is one row of the return that was refused or queried.
type LoadedRow struct {
	Child   int    `json:"child,omitempty"` // its place in the file, from 1; 0 for the header
	Line    int    `json:"line"`
	Element string `json:"element"`
	Code    string `json:"code,omitempty"` // of a query: the validator's rule
	Reason  string `json:"reason"`

	Reference string `json:"la_child_id,omitempty"` // where it was asked for
}

// LoadedRefusal is an event that the record did not take, or took with a warning.
type LoadedRefusal struct {
	Event   string `json:"event"`
	Child   int    `json:"child,omitempty"` // its place in the file; 0: it is not in the return
	Line    int    `json:"line,omitempty"`  // where the child begins
	Element string `json:"element,omitempty"`
	Reason  string `json:"reason"`
}

// String is one line that begins with the place.
func (e *LoadedRefusal) String() string {
	return fmt.Sprintf("%s: %s: %s (event %s)", Place(e.Child, e.Line), e.Element, e.Reason, e.Event)
}

// Place is where a child stands in the file, in words.
func Place(child, line int) string {
	if child == 0 {
		return "a child that is not in the return"
	}
	return fmt.Sprintf("child %d, line %d", child, line)
}

// UnknownElement is an element that no layout has in its place.
type UnknownElement struct {
	Element string `json:"element"`
	Inside  string `json:"inside"` // the element in which it stood first
	Count   int    `json:"count"`
	Line    int    `json:"line"` // where it stood first
}

// ChildRows are rows of one child and what becomes of them: rows that the record holds from an earlier
// load, and a birth or a death that is new or corrected, where that stops clocks.
type ChildRows struct {
	Child     int       `json:"child,omitempty"` // its place in the file, from 1; 0: it is not in the return
	Line      int       `json:"line,omitempty"`  // of the file
	Reference string    `json:"la_child_id,omitempty"`
	Rows      []HeldRow `json:"rows"`
	// Clocks are those that stop: what was owed, and is owed no more by what becomes of the rows.
	Clocks []StoppedClock `json:"clocks,omitempty"`
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
	// Change is what becomes of a birth or a death that is not taken back: "new" or "corrected".
	Change string `json:"change,omitempty"`
}

// StoppedClock is a duty that is owed no more.
type StoppedClock struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Due   string `json:"due,omitempty"`
	State string `json:"state"` // before
}

// Redated is a row whose date the return corrects.
type Redated struct {
	Child     int    `json:"child"`
	Line      int    `json:"line"`
	Reference string `json:"la_child_id,omitempty"`
	Element   string `json:"element"`
	Episode   string `json:"episode,omitempty"`
	Was       string `json:"was,omitempty"` // "" of one that says who the child is
	Is        string `json:"is,omitempty"`
}

// ElementRows are the rows of one element that the record holds of the period.
type ElementRows struct {
	Element string `json:"element"`
	Taken   int    `json:"taken_back"`
	Held    int    `json:"held"`
	// Unknown is the unknown element that stands in the return where this one was.
	Unknown string `json:"unknown_element,omitempty"`
}

// ElementMoves are the dates of one element that the return corrects to another day.
type ElementMoves struct {
	Element string `json:"element"`
	Moved   int    `json:"moved"`
	Told    int    `json:"told"` // of so many rows that both the record and the return hold
	// First is the first of them in the file, to see what has happened to it; without its dates where
	// they say who the child is.
	First Redated `json:"first"`
}
