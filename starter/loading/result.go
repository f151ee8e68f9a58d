package loading

import (
	"fmt"

	"longstop/intake/cincensus"
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
}

// EventRefusal is an event that the record did not take, or took with a warning.
type EventRefusal struct {
	Event  string `json:"event"`
	Reason string `json:"reason"`
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

// GoneError says that more than a tenth of the children are gone from a return: it must be
// confirmed before anything is written.
type GoneError struct{ Gone, Held int }

// Error is one line that says what to do.
func (e *GoneError) Error() string {
	return fmt.Sprintf("%d of the %d children that the record holds of this period are not in the return, and what it holds of them "+
		"would be voided: check that it is the right file, or load it with --confirm-gone", e.Gone, e.Held)
}

func (r *Result) header(h cincensus.Header) {
	r.Reference, r.Authority = h.ReferenceDate.String(), h.LEA
	r.From, r.Until = h.Period.From.String(), h.Period.Until.String()
	r.query(h.Queries)
}

func (r *Result) child(c *cincensus.Child) {
	if c.Reference == "" {
		r.ChildrenRefused++
	}
	for i := range c.Refused {
		f := &c.Refused[i]
		r.RowsRefused = append(r.RowsRefused, Row{Child: f.Child, Line: f.Line, Element: f.Element, Reason: f.Reason})
		r.refusals = append(r.refusals, f.Error())
	}
	r.query(c.Queries)
}

func (r *Result) query(list []cincensus.Query) {
	for _, q := range list {
		r.Queries = append(r.Queries, Row{Child: q.Child, Line: q.Line, Element: q.Element, Code: q.Code, Reason: q.Words})
	}
}

func (r *Result) unknown(list []cincensus.Unknown) {
	for _, u := range list {
		r.Unknown = append(r.Unknown, UnknownElement(u))
	}
}

// said counts what was recorded of a child, but for the events that the record refused.
func (r *Result) said(d *diff, refused map[string]bool) {
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

// recorded counts what the record made of a batch. That no source reports what was
// inferred goes without saying.
func (r *Result) recorded(rec *store.Recorded, inferred map[string]bool) {
	r.GaveWay += rec.GaveWay
	for i := range rec.Refused {
		f := &rec.Refused[i]
		r.EventsRefused = append(r.EventsRefused, EventRefusal{Event: f.Event, Reason: f.Reason})
		r.refusals = append(r.refusals, f.Error())
	}
	for i := range rec.Warnings {
		if w := &rec.Warnings[i]; !inferred[w.Event] {
			r.Warnings = append(r.Warnings, EventRefusal{Event: w.Event, Reason: w.Reason})
		}
	}
}

// inferred are the ids of events that stand in for dates which the return does not hold.
func inferred(cases []store.CaseEvents) map[string]bool {
	ids := map[string]bool{}
	for _, c := range cases {
		for i := range c.Events {
			if c.Events[i].Data.Flag("inferred") {
				ids[c.Events[i].ID] = true
			}
		}
	}
	return ids
}
