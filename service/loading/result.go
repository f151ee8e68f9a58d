package loading

import (
	"cmp"

	"longstop/api"
	"longstop/intake"
	"longstop/store"
)

// result is the reconciliation of a load in the making.
type result struct{ api.Loaded }

func (r *result) header(h intake.Header) {
	r.Reference, r.Authority = h.ReferenceDate.String(), h.Authority
	r.From, r.Until = h.Period.From.String(), h.Period.Until.String()
	r.query(h.Queries)
}

func (r *result) child(c *intake.Child, showIDs bool) {
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
func (r *result) refuse(list []intake.Refusal, reference string) {
	for i := range list {
		f := &list[i]
		line := f.Error()
		if reference != "" {
			line = reference + ": " + line
		}
		r.RowsRefused = append(r.RowsRefused, api.LoadedRow{Child: f.Child, Line: f.Line, Element: f.Element, Reason: f.Reason, Reference: reference})
		r.Refusals = append(r.Refusals, line)
	}
}

func (r *result) query(list []intake.Query) {
	for _, q := range list {
		r.Queries = append(r.Queries, api.LoadedRow{Child: q.Child, Line: q.Line, Element: q.Element, Code: q.Code, Reason: q.Words})
	}
}

func (r *result) unknown(list []intake.Unknown) {
	for _, u := range list {
		r.Unknown = append(r.Unknown, api.UnknownElement(u))
	}
}

// count counts what was recorded of a child, without the events that the record refused.
func (r *result) count(d *diff, refused map[string]bool) {
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

// whyNotWorkedOut is the reason for a child of a feed that could not be recorded.
const whyNotWorkedOut = "was not loaded: its case cannot be worked out; 'starter duties' shows why. Once that is mended, have the sender send the child again"

// notWorkedOut says of a child of a feed that nothing of it was recorded, since its case cannot be worked out.
func (r *result) notWorkedOut(d *diff) { r.putAside(d, "child", whyNotWorkedOut) }

// putAside says of a child of a feed that nothing of it is recorded, and why.
func (r *result) putAside(d *diff, element, reason string) {
	d.aside = &aside{element, reason}
	r.RowsRefused = append(r.RowsRefused, api.LoadedRow{Child: d.place, Line: d.line, Element: element, Reason: reason})
}

// countRecorded counts what the record made of a batch. A warning that no source reports what was
// inferred is left out: it is always so.
func (r *result) countRecorded(rec *store.Recorded, diffs []diff) {
	r.GaveWay += rec.GaveWay
	if len(rec.Refused)+len(rec.Warnings) == 0 {
		return
	}
	of := map[string]api.LoadedRefusal{}
	inferred := map[string]bool{}
	for i := range diffs {
		d := &diffs[i]
		for j := range d.events {
			e := &d.events[j]
			of[e.ID] = api.LoadedRefusal{Event: e.ID, Child: d.place, Line: d.line, Element: cmp.Or(e.Data.Text("element"), e.Type)}
			inferred[e.ID] = e.Data.Flag("inferred")
		}
	}
	for i := range rec.Refused {
		f := of[rec.Refused[i].Event]
		f.Event, f.Reason = rec.Refused[i].Event, rec.Refused[i].Reason
		r.EventsRefused = append(r.EventsRefused, f)
		r.Refusals = append(r.Refusals, f.String())
	}
	for i := range rec.Warnings {
		if w := &rec.Warnings[i]; !inferred[w.Event] {
			f := of[w.Event]
			f.Event, f.Reason = w.Event, w.Reason
			r.Warnings = append(r.Warnings, f)
		}
	}
}
