package casework

import (
	"fmt"
	"slices"
	"time"

	"longstop/timescale"
)

// MaxDuties bounds the duties of one case. A child who is visited every week of eighteen years in
// care, and moved, reviewed and missing all the time, has some 1,400 under the shipped law and
// 3,000 with every timescale switched on: a case with more is not one child's.
const MaxDuties = 5000

// TooManyReason says what a case with more duties than that is, and what to do about it.
var TooManyReason = fmt.Sprintf("more than %d duties, which no child has: several may share its reference, "+
	"or one thing was recorded many times; void what does not belong there", MaxDuties)

// isFull says whether no further duty is opened, because the case has as many as any may have.
func (f *ruleFold) isFull() bool {
	if f.opened >= f.book.maxDuties {
		f.tooMany = true
		return true
	}
	f.opened++
	return false
}

// Exceeding refuses, of events that are added to a case in an order, those with which it would
// have more duties at an instant than any may have: one refusal or nil for each; nil where all
// are taken. What opens no duty, and what takes something back, is taken in any case.
//
// Where their number makes it plain that all fit, as it does for nearly every case, nothing is
// folded; else the case is folded once, and where it has too many about as often as the number of
// events can be halved.
func (b *Book) Exceeding(history, added []Event, now time.Time) []*Refusal {
	all := slices.Concat(history, added)
	if b.atMost(all, now) <= b.maxDuties || !b.FoldDuties(all, At(now)).TooMany {
		return nil
	}
	fit := b.fitting(all, len(history), now) - len(history)
	refusals, out := make([]*Refusal, len(added)), map[eventKey]bool{}
	for i := fit; i < len(added); i++ {
		e := &added[i]
		switch {
		case b.opensNothing(e) && !out[eventKey{e.Source, e.Voids}]:
		default:
			out[keyOf(e)] = true
			refusals[i] = refuse(*e, "with it the case would have %s", TooManyReason)
		}
	}
	return refusals
}

// fitting is how many of a case's events, of which so many at least are taken, can be taken in
// their order before it has too many duties.
func (b *Book) fitting(all []Event, taken int, now time.Time) int {
	exceeds := len(all)
	for taken+1 < exceeds {
		half := (taken + exceeds) / 2
		if b.FoldDuties(all[:half], At(now)).TooMany {
			exceeds = half
		} else {
			taken = half
		}
	}
	return taken
}

// opensNothing says whether an event only meets or ends something, or takes something back.
func (b *Book) opensNothing(e *Event) bool {
	t := b.types[e.Type]
	return e.Voids != "" || e.Corrects == "" && (t == nil || t.duties == 0 && len(t.windows) == 0)
}

// atMost is a number of duties that some events of a case cannot exceed at an instant: each opens
// one of each timescale that its type can start, and an opening of windows one for each window that
// ended after it was recorded, and one for those that had ended before.
func (b *Book) atMost(events []Event, now time.Time) int {
	count := 0
	for i := range events {
		e := &events[i]
		t := b.types[e.Type]
		if t == nil || e.Voids != "" {
			continue
		}
		count += t.duties
		for _, w := range t.windows {
			count += 2 + int(now.Sub(e.Recorded)/w.Shortest())
		}
	}
	return count
}

// countOpenings notes for each type of event how many duties one of it can open.
func (b *Book) countOpenings() {
	for _, r := range b.rules {
		p := b.pack.Period(r.Period)
		for _, t := range b.types {
			opens := p != nil && slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return o.Event == t.Name })
			if r.Windows != "" && opens {
				t.windows = append(t.windows, r.Windows)
			}
			if slices.ContainsFunc(r.Starts, func(s timescale.Start) bool { return s.Event == t.Name }) {
				t.duties++
			}
			for i := range r.Starts {
				if s := &r.Starts[i]; opens && (s.PeriodOpens || s.OrBefore != nil || s.Birthday > 0) {
					t.duties++
				}
			}
		}
	}
}
