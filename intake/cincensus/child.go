package cincensus

import (
	"slices"

	"longstop/calendar"
)

// Child is one child of a return: what stands after the faulty rows were refused.
type Child struct {
	Place     int    // in the file, from 1
	Line      int    // of the file, from 1
	Reference string // the LAchildID; "" where the child is refused as a whole

	Refused []Refusal // what is not loaded, and takes nothing back, in file order
	Queries []Query   // what the validator's rules say about what stands

	born, expected, died dated
	episodes             []*episode
	disputed             bool // the file holds another copy of the child that says something else
}

// dated is a date of the return and where it stood; its day is zero where the element is
// missing, empty or refused.
type dated struct {
	element string
	line    int
	day     calendar.Date
	refused bool
	was     calendar.Date // the day of a row that was refused although it is a date
	against []*dated      // the rows that were refused because they go against this one
}

func (d dated) stands() bool { return !d.day.IsZero() }

// episode is one CINdetails.
type episode struct {
	line          int
	referral      dated
	closure       dated
	closureReason code
	nfa           yesNo

	conference  dated // of the CINdetails itself
	assessments []assessment
	cinPlans    []spell
	enquiries   []enquiry
	plans       []plan
	pre         []preProceedings

	refused map[string]bool // the elements of which a row was refused
}

type assessment struct{ start, review, end dated }

// spell is a plan with a start and an end.
type spell struct{ start, end dated }

type enquiry struct {
	start, target, conference dated
	notRequired               yesNo
}

type plan struct {
	spell
	category code
	reviews  []dated
}

type preProceedings struct {
	start, letter, meeting, step, court, issueLetter dated
	fgdmOffered, fgdmHeld                            yesNo
	reviews                                          string // how many, as written
	outcome                                          code
}

// code is a code of a list. One that could not be read says nothing about what it was.
type code struct {
	text   string
	unread bool
}

// activity are the dates inside an episode that become events, without the referral and
// the closure.
func (e *episode) activity() []*dated {
	all := []*dated{&e.conference}
	for i := range e.assessments {
		a := &e.assessments[i]
		all = append(all, &a.start, &a.review, &a.end)
	}
	for i := range e.cinPlans {
		all = append(all, &e.cinPlans[i].start, &e.cinPlans[i].end)
	}
	for i := range e.enquiries {
		all = append(all, &e.enquiries[i].start, &e.enquiries[i].conference)
	}
	for i := range e.plans {
		all = append(all, &e.plans[i].start, &e.plans[i].end)
		for j := range e.plans[i].reviews {
			all = append(all, &e.plans[i].reviews[j])
		}
	}
	for i := range e.pre {
		p := &e.pre[i]
		all = append(all, &p.start, &p.letter, &p.meeting, &p.step, &p.court)
	}
	return all
}

// dates are all dates of an episode that become events.
func (e *episode) dates() []*dated { return append(e.activity(), &e.referral, &e.closure) }

// noteRefused notes the elements of which a row was refused.
func (e *episode) noteRefused() {
	for _, d := range e.dates() {
		if !d.refused {
			continue
		}
		if e.refused == nil {
			e.refused = map[string]bool{}
		}
		e.refused[d.element] = true
	}
}

// refusedLine is the line of the first refused row of an element.
func (e *episode) refusedLine(element string) int {
	line := 0
	for _, d := range e.dates() {
		if d.refused && d.element == element && (line == 0 || d.line < line) {
			line = d.line
		}
	}
	return line
}

// conferences are the days of the initial conferences that stand, each once, in order,
// wherever in the CINdetails they are written.
func (e *episode) conferences() []calendar.Date {
	var days []calendar.Date
	add := func(d dated) {
		if d.stands() && !slices.Contains(days, d.day) {
			days = append(days, d.day)
		}
	}
	add(e.conference)
	for _, q := range e.enquiries {
		add(q.conference)
	}
	slices.Sort(days)
	return days
}

// inFileOrder sorts what was found by line.
func (c *Child) inFileOrder() {
	slices.SortStableFunc(c.Refused, func(a, b Refusal) int { return a.Line - b.Line })
	slices.SortStableFunc(c.Queries, func(a, b Query) int { return a.Line - b.Line })
}
