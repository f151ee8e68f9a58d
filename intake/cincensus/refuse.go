package cincensus

import (
	"fmt"

	"longstop/calendar"
	"longstop/casework"
)

// Refusal says why one row of a return is not loaded. It never holds the LAchildID, nor a
// date that says who a child is (a birth or a death): it may hold the dates of events.
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
// in which what is refused refuses nothing else (census.md, "Refused, one by one").
func refuseFaulty(c *Child, period Period, today calendar.Date) {
	f := &faults{child: c, period: period, today: today}
	for _, d := range []*dated{&c.born, &c.died} {
		f.tooLate(d)
	}
	for _, e := range c.episodes {
		f.episode(e)
	}
	f.birth()
	f.expectation()
}

type faults struct {
	child  *Child
	period Period
	today  calendar.Date // zero: not known
}

// refuse takes out a date that stands.
func (f *faults) refuse(d *dated, reason string) {
	if !d.stands() {
		return
	}
	f.child.Refused = append(f.child.Refused, Refusal{Child: f.child.Place, Element: d.element, Line: d.line, Reason: reason})
	d.was, d.day, d.refused = d.day, 0, true
}

// tooLate refuses a date that the return cannot know.
func (f *faults) tooLate(d *dated) {
	switch {
	case d.stands() && d.day > f.period.To:
		f.refuse(d, "is after the reference date of the return, "+f.period.To.String()+itIs(d))
	case d.stands() && !f.today.IsZero() && d.day > f.today:
		f.refuse(d, "is later than today, "+f.today.String()+itIs(d))
	}
}

// before refuses a date that lies before another that stands.
func (f *faults) before(d, first *dated, what string) {
	if d.stands() && d.day < first.day {
		f.refuse(d, "is before "+what+itIs(d)+place(d, *first))
		first.against = append(first.against, d)
	}
}

// after refuses a date that lies after another that stands.
func (f *faults) after(d, last *dated, what string) {
	if d.stands() && last.stands() && d.day > last.day {
		f.refuse(d, "is after "+what+itIs(d)+place(d, *last))
		last.against = append(last.against, d)
	}
}

// itIs shows the date of an event.
func itIs(d *dated) string {
	if Private(d.element) {
		return ""
	}
	return ": it is " + d.day.String()
}

// place says where the date stands that another goes against.
func place(d *dated, other dated) string {
	if Private(other.element) {
		return ""
	}
	if other.line == d.line {
		return fmt.Sprintf(", and %s is %s", other.element, other.day)
	}
	return fmt.Sprintf(", and %s in line %d is %s", other.element, other.line, other.day)
}

func (f *faults) episode(e *episode) {
	for _, d := range e.dates() {
		f.tooLate(d)
	}
	if !e.referral.stands() {
		f.withoutReferral(e)
		return
	}
	f.before(&e.closure, &e.referral, "the referral of its episode")
	for _, d := range e.activity() {
		f.before(d, &e.referral, "the referral of its episode")
		f.after(d, &e.closure, "the closure of its episode")
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
		e.referral.refused = true
	}
	for _, d := range append(e.activity(), &e.closure) {
		f.refuse(d, fmt.Sprintf("belongs to an episode whose referral is refused or missing (the CINdetails in line %d)", e.line))
	}
}

// order refuses what comes before its start. A start that is refused itself refuses
// nothing.
func (f *faults) order(e *episode) {
	for i := range e.enquiries {
		q := &e.enquiries[i]
		f.before(&q.conference, &q.start, "the start of its section 47 enquiry")
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
		f.before(d, start, "its start")
	}
}

// birth refuses a birth that what happened in the episodes contradicts: of the two the dates of the
// case have the clocks, and they are many.
func (f *faults) birth() {
	born := &f.child.born
	first, at := f.first()
	switch {
	case !born.stands() || first.IsZero():
	case casework.TooOldAt(born.day, first):
		f.refuse(born, "makes the child over 25 at the first event of the case, "+at+": check the year")
	case casework.UnbornFault("", first, born.day) != "":
		f.refuse(born, "is more than a year after the first event of the case, "+at+": check the year")
	}
	for _, e := range f.child.episodes {
		for i := range e.pre {
			court := &e.pre[i].court
			if court.stands() && born.stands() && casework.UnbornFault(typeIssued, court.day, born.day) != "" {
				f.refuse(court, fmt.Sprintf("is before the child was born%s, and %s stands in line %d", itIs(court), elBorn, born.line))
			}
		}
	}
}

// first is the day of the first thing in the child's episodes that stands, and where it stands.
func (f *faults) first() (day calendar.Date, at string) {
	for _, e := range f.child.episodes {
		for _, d := range e.dates() {
			if d.stands() && (day.IsZero() || d.day < day) {
				day, at = d.day, fmt.Sprintf("%s in line %d, %s", d.element, d.line, d.day)
			}
		}
	}
	return day, at
}

// expectation: an expected birth is dated by the first referral, so it needs one.
func (f *faults) expectation() {
	if !f.child.born.stands() && f.firstReferral().IsZero() {
		f.refuse(&f.child.expected, "has no referral that stands to date it by")
	}
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
