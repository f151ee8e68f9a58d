package casework

import (
	"cmp"
	"slices"
	"time"
)

// History is what became of one entry: how it was recorded first, what changed it, and what
// stood between which instants. Of a visit that was recorded on 9 January as of the 8th, corrected
// on the 20th to the 7th, and voided on the 22nd, it is
//
//	First:     v1, at 2026-01-08
//	Revisions: v2: Since 20 Jan, Was v1, Became v2
//	           x:  Since 22 Jan, Was v2, Became nil
//	Values:    v1 From  9 Jan, Until 20 Jan
//	           v2 From 20 Jan, Until 22 Jan
//
// Its events are those that were handed in, and are not to be written to.
type History struct {
	First     *Event     // by whose id the entry is named
	Revisions []Revision // every correction and void, in the order in which they took effect
	// Values are what stood, one after the other without a gap. What was superseded the instant it
	// was recorded never stood, and is in Revisions only.
	Values []Value
	stands *Event
}

// Value is an event of an entry for as long as it stood.
type Value struct {
	*Event
	From  time.Time // since when it was known to stand
	Until time.Time // the instant from which it stood no more; zero while it stands
}

// Revision is one correction or void of an entry, and what it did.
type Revision struct {
	Event *Event // the correction or the void
	// Since is the instant at which it took effect: when it was recorded, or, where it was recorded
	// before what it changes, when that was.
	Since  time.Time
	Was    *Event // what stood before; nil where the entry was voided already
	Became *Event // what stands after; nil where the entry is voided
}

// Histories are the entries of some events of one case, as they were known at an instant, in the
// order of their first events among these. A zero instant knows everything. An event whose chain
// leads nowhere, because what it changes is not there or it runs in a circle, belongs to none.
func Histories(events []Event, knownAt time.Time) []History {
	c := chainsOf(events)
	changes := c.changes(knownAt)
	var list []History
	for i := range events {
		if c.isFirst(i, knownAt) {
			list = append(list, c.history(i, changes[i]))
		}
	}
	return list
}

// HistoryOf is the history of the entry that an event belongs to, by the id of any event of it; of
// several sources' events with this id that of the first. It reports whether there is one.
func HistoryOf(events []Event, id string, knownAt time.Time) (History, bool) {
	c := chainsOf(events)
	for i := range events {
		l := &c.links[i]
		if events[i].ID == id && l.first >= 0 && known(l.since, knownAt) {
			return c.history(l.first, c.changes(knownAt)[l.first]), true
		}
	}
	return History{}, false
}

func (c *chains) history(first int, changes []int) History {
	h := History{First: &c.events[first]}
	s := standingOf(h.First)
	c.replay(first, changes, func(x Revision) {
		h.Revisions = append(h.Revisions, x)
		s.take(x)
	})
	h.stands, h.Values = s.stands, s.earlier
	if s.stands != nil {
		h.Values = append(h.Values, Value{Event: s.stands, From: s.since})
	}
	return h
}

// ID names the entry.
func (h *History) ID() string { return h.First.ID }

// Stands is the event that stands; nil where the entry is voided.
func (h *History) Stands() *Event { return h.stands }

// Voided says whether the entry was taken back.
func (h *History) Voided() bool { return h.stands == nil }

// IsVoid says whether an event of this id is one that voids the entry.
func (h *History) IsVoid(id string) bool {
	return slices.ContainsFunc(h.Revisions, func(r Revision) bool { return r.Event.ID == id && r.IsVoid() })
}

// IsVoid says whether the change takes the entry back.
func (r *Revision) IsVoid() bool { return r.Event.Voids != "" }

// TookEffect says whether something else stands since the change. A correction of something that
// is superseded or voided already changes nothing, nor does a second void.
func (r *Revision) TookEffect() bool { return r.Was != r.Became }

// By is who recorded the change; "" where it does not say.
func (r *Revision) By() string { return r.Event.By }

// The fields of data in which a change says why it was made. A correction's own goes first: what
// it corrects may have a reason of another kind, that of a closing or of an extension.
const (
	fieldCorrectionReason = "correction_reason"
	fieldReason           = "reason"
)

// Reason is why the change was made, as far as it says; "" where it does not. A reason that a
// correction only repeats after the event that it replaces is that event's, not its own.
func (r *Revision) Reason() string {
	own := r.Event.Data.Text(fieldReason)
	if r.Was != nil && !r.IsVoid() && own == r.Was.Data.Text(fieldReason) {
		own = ""
	}
	return cmp.Or(r.Event.Data.Text(fieldCorrectionReason), own)
}
