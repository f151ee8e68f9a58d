package cincensus

import (
	"slices"

	"longstop/casework"
)

// Absent returns what is taken back of a child that the record holds from this source and
// that the return does not hold at all: what it holds within the period, and nothing else.
// held is as for [Load.Compare].
func (l Load) Absent(held []casework.Event) Compared {
	if len(held) == 0 {
		return Compared{}
	}
	d := l.differ(held[0].Case, held)
	d.voidWords = "the return to " + l.Period.To.String() + " does not hold the child"
	for _, h := range d.record.episodes {
		d.leave(h)
	}
	d.rows("", nil, d.record.person, nil)
	return d.compared()
}

// OfPeriod says whether a child's absence from a return means that it is gone: whether
// the record holds something of the child within the period, or holds the child from a
// return of the same period that told of nothing within it. Children of other years only
// are none of this return's, and neither is one whose rows were taken back before.
func OfPeriod(source string, period Period, held []casework.Event) bool {
	r := readHeld(held)
	before := false
	for _, e := range r.rows() {
		if !period.Holds(e.said.At.Day) {
			continue
		}
		if !e.voided {
			return true
		}
		before = before || e.gone
	}
	return !before && slices.ContainsFunc(r.attached, func(e casework.Event) bool {
		return e.Data.Text("name") == source && e.Data.Day("from") == period.From
	})
}

// TooManyGone says whether a load must be confirmed before anything is voided: where more
// than a tenth of the children are gone. held counts the children that the record holds
// of the period ([OfPeriod]), and gone those of them that the return does not hold. Where
// [Load.Absent] gives nothing for any of them there is nothing to confirm, and nothing to ask.
func TooManyGone(gone, held int) bool { return 10*gone > held }

// Fewest is how many rows of one element, or children, may be taken back without a question,
// however few there are: one row of three is an ordinary correction.
const Fewest = 2

// TooMany reports whether so many rows are taken back of those that the record holds, or rows of
// so many children, that the load must be confirmed: more than a tenth, and more than [Fewest].
func TooMany(taken, held int) bool { return taken > Fewest && 10*taken > held }

// FewestMoved is how many dates of one element may be moved without a question, unless they are most
// of it: people who check a return before it goes to the Department correct a handful.
const FewestMoved = 10

// TooManyMoved reports whether so many dates are corrected to another day, of those rows of which both
// the record and the return tell, that the load must be confirmed: more than a tenth and more than
// [FewestMoved], or more than half and more than [Fewest].
func TooManyMoved(moved, told int) bool {
	return moved > FewestMoved && 10*moved > told || moved > Fewest && 2*moved > told
}

// Replaced returns the unknown element that stands where an element stood before, "" where there
// is none: with it the loss of even one row is a change of the file and not of the case.
func Replaced(element string, unknown []Unknown) string {
	for i := range unknown {
		if slices.Contains(around[element], unknown[i].Inside) {
			return unknown[i].Element
		}
	}
	return ""
}

// around are the elements inside which each element that becomes events stands.
var around = elementsAround(childShape, "Child", nil, map[string][]string{})

func elementsAround(s *shape, name string, outside []string, found map[string][]string) map[string][]string {
	inside := append(slices.Clone(outside), name)
	for element := range s.read {
		found[element] = append(found[element], inside...)
	}
	for name, group := range s.groups {
		elementsAround(group, name, inside, found)
	}
	return found
}
