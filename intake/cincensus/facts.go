package cincensus

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"longstop/calendar"
	"longstop/casework"
)

// fact is one event that a return says: a row of the design's table.
type fact struct {
	element string
	kind    string // the event type
	day     calendar.Date
	data    casework.Data // what the event says besides, without the element
	beside  *fact         // the inferred event that stands beside it and moves with it

	unread       []string // fields of data that the return holds and that could not be read
	besideUnread bool     // so it is with what would be inferred
}

// maxUnread is how many parts of one fact may be unread: two fields, and what would be inferred.
const maxUnread = 3

// against is what an episode is read against: what the record holds of it, and how much of
// that a load leaves as it is.
type against struct {
	known    *heldEpisode
	period   Period
	onlyAdds bool // nothing that the record holds is changed
}

// keeps reports whether a row that the record holds and that the return does not say is left
// as it is.
func (a against) keeps(e *episode, element string, day calendar.Date) bool {
	return a.onlyAdds || !a.period.Holds(day) || e.refused[element]
}

// planWithin is how long after a conference a plan may start and still be the one that it
// decided on, in days.
const planWithin = 7

// facts are what an episode says, in order, given what the record holds of it.
func (e *episode) facts(a against) []*fact {
	list := []*fact{e.referred(a)}
	list = append(list, e.assessed(a)...)
	list = append(list, e.conferred()...)
	list = append(list, e.protected(a)...)
	for _, p := range e.cinPlans {
		list = append(list, say(p.start, typeCINPlanStart, nil), say(p.end, typeCINPlanEnd, nil))
	}
	for _, q := range e.enquiries {
		f := say(q.start, typeStrategy, casework.Data{"s47": true})
		if q.notRequired == yes {
			f.infer(typeNotRequired, nil)
		}
		f.besideUnread = q.notRequired == unread
		list = append(list, f)
	}
	for _, p := range e.pre {
		list = append(list, p.facts()...)
	}
	list = append(list, sayCoded(e.closure, typeClosed, fieldReason, e.closureReason))
	return inOrder(list)
}

// say is the fact of a date; one that does not stand says nothing and is dropped later.
func say(d dated, kind string, data casework.Data) *fact {
	return &fact{element: d.element, kind: kind, day: d.day, data: data}
}

// sayCoded is the fact of a date with one code, if it has one.
func sayCoded(d dated, kind, field string, c code) *fact {
	f := say(d, kind, nil)
	if c.text != "" {
		f.data = casework.Data{field: c.text}
	}
	if c.unread {
		f.unread = []string{field}
	}
	return f
}

// infer puts an inferred event beside a fact, on its day.
func (f *fact) infer(kind string, data casework.Data) {
	said := casework.Data{fieldInferred: true}
	maps.Copy(said, data)
	f.beside = &fact{element: f.element, kind: kind, day: f.day, data: said}
}

// referred is the referral, and the decision on it that the return does not date.
func (e *episode) referred(a against) *fact {
	f := say(e.referral, typeReferral, nil)
	followed := a.known.followedOutside(a.period)
	for _, d := range e.activity() {
		followed = followed || d.stands()
		f.besideUnread = f.besideUnread || d.refused
	}
	// What was refused may be all that followed.
	f.besideUnread = e.nfa == unread || f.besideUnread && !followed && e.nfa != yes
	switch {
	case e.nfa == yes:
		f.infer(typeDecided, casework.Data{fieldOutcome: "nfa"})
	case followed:
		f.infer(typeDecided, casework.Data{fieldOutcome: "assessment"})
	}
	return f
}

// assessed are the assessments. The second and later of an episode are reassessments,
// also where the first is only in the record: a return leaves out what ended before its
// period.
func (e *episode) assessed(a against) []*fact {
	var list []*fact
	var starts []*fact
	for _, one := range e.assessments {
		f := say(one.start, typeAssessmentStart, casework.Data{})
		if !one.end.stands() {
			f.data["open"] = true
		}
		if one.end.refused {
			f.unread = append(f.unread, "open")
		}
		// It may be the first that was refused, or of two of one day the one that had ended.
		if e.refused[elAssessmentStart] || e.refused[elAssessmentEnd] {
			f.unread = append(f.unread, "reassessment")
		}
		list = append(list, f, say(one.review, typeCheckpoint, nil), say(one.end, typeAssessmentEnd, nil))
		starts = append(starts, f)
	}
	starts = inOrder(starts)
	earlier := e.assessmentsKept(starts, a)
	for i, f := range starts {
		before := func(day calendar.Date) bool { return day < f.day }
		if i > 0 || slices.ContainsFunc(earlier, before) {
			f.data["reassessment"] = true
		}
	}
	return list
}

// conferred are the initial conferences, each day once.
func (e *episode) conferred() []*fact {
	var list []*fact
	for _, day := range e.conferences() {
		outcome := "no_plan"
		var unread []string
		if e.refused[elPlanStart] {
			unread = []string{fieldOutcome} // it may be the start of its plan that was refused
		}
		if slices.ContainsFunc(e.plans, func(p plan) bool { return p.start.stands() && decidedOn(day, p.start.day) }) {
			outcome = "plan"
		}
		list = append(list, &fact{
			element: elConference, kind: typeConference, day: day,
			data: casework.Data{fieldOutcome: outcome}, unread: unread,
		})
	}
	return list
}

// decidedOn says whether a plan that starts on a day may come from a conference: on that
// day or in the seven days after it.
func decidedOn(conference, start calendar.Date) bool {
	return conference <= start && start <= conference.AddDays(planWithin)
}

// protected are the child protection plans. Where no conference can have decided on one,
// a conference is inferred on the day of its start.
func (e *episode) protected(a against) []*fact {
	conferences := e.conferencesFor(a)
	var list []*fact
	for _, p := range e.plans {
		f := sayCoded(p.start, typePlanStart, "category", p.category)
		if !slices.ContainsFunc(conferences, func(day calendar.Date) bool { return decidedOn(day, p.start.day) }) {
			f.infer(typeConference, casework.Data{fieldOutcome: "plan"})
		}
		list = append(list, f, say(p.end, typePlanEnd, nil))
		for _, review := range p.reviews {
			list = append(list, say(review, typeReview, nil))
		}
	}
	return list
}

func (p *preProceedings) facts() []*fact {
	letter := say(p.letter, typeLetter, nil)
	if p.fgdmOffered == yes {
		letter.infer(typeOffered, nil)
	}
	letter.besideUnread = p.fgdmOffered == unread
	return []*fact{
		say(p.start, typePPStart, nil), letter, say(p.meeting, typePPMeeting, nil),
		sayCoded(p.step, typePPEnd, fieldOutcome, p.outcome), say(p.court, typeIssued, nil),
	}
}

// inOrder drops what does not stand and sorts the rest by what it says, so that the order
// of the file does not matter.
func inOrder(list []*fact) []*fact {
	standing := slices.DeleteFunc(slices.Clone(list), func(f *fact) bool { return f.day.IsZero() })
	slices.SortStableFunc(standing, compareFacts)
	return standing
}

func compareFacts(a, b *fact) int {
	if n := cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(order[a.kind], order[b.kind])); n != 0 {
		return n
	}
	return cmp.Or(cmp.Compare(words(a.data), words(b.data)), cmp.Compare(a.besideWords(), b.besideWords()),
		slices.Compare(a.unread, b.unread), cmp.Compare(strconv.FormatBool(a.besideUnread), strconv.FormatBool(b.besideUnread)))
}

func (f *fact) besideWords() string {
	if f.beside == nil {
		return ""
	}
	return f.beside.kind + words(f.beside.data)
}

// words are data in one fixed form, to compare and to sort by.
func words(data casework.Data) string {
	if len(data) == 0 {
		return ""
	}
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(data)) {
		b.WriteString(key)
		b.WriteString("=")
		switch value := data[key].(type) {
		case string:
			b.WriteString(value)
		case bool:
			b.WriteString(strconv.FormatBool(value))
		default:
			fmt.Fprint(&b, value) // only what a person wrote by hand
		}
		b.WriteString(";")
	}
	return b.String()
}
