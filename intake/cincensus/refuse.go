package cincensus

import (
	"fmt"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// refuseFaulty takes out of a child what cannot stand, one row at a time and in an order in which what
// is refused refuses nothing else (census.md, "Refused, one by one").
func refuseFaulty(of intake.Faults, s *statement) {
	f := &faults{Faults: of, said: s}
	for _, d := range []*dated{&s.born, &s.died} {
		f.TooLate(d)
	}
	for _, e := range s.episodes {
		f.episode(e)
	}
	f.birth()
	f.expectation()
}

// faults refuses what cannot stand of one child.
type faults struct {
	intake.Faults
	said *statement
}

func (f *faults) episode(e *episode) {
	for _, d := range e.dates() {
		f.TooLate(d)
	}
	if !e.referral.Valid() {
		f.withoutReferral(e)
		return
	}
	f.Before(&e.closure, &e.referral, "the referral of its episode")
	for _, d := range e.activity() {
		f.Before(d, &e.referral, "the referral of its episode")
		f.After(d, &e.closure, "the closure of its episode")
	}
	f.order(e)
}

// withoutReferral: an episode is known by its referral, so nothing of one whose referral
// is missing or refused can stand.
func (f *faults) withoutReferral(e *episode) {
	if !e.referral.Refused {
		f.Child.Refused = append(f.Child.Refused, intake.Refusal{
			Child: f.Child.Place, Element: elReferral, Line: e.referral.Line,
			Reason: "is missing: an episode is known by its referral",
		})
		e.referral.Refused = true
	}
	for _, d := range append(e.activity(), &e.closure) {
		f.Refuse(d, fmt.Sprintf("belongs to an episode whose referral is refused or missing (the CINdetails in line %d)", e.line))
	}
}

// order refuses what comes before its start. A start that is refused itself refuses
// nothing.
func (f *faults) order(e *episode) {
	for i := range e.enquiries {
		q := &e.enquiries[i]
		f.Before(&q.conference, &q.start, "the start of its section 47 enquiry")
	}
	for i := range e.assessments {
		a := &e.assessments[i]
		f.notBefore(&a.start, &a.review, &a.end)
	}
	for i := range e.cinPlans {
		f.notBefore(&e.cinPlans[i].start, &e.cinPlans[i].end)
	}
	for i := range e.plans {
		p := &e.plans[i]
		f.notBefore(&p.start, &p.end)
		for j := range p.reviews {
			f.notBefore(&p.start, &p.reviews[j])
		}
	}
	for i := range e.pre {
		f.notBefore(&e.pre[i].start, &e.pre[i].step)
	}
}

func (f *faults) notBefore(start *dated, later ...*dated) {
	for _, d := range later {
		f.Before(d, start, "its start")
	}
}

// birth refuses a birth that what happened in the episodes contradicts: of the two the dates of the
// case have the clocks, and they are many.
func (f *faults) birth() {
	born := &f.said.born
	first, at := f.first()
	switch {
	case !born.Valid() || first.IsZero():
	case casework.TooOldAt(born.Day, first):
		f.Refuse(born, "makes the child over 25 at the first event of the case, "+at+": check the year")
	case casework.UnbornFault("", first, born.Day) != "":
		f.Refuse(born, "is more than a year after the first event of the case, "+at+": check the year")
	}
	for _, e := range f.said.episodes {
		for i := range e.pre {
			court := &e.pre[i].court
			if court.Valid() && born.Valid() && casework.UnbornFault(typeIssued, court.Day, born.Day) != "" {
				f.Refuse(court, fmt.Sprintf("is before the child was born%s, and %s stands in line %d", f.ItIs(court), elBorn, born.Line))
			}
		}
	}
}

// first is the day of the first thing in the child's episodes that stands, and where it stands.
func (f *faults) first() (day calendar.Date, at string) {
	for _, e := range f.said.episodes {
		for _, d := range e.dates() {
			if d.Valid() && (day.IsZero() || d.Day < day) {
				day, at = d.Day, fmt.Sprintf("%s in line %d, %s", d.Element, d.Line, d.Day)
			}
		}
	}
	return day, at
}

// expectation: an expected birth is dated by the first referral, so it needs one.
func (f *faults) expectation() {
	if !f.said.born.Valid() && f.firstReferral().IsZero() {
		f.Refuse(&f.said.expected, "has no referral that stands to date it by")
	}
}

func (f *faults) firstReferral() calendar.Date {
	var first calendar.Date
	for _, e := range f.said.episodes {
		if day := e.referral.Day; first.IsZero() || !day.IsZero() && day < first {
			first = day
		}
	}
	return first
}
