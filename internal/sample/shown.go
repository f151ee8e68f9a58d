package sample

import "longstop/calendar"

// shown is what a return made in the frame holds of an episode: nothing after its reference
// date, nothing that ended before its period, and nothing at all of an episode that is
// wholly before or after.
func (e *episode) shown(f frame) (episode, bool) {
	if e.referral > f.ref || (!e.over().IsZero() && e.over() < f.from) {
		return episode{}, false
	}
	s := *e
	if s.closure > f.ref {
		s.closure, s.reason = 0, ""
	}
	if s.transfer < f.from || s.transfer > f.ref {
		s.transfer = 0
	}
	s.assessments = shownAssessments(e.assessments, f)
	s.enquiries = shownEnquiries(e.enquiries, f)
	s.inNeed = shownInNeed(e.inNeed, f)
	s.protection = shownProtection(e.protection, f)
	s.preCourt = shownPreCourt(e.preCourt, f)
	return s, true
}

// upTo is the day, or zero where it has not come yet.
func upTo(d, last calendar.Date) calendar.Date {
	if d > last {
		return 0
	}
	return d
}

// during reports whether something that has an end, or none yet, touches the period.
func (f frame) during(start, end calendar.Date) bool {
	return start <= f.ref && (end.IsZero() || end >= f.from)
}

// shownAssessments leaves out later assessments where the first is too old to be shown:
// one of them would read as the first, completed very late.
func shownAssessments(all []assessment, f frame) []assessment {
	var list []assessment
	for i, a := range all {
		if !f.during(a.start, a.authorised) {
			if i == 0 {
				return nil
			}
			continue
		}
		if a.authorised = upTo(a.authorised, f.ref); a.authorised.IsZero() {
			a.factors = nil
		}
		list = append(list, a)
	}
	return list
}

func shownEnquiries(all []enquiry, f frame) []enquiry {
	var list []enquiry
	for _, q := range all {
		if !f.during(q.start, q.concluded()) {
			continue
		}
		q.conference, q.notNeeded = upTo(q.conference, f.ref), upTo(q.notNeeded, f.ref)
		list = append(list, q)
	}
	return list
}

func shownInNeed(all []inNeedPlan, f frame) []inNeedPlan {
	var list []inNeedPlan
	for _, p := range all {
		if f.during(p.start, p.end) {
			p.end = upTo(p.end, f.ref)
			list = append(list, p)
		}
	}
	return list
}

// shownProtection keeps every review of a plan that touches the period.
func shownProtection(all []protectionPlan, f frame) []protectionPlan {
	var list []protectionPlan
	for _, p := range all {
		if !f.during(p.start, p.end) {
			continue
		}
		p.end = upTo(p.end, f.ref)
		if p.changed.IsZero() || p.changed > f.ref {
			p.latest = p.first
		}
		p.reviews = daysUpTo(p.reviews, f.ref)
		list = append(list, p)
	}
	return list
}

func shownPreCourt(all []preProceedings, f frame) []preProceedings {
	var list []preProceedings
	for _, p := range all {
		if !f.during(p.start, max(p.decision, p.courtLetter)) {
			continue
		}
		p.letter, p.meeting = upTo(p.letter, f.ref), upTo(p.meeting, f.ref)
		p.court, p.courtLetter = upTo(p.court, f.ref), upTo(p.courtLetter, f.ref)
		if p.decision = upTo(p.decision, f.ref); p.decision.IsZero() {
			p.outcome = ""
		}
		p.reviews = daysUpTo(p.reviews, f.ref)
		list = append(list, p)
	}
	return list
}

// daysUpTo keeps the days up to the last one; they are in order.
func daysUpTo(days []calendar.Date, last calendar.Date) []calendar.Date {
	for i, d := range days {
		if d > last {
			return days[:i]
		}
	}
	return days
}
