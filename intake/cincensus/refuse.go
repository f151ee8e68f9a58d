package cincensus

import (
	"fmt"

	"longstop/calendar"
)

// Refusal says why one row of a return is treated as not in the file. It never holds the
// LAchildID or a value of the row, so it may be logged.
type Refusal struct { //nolint:errname // what is refused is called a refusal throughout
	Child   int    // the child's place in the file, from 1
	Element string // the element that is refused
	Line    int    // of the file, from 1
	Reason  string // what is wrong, one line
}

// Error is one line that begins with the place.
func (r *Refusal) Error() string {
	return fmt.Sprintf("child %d, line %d: %s %s", r.Child, r.Line, r.Element, r.Reason)
}

// refuseFaulty takes out of a child what cannot stand, one row at a time and in an order
// in which what is refused refuses nothing else: it is treated as not in the file
// (census.md, "Refused, one by one").
func refuseFaulty(c *Child, period Period) {
	f := &faults{child: c}
	for _, d := range []*dated{&c.born, &c.died} {
		f.refuse(d, d.day > period.To, "is after the reference date of the return")
	}
	for _, e := range c.episodes {
		f.episode(e, period)
	}
	f.expectation()
}

type faults struct{ child *Child }

// refuse takes a date out where it stands and is at fault.
func (f *faults) refuse(d *dated, fault bool, reason string) {
	if !d.stands() || !fault {
		return
	}
	f.child.Refused = append(f.child.Refused, Refusal{Child: f.child.Place, Element: d.element, Line: d.line, Reason: reason})
	d.day, d.refused = 0, true
}

func (f *faults) episode(e *episode, period Period) {
	for _, d := range append(e.activity(), &e.referral, &e.closure) {
		f.refuse(d, d.day > period.To, "is after the reference date of the return")
	}
	if !e.referral.stands() {
		f.withoutReferral(e)
		return
	}
	f.refuse(&e.closure, e.closure.day < e.referral.day, "is before the referral of its episode")
	for _, d := range e.activity() {
		f.refuse(d, d.day < e.referral.day, "is before the referral of its episode")
		f.refuse(d, e.closure.stands() && d.day > e.closure.day, "is after the closure of its episode")
	}
	f.order(e)
}

// withoutReferral: an episode is known by its referral, so nothing of one whose referral
// is missing or refused can stand.
func (f *faults) withoutReferral(e *episode) {
	if !e.referral.refused {
		f.child.Refused = append(f.child.Refused, Refusal{
			Child: f.child.Place, Element: elReferral, Line: e.referral.line,
			Reason: "is missing: an episode is known by its referral",
		})
	}
	for _, d := range append(e.activity(), &e.closure) {
		f.refuse(d, true, "belongs to an episode whose referral is refused or missing")
	}
}

// order refuses what comes before its start. A start that is refused itself refuses
// nothing.
func (f *faults) order(e *episode) {
	for i := range e.enquiries {
		q := &e.enquiries[i]
		f.refuse(&q.conference, q.conference.day < q.start.day, "is before the start of its section 47 enquiry")
	}
	for i := range e.assessments {
		a := &e.assessments[i]
		f.notBefore(a.start, &a.review, &a.end)
	}
	for i := range e.cinPlans {
		f.notBefore(e.cinPlans[i].start, &e.cinPlans[i].end)
	}
	for i := range e.plans {
		p := &e.plans[i]
		f.notBefore(p.start, &p.end)
		for j := range p.reviews {
			f.notBefore(p.start, &p.reviews[j])
		}
	}
	for i := range e.pre {
		f.notBefore(e.pre[i].start, &e.pre[i].step)
	}
}

func (f *faults) notBefore(start dated, later ...*dated) {
	for _, d := range later {
		f.refuse(d, d.day < start.day, "is before its start, "+start.element)
	}
}

// expectation: an expected birth is dated by the first referral, so it needs one.
func (f *faults) expectation() {
	if f.child.born.stands() {
		return
	}
	f.refuse(&f.child.expected, f.firstReferral().IsZero(), "has no referral that stands to date it by")
}

func (f *faults) firstReferral() calendar.Date {
	var first calendar.Date
	for _, e := range f.child.episodes {
		if day := e.referral.day; first.IsZero() || !day.IsZero() && day < first {
			first = day
		}
	}
	return first
}
