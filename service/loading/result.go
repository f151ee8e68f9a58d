package loading

import (
	"cmp"
	"fmt"

	"longstop/intake"
	"longstop/store"
)

// Result is the reconciliation of a load: what the return held, and what became of it.
type Result struct {
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

	RowsRefused   []Row            `json:"rows_refused"`
	EventsRefused []EventRefusal   `json:"events_refused,omitempty"` // by the record
	Warnings      []EventRefusal   `json:"warnings,omitempty"`
	Queries       []Row            `json:"queries"`
	Unknown       []UnknownElement `json:"elements_passed_over,omitempty"`
	refusals      []string         // each refusal as one line
}

// Row is one row of the return that was refused or queried.
type Row struct {
	Child   int    `json:"child,omitempty"` // its place in the file, from 1; 0 for the header
	Line    int    `json:"line"`
	Element string `json:"element"`
	Code    string `json:"code,omitempty"` // of a query: the validator's rule
	Reason  string `json:"reason"`

	Reference string `json:"la_child_id,omitempty"` // where it was asked for
}

// EventRefusal is an event that the record did not take, or took with a warning.
type EventRefusal struct {
	Event   string `json:"event"`
	Child   int    `json:"child,omitempty"` // its place in the file; 0: it is not in the return
	Line    int    `json:"line,omitempty"`  // where the child begins
	Element string `json:"element,omitempty"`
	Reason  string `json:"reason"`
}

// String is one line that begins with the place.
func (e *EventRefusal) String() string {
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

// Refusals are the lines that name what was refused, in the order of the file.
func (r *Result) Refusals() []string { return r.refusals }

func (r *Result) header(h intake.Header) {
	r.Reference, r.Authority = h.ReferenceDate.String(), h.Authority
	r.From, r.Until = h.Period.From.String(), h.Period.Until.String()
	r.query(h.Queries)
}

func (r *Result) child(c *intake.Child, showIDs bool) {
	if c.Reference == "" {
		r.ChildrenRefused++
	}
	reference := ""
	if showIDs {
		reference = c.Reference
	}
	r.refuse(c.Refused, reference)
	r.query(c.Queries)
}

// refuse names refused rows of one child, by its reference too where that is not empty.
func (r *Result) refuse(list []intake.Refusal, reference string) {
	for i := range list {
		f := &list[i]
		line := f.Error()
		if reference != "" {
			line = reference + ": " + line
		}
		r.RowsRefused = append(r.RowsRefused, Row{Child: f.Child, Line: f.Line, Element: f.Element, Reason: f.Reason, Reference: reference})
		r.refusals = append(r.refusals, line)
	}
}

func (r *Result) query(list []intake.Query) {
	for _, q := range list {
		r.Queries = append(r.Queries, Row{Child: q.Child, Line: q.Line, Element: q.Element, Code: q.Code, Reason: q.Words})
	}
}

func (r *Result) unknown(list []intake.Unknown) {
	for _, u := range list {
		r.Unknown = append(r.Unknown, UnknownElement(u))
	}
}

// count counts what was recorded of a child, without the events that the record refused.
func (r *Result) count(d *diff, refused map[string]bool) {
	r.Known += d.known
	for i := range d.events {
		e := &d.events[i]
		switch {
		case refused[e.ID]:
		case e.Voids != "":
			r.Voids++
		case e.Corrects != "":
			r.Corrections++
		default:
			r.New++
		}
	}
}

// countRecorded counts what the record made of a batch. A warning that no source reports what was
// inferred is left out: it is always so.
func (r *Result) countRecorded(rec *store.Recorded, diffs []diff) {
	r.GaveWay += rec.GaveWay
	if len(rec.Refused)+len(rec.Warnings) == 0 {
		return
	}
	of := map[string]EventRefusal{}
	inferred := map[string]bool{}
	for i := range diffs {
		d := &diffs[i]
		for j := range d.events {
			e := &d.events[j]
			of[e.ID] = EventRefusal{Event: e.ID, Child: d.place, Line: d.line, Element: cmp.Or(e.Data.Text("element"), e.Type)}
			inferred[e.ID] = e.Data.Flag("inferred")
		}
	}
	for i := range rec.Refused {
		f := of[rec.Refused[i].Event]
		f.Event, f.Reason = rec.Refused[i].Event, rec.Refused[i].Reason
		r.EventsRefused = append(r.EventsRefused, f)
		r.refusals = append(r.refusals, f.String())
	}
	for i := range rec.Warnings {
		if w := &rec.Warnings[i]; !inferred[w.Event] {
			f := of[w.Event]
			f.Event, f.Reason = w.Event, w.Reason
			r.Warnings = append(r.Warnings, f)
		}
	}
}
