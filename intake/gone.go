package intake

import (
	"slices"

	"longstop/casework"
)

// Absent returns what is taken back of a child that the record holds from this source and that the
// return does not hold at all: what it holds within the period, and nothing else. held is as for
// [Load.Compare].
func (l Load) Absent(held []casework.Event) Compared {
	if len(held) == 0 {
		return Compared{}
	}
	c := l.comparison(held[0].Case, held)
	c.voidWords = "the return to " + l.Period.To.String() + " does not hold the child"
	for _, h := range c.record.Episodes {
		c.Leave(h)
	}
	c.Rows(Group{Held: c.record.Person})
	return c.compared()
}

// Gone reports whether a child that the return does not hold is gone ([Format.Gone]).
func (l Load) Gone(held []casework.Event) bool {
	return l.Format.Gone(l, ReadRecord(l.Format.Layout(), held))
}

// OfPeriod reports whether a child is one of the period of a load ([Record.OfPeriod]).
func (l Load) OfPeriod(held []casework.Event) bool {
	return ReadRecord(l.Format.Layout(), held).OfPeriod(l)
}

// OfPeriod reports whether the record holds something of the child within the period of a load, or
// holds the child from a return of the same period that told of nothing within it. Children of other
// periods only are none of this return's, and neither is one whose rows were taken back before.
func (r *Record) OfPeriod(l Load) bool {
	before := false
	for _, e := range r.rows() {
		if !l.Period.Holds(e.Stated.At.Day) {
			continue
		}
		if !e.Voided {
			return true
		}
		before = before || e.Gone
	}
	return !before && slices.ContainsFunc(r.attached, func(e *Entry) bool {
		return e.Current.Data.Text("name") == l.Source && e.Current.Data.Day("from") == l.Period.From
	})
}

// TooManyGone reports whether a load must be confirmed before anything is voided: where more
// than a tenth of the children are gone. held counts the children that the record holds
// of the period ([Record.OfPeriod]), and gone those of them that the return does not hold. Where
// [Load.Absent] gives nothing for any of them there is nothing to confirm, and nothing to ask.
func TooManyGone(gone, held int) bool { return 10*gone > held }

// Fewest is how many rows of one element, or children, may be taken back without a question,
// however few there are: one row of three is an ordinary correction.
const Fewest = 2

// TooMany reports whether so many rows are taken back of those that the record holds, or rows of
// so many children, that the load must be confirmed: more than a tenth, and more than [Fewest].
func TooMany(taken, held int) bool { return taken > Fewest && 10*taken > held }

// MostDeleted is how many children a feed may delete in a day without a question, unless they are more than a tenth of all
// ([TooManyDeleted]): people find a handful of doubles.
const MostDeleted = 10

// TooManyDeleted reports whether so many children of those that a source has told of are deleted in a day that it must be
// confirmed.
func TooManyDeleted(deleted, told int) bool { return deleted > MostDeleted || TooMany(deleted, told) }

// FewestMoved is how many dates of one element may be moved without a question, unless they are most
// of it: people who check a return before it goes to the Department correct a handful.
const FewestMoved = 10

// TooManyMoved reports whether so many dates are corrected to another day, of those rows of which both
// the record and the return tell, that the load must be confirmed: more than a tenth and more than
// [FewestMoved], or more than half and more than [Fewest].
func TooManyMoved(moved, told int) bool {
	return moved > FewestMoved && 10*moved > told || moved > Fewest && 2*moved > told
}
