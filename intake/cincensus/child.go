package cincensus

import (
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/intake"
)

// dated is a date of the return, and where it stands.
type dated = intake.Dated

// statement is what a return says of one child.
type statement struct {
	born, expected, died dated
	episodes             []*episode
}

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

	refused intake.RefusedRows // among those that become events
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
		if !d.Refused {
			continue
		}
		if e.refused == nil {
			e.refused = intake.RefusedRows{}
		}
		e.refused.Note(d.Element, d.Line)
	}
}

// conferences are the days of the initial conferences that stand, each once, in order,
// wherever in the CINdetails they are written.
func (e *episode) conferences() []calendar.Date {
	var days []calendar.Date
	add := func(d dated) {
		if d.Valid() && !slices.Contains(days, d.Day) {
			days = append(days, d.Day)
		}
	}
	add(e.conference)
	for _, q := range e.enquiries {
		add(q.conference)
	}
	slices.Sort(days)
	return days
}

// readChild fills in a child from its element: it reads the dates, refuses what is faulty and reports
// what is odd.
func readChild(c *intake.Child, g *group, period intake.Period, today calendar.Date, cal *calendar.Calendar) {
	f := intake.Faults{Child: c, Layout: layout, Period: period, Today: today}
	r, s := &reader{child: c, faults: &f}, &statement{}
	for _, identifiers := range g.within("ChildIdentifiers") {
		s.born = r.another(s.born, identifiers, elBorn)
		s.expected = r.another(s.expected, identifiers, elExpected)
		s.died = r.another(s.died, identifiers, elDied)
	}
	for _, details := range g.within("CINdetails") {
		s.episodes = append(s.episodes, r.episode(details))
	}
	refuseFaulty(f, s)
	for _, e := range s.episodes {
		e.noteRefused()
	}
	queryOdd(c, s, period, cal)
	c.InFileOrder()
	c.Statement = s
}

// reader reads the elements of one child.
type reader struct {
	child  *intake.Child
	faults *intake.Faults
}

func (r *reader) query(element string, line int, words string) {
	r.child.Queries = append(r.child.Queries,
		intake.Query{Code: intake.CodeLayout, Child: r.child.Place, Element: element, Line: line, Words: words})
}

// one is the only leaf of a name; a second is reported and passed over, an
// empty element does not count.
func (r *reader) one(g *group, name string) leaf {
	l, n := g.first(name)
	if n > 1 {
		r.query(name, l.line, "stands more than once: the first is read")
	}
	if l.line == 0 {
		l.line = g.line
	}
	return l
}

func (r *reader) date(g *group, name string) dated { return r.parse(name, r.one(g, name)) }

// another is a date of a child whose identifiers may, against the layout, come twice.
func (r *reader) another(have dated, g *group, name string) dated {
	if have.Valid() {
		return have
	}
	return r.date(g, name)
}

func (r *reader) parse(name string, l leaf) dated { return r.faults.Date(name, l.text, l.line) }

// aside reads a date that becomes no event, so that a fault in it is only reported.
func (r *reader) aside(g *group, name string) dated {
	l := r.one(g, name)
	d := dated{Element: name, Line: l.line}
	if l.text == "" {
		return d
	}
	day, fault := layout.ReadDate(name, l.text)
	if fault != "" {
		r.query(name, l.line, fault)
	}
	d.Day = day
	return d
}

// code reads a code of a list; one that is not of it is reported and left out, and changes
// nothing that the record holds.
func (r *reader) code(g *group, name string, list ...string) code {
	l := r.one(g, name)
	if l.text == "" || slices.Contains(list, l.text) {
		return code{text: l.text}
	}
	r.query(name, l.line, "is none of the codes of its list: it is left out")
	return code{unread: true}
}

// yesNo is a yes-no value: unknown where the element is missing, unread where it holds
// something else.
type yesNo int

const (
	unknown yesNo = iota
	unread
	no
	yes
)

func (v yesNo) said() bool { return v == no || v == yes }

// flag reads a yes-no: the layout says 0 and 1, files hold true and false as well.
func (r *reader) flag(g *group, name string) yesNo {
	l := r.one(g, name)
	switch strings.ToLower(l.text) {
	case "":
		return unknown
	case "1", "true":
		return yes
	case "0", "false":
		return no
	}
	r.query(name, l.line, "is neither 0 nor 1, true nor false: it is left out")
	return unread
}

var (
	closureReasons = []string{"RC1", "RC2", "RC3", "RC4", "RC5", "RC6", "RC7", "RC8", "RC9"}
	categories     = []string{"NEG", "PHY", "SAB", "EMO", "MUL"}
	outcomes       = []string{"A", "B", "C"}
)

func (r *reader) episode(g *group) *episode {
	e := &episode{
		line:          g.line,
		referral:      r.date(g, elReferral),
		closure:       r.date(g, elClosure),
		closureReason: r.code(g, elClosureReason, closureReasons...),
		nfa:           r.flag(g, elNFA),
		conference:    r.date(g, elConference),
	}
	for _, a := range g.within("Assessments") {
		e.assessments = append(e.assessments, assessment{
			start: r.date(a, elAssessmentStart), review: r.date(a, elAssessmentReview), end: r.date(a, elAssessmentEnd),
		})
	}
	for _, p := range g.within("CINPlanDates") {
		e.cinPlans = append(e.cinPlans, spell{start: r.date(p, elCINPlanStart), end: r.date(p, elCINPlanEnd)})
	}
	for _, q := range g.within("Section47") {
		e.enquiries = append(e.enquiries, enquiry{
			start: r.date(q, elEnquiry), target: r.aside(q, elTarget), conference: r.date(q, elConference),
			notRequired: r.flag(q, elNotRequired),
		})
	}
	for _, p := range g.within("ChildProtectionPlans") {
		e.plans = append(e.plans, r.plan(p))
	}
	for _, p := range g.within("PreProceedingsandFGDM") {
		e.pre = append(e.pre, r.preProceedings(p))
	}
	return e
}

func (r *reader) plan(g *group) plan {
	p := plan{
		spell:    spell{start: r.date(g, elPlanStart), end: r.date(g, elPlanEnd)},
		category: r.code(g, elCategory, categories...),
	}
	for _, reviews := range g.within("Reviews") {
		for _, l := range reviews.leaves {
			p.reviews = append(p.reviews, r.parse(elReview, l))
		}
	}
	return p
}

func (r *reader) preProceedings(g *group) preProceedings {
	return preProceedings{
		start:       r.date(g, elPPStart),
		letter:      r.date(g, elLetter),
		meeting:     r.date(g, elPPMeeting),
		step:        r.date(g, elStep),
		court:       r.date(g, elCourt),
		issueLetter: r.aside(g, elIssueLetter),
		fgdmOffered: r.flag(g, elFGDMOffer),
		fgdmHeld:    r.flag(g, elFGDMHeld),
		reviews:     r.one(g, elPPReviews).text,
		outcome:     r.code(g, elPPOutcome, outcomes...),
	}
}
