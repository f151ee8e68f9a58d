package casework

import (
	"slices"
	"time"
)

// After is the book as it came into force at an instant, in the place of another. What was
// to be said before that instant goes by the book that was in force then, just as it goes by
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

// inForceFrom is the book as of an instant at which it is certainly in force, whatever
// another machine's clock said when it was adopted.
func (b *Book) inForceFrom(now time.Time) *Book {
	if !now.Before(b.since) {
		return b
	}
	return b.After(b.before, now)
}

// inForce is the book that was in force at an instant.
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

// adoptions are the instants after one at which a book came into force.
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

// learnedAt are the distinct instants at which something was recorded in a case, or from
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
