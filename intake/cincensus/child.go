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

	Refused []Refusal // what is treated as not in the file, in file order
	Queries []Query   // what the validator's rules say about what stands

	born, expected, died dated
	episodes             []*episode
}

// dated is a date of the return and where it stood; its day is zero where the element is
// missing, empty or refused.
type dated struct {
	element string
	line    int
	day     calendar.Date
	refused bool
}

func (d dated) stands() bool { return !d.day.IsZero() }

// episode is one CINdetails.
type episode struct {
	line          int
	referral      dated
	closure       dated
	closureReason string
	nfa           bool

	conference  dated // of the CINdetails itself
	assessments []assessment
	cinPlans    []spell
	enquiries   []enquiry
	plans       []plan
	pre         []preProceedings
}

type assessment struct{ start, review, end dated }

// spell is a plan with a start and an end.
type spell struct{ start, end dated }

type enquiry struct {
	start, target, conference dated
	notRequired               bool
}

type plan struct {
	spell
	category string
	reviews  []dated
}

type preProceedings struct {
	start, letter, meeting, step, court, issueLetter dated
	fgdmOffered, fgdmHeld                            yesNo
	reviews                                          string // how many, as written
	outcome                                          string
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
