package casework

import (
	"cmp"
	"slices"
	"time"
)

// Change is what two laws, or what was recorded before and after something, say differently about
// one duty of a case.
type Change struct {
	Kind   ChangeKind
	Before *Duty // nil if it appears
	After  *Duty // nil if it goes away
	// How it stands under each of them; "" if there is no such duty.
	StateBefore, StateAfter State
	// Past whose limit it is under each of them.
	PassedBefore, PassedAfter Passed
}

// ChangeKind is in what way a duty differs.
type ChangeKind string

// The kinds of change. A duty that differs in several ways is of the first of them.
const (
	Appears ChangeKind = "appears" // there was none
	Goes    ChangeKind = "goes"    // there is none any more
	Moves   ChangeKind = "moves"   // its due date is another
	Local   ChangeKind = "local"   // the council's own date, next to it, is another, or new, or gone
	Stands  ChangeKind = "stands"  // its dates are the same, and it stands differently: it is met, or no longer
)

// ChangeKinds lists the kinds of change.
var ChangeKinds = []ChangeKind{Appears, Goes, Moves, Local, Stands}

// Compare finds every duty about which two plans differ, in the order in which a plan lists
// its duties. The plans must be of one case and at one moment, and either from the same events, so
// that what differs is the doing of the two books alone, or by the same book, so that it is that of
// the events.
func Compare(before, after *Plan) []Change {
	left := make(map[string]*Duty, len(before.Duties))
	for i := range before.Duties {
		left[before.Duties[i].ID] = &before.Duties[i]
	}
	var list []Change
	for i := range after.Duties {
		d := &after.Duties[i]
		old := left[d.ID]
		delete(left, d.ID)
		if c := compared(before, after, old, d); c.Kind != "" {
			list = append(list, c)
		}
	}
	for _, old := range left {
		list = append(list, compared(before, after, old, nil))
	}
	slices.SortFunc(list, func(x, y Change) int { return byListing(x.Duty(), y.Duty()) })
	return list
}

// compared returns how a duty differs; its Kind is "" if it does not.
func compared(before, after *Plan, old, now *Duty) Change {
	c := Change{Before: old, After: now}
	if old != nil {
		c.StateBefore, c.PassedBefore = old.State(before.AsOf), old.Passed(before.AsOf)
	}
	if now != nil {
		c.StateAfter, c.PassedAfter = now.State(after.AsOf), now.Passed(after.AsOf)
	}
	switch {
	case old == nil:
		c.Kind = Appears
	case now == nil:
		c.Kind = Goes
	case old.DueText() != now.DueText():
		c.Kind = Moves
	case old.LocalDue != now.LocalDue:
		c.Kind = Local
	case c.StateBefore != c.StateAfter || old.WaitingFor != now.WaitingFor || old.Local != now.Local:
		c.Kind = Stands
	}
	return c
}

// byListing orders duties as a plan does: by ref, start, episode, due date and id.
func byListing(a, b *Duty) int {
	return cmp.Or(cmp.Compare(a.Ref, b.Ref), compareStarts(a, b), cmp.Compare(a.Episode, b.Episode),
		cmp.Compare(a.DueText(), b.DueText()), cmp.Compare(a.ID, b.ID))
}

// Duty returns the duty as it is afterwards; as it was, where it goes away.
func (c *Change) Duty() *Duty {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Live reports whether the change concerns work that is still owed, under one law or the
// other: a duty that was neither met nor ended, and that a source could show met.
func (c *Change) Live() bool { return owed(c.StateBefore) || owed(c.StateAfter) }

func owed(s State) bool {
	switch s {
	case Running, DueToday, Overdue, Waiting, Paused:
		return true
	default:
		return false
	}
}

// BecomesOverdue reports whether the duty is past a limit of law or guidance afterwards and was not
// before.
func (c *Change) BecomesOverdue() bool {
	return c.PassedAfter == PassedLaw && c.PassedBefore != PassedLaw
}

// NoLongerOverdue reports whether the duty was past a limit of law or guidance before and is not
// afterwards.
func (c *Change) NoLongerOverdue() bool {
	return c.PassedBefore == PassedLaw && c.PassedAfter != PassedLaw
}

// PassesLocalDate reports whether the duty is past a limit that no law sets, and past none of law,
// afterwards, and was not before. No law is broken by that.
func (c *Change) PassesLocalDate() bool {
	return c.PassedAfter == PassedLocal && c.PassedBefore != PassedLocal
}

// NoLongerPastLocalDate reports the way back.
func (c *Change) NoLongerPastLocalDate() bool {
	return c.PassedBefore == PassedLocal && c.PassedAfter != PassedLocal
}

// Past counts the duties that are owed no more, under either of two laws, about which the
// two differ: what adopting the second would change about what is over. Each duty is counted
// once, but for AppearLate.
type Past struct {
	InTimeToLate     int `json:"in_time_to_late,omitempty" doc:"How many were in time, and would be shown as late."`
	LateToInTime     int `json:"late_to_in_time,omitempty" doc:"How many were late, and would be shown as in time."`
	InTimeToLocal    int `json:"in_time_to_past_local,omitempty" doc:"How many were in time by the limit of law, and would be past the council's own date next to it."`
	LocalToInTime    int `json:"past_local_to_in_time,omitempty" doc:"How many were past the council's own date, and would be in time."`
	Appear           int `json:"appear,omitempty" doc:"How many would be new."`
	AppearLate       int `json:"appear_late,omitempty" doc:"Of those that would be new: how many would be late."`
	Go               int `json:"go,omitempty" doc:"How many would be gone."`
	ToUnreported     int `json:"to_unreported,omitempty" doc:"How many would be shown as not reported."`
	FromUnreported   int `json:"from_unreported,omitempty" doc:"How many were shown as not reported, and would be no longer."`
	OtherwiseTheSame int `json:"date_alone,omitempty" doc:"Of how many only the date would be another: in time or late as before."`
	// TakenAsDone are those that an inferred event met under both: they are in time or late under neither.
	TakenAsDone int `json:"taken_as_done,omitempty" doc:"How many are taken as done without a date under both: they are in time or late under neither."`
}

// verdict is how a duty went, once it is over.
type verdict int

const (
	absent      verdict = iota // there is no such duty
	inTime                     // met in time, or ended before it was late
	pastLocal                  // in time, and later than the council's own date next to the limit
	late                       // met late, or late when it ended
	takenAsDone                // met by an inferred event: whether it was in time is not known
	unreported                 // no source could say
)

// Count counts a change, unless the duty is still owed under one of the two laws.
func (p *Past) Count(c *Change) {
	if c.Live() {
		return
	}
	before, after := verdictOf(c.Before, c.StateBefore), verdictOf(c.After, c.StateAfter)
	switch {
	case before == takenAsDone || after == takenAsDone && before != absent && before != unreported:
		p.countTakenAsDone(after)
	case before == absent:
		p.Appear++
		if after == late {
			p.AppearLate++
		}
	case after == absent:
		p.Go++
	case before == after:
		p.OtherwiseTheSame++
	case after == unreported:
		p.ToUnreported++
	case before == unreported:
		p.FromUnreported++
	case after == late:
		p.InTimeToLate++
	case before == late:
		p.LateToInTime++
	case after == pastLocal:
		p.InTimeToLocal++
	default:
		p.LocalToInTime++
	}
}

// countTakenAsDone counts a duty that is taken as done under the first law, or both.
func (p *Past) countTakenAsDone(after verdict) {
	switch after {
	case absent:
		p.Go++
	case unreported:
		p.ToUnreported++
	default:
		p.TakenAsDone++
	}
}

// verdictOf returns how a duty that is over stands.
func verdictOf(d *Duty, s State) verdict {
	switch {
	case d == nil:
		return absent
	case s == Unreported:
		return unreported
	case d.Met && d.MetInferred:
		return takenAsDone
	case s == MetLate, s == Ended && d.LateDays(d.EndedOn.End()) > 0:
		return late
	case !d.LocalDue.IsZero() && d.closedOn() > d.LocalDue:
		return pastLocal
	default:
		return inTime
	}
}

// Add adds another count.
func (p *Past) Add(o Past) {
	p.InTimeToLate += o.InTimeToLate
	p.LateToInTime += o.LateToInTime
	p.InTimeToLocal += o.InTimeToLocal
	p.LocalToInTime += o.LocalToInTime
	p.Appear += o.Appear
	p.AppearLate += o.AppearLate
	p.Go += o.Go
	p.ToUnreported += o.ToUnreported
	p.FromUnreported += o.FromUnreported
	p.OtherwiseTheSame += o.OtherwiseTheSame
	p.TakenAsDone += o.TakenAsDone
}

// All returns how many duties are counted.
func (p *Past) All() int { return p.Restated() + p.OtherwiseTheSame + p.TakenAsDone }

// Restated returns how many duties would be reported to have gone otherwise than until now,
// or would be there, or not be there, for the first time.
func (p *Past) Restated() int {
	return p.InTimeToLate + p.LateToInTime + p.InTimeToLocal + p.LocalToInTime + p.Appear + p.Go + p.ToUnreported + p.FromUnreported
}

// Accused returns how many duties would be shown as late, or as past a local date, that were not.
func (p *Past) Accused() int { return p.InTimeToLate + p.InTimeToLocal + p.AppearLate }

// AtOnce counts the open duties that a law brings past a limit as soon as it is in force. Each is
// counted once.
type AtOnce struct {
	Overdue int `json:"become_overdue" doc:"How many would come to be past a limit of law or guidance."`
	Local   int `json:"local_date_passed" doc:"How many would come to be past a limit that no law sets, and are past none now."`
}

// FewestAtOnce is how many open duties a law may bring past a limit without a question, however few
// are open: a rule that is switched on finds a handful in any council.
const FewestAtOnce = 10

// Count counts a change. What is past a local date where it was past a limit of law is not brought
// past anything.
func (a *AtOnce) Count(c *Change) {
	switch {
	case c.BecomesOverdue():
		a.Overdue++
	case c.PassesLocalDate() && c.PassedBefore == PassedNone:
		a.Local++
	}
}

// Add adds another count.
func (a *AtOnce) Add(o AtOnce) {
	a.Overdue += o.Overdue
	a.Local += o.Local
}

// All returns how many duties are counted.
func (a AtOnce) All() int { return a.Overdue + a.Local }

// TooMany reports whether so many are brought past a limit that whoever adopts the law must say
// that it is meant: more than [FewestAtOnce], and more than a tenth of the duties that are open under the
// law before or more than are past a limit under it. A list of what is late that doubles in a night is
// not read any more, however many duties are open.
func (a AtOnce) TooMany(before OpenDuties) bool {
	n := a.All()
	return n > FewestAtOnce && (10*n > before.Open || n > before.Past)
}

// OpenDuties counts the duties that are owed.
type OpenDuties struct {
	Open int `json:"open" doc:"How many are open."`
	Past int `json:"past" doc:"How many of them are past a limit, of law or not."`
}

// Count counts the open duties of a plan.
func (o *OpenDuties) Count(p *Plan) {
	for i := range p.Duties {
		d := &p.Duties[i]
		if !owed(d.State(p.AsOf)) {
			continue
		}
		o.Open++
		if d.Passed(p.AsOf) != PassedNone {
			o.Past++
		}
	}
}

// After returns the book as it came into force at an instant, in place of another. What was
// due to be sent before that instant goes by the book that was in force then, just as it goes by
// what was recorded by then: a date that a new law gives is known from when the law was
// adopted. before is asked only where that matters, and may be nil or return nil: then the
// book was always in force.
//
// The fold itself does not look back: every duty goes by the present book.
func (b *Book) After(before func() *Book, adopted time.Time) *Book {
	later := *b
	later.before, later.since = before, adopted
	return &later
}

// inForceFrom returns the book as of an instant at which it is certainly in force, whatever
// another machine's clock said when it was adopted.
func (b *Book) inForceFrom(now time.Time) *Book {
	if !now.Before(b.since) {
		return b
	}
	return b.After(b.before, now)
}

// inForce returns the book that was in force at an instant.
func (b *Book) inForce(t time.Time) *Book {
	for b.before != nil && t.Before(b.since) {
		old := b.before()
		if old == nil {
			break
		}
		b = old
	}
	return b
}

// adoptions returns the instants after one at which a book came into force.
func (b *Book) adoptions(after time.Time) []time.Time {
	var list []time.Time
	for b.before != nil && b.since.After(after) {
		list = append(list, b.since)
		old := b.before()
		if old == nil {
			break
		}
		b = old
	}
	return list
}

// learnedAt returns the distinct instants at which something was recorded in a case, or from
// which a book was in force while something was.
func (b *Book) learnedAt(events []Event) []time.Time {
	list := recordedUpTo(events)
	if len(list) == 0 {
		return nil
	}
	list = append(list, b.adoptions(list[0])...)
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// InForce returns the book that was in force at an instant, as far as this program can read it,
// and reports whether it is that one: it is not where an earlier law cannot be read.
func (b *Book) InForce(at time.Time) (*Book, bool) {
	then := b.inForce(at)
	return then, then.before == nil || !at.Before(then.since)
}

// Adopted returns when the book came into force, where another was before it; else the zero time.
func (b *Book) Adopted() time.Time {
	if b.before == nil {
		return time.Time{}
	}
	return b.since
}
