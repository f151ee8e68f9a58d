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
}

// planWithin is how long after a conference a plan may start and still be the one that it
// decided on, in days.
const planWithin = 7

// facts are what an episode says, in order, given what the record holds of it.
func (e *episode) facts(known *heldEpisode, period Period) []*fact {
	list := []*fact{e.referred()}
	list = append(list, e.assessed(known, period)...)
	list = append(list, e.conferred()...)
	list = append(list, e.protected(known, period)...)
	for _, p := range e.cinPlans {
		list = append(list, say(p.start, typeCINPlanStart, nil), say(p.end, typeCINPlanEnd, nil))
	}
	for _, q := range e.enquiries {
		f := say(q.start, typeStrategy, casework.Data{"s47": true})
		if q.notRequired {
			f.infer(typeNotRequired, nil)
		}
		list = append(list, f)
	}
	for _, p := range e.pre {
		list = append(list, p.facts()...)
	}
	list = append(list, say(e.closure, typeClosed, coded(fieldReason, e.closureReason)))
	return inOrder(list)
}

// say is the fact of a date; one that does not stand says nothing and is dropped later.
func say(d dated, kind string, data casework.Data) *fact {
	return &fact{element: d.element, kind: kind, day: d.day, data: data}
}

// coded is data with one code, or nothing where there is none.
func coded(field, code string) casework.Data {
	if code == "" {
		return nil
	}
	return casework.Data{field: code}
}

// infer puts an inferred event beside a fact, on its day.
func (f *fact) infer(kind string, data casework.Data) {
	said := casework.Data{fieldInferred: true}
	maps.Copy(said, data)
	f.beside = &fact{element: f.element, kind: kind, day: f.day, data: said}
}

// referred is the referral, and the decision on it that the return does not date.
func (e *episode) referred() *fact {
	f := say(e.referral, typeReferral, nil)
	followed := slices.ContainsFunc(e.activity(), func(d *dated) bool { return d.stands() })
	switch {
	case e.nfa:
		f.infer(typeDecided, casework.Data{fieldOutcome: "nfa"})
	case followed:
		f.infer(typeDecided, casework.Data{fieldOutcome: "assessment"})
	}
	return f
}

// assessed are the assessments. The second and later of an episode are reassessments,
// also where the first is only in the record: a return leaves out what ended before its
// period.
func (e *episode) assessed(known *heldEpisode, period Period) []*fact {
	var list []*fact
	var starts []*fact
	for _, a := range e.assessments {
		f := say(a.start, typeAssessmentStart, casework.Data{})
		if !a.end.stands() {
			f.data["open"] = true
		}
		list = append(list, f, say(a.review, typeCheckpoint, nil), say(a.end, typeAssessmentEnd, nil))
		starts = append(starts, f)
	}
	starts = inOrder(starts)
	earlier := known.assessmentsKept(starts, period)
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
		if slices.ContainsFunc(e.plans, func(p plan) bool { return p.start.stands() && decidedOn(day, p.start.day) }) {
			outcome = "plan"
		}
		list = append(list, &fact{
			element: elConference, kind: typeConference, day: day,
			data: casework.Data{fieldOutcome: outcome},
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
func (e *episode) protected(known *heldEpisode, period Period) []*fact {
	conferences := known.conferencesFor(e.conferences(), period)
	var list []*fact
	for _, p := range e.plans {
		f := say(p.start, typePlanStart, coded("category", p.category))
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
	return []*fact{
		say(p.start, typePPStart, nil), letter, say(p.meeting, typePPMeeting, nil),
		say(p.step, typePPEnd, coded(fieldOutcome, p.outcome)), say(p.court, typeIssued, nil),
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
	return cmp.Or(cmp.Compare(words(a.data), words(b.data)), cmp.Compare(a.besideWords(), b.besideWords()))
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
