package sample_test

import (
	"fmt"
	"testing"

	"longstop/calendar"
)

// orderDays are days through the year: around its turn, bank holidays and month ends.
var orderDays = []string{"2026-11-20", "2027-03-31", "2027-06-02", "2026-12-29", "2028-02-29"}

func TestNoDateIsOneThatAnImportRefuses(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		for _, day := range orderDays {
			t.Run(fmt.Sprintf("seed %d on %s", seed, day), func(t *testing.T) {
				t.Parallel()
				m := makeSample(t, day, 150, seed)
				for i, c := range m.children {
					o := &order{t: t, m: m, child: i + 1}
					o.person(c)
					o.episodes(c.all("CINdetails"))
				}
			})
		}
	}
}

// order judges the dates of one child by what census.md refuses and by the validator's
// rules, whose numbers it names (cin-census.md, section 1.5).
type order struct {
	t     *testing.T
	m     *made
	child int
}

func (o *order) must(ok bool, format string, args ...any) {
	o.t.Helper()
	if !ok {
		o.t.Errorf("child %d: %s", o.child, fmt.Sprintf(format, args...))
	}
}

// inside says that a date is absent or lies between two, both included.
func inside(d, first, last calendar.Date) bool { return d.IsZero() || first <= d && d <= last }

func (o *order) person(c *node) {
	o.t.Helper()
	birth, expected := c.day(o.t, "ChildIdentifiers/PersonBirthDate"), c.day(o.t, "ChildIdentifiers/ExpectedPersonBirthDate")
	first := c.all("CINdetails")[0].day(o.t, "CINreferralDate")
	o.must(birth.IsZero() != expected.IsZero(), "it has both a birth date and an expected one, or neither")
	o.must((c.get("ChildIdentifiers/Sex") == "U") == birth.IsZero(), "the sex of an unborn child is U, and of no other")
	o.must(birth.IsZero() || birth < first && birth.Birthday(18) > o.m.day, "born after the referral, or 18 by now")
	o.must(expected.IsZero() || inside(expected, o.m.day, first.AddDays(280)), "expected before now, or referred before conception")
}

func (o *order) episodes(list []*node) {
	o.t.Helper()
	for i, e := range list {
		last := i == len(list)-1
		closure, none := e.day(o.t, "CINclosureDate"), e.get("ReferralNFA") == "1"
		o.must(last || none || !closure.IsZero(), "an open episode is not the latest (8815, 8816)")
		if i > 0 {
			before := max(list[i-1].day(o.t, "CINclosureDate"), list[i-1].day(o.t, "CINreferralDate"))
			o.must(e.day(o.t, "CINreferralDate") > before, "episodes overlap (8820)")
		}
		o.episode(e)
	}
}

func (o *order) episode(e *node) {
	o.t.Helper()
	referral, end := e.day(o.t, "CINreferralDate"), o.m.ref
	if closure := e.day(o.t, "CINclosureDate"); !closure.IsZero() {
		o.must(inside(closure, max(referral, o.m.from), o.m.ref), "closed outside the period (8620)")
		end = closure
	}
	if e.get("ReferralNFA") == "1" {
		o.must(len(e.kids) == 3, "something on a referral without further action (8831)")
		o.must(referral >= o.m.from, "a referral without further action of before the period")
		return
	}
	o.must(referral <= o.m.ref && e.get("PrimaryNeedCode") != "", "a referral after the return, or without its need")
	o.must((e.get("CINclosureDate") == "") == (e.get("ReasonForClosure") == ""), "closed without a reason, or a reason alone")
	if reason := e.get("ReasonForClosure"); reason == "RC8" || reason == "RC9" {
		o.must(len(e.all("Section47"))+len(e.all("CINPlanDates"))+len(e.all("ChildProtectionPlans")) == 0, "work on %s (2990)", reason)
	}
	o.must(inside(e.day(o.t, "DateOfInitialCPC"), max(referral, o.m.from), end), "a conference outside the episode (1104, 8715)")
	o.assessments(e, referral, end)
	o.enquiries(e, referral, end)
	o.plans(e, referral, end)
	o.protection(e, referral, end)
	for _, p := range e.all("PreProceedingsandFGDM") {
		o.preCourt(p, referral, end)
	}
}

func (o *order) assessments(e *node, referral, end calendar.Date) {
	o.t.Helper()
	last := referral
	for _, a := range e.all("Assessments") {
		start, authorised := a.day(o.t, "AssessmentActualStartDate"), a.day(o.t, "AssessmentAuthorisationDate")
		o.must(inside(start, last, end), "an assessment outside the episode, or before the last ended (1103, 8896)")
		o.must(inside(authorised, max(start, o.m.from), end), "an assessment authorised before it began, or outside the period (8608, 8696)")
		o.must(!authorised.IsZero() || e.get("CINclosureDate") == "", "an assessment open on a closed episode (8565)")
		o.must(authorised.IsZero() == (a.at("FactorsIdentifiedAtAssessment") == nil), "factors of an open assessment, or none of a done one")
		last = max(start, authorised)
		if authorised.IsZero() {
			last = end.AddDays(1)
		}
	}
}

func (o *order) enquiries(e *node, referral, end calendar.Date) {
	o.t.Helper()
	open := 0
	for _, q := range e.all("Section47") {
		start, conference, target := q.day(o.t, "S47ActualStartDate"), q.day(o.t, "DateOfInitialCPC"), q.day(o.t, "InitialCPCtarget")
		notNeeded := q.get("ICPCnotRequired") == "1"
		o.must(inside(start, referral, end), "an enquiry outside the episode (2889)")
		o.must(inside(conference, max(start, o.m.from), end), "a conference before its enquiry, or outside the period (8615, 8715)")
		o.must(conference.IsZero() || book.Calendar().IsWorkingDay(conference), "a conference on a day off (8875)")
		o.must(target.IsZero() || target == book.Calendar().AddWorkingDays(start, 15), "a target that is not 15 working days on")
		o.must(target.IsZero() == notNeeded && (!notNeeded || conference.IsZero()), "a conference, or a target for one, that was not needed")
		if conference.IsZero() && !notNeeded {
			open++
		}
	}
	o.must(open <= 1 && (open == 0 || e.get("CINclosureDate") == ""), "two open enquiries, or one on a closed episode (8839, 8890, 8868)")
}

// plans: a child is on one plan at a time.
func (o *order) plans(e *node, referral, end calendar.Date) {
	o.t.Helper()
	type stay struct{ start, end calendar.Date }
	var stays []stay
	for _, p := range e.all("CINPlanDates") {
		stays = append(stays, stay{p.day(o.t, "CINPlanStartDate"), p.day(o.t, "CINPlanEndDate")})
	}
	for _, p := range e.all("ChildProtectionPlans") {
		stays = append(stays, stay{p.day(o.t, "CPPstartDate"), p.day(o.t, "CPPendDate")})
	}
	for i, s := range stays {
		o.must(inside(s.start, referral, end), "a plan outside the episode (1105)")
		o.must(s.end.IsZero() || s.end > s.start && inside(s.end, o.m.from, end), "a plan ended on the day it began, or outside the period (8840, 8720)")
		o.must(!s.end.IsZero() || e.get("CINclosureDate") == "", "a plan open on a closed episode (8867)")
		for _, other := range stays[:i] {
			apart := !s.end.IsZero() && s.end < other.start || !other.end.IsZero() && other.end < s.start
			o.must(apart, "two plans at a time (4001, 4014, 4016, 4017)")
		}
	}
}

func (o *order) protection(e *node, referral, end calendar.Date) {
	o.t.Helper()
	held := map[calendar.Date]bool{e.day(o.t, "DateOfInitialCPC"): true}
	for _, q := range e.all("Section47") {
		held[q.day(o.t, "DateOfInitialCPC")] = true
	}
	for _, p := range e.all("ChildProtectionPlans") {
		start := p.day(o.t, "CPPstartDate")
		o.must(start < o.m.from || held[start], "a plan that did not start on the day of a conference (2885)")
		stop := end
		if over := p.day(o.t, "CPPendDate"); !over.IsZero() {
			stop = over
		}
		last := start
		if reviews := p.at("Reviews"); reviews != nil {
			for _, r := range reviews.days(o.t, "CPPreviewDate") {
				o.must(r > last && r <= stop && book.Calendar().IsWorkingDay(r), "a review out of turn, after the end, or on a day off (8841)")
				last = r
			}
		}
	}
}

func (o *order) preCourt(p *node, referral, end calendar.Date) {
	o.t.Helper()
	steps := []string{"PPStartDate", "LBPSentDate", "InitialPPMeetingDate", "StepDecisionDate", "CourtAppDate", "LetterInitCPDate"}
	last := referral
	for i, name := range steps {
		day := p.day(o.t, name)
		o.must(inside(day, last, end), "%s out of turn or outside the episode (9006 to 9013)", name)
		o.must(day.IsZero() || i == 0 || i > 3 || p.get(steps[i-1]) != "", "%s without the step before it", name)
		last = max(last, day)
	}
	o.must((p.get("LBPSentDate") == "") == (p.get("FGDMMeetingOffer") == ""), "an offer without its letter (9007)")
	o.must((p.get("FGDMMeetingOffer") == "1") == (p.get("FGDMMeetingFac") != ""), "a family meeting that was not offered (9010)")
	o.must((p.get("InitialPPMeetingDate") == "") == (p.get("ReviewMeetingsCount") == ""), "a count of reviews without a first meeting (9015)")
	o.must((p.get("StepDecisionDate") == "") == (p.get("PPOutcome") == ""), "a decision without its outcome")
}
