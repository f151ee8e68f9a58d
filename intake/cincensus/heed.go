package cincensus

import (
	"fmt"
	"slices"
)

// heed returns an episode of the return without the starts and the closure that go against what the
// record holds of it: those that refused a row which the record holds as the return says it. Then
// it is the start or the closure that is mistyped; loaded, it would put in the record what happened
// before it began, or after it was closed, and clocks would start or stop by it. A referral, which
// every episode must have, is left to the caller.
func (d *differ) heed(p paired) *episode {
	if p.held == nil {
		return p.said
	}
	e := p.said
	for i, row := range e.dates() {
		if row.element == elReferral || p.held.held(row.element, row.day) || !d.refusedAgainst(row, p.held) {
			continue // what the record holds, or held until it was taken back, was not mistyped this time
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

// refusedAgainst reports whether a row goes against one that the record holds, and says so.
func (d *differ) refusedAgainst(row *dated, held *heldEpisode) bool {
	var first *dated
	for _, other := range row.against {
		if held.holds(other.element, other.was) && (first == nil || other.was < first.was) {
			first = other
		}
	}
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
