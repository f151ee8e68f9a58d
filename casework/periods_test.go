package casework_test

import "testing"

// The periods of rules.md, section 1, and the episodes of section 3.
func TestPeriodsAndEpisodes(t *testing.T) {
	t.Parallel()
	runFoldCases(t, periodCases)
	runFoldCases(t, episodeCases)
}

var periodCases = []foldCase{
	{
		name: "while a period is open what would open it again starts no clock",
		events: `
			p1 pre_proceedings.started 2026-01-05
			l1 letter_before_proceedings.sent 2026-01-07
			p2 pre_proceedings.started 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"PL-02", "PL-05"},
		want: `
			PL-02:p1 2026-01-05 2026-01-12 met met=2026-01-07 local
			PL-05:p1 2026-01-05 2026-04-27 running`,
	},
	{
		name: "nor a second notification of the same private fostering",
		events: `
			n1 private_fostering.notified 2026-01-05
			v1 pf_visit.made 2026-01-07 seen=true
			n2 private_fostering.notified 2026-01-20`,
		asOf: "2026-01-20", refs: []string{"PF-02"},
		want: `PF-02:n1 2026-01-05 2026-01-14 met met=2026-01-07`,
	},
	{
		name: "after it has ended it opens again",
		events: `
			n1 private_fostering.notified 2026-01-05
			v1 pf_visit.made 2026-01-07 seen=true
			x1 private_fostering.ended 2026-01-19
			n2 private_fostering.notified 2026-01-20`,
		asOf: "2026-01-20", refs: []string{"PF-02", "PF-04"},
		want: `
			PF-02:n1 2026-01-05 2026-01-14 met met=2026-01-07
			PF-02:n2 2026-01-20 2026-01-29 running
			PF-04:v1 2026-01-07 2026-02-18 ended ended=2026-01-19`,
	},
	{
		name: "the opening and its twin of the same day open one period",
		events: `
			p1 pre_proceedings.started 2026-01-05 rec=2026-01-05T09:00:00Z
			p2 pre_proceedings.started 2026-01-05 rec=2026-01-05T10:00:00Z
			l1 letter_before_proceedings.sent 2026-01-05`,
		asOf: "2026-01-05", refs: []string{"PL-02"},
		want: `PL-02:p1 2026-01-05 2026-01-12 met met=2026-01-05 local`,
	},
	{
		name: "the first placement starts the care plan though it would also open care",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-12`,
		asOf: "2026-01-12", refs: []string{"LA-01", "LA-06"},
		want: `
			LA-01:m1 2026-01-12 2026-01-26 running
			LA-06:l1 2026-01-05 2026-02-02 running`,
	},
	{
		name: "a second placement of the care starts no second care plan",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			k1 care_plan.completed 2026-01-09
			m2 placement.started 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"LA-01"},
		want: `LA-01:m1 2026-01-05 2026-01-19 met met=2026-01-09`,
	},
	{
		name: "a placement after the end of care opens care again",
		events: `
			l1 looked_after.started 2026-01-05
			l2 looked_after.ended 2026-02-02
			m2 placement.started 2026-02-03`,
		asOf: "2026-02-03", refs: []string{"LA-01", "LA-06"},
		want: `
			LA-01:m2 2026-02-03 2026-02-17 running
			LA-06:l1 2026-01-05 2026-02-02 ended ended=2026-02-02
			LA-06:m2 2026-02-03 2026-03-03 running`,
	},
	{
		name: "for core groups and reviews the plan is open from the conference, until the plan ends",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			r1 cp_review.held 2026-01-09
			p1 cp_plan.started 2026-01-12
			x1 cp_plan.ended 2026-02-02
			r2 cp_review.held 2026-02-03
			g2 core_group.held 2026-02-03`,
		asOf: "2026-02-03", refs: []string{"CP-09", "CP-12", "CP-13"},
		want: `
			CP-12:r1 2026-01-09 2026-07-09 ended ended=2026-02-02
			CP-13:p1 2026-01-12 - ended ended=2026-02-02`,
	},
	{
		name: "a conference that decides on no plan opens none",
		events: `
			i1 icpc.held 2026-01-05 outcome=no_plan
			g1 core_group.held 2026-01-09
			r1 cp_review.held 2026-01-09`,
		asOf: "2026-01-09", want: ``,
	},
	{
		name: "a period is open for the whole of the day on which it opens",
		events: `
			v1 cin_visit.made 2026-01-05T09:00:00Z seen=true
			p1 cin_plan.started 2026-01-05T15:00:00Z`,
		asOf: "2026-01-05", refs: []string{"CN-02"},
		want: `
			CN-02:p1 2026-01-05 2026-02-02 met met=2026-01-05 local
			CN-02:v1 2026-01-05 2026-02-02 running local`,
	},
	{
		name: "and of the day on which it ends: what starts then is ended that day",
		events: `
			p1 pre_proceedings.started 2026-01-05
			x1 pre_proceedings.ended 2026-01-20T09:00:00Z
			l1 letter_before_proceedings.sent 2026-01-20T15:00:00Z`,
		asOf: "2026-01-21", refs: []string{"PL-02", "PL-03"},
		want: `
			PL-02:p1 2026-01-05 2026-01-12 met_late met=2026-01-20 late=8 local
			PL-03:l1 2026-01-20 2026-02-03 ended ended=2026-01-20 local`,
	},
	{
		name: "adoption opens with the placing where nothing authorised it",
		events: `
			l1 looked_after.started 2025-01-06
			p1 adoption.placed 2026-05-04
			r1 adoption_review.held 2026-06-01
			x1 adoption.ended 2026-06-15`,
		asOf: "2026-06-16", refs: []string{"AD-05", "AD-06", "AD-07"},
		want: `
			AD-06:p1 2026-05-04 2026-06-01 met met=2026-06-01
			AD-06:r1 2026-06-01 2026-09-01 ended ended=2026-06-15
			AD-07:p1 2026-05-04 2026-05-11 ended ended=2026-06-01 late=21`,
	},
	{
		name: "adoption ends with care",
		events: `
			l1 looked_after.started 2026-01-05
			a1 adoption.authorised 2026-03-02
			l2 looked_after.ended 2026-03-20`,
		asOf: "2026-03-20", refs: []string{"AD-05"},
		want: `AD-05:a1 2026-03-02 2026-06-02 ended ended=2026-03-20`,
	},
	{
		name: "after an adoption has ended reviews of the care plan start again",
		events: `
			l1 looked_after.started 2026-01-05
			r1 lac_review.held 2026-02-02
			a1 adoption.authorised 2026-03-02
			a2 adoption.ended 2026-04-01
			r2 lac_review.held 2026-04-01
			r3 lac_review.held 2026-04-02`,
		asOf: "2026-04-02", refs: []string{"LA-07", "LA-08"}, // on the 1st it was still open
		want: `
			LA-07:r1 2026-02-02 2026-05-02 ended ended=2026-03-02
			LA-08:r3 2026-04-02 2026-10-02 running`,
	},
	{
		name: "once a child is placed for adoption visits of the placement end, and none starts",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			v1 lac_visit.made 2026-01-09 seen=true
			a1 adoption.authorised 2026-02-02
			v2 lac_visit.made 2026-02-09 seen=true
			p1 adoption.placed 2026-03-02
			m2 placement.started 2026-03-02
			v3 lac_visit.made 2026-03-09 seen=true`,
		asOf: "2026-03-09", refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-09
			LA-15:v1 2026-01-09 2026-02-20 met met=2026-02-09
			LA-15:v2 2026-02-09 2026-03-23 ended ended=2026-03-02`,
	},
	{
		name: "the death of the child ends every running duty of the case",
		events: `
			e1 referral.received 2026-01-05 ep=R1
			m1 missing.ended 2026-01-20T10:00:00Z
			p1 cp_plan.started 2026-01-12 ep=R1
			d1 person.died 2026-01-21`,
		asOf: "2026-02-21", refs: []string{"AS-01", "CP-10", "CP-13", "MI-01"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-21
			CP-10:p1 2026-01-12 2026-02-12 ended ep=R1 ended=2026-01-21 local
			CP-13:p1 2026-01-12 - ended ep=R1 ended=2026-01-21
			MI-01:m1 2026-01-20T10:00:00Z 2026-01-23T10:00:00Z ended ended=2026-01-21`,
	},
	{
		name: "a transfer to another council ends everything, and a later visit starts nothing",
		events: `
			p1 cp_plan.started 2026-01-12
			t1 case.transferred 2026-01-21
			v1 cp_visit.made 2026-01-22 seen=true`,
		asOf: "2026-01-22", refs: []string{"CP-10", "CP-13"},
		want: `
			CP-10:p1 2026-01-12 2026-02-12 ended ended=2026-01-21 local
			CP-13:p1 2026-01-12 - ended ended=2026-01-21`,
	},
	{
		name: "an end that comes after the due date says by how many days it was overdue",
		events: `
			p1 cp_plan.started 2026-01-12
			x1 cp_plan.ended 2026-02-20`,
		asOf: "2026-03-20", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-12 2026-02-12 ended ended=2026-02-20 late=8 local`,
	},
	{
		name: "hours do not end on the eighteenth birthday, days do",
		events: `
			b1 person.born 2008-03-03 date=2008-03-03
			m1 missing.ended 2026-03-02T20:00:00Z
			e1 referral.received 2026-02-27`,
		asOf: "2026-03-03", refs: []string{"MI-01", "AS-01"},
		want: `
			AS-01:e1 2026-02-27 2026-05-06 ended ended=2026-03-03
			MI-01:m1 2026-03-02T20:00:00Z 2026-03-05T20:00:00Z running`,
	},
	{
		name: "the eighteenth birthday itself still allows a start and a meeting",
		events: `
			b1 person.born 2008-03-03 date=2008-03-03
			e1 referral.received 2026-02-27
			a1 assessment.completed 2026-03-03
			e2 referral.received 2026-03-03
			e3 referral.received 2026-03-04`,
		asOf: "2026-03-04", refs: []string{"AS-01", "FD-01"}, // the second referral restarts nothing
		want: `
			AS-01:e1 2026-02-27 2026-05-06 met met=2026-03-03
			FD-01:e1 2026-02-27 2026-03-02 ended ended=2026-03-03 late=1
			FD-01:e2 2026-03-03 2026-03-04 ended ended=2026-03-03`,
	},
	{
		name: "the birth is where its event says, not when it was told; without a date, its day",
		events: `
			b1 person.born 2008-03-03
			e1 referral.received 2026-02-27`,
		asOf: "2026-03-03", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-02-27 2026-05-06 ended ended=2026-03-03`,
	},
	{
		name: "a birth told on another day than it happened counts from its date",
		events: `
			b1 person.born 2026-02-27 date=2008-03-03
			e1 referral.received 2026-02-27`,
		asOf: "2026-03-02", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-02-27 2026-05-06 running`,
	},
	{
		name:   "where the birth is not known nothing ends",
		events: "x1 person.expected 2007-12-01 date=2008-03-03\ne1 referral.received 2026-02-27",
		asOf:   "2026-03-04", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-02-27 2026-05-06 running`,
	},
}

var episodeCases = []foldCase{
	{
		name: "an event with an episode does not touch a duty of none",
		events: `
			e1 referral.received 2026-01-05
			a1 assessment.completed 2026-01-20 ep=R1`,
		asOf: "2026-01-20", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 running`,
	},
	{
		name: "an end with an episode ends the duties of that one only; one without ends all",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			p2 cp_plan.started 2026-01-06 ep=P2
			p3 cp_plan.started 2026-01-07 ep=P3
			x1 cp_plan.ended 2026-01-20 ep=P2
			x2 cp_plan.ended 2026-01-22`,
		asOf: "2026-01-22", refs: []string{"CP-13"},
		want: `
			CP-13:p1 2026-01-05 - ended ep=P1 ended=2026-01-22
			CP-13:p2 2026-01-06 - ended ep=P2 ended=2026-01-20
			CP-13:p3 2026-01-07 - ended ep=P3 ended=2026-01-22`,
	},
	{
		name: "a running duty of one episode does not hold up a start of another",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true ep=R1
			s2 strategy_discussion.held 2026-01-06 s47=true ep=R2
			s3 strategy_discussion.held 2026-01-07 s47=true ep=R1`,
		asOf: "2026-01-07",
		want: `
			CP-03:s1 2026-01-05 2026-01-26 running ep=R1
			CP-03:s2 2026-01-06 2026-01-27 running ep=R2`,
	},
	{
		name: "a start without an episode is held up by any running duty of its timescale",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true ep=R1
			s2 strategy_discussion.held 2026-01-06 s47=true`,
		asOf: "2026-01-06",
		want: `CP-03:s1 2026-01-05 2026-01-26 running ep=R1`,
	},
	{
		name: "a start with an episode is not held up by one without",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			s2 strategy_discussion.held 2026-01-06 s47=true ep=R1`,
		asOf: "2026-01-06",
		want: `
			CP-03:s1 2026-01-05 2026-01-26 running
			CP-03:s2 2026-01-06 2026-01-27 running ep=R1`,
	},
	{
		name: "care and placements are one at a time whatever the episode",
		events: `
			l1 looked_after.started 2026-01-05 ep=A
			l2 looked_after.started 2026-01-12 ep=B
			m1 placement.started 2026-01-05 ep=P
			m2 placement.started 2026-01-19 ep=Q`,
		asOf: "2026-01-19", refs: []string{"LA-06", "LA-14"},
		want: `
			LA-06:l1 2026-01-05 2026-02-02 running ep=A
			LA-14:m1 2026-01-05 2026-01-12 ended ep=P ended=2026-01-19 late=7
			LA-14:m2 2026-01-19 2026-01-26 running ep=Q`,
	},
	{
		name: "a start without an episode takes that of its open period, and is met by its events",
		events: `
			l1 looked_after.started 2026-01-05 ep=A
			r1 lac_review.held 2026-01-30
			r2 lac_review.held 2026-02-27 ep=A`,
		asOf: "2026-02-27", refs: []string{"LA-07", "LA-08"},
		want: `
			LA-07:r1 2026-01-30 2026-04-30 met ep=A met=2026-02-27
			LA-08:r2 2026-02-27 2026-08-27 running ep=A`,
	},
}

func TestWhatAPeriodThatIsNotTheTimescalesOwnSays(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, sinceAnotherPeriod)
	runMadeUpCases(t, takenFirst)
	runMadeUpCases(t, agreedAndWithdrawn)
}

// 20 working days after Monday 2 February 2026 is Monday 2 March: four weeks without a holiday.
var sinceAnotherPeriod = []foldCase{
	{
		name: "so long after another period opened, it starts from that day on",
		events: `
			c1 care.started 2026-02-02
			p1 plan.started 2026-03-02
			x1 care.ended 2026-03-06`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: `SINCE-1:p1 2026-03-02 2026-03-06 overdue late=1`,
	},
	{
		name: "a day earlier it does not",
		events: `
			c1 care.started 2026-02-02
			p1 plan.started 2026-02-27`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
	{
		name: "nor a year after it",
		events: `
			c1 care.started 2025-02-03
			p1 plan.started 2026-02-03`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
	{
		name: "nor where that period is not open",
		events: `
			c1 care.started 2025-02-03
			x1 care.ended 2025-06-02
			p1 plan.started 2025-09-01`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
	{
		name: "a period that opened again counts from its last opening",
		events: `
			c1 care.started 2025-02-03
			x1 care.ended 2025-06-02
			c2 care.started 2026-02-02
			p1 plan.started 2026-02-27`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
}

var takenFirst = []foldCase{
	{
		name: "an end that is taken first lets start on its day what the period keeps from starting",
		events: `
			h1 home.opened 2026-02-02
			s1 secure.started 2026-03-02
			b1 placement.broken 2026-03-09
			s2 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: `FIRST-1:s2 2026-03-09 2026-03-16 running`,
	},
	{
		name: "any other end does not",
		events: `
			h1 home.opened 2026-02-02
			x1 home.closed 2026-03-09
			s1 secure.started 2026-03-09
			s2 secure.started 2026-03-10`,
		asOf: "2026-03-10", refs: []string{"FIRST-1"},
		want: `FIRST-1:s2 2026-03-10 2026-03-17 running`,
	},
	{
		name: "where the period opens again on the day it is open",
		events: `
			h1 home.opened 2026-02-02
			b1 placement.broken 2026-03-09
			h2 home.opened 2026-03-09
			s1 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: ``,
	},
	{
		name: "by the hour, what opened again and broke down again is over, and nothing starts on a day on which it was open",
		events: `
			h1 home.opened 2026-02-02
			b1 placement.broken 2026-03-09T09:00:00Z
			h2 home.opened 2026-03-09T11:00:00Z
			b2 placement.broken 2026-03-09T15:00:00Z
			s1 secure.started 2026-03-09
			s2 secure.started 2026-03-10`,
		asOf: "2026-03-10", refs: []string{"FIRST-1"},
		want: `FIRST-1:s2 2026-03-10 2026-03-17 running`,
	},
	{
		name: "an opening of the morning, while it was open, opens nothing, and the end of the afternoon is taken first",
		events: `
			h1 home.opened 2026-02-02
			h2 home.opened 2026-03-09T09:00:00Z
			b1 placement.broken 2026-03-09T15:00:00Z
			s1 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: `FIRST-1:s1 2026-03-09 2026-03-16 running`,
	},
	{
		name: "what opens and ends on one day is open for all of it",
		events: `
			h1 home.opened 2026-03-09
			b1 placement.broken 2026-03-09
			s1 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: ``,
	},
}

var agreedAndWithdrawn = []foldCase{
	{
		name: "what was agreed gives its limit, withdrawn the other, agreed again its own again",
		events: `
			p1 plan.started 2026-01-05
			r1 plan.reviewed 2026-01-12
			a1 consent.given 2026-02-02
			r2 plan.reviewed 2026-02-09
			w1 offer.made 2026-03-02
			r3 plan.reviewed 2026-03-09
			a2 consent.given 2026-04-06
			r4 plan.reviewed 2026-04-13`,
		asOf: "2026-04-13", refs: []string{"AGREED-1"},
		want: `
			AGREED-1:r1 2026-01-12 2026-03-12 met met=2026-02-09
			AGREED-1:r2 2026-02-09 2026-08-09 met met=2026-03-09
			AGREED-1:r3 2026-03-09 2026-05-09 met met=2026-04-13
			AGREED-1:r4 2026-04-13 2026-10-13 running`,
	},
	{
		name: "of one day what was recorded last stands",
		events: `
			p1 plan.started 2026-01-05
			a1 consent.given 2026-02-02 rec=2026-02-02T09:00:00Z
			w1 offer.made 2026-02-02 rec=2026-02-02T10:00:00Z
			r1 plan.reviewed 2026-02-09`,
		asOf: "2026-02-09", refs: []string{"AGREED-1"},
		want: `AGREED-1:r1 2026-02-09 2026-04-09 running`,
	},
}
