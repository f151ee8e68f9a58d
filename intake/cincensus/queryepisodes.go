package cincensus

import (
	"slices"

	"longstop/calendar"
)

// queryEpisodes reports episodes of one child that do not go together.
func queryEpisodes(c *Child, ask func(code, words string, at ...dated)) {
	standing := slices.DeleteFunc(slices.Clone(c.episodes), func(e *episode) bool { return !e.referral.stands() })
	slices.SortStableFunc(standing, func(a, b *episode) int { return a.referral.day.DaysSince(b.referral.day) })
	var open []dated
	for i, e := range standing {
		if !e.closure.stands() && e.nfa != yes {
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
	if !before.closure.stands() {
		return before.nfa != yes
	}
	return after.referral.day < before.closure.day
}

// episodeRules are the validator's rules within one CINdetails, by number.
var episodeRules = []rule{
	{"2885", "is not the day of an initial conference", func(s scene) []dated {
		days := s.conferences()
		return starts(s.plans, func(p plan) bool { return s.period.Holds(p.start.day) && !slices.Contains(days, p.start.day) })
	}},
	{"2990", "is recorded in an episode closed after assessment (RC8, RC9)", func(s scene) []dated {
		if s.closureReason.text != "RC8" && s.closureReason.text != "RC9" {
			return nil
		}
		return s.standing(elEnquiry, elConference, elCINPlanStart, elPlanStart)
	}},
	{"4001", "has no end, and neither has a child protection plan", func(s scene) []dated {
		open := slices.ContainsFunc(s.plans, func(p plan) bool { return p.start.stands() && !p.end.stands() })
		return cinStarts(s, func(p spell) bool { return open && !p.end.stands() })
	}},
	{"4014", "lies inside another CIN plan", func(s scene) []dated {
		var found []dated
		for i, p := range s.cinPlans {
			rest := slices.Concat(s.cinPlans[:i], s.cinPlans[i+1:])
			found = append(found, only(p.start, within(p.start.day, rest))...)
		}
		return found
	}},
	{"4016", "lies inside a child protection plan", func(s scene) []dated {
		return cinStarts(s, func(p spell) bool { return within(p.start.day, spells(s.plans)) })
	}},
	{"4017", "lies inside a CIN plan", func(s scene) []dated {
		return starts(s.plans, func(p plan) bool { return within(p.start.day, s.cinPlans) })
	}},
	{"8565", "begins a plan that is open though the episode is closed", func(s scene) []dated {
		if !s.closure.stands() {
			return nil
		}
		open := starts(s.plans, func(p plan) bool { return !p.end.stands() })
		return append(open, cinStarts(s, func(p spell) bool { return !p.end.stands() })...)
	}},
	{"8620", "is outside the year", func(s scene) []dated { return s.outside(elClosure) }},
	{"8670Q", "is more than 45 working days before the end of the year, without an authorisation", func(s scene) []dated {
		limit := s.cal.AddWorkingDays(s.period.To, -45)
		return assessmentStarts(s, func(a assessment) bool { return !a.end.stands() && a.start.day < limit })
	}},
	{"8675Q", "is more than 15 working days before the end of the year, without a conference", func(s scene) []dated {
		limit := s.cal.AddWorkingDays(s.period.To, -15)
		return enquiryStarts(s, func(q enquiry) bool { return q.open() && q.start.day < limit })
	}},
	{"8696", "is outside the year", func(s scene) []dated { return s.outside(elAssessmentEnd) }},
	{"8715", "is outside the year", func(s scene) []dated { return s.outside(elConference) }},
	{"8720", "is missing", func(s scene) []dated {
		var found []dated
		for _, p := range s.plans {
			if !p.start.stands() && !p.start.refused {
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
		return several(starts(s.plans, func(p plan) bool { return !p.end.stands() }))
	}},
	{"8840", "is the day on which the plan started", func(s scene) []dated {
		var found []dated
		for _, p := range s.plans {
			found = append(found, only(p.end, p.end.day == p.start.day)...)
		}
		return found
	}},
	{"8841", "is the day on which the plan started", func(s scene) []dated {
		var found []dated
		for _, p := range s.plans {
			for _, review := range p.reviews {
				found = append(found, only(review, review.day == p.start.day)...)
			}
		}
		return found
	}},
	{"8867", "begins an assessment that is open though the episode is closed", func(s scene) []dated {
		return assessmentStarts(s, func(a assessment) bool { return s.closure.stands() && !a.end.stands() })
	}},
	{"8868", "begins a section 47 enquiry that is open though the episode is closed", func(s scene) []dated {
		return enquiryStarts(s, func(q enquiry) bool { return s.closure.stands() && q.open() })
	}},
	{"8870Q", "is not on a working day", func(s scene) []dated {
		var found []dated
		for _, q := range s.enquiries {
			found = append(found, only(q.target, !s.cal.IsWorkingDay(q.target.day))...)
		}
		return found
	}},
	{"8875", "is on a Saturday or Sunday", func(s scene) []dated {
		return slices.DeleteFunc(s.standing(elConference), func(d dated) bool { return !weekend(d.day) })
	}},
	{"8890", "is inside another section 47 enquiry", func(s scene) []dated {
		var found []dated
		for i, q := range s.enquiries {
			found = append(found, only(q.start, insideAnother(s.enquiries, i))...)
		}
		return found
	}},
	{"8896", "begins one of several assessments that are open", func(s scene) []dated {
		return several(assessmentStarts(s, func(a assessment) bool { return !a.end.stands() }))
	}},
}

// only is a date alone where it stands and a condition holds.
func only(d dated, odd bool) []dated {
	if !d.stands() || !odd {
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
		if d.stands() && slices.Contains(elements, d.element) {
			found = append(found, *d)
		}
	}
	return found
}

// outside are those that lie outside the period.
func (s scene) outside(element string) []dated {
	return slices.DeleteFunc(s.standing(element), func(d dated) bool { return s.period.Holds(d.day) })
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
func (q enquiry) open() bool { return !q.conference.stands() && q.notRequired != yes }

func spells(plans []plan) []spell {
	list := make([]spell, len(plans))
	for i, p := range plans {
		list[i] = p.spell
	}
	return list
}

// within says whether a day lies inside a plan: on or after its start and before its end,
// if it has one.
func within(day calendar.Date, plans []spell) bool {
	return slices.ContainsFunc(plans, func(p spell) bool {
		return p.start.stands() && p.start.day <= day && (!p.end.stands() || day < p.end.day)
	})
}

// insideAnother says whether an enquiry starts while another of the episode goes on. One
// that needs no conference and has none is over at once.
func insideAnother(all []enquiry, i int) bool {
	day := all[i].start.day
	for j, other := range all {
		if j == i || !other.start.stands() || other.start.day > day {
			continue
		}
		if other.start.day == day && j > i {
			continue // of two on one day only the second is reported
		}
		if other.open() || other.conference.stands() && day <= other.conference.day {
			return true
		}
	}
	return false
}
