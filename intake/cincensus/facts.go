package cincensus

import (
	"slices"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// against is what an episode is read against: what the record holds of it, and how much of
// that a load leaves as it is.
type against struct {
	known    *intake.HeldEpisode
	period   intake.Period
	onlyAdds bool // nothing that the record holds is changed
}

// keeps reports whether a row that the record holds and that the return does not say is left
// as it is.
func (a against) keeps(e *episode, element string, day calendar.Date) bool {
	return a.onlyAdds || !a.period.Holds(day) || e.refused.Has(element)
}

// planWithin is how long after a conference a plan may start and still be the one that it
// decided on, in days.
const planWithin = 7

// facts are what an episode says, in order, given what the record holds of it.
func (e *episode) facts(a against) []*intake.Fact {
	list := []*intake.Fact{e.referred(a)}
	list = append(list, e.assessed(a)...)
	list = append(list, e.conferred()...)
	list = append(list, e.protected(a)...)
	for _, p := range e.cinPlans {
		list = append(list, say(p.start, typeCINPlanStart, nil), say(p.end, typeCINPlanEnd, nil))
	}
	for _, q := range e.enquiries {
		f := say(q.start, typeStrategy, casework.Data{"s47": true})
		if q.notRequired == yes {
			f.Infer(typeNotRequired, nil)
		}
		f.InferredUnread = q.notRequired == unread
		list = append(list, f)
	}
	for _, p := range e.pre {
		list = append(list, p.facts()...)
	}
	list = append(list, sayCoded(e.closure, typeClosed, intake.FieldReason, e.closureReason))
	return layout.InOrder(list)
}

// say is the fact of a date; one that does not stand says nothing and is dropped later.
func say(d dated, eventType string, data casework.Data) *intake.Fact {
	return &intake.Fact{Element: d.Element, Type: eventType, Day: d.Day, Data: data}
}

// sayCoded is the fact of a date with one code, if it has one.
func sayCoded(d dated, eventType, field string, c code) *intake.Fact {
	f := say(d, eventType, nil)
	if c.text != "" {
		f.Data = casework.Data{field: c.text}
	}
	if c.unread {
		f.Unread = []string{field}
	}
	return f
}

// referred is the referral, and the decision on it that the return does not date.
func (e *episode) referred(a against) *intake.Fact {
	f := say(e.referral, typeReferral, nil)
	followed := a.followedOutside()
	for _, d := range e.activity() {
		followed = followed || d.Valid()
		f.InferredUnread = f.InferredUnread || d.Refused
	}
	// What was refused may be all that followed.
	f.InferredUnread = e.nfa == unread || f.InferredUnread && !followed && e.nfa != yes
	switch {
	case e.nfa == yes:
		f.Infer(typeDecided, casework.Data{fieldOutcome: "nfa"})
	case followed:
		f.Infer(typeDecided, casework.Data{fieldOutcome: "assessment"})
	}
	return f
}

// assessed are the assessments. The second and later of an episode are reassessments,
// also where the first is only in the record: a return leaves out what ended before its
// period.
func (e *episode) assessed(a against) []*intake.Fact {
	var list []*intake.Fact
	var starts []*intake.Fact
	for _, one := range e.assessments {
		f := say(one.start, typeAssessmentStart, casework.Data{})
		if !one.end.Valid() {
			f.Data["open"] = true
		}
		if one.end.Refused {
			f.Unread = append(f.Unread, "open")
		}
		// It may be the first that was refused, or of two of one day the one that had ended.
		if e.refused.Has(elAssessmentStart) || e.refused.Has(elAssessmentEnd) {
			f.Unread = append(f.Unread, "reassessment")
		}
		list = append(list, f, say(one.review, typeCheckpoint, nil), say(one.end, typeAssessmentEnd, nil))
		starts = append(starts, f)
	}
	starts = layout.InOrder(starts)
	earlier := e.assessmentsKept(starts, a)
	for i, f := range starts {
		before := func(day calendar.Date) bool { return day < f.Day }
		if i > 0 || slices.ContainsFunc(earlier, before) {
			f.Data["reassessment"] = true
		}
	}
	return list
}

// conferred are the initial conferences, each day once.
func (e *episode) conferred() []*intake.Fact {
	var list []*intake.Fact
	for _, day := range e.conferences() {
		outcome := "no_plan"
		var unread []string
		if e.refused.Has(elPlanStart) {
			unread = []string{fieldOutcome} // it may be the start of its plan that was refused
		}
		if slices.ContainsFunc(e.plans, func(p plan) bool { return p.start.Valid() && decidedOn(day, p.start.Day) }) {
			outcome = "plan"
		}
		list = append(list, &intake.Fact{
			Element: elConference, Type: typeConference, Day: day,
			Data: casework.Data{fieldOutcome: outcome}, Unread: unread,
		})
	}
	return list
}

// decidedOn reports whether a plan that starts on a day may come from a conference: on that
// day or in the seven days after it.
func decidedOn(conference, start calendar.Date) bool {
	return conference <= start && start <= conference.AddDays(planWithin)
}

// protected are the child protection plans. Where no conference can have decided on one,
// a conference is inferred on the day of its start.
func (e *episode) protected(a against) []*intake.Fact {
	conferences := e.conferencesFor(a)
	var list []*intake.Fact
	for _, p := range e.plans {
		f := sayCoded(p.start, typePlanStart, "category", p.category)
		if !slices.ContainsFunc(conferences, func(day calendar.Date) bool { return decidedOn(day, p.start.Day) }) {
			f.Infer(typeConference, casework.Data{fieldOutcome: "plan"})
		}
		list = append(list, f, say(p.end, typePlanEnd, nil))
		for _, review := range p.reviews {
			list = append(list, say(review, typeReview, nil))
		}
	}
	return list
}

func (p *preProceedings) facts() []*intake.Fact {
	letter := say(p.letter, typeLetter, nil)
	if p.fgdmOffered == yes {
		letter.Infer(typeOffered, nil)
	}
	letter.InferredUnread = p.fgdmOffered == unread
	return []*intake.Fact{
		say(p.start, typePPStart, nil), letter, say(p.meeting, typePPMeeting, nil),
		sayCoded(p.step, typePPEnd, fieldOutcome, p.outcome), say(p.court, typeIssued, nil),
	}
}

// assessmentsKept are the starts of assessments that the record holds of an episode, that the return
// does not say, and that stay.
func (e *episode) assessmentsKept(said []*intake.Fact, a against) []calendar.Date {
	if a.known == nil {
		return nil
	}
	days := make([]calendar.Date, 0, len(said))
	for _, f := range said {
		days = append(days, f.Day)
	}
	var kept []calendar.Date
	for _, row := range a.known.Rows {
		day := row.Stated.At.Day
		if row.Element() != elAssessmentStart || row.Voided || !a.keeps(e, elAssessmentStart, day) {
			continue
		}
		if at := slices.Index(days, day); at >= 0 {
			days = slices.Delete(days, at, at+1)
			continue
		}
		kept = append(kept, day)
	}
	return kept
}

// conferencesFor are the days of the conferences that can have decided on a plan: those of the return,
// and those that the record holds and keeps. One that it keeps as having decided on none is left out: it
// is not corrected, and the plan's clocks must not be lost with it.
func (e *episode) conferencesFor(a against) []calendar.Date {
	days := e.conferences()
	if a.known == nil {
		return days
	}
	for _, row := range a.known.Rows {
		day := row.Current.At.Day
		if row.Element() != elConference || row.Voided || !a.keeps(e, elConference, day) {
			continue
		}
		switch {
		case row.Current.Data.Text(fieldOutcome) == "no_plan" && (a.onlyAdds || !a.period.Holds(day)):
			days = slices.DeleteFunc(days, func(d calendar.Date) bool { return d == day })
		case row.Current.Data.Text(fieldOutcome) != "no_plan":
			days = append(days, day)
		}
	}
	return days
}

// followedOutside reports whether the record holds, outside the period, something that followed the
// referral of the episode.
func (a against) followedOutside() bool {
	return a.known != nil && slices.ContainsFunc(a.known.Rows, func(row *intake.Entry) bool {
		return !row.Voided && row.Element() != elClosure && !a.period.Holds(row.Stated.At.Day)
	})
}
