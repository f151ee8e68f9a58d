package cincensus

import (
	"cmp"
	"slices"

	"longstop/calendar"
	"longstop/intake"
)

// scene is what a rule looks at.
type scene struct {
	*episode
	period intake.Period
	cal    *calendar.Calendar
}

// rule is one of the validator's rules within one episode: it finds the dates at fault.
// Source of codes and meanings: data-to-insight/csc-validator-be-cin, cin_validator/rules.
type rule struct {
	code, words string
	find        func(scene) []dated
}

// queryOdd reports what the validator would say about a child.
func queryOdd(c *intake.Child, s *statement, period intake.Period, cal *calendar.Calendar) {
	ask := func(code, words string, at ...dated) {
		for _, d := range at {
			c.Queries = append(c.Queries, intake.Query{Code: code, Child: c.Place, Element: d.Element, Line: d.Line, Words: words})
		}
	}
	queryPerson(s, ask)
	queryDeath(s, ask)
	queryEpisodes(s, ask)
	rules := slices.Concat(episodeRules, preProceedingsRules)
	for _, e := range s.episodes {
		for _, r := range rules {
			ask(r.code, r.words, r.find(scene{e, period, cal})...)
		}
	}
}

func queryPerson(s *statement, ask func(code, words string, at ...dated)) {
	if s.born.Valid() == s.expected.Valid() {
		ask("8525", "should stand where ExpectedPersonBirthDate does not, and only there", s.born)
	}
	if s.died.Valid() && s.died.Day < s.born.Day {
		ask("8535Q", "is before the birth", s.died)
	}
}

// afterDeath are the validator's rules on what lies after a death, by element. It has none of
// its own for the rest of what happens in an episode, which is reported with the referral.
var afterDeath = map[string]string{elCINPlanStart: "4008", elCINPlanEnd: "4009"}

// queryDeath reports what is dated after the child's death. A closure is: somebody writes it.
func queryDeath(s *statement, ask func(code, words string, at ...dated)) {
	if !s.died.Valid() {
		return
	}
	for _, e := range s.episodes {
		for _, d := range append(e.activity(), &e.referral) {
			if d.Valid() && d.Day > s.died.Day {
				ask(cmp.Or(afterDeath[d.Element], "8555Q"), "is after the death of the child", *d)
			}
		}
	}
}

// queryEpisodes reports episodes of one child that do not go together.
func queryEpisodes(s *statement, ask func(code, words string, at ...dated)) {
	standing := slices.DeleteFunc(slices.Clone(s.episodes), func(e *episode) bool { return !e.referral.Valid() })
	slices.SortStableFunc(standing, func(a, b *episode) int { return a.referral.Day.DaysSince(b.referral.Day) })
	var open []dated
	for i, e := range standing {
		if !e.closure.Valid() && e.nfa != yes {
			open = append(open, e.referral)
			if i < len(standing)-1 {
				ask("8816", "opens an episode that is open but not the latest", e.referral)
			}
		}
		if i > 0 && overlaps(standing[i-1], e) {
			ask("8820", "lies inside the episode before it", e.referral)
		}
	}
	if len(open) > 1 {
		ask("8815", "opens one of several episodes that are open", open...)
	}
}

// overlaps: an episode that ended without further action or on the day of the next
// referral does not overlap it.
func overlaps(before, after *episode) bool {
	if !before.closure.Valid() {
		return before.nfa != yes
	}
	return after.referral.Day < before.closure.Day
}

// episodeRules are the validator's rules within one CINdetails, by number.
var episodeRules = []rule{
	{"2885", "is not the day of an initial conference", func(s scene) []dated {
		days := s.conferences()
		return starts(s.plans, func(p plan) bool { return s.period.Holds(p.start.Day) && !slices.Contains(days, p.start.Day) })
	}},
	{"2990", "is recorded in an episode closed after assessment (RC8, RC9)", func(s scene) []dated {
		if s.closureReason.text != "RC8" && s.closureReason.text != "RC9" {
			return nil
		}
		return s.standing(elEnquiry, elConference, elCINPlanStart, elPlanStart)
	}},
	{"4001", "has no end, and neither has a child protection plan", func(s scene) []dated {
		open := slices.ContainsFunc(s.plans, func(p plan) bool { return p.start.Valid() && !p.end.Valid() })
		return cinStarts(s, func(p spell) bool { return open && !p.end.Valid() })
	}},
	{"4014", "lies inside another CIN plan", func(s scene) []dated {
		var found []dated
		for i, p := range s.cinPlans {
			rest := slices.Concat(s.cinPlans[:i], s.cinPlans[i+1:])
			found = append(found, only(p.start, within(p.start.Day, rest))...)
		}
		return found
	}},
	{"4016", "lies inside a child protection plan", func(s scene) []dated {
		return cinStarts(s, func(p spell) bool { return within(p.start.Day, spells(s.plans)) })
	}},
	{"4017", "lies inside a CIN plan", func(s scene) []dated {
		return starts(s.plans, func(p plan) bool { return within(p.start.Day, s.cinPlans) })
	}},
	{"8565", "begins a plan that is open though the episode is closed", func(s scene) []dated {
		if !s.closure.Valid() {
			return nil
		}
		open := starts(s.plans, func(p plan) bool { return !p.end.Valid() })
		return append(open, cinStarts(s, func(p spell) bool { return !p.end.Valid() })...)
	}},
	{"8620", "is outside the year", func(s scene) []dated { return s.outside(elClosure) }},
	{"8670Q", "is more than 45 working days before the end of the year, without an authorisation", func(s scene) []dated {
		limit := s.cal.AddWorkingDays(s.period.To, -45)
		return assessmentStarts(s, func(a assessment) bool { return !a.end.Valid() && a.start.Day < limit })
	}},
	{"8675Q", "is more than 15 working days before the end of the year, without a conference", func(s scene) []dated {
		limit := s.cal.AddWorkingDays(s.period.To, -15)
		return enquiryStarts(s, func(q enquiry) bool { return q.open() && q.start.Day < limit })
	}},
	{"8696", "is outside the year", func(s scene) []dated { return s.outside(elAssessmentEnd) }},
	{"8715", "is outside the year", func(s scene) []dated { return s.outside(elConference) }},
	{"8720", "is missing", func(s scene) []dated {
		var found []dated
		for _, p := range s.plans {
			if !p.start.Valid() && !p.start.Refused {
				found = append(found, p.start)
			}
		}
		return found
	}},
	{"8805", "has no ReasonForClosure", func(s scene) []dated {
		return only(s.closure, s.closureReason.text == "")
	}},
	{"8831", "is recorded on a referral with no further action", func(s scene) []dated {
		if s.nfa != yes {
			return nil
		}
		return s.standing(elAssessmentStart, elEnquiry, elConference, elCINPlanStart, elPlanStart, elPPStart)
	}},
	{"8839", "begins one of several child protection plans that are open", func(s scene) []dated {
		return several(starts(s.plans, func(p plan) bool { return !p.end.Valid() }))
	}},
	{"8840", "is the day on which the plan started", func(s scene) []dated {
		var found []dated
		for _, p := range s.plans {
			found = append(found, only(p.end, p.end.Day == p.start.Day)...)
		}
		return found
	}},
	{"8841", "is the day on which the plan started", func(s scene) []dated {
		var found []dated
		for _, p := range s.plans {
			for _, review := range p.reviews {
				found = append(found, only(review, review.Day == p.start.Day)...)
			}
		}
		return found
	}},
	{"8867", "begins an assessment that is open though the episode is closed", func(s scene) []dated {
		return assessmentStarts(s, func(a assessment) bool { return s.closure.Valid() && !a.end.Valid() })
	}},
	{"8868", "begins a section 47 enquiry that is open though the episode is closed", func(s scene) []dated {
		return enquiryStarts(s, func(q enquiry) bool { return s.closure.Valid() && q.open() })
	}},
	{"8870Q", "is not on a working day", func(s scene) []dated {
		var found []dated
		for _, q := range s.enquiries {
			found = append(found, only(q.target, !s.cal.IsWorkingDay(q.target.Day))...)
		}
		return found
	}},
	{"8875", "is on a Saturday or Sunday", func(s scene) []dated {
		return slices.DeleteFunc(s.standing(elConference), func(d dated) bool { return !weekend(d.Day) })
	}},
	{"8890", "is inside another section 47 enquiry", func(s scene) []dated {
		var found []dated
		for i, q := range s.enquiries {
			found = append(found, only(q.start, insideAnother(s.enquiries, i))...)
		}
		return found
	}},
	{"8896", "begins one of several assessments that are open", func(s scene) []dated {
		return several(assessmentStarts(s, func(a assessment) bool { return !a.end.Valid() }))
	}},
}

// only is a date alone where it stands and a condition holds.
func only(d dated, odd bool) []dated {
	if !d.Valid() || !odd {
		return nil
	}
	return []dated{d}
}

// several is a list of more than one, or nothing.
func several(list []dated) []dated {
	if len(list) < 2 {
		return nil
	}
	return list
}

func weekend(d calendar.Date) bool { return d.Weekday()%6 == 0 }

// standing are the dates of some elements that stand.
func (s scene) standing(elements ...string) []dated {
	var found []dated
	for _, d := range append(s.activity(), &s.closure) {
		if d.Valid() && slices.Contains(elements, d.Element) {
			found = append(found, *d)
		}
	}
	return found
}

// outside are those that lie outside the period.
func (s scene) outside(element string) []dated {
	return slices.DeleteFunc(s.standing(element), func(d dated) bool { return s.period.Holds(d.Day) })
}

func starts(plans []plan, odd func(plan) bool) []dated {
	var found []dated
	for _, p := range plans {
		found = append(found, only(p.start, odd(p))...)
	}
	return found
}

func cinStarts(s scene, odd func(spell) bool) []dated {
	var found []dated
	for _, p := range s.cinPlans {
		found = append(found, only(p.start, odd(p))...)
	}
	return found
}

func assessmentStarts(s scene, odd func(assessment) bool) []dated {
	var found []dated
	for _, a := range s.assessments {
		found = append(found, only(a.start, odd(a))...)
	}
	return found
}

func enquiryStarts(s scene, odd func(enquiry) bool) []dated {
	var found []dated
	for _, q := range s.enquiries {
		found = append(found, only(q.start, odd(q))...)
	}
	return found
}

// open: neither a conference nor the decision that none is needed.
func (q enquiry) open() bool { return !q.conference.Valid() && q.notRequired != yes }

func spells(plans []plan) []spell {
	list := make([]spell, len(plans))
	for i, p := range plans {
		list[i] = p.spell
	}
	return list
}

// within reports whether a day lies inside a plan: on or after its start and before its end,
// if it has one.
func within(day calendar.Date, plans []spell) bool {
	return slices.ContainsFunc(plans, func(p spell) bool {
		return p.start.Valid() && p.start.Day <= day && (!p.end.Valid() || day < p.end.Day)
	})
}

// insideAnother reports whether an enquiry starts while another of the episode goes on. One
// that needs no conference and has none is over at once.
func insideAnother(all []enquiry, i int) bool {
	day := all[i].start.Day
	for j, other := range all {
		if j == i || !other.start.Valid() || other.start.Day > day {
			continue
		}
		if other.start.Day == day && j > i {
			continue // of two on one day only the second is reported
		}
		if other.open() || other.conference.Valid() && day <= other.conference.Day {
			return true
		}
	}
	return false
}

// preProceedingsRules are the validator's rules on PreProceedingsandFGDM, from its pack
// for 2026-27. The items that 9006 to 9013 want in order become events all the same.
var preProceedingsRules = []rule{
	eachPre("9006", "is before PPStartDate", func(p preProceedings) []dated {
		return only(p.letter, p.letter.Day < p.start.Day)
	}),
	eachPre("9007", "stands without FGDMMeetingOffer", func(p preProceedings) []dated {
		return only(p.letter, !p.fgdmOffered.said())
	}),
	eachPre("9010Q", "stands with an offer of a meeting, without FGDMMeetingFac", func(p preProceedings) []dated {
		return only(p.letter, p.fgdmOffered == yes && !p.fgdmHeld.said())
	}),
	eachPre("9012", "is before StepDecisionDate", func(p preProceedings) []dated {
		return only(p.court, p.court.Day < p.step.Day)
	}),
	eachPre("9013", "is before CourtAppDate", func(p preProceedings) []dated {
		return only(p.issueLetter, p.issueLetter.Day < p.court.Day)
	}),
	eachPre("9015Q", "stands without ReviewMeetingsCount", func(p preProceedings) []dated {
		return only(p.meeting, p.reviews == "")
	}),
	eachPre(intake.CodeLayout, "is missing: FGDMMeetingOffer is dated by it, so no offer is loaded", func(p preProceedings) []dated {
		if p.letter.Valid() || p.letter.Refused || p.fgdmOffered != yes {
			return nil
		}
		return []dated{p.letter}
	}),
}

// eachPre applies a rule to every PreProceedingsandFGDM of an episode.
func eachPre(code, words string, find func(preProceedings) []dated) rule {
	return rule{code, words, func(s scene) []dated {
		var found []dated
		for _, p := range s.pre {
			found = append(found, find(p)...)
		}
		return found
	}}
}
