package casework

import (
	"cmp"
	"slices"
)

// Change is what two laws, or what was recorded before and after something, say differently about
// one duty of a case.
type Change struct {
	Kind   ChangeKind
	Before *Duty // nil where it appears
	After  *Duty // nil where it goes away
	// How it stands under each of them; "" where there is no such duty.
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
	Local   ChangeKind = "local"   // the council's own date beside it is another, or new, or gone
	Stands  ChangeKind = "stands"  // its dates are the same, and it stands differently: it is met, or no longer
)

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

// compared says how a duty differs; its Kind is "" where it does not.
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

// Duty is the duty as it is afterwards; as it was, where it goes away.
func (c *Change) Duty() *Duty {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Live says whether the change concerns work that is still owed, under one law or the
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
