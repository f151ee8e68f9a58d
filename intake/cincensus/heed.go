package cincensus

import (
	"fmt"
	"slices"

	"longstop/calendar"
)

// heed returns an episode of the return without the starts and the closure that go against what the
// record holds of it: those that refused a row which the record holds as the return says it. Then
// it is the start or the closure that is mistyped; loaded, it would put in the record what happened
// before it began, or after it was closed, and clocks would start or stop by it. A referral, which
// every episode must have, is left to the caller.
//
// What the record holds, or held until it was taken back, was not mistyped this time. Of rows of one
// element and day it must hold all: where it holds fewer nobody knows which of them it holds, so that
// all that go against something are refused, and are so again when the return is loaded again.
func (d *differ) heed(p paired) *episode {
	if p.held == nil {
		return p.said
	}
	e, said := p.said, p.said.standing()
	for i, row := range e.dates() {
		if row.element == elReferral || p.held.everHeld(row.rowDay()) >= said[row.rowDay()] || !d.refusedAgainst(row, p.held, said) {
			continue
		}
		if e == p.said {
			e = e.clone()
		}
		mistyped := e.dates()[i]
		mistyped.was, mistyped.day, mistyped.refused = mistyped.day, 0, true
	}
	if e != p.said {
		e.noteRefused()
	}
	return e
}

// rowDay is an element and a day, which several rows of an episode may have in common.
type rowDay struct {
	element string
	day     calendar.Date
}

func (d *dated) rowDay() rowDay { return rowDay{d.element, d.day} }

// standing counts the rows of an episode that stand.
func (e *episode) standing() map[rowDay]int {
	count := map[rowDay]int{}
	for _, d := range e.dates() {
		if d.stands() {
			count[d.rowDay()]++
		}
	}
	return count
}

// goesAgainst returns the first row that a row of the return goes against and that the record holds,
// or nil. Such a row was refused when the return was read; the record holds it where it holds more
// rows of its element and day than those of the return that stand, given in said. A conference is one
// row however often it is written.
func (h *heldEpisode) goesAgainst(row *dated, said map[rowDay]int) *dated {
	var first *dated
	for _, other := range row.against {
		was := rowDay{other.element, other.was}
		others := said[was]
		if was.element == elConference {
			others = 0
		}
		if h.holding(was) > others && (first == nil || other.was < first.was) {
			first = other
		}
	}
	return first
}

// refusedAgainst reports whether a row goes against one that the record holds, and says so.
func (d *differ) refusedAgainst(row *dated, held *heldEpisode, said map[rowDay]int) bool {
	first := held.goesAgainst(row, said)
	if first == nil || !row.stands() {
		return false
	}
	d.refused = append(d.refused, Refusal{
		Child: d.place, Element: row.element, Line: row.line,
		Reason: fmt.Sprintf("goes against %s in line %d, which the record holds with the same date, %s: it is %s",
			first.element, first.line, first.was, row.day),
	})
	return true
}

// holding counts the rows of an element and a day that the record holds of an episode, the referral
// aside.
func (h *heldEpisode) holding(as rowDay) int {
	n := 0
	for _, row := range h.rows {
		if !row.gone && row.element() == as.element && row.said.At.Day == as.day {
			n++
		}
	}
	return n
}

// everHeld counts those as of holding that the record holds, or held until they were taken back.
func (h *heldEpisode) everHeld(as rowDay) int {
	n := 0
	for _, row := range h.rows {
		if row.element() == as.element && row.said.At.Day == as.day {
			n++
		}
	}
	return n
}

// clone copies an episode, so that rows of the copy can be refused.
func (e *episode) clone() *episode {
	c := *e
	c.refused = nil
	c.assessments, c.cinPlans, c.enquiries = slices.Clone(e.assessments), slices.Clone(e.cinPlans), slices.Clone(e.enquiries)
	c.plans, c.pre = slices.Clone(e.plans), slices.Clone(e.pre)
	for i := range c.plans {
		c.plans[i].reviews = slices.Clone(e.plans[i].reviews)
	}
	return &c
}
