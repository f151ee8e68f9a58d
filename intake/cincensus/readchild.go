package cincensus

import (
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
)

// readChild fills in a child from its element: it reads the dates, refuses what is
// faulty and reports what is odd.
func readChild(c *Child, g *group, period Period, o Options) {
	r := &rows{child: c}
	for _, identifiers := range g.within("ChildIdentifiers") {
		c.born = r.another(c.born, identifiers, elBorn)
		c.expected = r.another(c.expected, identifiers, elExpected)
		c.died = r.another(c.died, identifiers, elDied)
	}
	for _, details := range g.within("CINdetails") {
		c.episodes = append(c.episodes, r.episode(details))
	}
	refuseFaulty(c, period, o.Today)
	for _, e := range c.episodes {
		e.noteRefused()
	}
	queryOdd(c, period, o.Calendar)
	c.inFileOrder()
}

// rows reads the elements of one child.
type rows struct{ child *Child }

func (r *rows) refuse(d dated, reason string) {
	r.child.Refused = append(r.child.Refused, Refusal{Child: r.child.Place, Element: d.element, Line: d.line, Reason: reason})
}

func (r *rows) query(element string, line int, words string) {
	r.child.Queries = append(r.child.Queries,
		Query{Code: CodeLayout, Child: r.child.Place, Element: element, Line: line, Words: words})
}

// one is the only leaf of a name; a second is reported and passed over. An empty element
// is none.
func (r *rows) one(g *group, name string) leaf {
	l, n := g.first(name)
	if n > 1 {
		r.query(name, l.line, "stands more than once: the first is read")
	}
	if l.line == 0 {
		l.line = g.line
	}
	return l
}

func (r *rows) date(g *group, name string) dated { return r.parse(name, r.one(g, name)) }

// another is a date of a child whose identifiers may, against the layout, come twice.
func (r *rows) another(have dated, g *group, name string) dated {
	if have.stands() {
		return have
	}
	return r.date(g, name)
}

func (r *rows) parse(name string, l leaf) dated {
	d := dated{element: name, line: l.line}
	if l.text == "" {
		return d
	}
	day, err := calendar.ParseDate(l.text)
	if err != nil {
		r.refuse(d, noDate(name, l.text))
		d.refused = true
		return d
	}
	if why := faultOf(name, day); why != "" {
		r.refuse(d, "is "+why)
		d.refused = true
		return d
	}
	d.day = day
	return d
}

// noDate says that a text is no date. It shows the text where that is made of what dates are
// made of and says nothing about who a child is.
func noDate(element, text string) string {
	shown := ""
	foreign := func(r rune) bool { return !strings.ContainsRune("0123456789-/.:TZ+ ", r) }
	if !Private(element) && len(text) <= 30 && !strings.ContainsFunc(text, foreign) {
		shown = " (" + text + ")"
	}
	return "is no date" + shown + ": dates are written YYYY-MM-DD, such as 2026-03-31"
}

// Private reports whether a date says who a child is, so that no message shows it.
func Private(element string) bool {
	return element == elBorn || element == elExpected || element == elDied
}

// faultOf says why a date cannot be one of a child's case; "" where it can.
func faultOf(element string, day calendar.Date) string {
	if element == elBorn {
		return casework.BirthFault(day)
	}
	return casework.DateFault(day)
}

// aside reads a date that becomes no event, so that a fault in it is only reported.
func (r *rows) aside(g *group, name string) dated {
	l := r.one(g, name)
	d := dated{element: name, line: l.line}
	day, err := calendar.ParseDate(l.text)
	switch {
	case l.text == "":
	case err != nil:
		r.query(name, l.line, noDate(name, l.text))
	case faultOf(name, day) != "":
		r.query(name, l.line, "is "+faultOf(name, day))
	default:
		d.day = day
	}
	return d
}

// code reads a code of a list; one that is not of it is reported and left out, and changes
// nothing that the record holds.
func (r *rows) code(g *group, name string, list ...string) code {
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
func (r *rows) flag(g *group, name string) yesNo {
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

func (r *rows) episode(g *group) *episode {
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

func (r *rows) plan(g *group) plan {
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

func (r *rows) preProceedings(g *group) preProceedings {
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
