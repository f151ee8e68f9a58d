package casework_test

import "testing"

// What the other tables leave open of the rows of rules.md, section 8.
func TestTheCoreTable(t *testing.T) {
	t.Parallel()
	runFoldCases(t, coreCases)
}

var coreCases = []foldCase{
	{
		name: "FD-01: each referral opens its own, any decision meets those that run",
		events: `
			e1 referral.received 2026-03-27
			e2 referral.received 2026-03-27
			e3 referral.received 2026-03-30
			d1 referral.decided 2026-03-30 outcome=information
			e4 referral.received 2026-04-02`,
		asOf: "2026-04-07", refs: []string{"FD-01"}, // the 27th is a Friday; Good Friday is 3 April, Easter Monday the 6th
		want: `
			FD-01:e1 2026-03-27 2026-03-30 met met=2026-03-30
			FD-01:e2 2026-03-27 2026-03-30 met met=2026-03-30
			FD-01:e3 2026-03-30 2026-03-31 met met=2026-03-30
			FD-01:e4 2026-04-02 2026-04-07 due_today`,
	},
	{
		name: "FD-01: a contact is no referral, nor is its decision one of a referral",
		events: `
			c1 contact.received 2026-03-27
			c2 contact.decided 2026-03-27 outcome=referral`,
		asOf: "2026-04-07", want: ``,
	},
	{
		name: "AS-H1: met, ended by a decision, and ten working days from 17 March 2010",
		events: `
			e1 referral.received 2012-04-30 ep=R1
			a1 initial_assessment.completed 2012-05-16 ep=R1
			e2 referral.received 2012-05-31 ep=R2
			a2 initial_assessment.completed 2012-06-19 ep=R2
			e3 referral.received 2013-04-14 ep=R3
			d3 referral.decided 2013-04-20 outcome=early_help ep=R3`,
		// 2012: early May holiday on the 7th, spring holiday on 4 June and the jubilee on the 5th.
		asOf: "2013-05-01", refs: []string{"AS-H1", "AS-01"},
		want: `
			AS-H1:e1 2012-04-30 2012-05-15 met_late ep=R1 met=2012-05-16 late=1
			AS-H1:e2 2012-05-31 2012-06-18 met_late ep=R2 met=2012-06-19 late=1
			AS-H1:e3 2013-04-14 2013-04-26 ended ep=R3 ended=2013-04-20`,
	},
	{
		name: "a count is provisional by the days after the start, not by the start's own",
		events: `
			e1 referral.received 2011-12-31 ep=R1
			e2 referral.received 2011-12-30 ep=R2`,
		asOf: "2012-01-10", refs: []string{"AS-H1"}, // the calendar begins with 2012, whose 2 January is a holiday
		want: `
			AS-H1:e2 2011-12-30 2012-01-16 running ep=R2 provisional
			AS-H1:e1 2011-12-31 2012-01-16 running ep=R1`,
	},
	{
		name: "AS-H2: a core assessment has 35 working days from its own start",
		events: `
			e1 core_assessment.started 2012-04-30
			a1 core_assessment.completed 2012-06-20`,
		asOf: "2012-06-20", refs: []string{"AS-H2"}, // 7 May, 4 and 5 June are holidays
		want: `AS-H2:e1 2012-04-30 2012-06-21 met met=2012-06-20`,
	},
	{
		name: "AS-01: an assessment of its own right starts no clock, a reassessment does, from April 2013",
		events: `
			a0 assessment.started 2013-04-14 reassessment=true ep=A
			a1 assessment.started 2013-04-15 reassessment=true ep=B
			a2 assessment.started 2026-01-05 ep=C
			a3 assessment.started 2026-01-05 reassessment=false ep=D`,
		asOf: "2013-04-16", refs: []string{"AS-01"},
		want: `AS-01:a1 2013-04-15 2013-06-19 running ep=B`,
	},
	{
		name: "AS-01: ended where no assessment follows, and only then",
		events: `
			e1 referral.received 2026-01-05 ep=R1
			d1 referral.decided 2026-01-06 outcome=information ep=R1
			e2 referral.received 2026-01-05 ep=R2
			d2 referral.decided 2026-01-06 outcome=early_help ep=R2
			e3 referral.received 2026-01-05 ep=R3
			d3 referral.decided 2026-01-06 outcome=strategy_discussion ep=R3
			e4 referral.received 2026-01-05 ep=R4
			d4 referral.decided 2026-01-06 outcome=assessment ep=R4
			e5 referral.received 2026-01-05 ep=R5
			d5 referral.decided 2026-01-06 ep=R5`,
		asOf: "2026-01-06", refs: []string{"AS-01"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-01-06
			AS-01:e2 2026-01-05 2026-03-09 ended ep=R2 ended=2026-01-06
			AS-01:e3 2026-01-05 2026-03-09 running ep=R3
			AS-01:e4 2026-01-05 2026-03-09 running ep=R4
			AS-01:e5 2026-01-05 2026-03-09 running ep=R5`,
	},
	{
		name: "AS-01: a checkpoint or seeing the child meets nothing, nor does an assessment of before 2013",
		events: `
			e1 referral.received 2026-01-05
			a1 assessment.child_seen 2026-01-12 alone=true
			a2 assessment.checkpoint 2026-01-19
			a3 initial_assessment.completed 2026-01-20
			a4 core_assessment.completed 2026-01-20`,
		asOf: "2026-03-10", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 overdue late=1`,
	},
	{
		name: "CP-03: a conference meets it whatever it decides, with the enquiry's end for a conference it runs on",
		events: `
			s1 strategy_discussion.held 2026-03-20 s47=true
			x1 section47.completed 2026-04-01 outcome=icpc
			i1 icpc.held 2026-04-14 outcome=no_plan`,
		asOf: "2026-04-14", // two days of Easter between
		want: `CP-03:s1 2026-03-20 2026-04-14 met met=2026-04-14`,
	},
	{
		name: "CP-08 and CP-11 run from the conference, over Christmas, and end with the plan",
		events: `
			i1 icpc.held 2026-12-23 outcome=plan
			p1 cp_plan.started 2026-12-23
			x1 cp_plan.ended 2027-01-12`,
		asOf: "2027-01-12", refs: []string{"CP-08", "CP-11"}, // 25 and 28 December and 1 January are holidays
		want: `
			CP-08:i1 2026-12-23 2027-01-11 ended ended=2027-01-12 late=1
			CP-11:i1 2026-12-23 2027-03-23 ended ended=2027-01-12`,
	},
	{
		name: "CP-10: a month from the 31st is the last day of a shorter month; the interval runs from the visit, early or late",
		events: `
			p1 cp_plan.started 2026-01-31
			v1 cp_visit.made 2026-02-10 seen=true
			v2 cp_visit.made 2026-03-31 seen=true`,
		asOf: "2026-04-30", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-31 2026-02-28 met met=2026-02-10 local
			CP-10:v1 2026-02-10 2026-03-10 met_late met=2026-03-31 late=21 local
			CP-10:v2 2026-03-31 2026-04-30 due_today local`,
	},
	{
		name: "CP-10: a visit without a word on whether the child was seen does not count",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-12`,
		asOf: "2026-01-12", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 running local`,
	},
	{
		name: "CP-13: has no date and is never late",
		events: `
			p1 cp_plan.started 2020-01-05`,
		asOf: "2026-01-12", refs: []string{"CP-13"},
		want: `CP-13:p1 2020-01-05 - running`,
	},
	{
		name: "CN-02: four weeks are 28 days; CN-03: three months",
		events: `
			p1 cin_plan.started 2026-11-30
			v1 cin_visit.made 2026-12-28 seen=true
			r1 cin_review.held 2027-02-28`,
		asOf: "2027-02-28", refs: []string{"CN-02", "CN-03"},
		want: `
			CN-02:p1 2026-11-30 2026-12-28 met met=2026-12-28 local
			CN-02:v1 2026-12-28 2027-01-25 overdue late=34 local
			CN-03:p1 2026-11-30 2027-02-28 met met=2027-02-28 local
			CN-03:r1 2027-02-28 2027-05-28 running local`,
	},
	{
		name: "PL-02 and PL-03 over Christmas",
		events: `
			p1 pre_proceedings.started 2026-12-18
			l1 letter_before_proceedings.sent 2026-12-29
			m1 pre_proceedings_meeting.held 2027-01-13`,
		asOf: "2027-01-13", refs: []string{"PL-02", "PL-03"},
		want: `
			PL-02:p1 2026-12-18 2026-12-29 met met=2026-12-29 local
			PL-03:l1 2026-12-29 2027-01-13 met met=2027-01-13 local`,
	},
	{
		name: "PL-03 starts only in pre-proceedings",
		events: `
			l1 letter_before_proceedings.sent 2026-12-18`,
		asOf: "2026-12-18", want: ``,
	},
	{
		name: "CT-01: on issue + 181 days it is due, the day after it is late",
		events: `
			c1 proceedings.issued 2026-05-04 ep=A
			x1 proceedings.concluded 2026-11-01 ep=A
			c2 proceedings.issued 2026-05-04 ep=B
			x2 proceedings.concluded 2026-11-02 ep=B`,
		asOf: "2026-11-02", refs: []string{"CT-01"}, // 27 days of May, 30, 31, 31, 30, 31 and 1 more
		want: `
			CT-01:c1 2026-05-04 2026-11-01 met ep=A met=2026-11-01
			CT-01:c2 2026-05-04 2026-11-01 met_late ep=B met=2026-11-02 late=1`,
	},
	{
		name: "LA-01, LA-23 and LA-26 over Easter; the plan of the day of the start counts",
		events: `
			l1 looked_after.started 2026-04-01
			m1 placement.started 2026-04-01
			k1 care_plan.completed 2026-04-01
			h1 health_assessment.completed 2026-04-30
			h2 health_assessment.completed 2026-05-01 initial=true
			e1 pep.completed 2026-04-20`,
		asOf: "2026-05-01", refs: []string{"LA-01", "LA-23", "LA-26"},
		want: `
			LA-01:m1 2026-04-01 2026-04-17 met met=2026-04-01
			LA-23:l1 2026-04-01 2026-05-01 met met=2026-05-01
			LA-26:l1 2026-04-01 2026-04-17 met_late met=2026-04-20 late=3`,
	},
	{
		name: "or before: the latest of the three months, exactly three months is inside, and it is met on the day of the start",
		events: `
			e0 pep.completed 2026-02-28 rec=2026-03-05T10:00:00Z
			h0 health_assessment.completed 2026-02-27 initial=true
			l1 looked_after.started 2026-05-31`,
		// 31 May less three months is 28 February.
		asOf: "2026-06-01", refs: []string{"LA-23", "LA-26"},
		want: `
			LA-23:l1 2026-05-31 2026-06-26 running
			LA-26:l1 2026-05-31 2026-06-12 met met=2026-05-31 recorded_late=5`,
	},
	{
		name: "or before: an assessment that is not the initial one does not count",
		events: `
			h0 health_assessment.completed 2026-05-01
			l1 looked_after.started 2026-05-31`,
		asOf: "2026-06-01", refs: []string{"LA-23", "LA-24"},
		want: `LA-23:l1 2026-05-31 2026-06-26 running`,
	},
	{
		name: "LA-24: the assessment before care that met LA-23 starts the review from its own day",
		events: `
			b1 person.born 2015-06-15 date=2015-06-15
			h0 health_assessment.completed 2026-03-10 initial=true
			h1 health_assessment.completed 2026-04-20 initial=true
			l1 looked_after.started 2026-05-31`,
		asOf: "2026-06-01", refs: []string{"LA-23", "LA-24"},
		want: `
			LA-23:l1 2026-05-31 2026-06-26 met met=2026-05-31
			LA-24:h1 2026-04-20 2027-04-20 running`,
	},
	{
		name: "LA-24: six months only where that falls before the fifth birthday, not on it",
		events: `
			b1 person.born 2021-07-20 date=2021-07-20
			l1 looked_after.started 2026-01-05 ep=A
			h1 health_assessment.completed 2026-01-19 initial=true
			h2 health_assessment.completed 2026-01-20`,
		asOf: "2026-01-20", refs: []string{"LA-24"}, // 19 July is the day before
		want: `
			LA-24:h1 2026-01-19 2026-07-19 met ep=A met=2026-01-20
			LA-24:h2 2026-01-20 2027-01-20 running ep=A`,
	},
	{
		name: "LA-24: what waits is met all the same, and the next waits in its turn",
		events: `
			l1 looked_after.started 2026-01-05
			h1 health_assessment.completed 2026-01-19 initial=true
			h2 health_assessment.completed 2026-07-20`,
		asOf: "2026-07-20", refs: []string{"LA-24"},
		want: `
			LA-24:h1 2026-01-19 - met met=2026-07-20
			LA-24:h2 2026-07-20 - waiting waiting=person.born`,
	},
	{
		name: "LA-24: what waits ends with care",
		events: `
			l1 looked_after.started 2026-01-05
			h1 health_assessment.completed 2026-01-19 initial=true
			l2 looked_after.ended 2026-07-20`,
		asOf: "2026-07-20", refs: []string{"LA-24"},
		want: `LA-24:h1 2026-01-19 - ended ended=2026-07-20`,
	},
	{
		name: "LA-24: back in care within three months, the assessment that meets LA-23 again starts the review again, under a name of its own",
		events: `
			b1 person.born 2015-06-15
			l1 looked_after.started 2026-01-05
			h1 health_assessment.completed 2026-01-12 initial=true
			l2 looked_after.ended 2026-02-02
			l3 looked_after.started 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"LA-23", "LA-24"},
		want: `
			LA-23:l1 2026-01-05 2026-02-02 met met=2026-01-12
			LA-23:l3 2026-03-02 2026-03-30 met met=2026-03-02
			LA-24:h1 2026-01-12 2027-01-12 ended ended=2026-02-02
			LA-24:l3 2026-01-12 2027-01-12 running`,
	},
	{
		name: "LA-24: also where care ends and begins again on one day",
		events: `
			b1 person.born 2015-06-15
			l1 looked_after.started 2026-01-05
			h1 health_assessment.completed 2026-01-12 initial=true
			l2 looked_after.ended 2026-02-02
			l3 looked_after.started 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"LA-24"},
		want: `
			LA-24:h1 2026-01-12 2027-01-12 ended ended=2026-02-02
			LA-24:l3 2026-01-12 2027-01-12 running`,
	},
	{
		name: "LA-06 to LA-08: a review before care counts for nothing, and adoption ends them",
		events: `
			r0 lac_review.held 2026-01-02
			l1 looked_after.started 2026-01-05
			r1 lac_review.held 2026-01-30
			r2 lac_review.held 2026-04-29
			a1 adoption.authorised 2026-05-05`,
		asOf: "2026-05-05", refs: []string{"LA-06", "LA-07", "LA-08"},
		want: `
			LA-06:l1 2026-01-05 2026-02-02 met met=2026-01-30
			LA-07:r1 2026-01-30 2026-04-30 met met=2026-04-29
			LA-08:r2 2026-04-29 2026-10-29 ended ended=2026-05-05`,
	},
	{
		name: "LA-06: while adoption is authorised a child who comes into care has no first review of this kind",
		events: `
			a1 adoption.authorised 2026-01-05
			l1 looked_after.started 2026-01-05`,
		asOf: "2026-01-05", refs: []string{"LA-06"},
		want: ``,
	},
	{
		name: "LA-15 and LA-16: the day before a year, and the corresponding date",
		events: `
			l1 looked_after.started 2024-02-29
			m1 placement.started 2024-02-29 to_18=true
			v1 lac_visit.made 2025-02-27 seen=true
			v2 lac_visit.made 2025-02-28 seen=true`,
		// A year from 29 February is 28 February.
		asOf: "2025-02-28", refs: []string{"LA-15", "LA-16"},
		want: `
			LA-15:v1 2025-02-27 2025-04-10 met met=2025-02-28
			LA-16:v2 2025-02-28 2025-05-28 running`,
	},
	{
		name: "LA-15: with a parent after assessment and without an interim order it is an ordinary placement",
		events: `
			m1 placement.started 2026-01-05 with_parent=true
			v1 lac_visit.made 2026-01-08 seen=true`,
		asOf: "2026-01-08", refs: []string{"LA-15", "LA-18", "LA-19"},
		want: `LA-15:v1 2026-01-08 2026-02-19 running`,
	},
	{
		name: "LA-19: with a parent under an interim order, also before assessment; a review of before the placement does not count",
		events: `
			l1 looked_after.started 2026-01-05
			r1 lac_review.held 2026-01-20
			m1 placement.started 2026-02-02 with_parent=true before_assessment=true interim_order=true
			v1 lac_visit.made 2026-02-09 seen=true
			r2 lac_review.held 2026-02-16
			v2 lac_visit.made 2026-02-16 seen=true`,
		asOf: "2026-02-16", refs: []string{"LA-15", "LA-18", "LA-19"}, // the review of the visit's day counts
		want: `
			LA-19:v1 2026-02-09 2026-02-16 met met=2026-02-16
			LA-19:v2 2026-02-16 2026-03-16 running`,
	},
	{
		name: "LA-19: under regulation 24 it is, whatever else the placement is",
		events: `
			m1 placement.started 2026-02-02 regulation24=true with_parent=true before_assessment=true
			v1 lac_visit.made 2026-02-09 seen=true`,
		asOf: "2026-02-09", refs: []string{"LA-15", "LA-18", "LA-19"},
		want: `LA-19:v1 2026-02-09 2026-02-16 running`,
	},
	{
		name: "LA-14: an unseen visit does not count, a visit of the week before neither",
		events: `
			l1 looked_after.started 2026-01-05
			v0 lac_visit.made 2026-01-06 seen=true
			m1 placement.started 2026-01-07
			v1 lac_visit.made 2026-01-12 seen=false`,
		asOf: "2026-01-15", refs: []string{"LA-14", "LA-15"},
		want: `LA-14:m1 2026-01-07 2026-01-14 overdue late=1`,
	},
	{
		name: "LA-30: the approval and the placement of one day are one; met by the full approval; ended by a move",
		events: `
			m1 placement.started 2026-01-05 regulation24=true
			t1 connected_person.temporarily_approved 2026-01-05
			m2 placement.started 2026-02-02 regulation24=true
			p2 connected_person.approved 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"LA-30"},
		want: `
			LA-30:t1 2026-01-05 2026-04-27 ended ended=2026-02-02
			LA-30:m2 2026-02-02 2026-05-25 met met=2026-03-02`,
	},
	{
		name: "AD-05: three months, then six from the last, until the child is placed",
		events: `
			a1 adoption.authorised 2026-01-05
			r1 adoption_review.held 2026-04-02
			r2 adoption_review.held 2026-10-01
			p1 adoption.placed 2026-11-02`,
		asOf: "2026-11-02", refs: []string{"AD-05"},
		want: `
			AD-05:a1 2026-01-05 2026-04-05 met met=2026-04-02
			AD-05:r1 2026-04-02 2026-10-02 met met=2026-10-01
			AD-05:r2 2026-10-01 2027-04-01 ended ended=2026-11-02`,
	},
	{
		name: "AD-06: twins of the second review are one, and the third has six months like the second",
		events: `
			p1 adoption.placed 2026-01-05
			r1 adoption_review.held 2026-02-02
			r2 adoption_review.held 2026-05-01 rec=2026-05-04T10:00:00Z
			r3 adoption_review.held 2026-05-01 rec=2026-05-05T10:00:00Z
			r4 adoption_review.held 2026-11-02`,
		asOf: "2026-11-02", refs: []string{"AD-06"},
		want: `
			AD-06:p1 2026-01-05 2026-02-02 met met=2026-02-02
			AD-06:r1 2026-02-02 2026-05-02 met met=2026-05-01 recorded_late=3
			AD-06:r2 2026-05-01 2026-11-01 met_late met=2026-11-02 late=1
			AD-06:r4 2026-11-02 2027-05-02 running`,
	},
	{
		name: "AD-07: weekly until the first review since the placing, unseen visits do not count",
		events: `
			p1 adoption.placed 2026-01-05
			v1 adoption_visit.made 2026-01-09 seen=true
			v2 adoption_visit.made 2026-01-16 seen=false
			v3 adoption_visit.made 2026-01-19 seen=true
			r1 adoption_review.held 2026-01-26
			v4 adoption_visit.made 2026-01-26 seen=true
			v5 adoption_visit.made 2026-02-02 seen=true`,
		asOf: "2026-02-02", refs: []string{"AD-07"}, // a visit of the review's day is not before it
		want: `
			AD-07:p1 2026-01-05 2026-01-12 met met=2026-01-09
			AD-07:v1 2026-01-09 2026-01-16 met_late met=2026-01-19 late=3
			AD-07:v3 2026-01-19 2026-01-26 met met=2026-01-26`,
	},
	{
		name: "PF-02 over the new year; PF-04 in the first year, PF-05 from its end",
		events: `
			n1 private_fostering.notified 2026-12-21
			v1 pf_visit.made 2027-01-05 seen=true
			v2 pf_visit.made 2027-12-20 seen=true
			v3 pf_visit.made 2027-12-21 seen=true`,
		asOf: "2027-12-21", refs: []string{"PF-02", "PF-04", "PF-05"},
		want: `
			PF-02:n1 2026-12-21 2027-01-04 met_late met=2027-01-05 late=1
			PF-04:v1 2027-01-05 2027-02-16 met_late met=2027-12-20 late=307
			PF-04:v2 2027-12-20 2028-01-31 met met=2027-12-21
			PF-05:v3 2027-12-21 2028-03-14 running`,
	},
	{
		name: "MI-01: each return opens its own, one interview meets all that run, a declined one ends them",
		events: `
			m1 missing.ended 2026-03-02T10:00:00Z
			m2 missing.ended 2026-03-03T10:00:00Z
			i1 return_interview.completed 2026-03-04T10:00:00Z
			m3 missing.ended 2026-03-05
			m4 missing.ended 2026-03-06T10:00:00Z
			d1 return_interview.declined 2026-03-07T10:00:00Z`,
		asOf: "2026-03-08", refs: []string{"MI-01"},
		want: `
			MI-01:m1 2026-03-02T10:00:00Z 2026-03-05T10:00:00Z met met=2026-03-04T10:00:00Z
			MI-01:m2 2026-03-03T10:00:00Z 2026-03-06T10:00:00Z met met=2026-03-04T10:00:00Z
			MI-01:m3 2026-03-05 2026-03-08 ended ended=2026-03-07
			MI-01:m4 2026-03-06T10:00:00Z 2026-03-09T10:00:00Z ended ended=2026-03-07T10:00:00Z`,
	},
	{
		name: "EM-01: missed by hours on the same day it is late without a day",
		events: `
			p1 police_protection.started 2026-03-02T10:00:00Z
			p2 police_protection.ended 2026-03-05T10:00:01Z`,
		asOf: "2026-03-06", refs: []string{"EM-01"},
		want: `EM-01:p1 2026-03-02T10:00:00Z 2026-03-05T10:00:00Z met_late met=2026-03-05T10:00:01Z`,
	},
	{
		name: "EM-01: through the end of summer time 72 hours stay 72 hours",
		events: `
			p1 police_protection.started 2026-10-24T09:00:00Z`,
		asOf: "2026-10-27T09:00:00Z", refs: []string{"EM-01"}, // 10:00 in London on the 24th, 09:00 on the 27th
		want: `EM-01:p1 2026-10-24T09:00:00Z 2026-10-27T09:00:00Z due_today`,
	},
	{
		name:   "EM-01: with a date only it runs from 00:00 in London",
		events: `p1 police_protection.started 2026-10-24`,
		asOf:   "2026-10-26T23:00:00Z", refs: []string{"EM-01"}, // 23:00 in London: an hour was gained
		want: `EM-01:p1 2026-10-23T23:00:00Z 2026-10-26T23:00:00Z due_today`,
	},
}

func TestFoldOfTheOtherPathways(t *testing.T) {
	t.Parallel()
	runFoldCases(t, otherPathwayCases)
}

var otherPathwayCases = []foldCase{
	{
		name:   "26 weeks begin with the day of issue",
		events: `c1 proceedings.issued 2026-01-05`,
		asOf:   "2026-01-05",
		refs:   []string{"CT-01"},
		want:   `CT-01:c1 2026-01-05 2026-07-05 running`,
	},
	{
		name: "the court extends its timetable to at most eight weeks after the later of the end and the grant",
		events: `
			c1 proceedings.issued 2026-01-05
			x1 court_timetable.extended 2026-06-20 until=2026-08-30
			x2 court_timetable.extended 2026-09-10 until=2026-11-05`,
		asOf: "2026-10-01",
		refs: []string{"CT-01"},
		want: `CT-01:c1 2026-01-05 2026-11-05 running`,
	},
	{
		name: "proceedings issued before 22 April 2014 have no 26 weeks",
		events: `
			c1 proceedings.issued 2014-04-21`,
		asOf: "2014-10-01",
		refs: []string{"CT-01"},
		want: ``,
	},
	{
		name: "72 hours are elapsed time, through a clock change, and equal is in time",
		events: `
			p1 police_protection.started 2026-03-27T22:00:00Z ep=A
			p2 police_protection.ended 2026-03-30T22:00:00Z ep=A
			q1 police_protection.started 2026-03-27T22:00:00Z ep=B
			q2 police_protection.ended 2026-03-30T22:00:01Z ep=B
			r1 police_protection.started 2026-03-27 ep=C
			r2 police_protection.ended 2026-03-30 ep=C`,
		asOf: "2026-03-31",
		refs: []string{"EM-01"},
		want: `
			EM-01:r1 2026-03-27T00:00:00Z 2026-03-30T00:00:00Z met ep=C met=2026-03-30
			EM-01:p1 2026-03-27T22:00:00Z 2026-03-30T22:00:00Z met ep=A met=2026-03-30T22:00:00Z
			EM-01:q1 2026-03-27T22:00:00Z 2026-03-30T22:00:00Z met_late ep=B met=2026-03-30T22:00:01Z`,
	},
	{
		name:   "a limit in hours is due today on its day until its instant",
		events: `p1 police_protection.started 2026-03-27T10:00:00Z`,
		asOf:   "2026-03-30T10:00:00Z",
		refs:   []string{"EM-01"},
		want:   `EM-01:p1 2026-03-27T10:00:00Z 2026-03-30T10:00:00Z due_today`,
	},
	{
		name:   "and overdue after it",
		events: `p1 police_protection.started 2026-03-27T10:00:00Z`,
		asOf:   "2026-03-30T10:00:01Z",
		refs:   []string{"EM-01"},
		want:   `EM-01:p1 2026-03-27T10:00:00Z 2026-03-30T10:00:00Z overdue`,
	},
	{
		name: "a second police protection of the same day starts after the first has ended",
		events: `
			p1 police_protection.started 2026-03-27T09:00:00Z
			p2 police_protection.ended 2026-03-27T12:00:00Z
			p3 police_protection.started 2026-03-27T15:00:00Z`,
		asOf: "2026-03-27",
		refs: []string{"EM-01"},
		want: `
			EM-01:p1 2026-03-27T09:00:00Z 2026-03-30T09:00:00Z met met=2026-03-27T12:00:00Z
			EM-01:p3 2026-03-27T15:00:00Z 2026-03-30T15:00:00Z running`,
	},
	{
		name: "a return interview: 72 hours from the instant, or the end of the third day after a date",
		events: `
			m1 missing.ended 2026-03-02T20:00:00Z ep=A
			m2 missing.ended 2026-03-02 ep=B
			i2 return_interview.completed 2026-03-05 ep=B
			i1 return_interview.declined 2026-03-06 ep=A`,
		asOf: "2026-03-06",
		refs: []string{"MI-01"},
		want: `
			MI-01:m2 2026-03-02 2026-03-05 met ep=B met=2026-03-05
			MI-01:m1 2026-03-02T20:00:00Z 2026-03-05T20:00:00Z ended ep=A ended=2026-03-06 late=1`,
	},
	{
		name: "a plan completed in the three months before the placement meets the duty on the day it starts",
		events: `
			l1 looked_after.started 2026-01-05
			k1 care_plan.completed 2025-10-05
			m1 placement.started 2026-01-05
			k0 care_plan.completed 2025-10-04`,
		asOf: "2026-01-31",
		refs: []string{"LA-01"},
		want: `LA-01:m1 2026-01-05 2026-01-19 met met=2026-01-05`,
	},
	{
		name: "one completed before that does not",
		events: `
			k0 care_plan.completed 2025-10-04
			m1 placement.started 2026-01-05
			m2 placement.started 2026-01-12`,
		asOf: "2026-01-31",
		refs: []string{"LA-01"},
		want: `LA-01:m1 2026-01-05 2026-01-19 overdue late=12`,
	},
	{
		name: "the review of a health assessment waits for the birth, and hangs on the fifth birthday",
		events: `
			l1 looked_after.started 2026-01-05
			h0 health_assessment.completed 2025-12-20 initial=true`,
		asOf: "2026-01-31",
		refs: []string{"LA-23", "LA-24"},
		want: `
			LA-23:l1 2026-01-05 2026-02-02 met met=2026-01-05
			LA-24:h0 2025-12-20 - waiting waiting=person.born`,
	},
	{
		name: "six months where that falls before the fifth birthday, else twelve",
		events: `
			b1 person.born 2022-01-10 date=2022-01-10
			l1 looked_after.started 2026-01-05
			h1 health_assessment.completed 2026-01-20 initial=true
			h2 health_assessment.completed 2026-07-10`,
		asOf: "2026-07-31",
		refs: []string{"LA-24"},
		want: `
			LA-24:h1 2026-01-20 2026-07-20 met met=2026-07-10
			LA-24:h2 2026-07-10 2027-07-10 running`,
	},
	{
		name: "a placement with a parent before assessment is visited weekly until a review, then every six weeks",
		events: `
			m1 placement.started 2026-01-05 with_parent=true before_assessment=true
			v1 lac_visit.made 2026-01-08 seen=true
			r1 lac_review.held 2026-01-20
			v2 lac_visit.made 2026-01-21 seen=true`,
		asOf: "2026-01-31",
		refs: []string{"LA-15", "LA-18", "LA-19"},
		want: `
			LA-18:v1 2026-01-08 2026-01-15 met_late met=2026-01-21 late=6
			LA-18:v2 2026-01-21 2026-03-04 running`,
	},
	{
		name: "with a connected person under regulation 24 weekly, then every four weeks",
		events: `
			m1 placement.started 2026-01-05 regulation24=true
			v1 lac_visit.made 2026-01-08 seen=true
			r1 lac_review.held 2026-01-20
			v2 lac_visit.made 2026-01-21 seen=true`,
		asOf: "2026-01-31",
		refs: []string{"LA-15", "LA-18", "LA-19", "LA-30"},
		want: `
			LA-19:v1 2026-01-08 2026-01-15 met_late met=2026-01-21 late=6
			LA-19:v2 2026-01-21 2026-02-18 running
			LA-30:m1 2026-01-05 2026-04-27 running`,
	},
	{
		name: "a temporary approval is extended once, by at most eight weeks",
		events: `
			m1 placement.started 2026-01-05 regulation24=true
			t1 connected_person.temporarily_approved 2026-01-05
			x1 clock.extended 2026-04-20 ref=LA-30 until=2026-06-22 reason=x by=y role=z`,
		asOf: "2026-05-31",
		refs: []string{"LA-30"},
		want: `LA-30:t1 2026-01-05 2026-06-22 running`,
	},
	{
		name: "reviews before and after a child is placed for adoption",
		events: `
			l1 looked_after.started 2025-01-05
			a1 adoption.authorised 2026-01-05
			r1 adoption_review.held 2026-04-01
			p1 adoption.placed 2026-05-04
			v1 adoption_visit.made 2026-05-08 seen=true
			r2 adoption_review.held 2026-05-29
			r3 adoption_review.held 2026-08-20`,
		asOf: "2026-08-31",
		refs: []string{"AD-05", "AD-06", "AD-07"},
		want: `
			AD-05:a1 2026-01-05 2026-04-05 met met=2026-04-01
			AD-05:r1 2026-04-01 2026-10-01 ended ended=2026-05-04
			AD-06:p1 2026-05-04 2026-06-01 met met=2026-05-29
			AD-06:r2 2026-05-29 2026-08-29 met met=2026-08-20
			AD-06:r3 2026-08-20 2027-02-20 running
			AD-07:p1 2026-05-04 2026-05-11 met met=2026-05-08
			AD-07:v1 2026-05-08 2026-05-15 ended ended=2026-05-29 late=14`,
	},
	{
		name: "private fostering: seven working days, then six weeks in the first year, then twelve",
		events: `
			n1 private_fostering.notified 2026-01-05
			v1 pf_visit.made 2026-01-14 seen=true
			v2 pf_visit.made 2027-01-05 seen=true`,
		asOf: "2027-01-31",
		refs: []string{"PF-02", "PF-04", "PF-05"},
		want: `
			PF-02:n1 2026-01-05 2026-01-14 met met=2026-01-14
			PF-04:v1 2026-01-14 2026-02-25 met_late met=2027-01-05 late=314
			PF-05:v2 2027-01-05 2027-03-30 running`,
	},
}

var otherNoticeCases = []noticeCase{
	{
		name: "hours: half, three quarters to both, the instant, and four hours on, at any hour for police protection",
		events: `
			p1 police_protection.started 2026-03-02T22:00:00Z rec=2026-03-02T22:05:00Z
			p2 police_protection.ended 2026-03-06T03:00:00Z rec=2026-03-06T03:10:00Z`,
		from: "2026-03-01", to: "2026-04-01",
		want: `
			2026-03-04T10:00 EM-01 2026-03-05T22:00:00Z 50% worker reminder
			2026-03-05T04:00 EM-01 2026-03-05T22:00:00Z 75% worker reminder
			2026-03-05T04:00 EM-01 2026-03-05T22:00:00Z 75% team_manager escalation
			2026-03-05T22:00 EM-01 2026-03-05T22:00:00Z 0 service_manager escalation
			2026-03-06T02:00 EM-01 2026-03-05T22:00:00Z +4h head_of_service escalation
			2026-03-06T03:10 EM-01 2026-03-05T22:00:00Z team_manager resolved
			2026-03-06T03:10 EM-01 2026-03-05T22:00:00Z service_manager resolved
			2026-03-06T03:10 EM-01 2026-03-05T22:00:00Z head_of_service resolved`,
	},
	{
		name: "other limits in hours speak between eight and eight",
		events: `
			m1 missing.ended 2026-03-02T16:00:00Z rec=2026-03-02T16:05:00Z
			i1 return_interview.completed 2026-03-05T15:00:00Z rec=2026-03-05T22:00:00Z`,
		from: "2026-03-01", to: "2026-04-01", // 50% at 04:00, 75% at 22:00
		want: `
			2026-03-04T08:00 MI-01 2026-03-05T16:00:00Z 50% worker reminder
			2026-03-05T08:00 MI-01 2026-03-05T16:00:00Z 75% worker reminder
			2026-03-05T08:00 MI-01 2026-03-05T16:00:00Z 75% team_manager escalation
			2026-03-05T16:00 MI-01 2026-03-05T16:00:00Z 0 service_manager escalation
			2026-03-05T20:00 MI-01 2026-03-05T16:00:00Z +4h head_of_service escalation
			2026-03-05T22:00 MI-01 2026-03-05T16:00:00Z team_manager resolved
			2026-03-05T22:00 MI-01 2026-03-05T16:00:00Z service_manager resolved
			2026-03-05T22:00 MI-01 2026-03-05T16:00:00Z head_of_service resolved`,
	},
	{
		name: "of what waits the worker is told once, on the fifth working day after the start",
		events: `
			l1 looked_after.started 2026-01-05 rec=2026-01-05T08:00:00Z
			s1 source.attached 2026-01-05 name=x reports=[health_assessment.completed] rec=2026-01-05T08:00:00Z
			h1 health_assessment.completed 2026-01-05 initial=true rec=2026-01-06T08:00:00Z`,
		from: "2026-01-01", to: "2026-02-01",
		want: `
			2026-01-12T09:00 LA-24 waiting worker reminder`,
	},
}

func TestNoticesOfTheOtherPathways(t *testing.T) {
	t.Parallel()
	runNoticeCases(t, otherNoticeCases)
}

// The rules that were put right when the law was checked against its sources. Each date is worked
// out by hand from the words of the source.
func TestTheRulesThatWerePutRight(t *testing.T) {
	t.Parallel()
	runFoldCases(t, correctedRules)
}

var correctedRules = []foldCase{
	{
		name: "LA-16: a child who lives with a parent under a care order is visited every six weeks, however long the placement is to last",
		events: `
			p1 placement.started 2025-03-03 with_parent=true to_18=true
			v1 lac_visit.made 2026-03-10 seen=true
			v2 lac_visit.made 2026-12-14 seen=true`,
		// 10 March + 42 days: 21 left in March, 21 in April. 14 December + 42: 17 left, 25 in January.
		asOf: "2026-12-14", refs: []string{"LA-16"},
		want: `
			LA-16:v1 2026-03-10 2026-04-21 met_late met=2026-12-14 late=237
			LA-16:v2 2026-12-14 2027-01-25 running`,
	},
	{
		name: "LA-16: with a foster carer until the child is 18 the interval is three months, as before",
		events: `
			p1 placement.started 2025-03-03 to_18=true
			v1 lac_visit.made 2026-03-10 seen=true`,
		asOf: "2026-03-10", refs: []string{"LA-16"},
		want: `LA-16:v1 2026-03-10 2026-06-10 running`,
	},
	{
		name: "LA-30 ends where the approval is extended for a review, and LA-31 runs without a date",
		events: `
			p1 placement.started 2026-05-04 regulation24=true
			x1 connected_person.extended_for_review 2026-08-17 by=T1 role=nominated_officer`,
		// 16 weeks are 112 days: 27 left in May, 30, 31, 24 in August.
		asOf: "2026-09-30", refs: []string{"LA-30", "LA-31"},
		want: `
			LA-30:p1 2026-05-04 2026-08-24 ended ended=2026-08-17
			LA-31:x1 2026-08-17 - running`,
	},
	{
		name: "LA-31 is due on the day on which the review is concluded, and overdue from the next",
		events: `
			p1 placement.started 2026-05-04 regulation24=true
			x1 connected_person.extended_for_review 2026-08-17 by=T1 role=nominated_officer
			r1 connected_person.review_concluded 2026-10-12`,
		asOf: "2026-10-13", refs: []string{"LA-31"},
		want: `LA-31:x1 2026-08-17 2026-10-12 overdue late=1`,
	},
	{
		name: "LA-31 is met by the approval",
		events: `
			p1 placement.started 2026-05-04 regulation24=true
			x1 connected_person.extended_for_review 2026-08-17 by=T1 role=nominated_officer
			a1 connected_person.approved 2026-10-12
			r1 connected_person.review_concluded 2026-10-12`,
		asOf: "2026-10-13", refs: []string{"LA-31"},
		want: `LA-31:x1 2026-08-17 2026-10-12 met met=2026-10-12`,
	},
	{
		name: "LA-31 ends with the placement",
		events: `
			p1 placement.started 2026-05-04 regulation24=true
			x1 connected_person.extended_for_review 2026-08-17 by=T1 role=nominated_officer
			r1 connected_person.review_concluded 2026-10-12
			e1 placement.ended 2026-10-16`,
		asOf: "2026-10-16", refs: []string{"LA-31"},
		want: `LA-31:x1 2026-08-17 2026-10-12 ended ended=2026-10-16 late=4`,
	},
	{
		name: "SI-02: the rapid review is counted from the notification to the Panel",
		events: `
			k1 serious_incident.known 2026-11-05
			n1 serious_incident.notified 2026-11-09`,
		// Three weeks of five working days.
		asOf: "2026-11-09", refs: []string{"SI-02"},
		want: `SI-02:n1 2026-11-09 2026-11-30 running`,
	},
	{
		name:   "SI-02: over Christmas",
		events: `n1 serious_incident.notified 2026-12-16`,
		// 17, 18, 21 to 24 December are six; 29 to 31 nine (25 and 28 are holidays); 4 to 8 January fourteen.
		asOf: "2026-12-16", refs: []string{"SI-02"},
		want: `SI-02:n1 2026-12-16 2027-01-11 running`,
	},
	{
		name:   "SI-02: over Easter",
		events: `n1 serious_incident.notified 2026-03-27`,
		// 30 March to 2 April are four (Good Friday is the 3rd); 7 to 10 eight (Easter Monday is the 6th); 13 to 17 thirteen.
		asOf: "2026-03-27", refs: []string{"SI-02"},
		want: `SI-02:n1 2026-03-27 2026-04-21 running`,
	},
	{
		name:   "SI-02: an incident that is known and has not been notified owes the notification alone",
		events: `k1 serious_incident.known 2026-11-09`,
		asOf:   "2026-11-17", refs: []string{"SI-01", "SI-02"},
		want: `SI-01:k1 2026-11-09 2026-11-16 overdue late=1`,
	},
	{
		name:   "LC-06: accommodation that the council provides is visited in seven days",
		events: `m1 accommodation.moved 2026-11-02 provided=true`,
		asOf:   "2026-11-02", refs: []string{"LC-06", "LC-06B"},
		want: `LC-06:m1 2026-11-02 2026-11-09 running`,
	},
	{
		name:   "LC-06: so is accommodation of which it is not said who provides it",
		events: `m1 accommodation.moved 2026-11-02 unregulated=true`,
		asOf:   "2026-11-02", refs: []string{"LC-06", "LC-06B"},
		want: `LC-06:m1 2026-11-02 2026-11-09 running`,
	},
	{
		name: "LC-06 and LC-06B: a home that the council does not provide owes no visit, and ends what ran",
		events: `
			m1 accommodation.moved 2026-10-05 provided=true
			v1 pa_visit.made 2026-10-08
			m2 accommodation.moved 2026-11-02 provided=false
			v2 pa_visit.made 2026-11-05`,
		asOf: "2026-11-30", refs: []string{"LC-06", "LC-06B"},
		want: `
			LC-06:m1 2026-10-05 2026-10-12 met met=2026-10-08
			LC-06B:v1 2026-10-08 2026-12-08 ended ended=2026-11-02`,
	},
	{
		name:   "LC-06: a first move to such a home starts nothing",
		events: `m1 accommodation.moved 2026-11-02 provided=false`,
		asOf:   "2026-11-30", refs: []string{"LC-06", "LC-06B"},
		want: ``,
	},
	{
		name: "LC-06: a move from one provided home to another starts again",
		events: `
			m1 accommodation.moved 2026-10-05 provided=true
			m2 accommodation.moved 2026-11-02 provided=true`,
		asOf: "2026-11-02", refs: []string{"LC-06"},
		want: `
			LC-06:m1 2026-10-05 2026-10-12 ended ended=2026-11-02 late=21
			LC-06:m2 2026-11-02 2026-11-09 running`,
	},
	{
		name: "a placement for adoption that breaks down ends its reviews and visits",
		events: `
			c1 looked_after.started 2025-06-02
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-20`,
		asOf: "2026-05-20", refs: []string{"AD-05", "AD-06", "AD-07"},
		want: `
			AD-05:a1 2026-02-02 2026-05-02 ended ended=2026-05-04 late=2
			AD-06:p1 2026-05-04 2026-06-01 ended ended=2026-05-20
			AD-07:p1 2026-05-04 2026-05-11 ended ended=2026-05-20 late=9`,
	},
	{
		name: "after it the next review is one of a child who is not placed",
		events: `
			c1 looked_after.started 2025-06-02
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-20
			r1 adoption_review.held 2026-06-22`,
		asOf: "2026-06-22", refs: []string{"AD-05", "AD-06"},
		want: `
			AD-05:a1 2026-02-02 2026-05-02 ended ended=2026-05-04 late=2
			AD-05:r1 2026-06-22 2026-12-22 running
			AD-06:p1 2026-05-04 2026-06-01 ended ended=2026-05-20`,
	},
	{
		name: "a placement on the day of the breakdown has its first visit",
		events: `
			c1 looked_after.started 2025-06-02
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-20
			m1 placement.started 2026-05-20`,
		asOf: "2026-05-20", refs: []string{"LA-14"},
		want: `LA-14:m1 2026-05-20 2026-05-27 running`,
	},
	{
		name: "so it has where the placement was recorded first, and where both are known to the hour",
		events: `
			c1 looked_after.started 2025-06-02
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			m1 placement.started 2026-05-20T10:00:00Z
			d1 adoption.disrupted 2026-05-20T16:00:00Z`,
		asOf: "2026-05-20", refs: []string{"LA-14"},
		want: `LA-14:m1 2026-05-20 2026-05-27 running`,
	},
	{
		name: "placed for adoption again, the reviews and visits of the placement begin again",
		events: `
			c1 looked_after.started 2025-06-02
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-20
			r1 adoption_review.held 2026-06-22
			p2 adoption.placed 2026-07-06`,
		asOf: "2026-07-06", refs: []string{"AD-05", "AD-06", "AD-07"},
		want: `
			AD-05:a1 2026-02-02 2026-05-02 ended ended=2026-05-04 late=2
			AD-05:r1 2026-06-22 2026-12-22 ended ended=2026-07-06
			AD-06:p1 2026-05-04 2026-06-01 ended ended=2026-05-20
			AD-06:p2 2026-07-06 2026-08-03 running
			AD-07:p1 2026-05-04 2026-05-11 ended ended=2026-05-20 late=9
			AD-07:p2 2026-07-06 2026-07-13 running`,
	},
	{
		name: "placed for adoption again on the day of the breakdown, it is a move between adopters",
		events: `
			c1 looked_after.started 2025-06-02
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-20
			p2 adoption.placed 2026-05-20`,
		asOf: "2026-05-20", refs: []string{"AD-06", "LA-14"},
		want: `
			AD-06:p1 2026-05-04 2026-06-01 ended ended=2026-05-20
			AD-06:p2 2026-05-20 2026-06-17 running`,
	},
	{
		name: "placed and broken down on one day, nothing is owed of the placement",
		events: `
			c1 looked_after.started 2025-06-02
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-04`,
		asOf: "2026-05-05", refs: []string{"AD-06", "AD-07"},
		want: `
			AD-06:p1 2026-05-04 2026-06-01 ended ended=2026-05-04
			AD-07:p1 2026-05-04 2026-05-11 ended ended=2026-05-04`,
	},
}

// The rules that were switched on with a correction, and editions.
func TestTheRulesThatWereSwitchedOnWithACorrection(t *testing.T) {
	t.Parallel()
	runFoldCases(t, switchedOn)
}

var switchedOn = []foldCase{
	{
		name:   "CT-10: a supervision order of a year begins with its day",
		events: `s1 supervision_order.made 2026-04-13`,
		asOf:   "2026-04-13", refs: []string{"CT-10"},
		want: `CT-10:s1 2026-04-13 2027-04-12 running`,
	},
	{
		name:   "CT-10: one that is made on 29 February ends on 28 February, for the next year has no 29th",
		events: `s1 supervision_order.made 2028-02-29`,
		asOf:   "2028-02-29", refs: []string{"CT-10"},
		want: `CT-10:s1 2028-02-29 2029-02-28 running`,
	},
	{
		name: "CT-10: it is extended to the end of three years beginning with its day",
		events: `
			s1 supervision_order.made 2026-04-13
			x1 supervision_order.extended 2027-04-05 until=2029-04-12`,
		asOf: "2027-04-05", refs: []string{"CT-10"},
		want: `CT-10:s1 2026-04-13 2029-04-12 running`,
	},
	{
		name: "CT-04A: the advocates meet two working days before the hearing",
		events: `
			p1 proceedings.issued 2026-10-26
			h1 hearing.listed 2026-10-28 hearing=cmh for=2026-11-19`, // a Thursday: the 18th, the 17th
		asOf: "2026-11-02", refs: []string{"CT-04A"},
		want: `CT-04A:h1 2026-10-28 2026-11-17 running`,
	},
	{
		name: "CT-04A: a case of 2012 had other hearings",
		events: `
			p1 proceedings.issued 2012-10-22
			h1 hearing.listed 2012-10-29 hearing=cmh for=2012-11-19`,
		asOf: "2012-11-30", refs: []string{"CT-04A"},
		want: ``,
	},
	{
		name:   "LA-05: the reviewing officer within five working days, and LA-05S before the first review",
		events: `l1 looked_after.started 2026-11-02`,
		asOf:   "2026-11-02", refs: []string{"LA-05", "LA-05S"},
		want: `
			LA-05:l1 2026-11-02 2026-11-09 running
			LA-05S:l1 2026-11-02 - running`,
	},
	{
		name: "LA-05S is due on the day of the first review",
		events: `
			l1 looked_after.started 2026-11-02
			r1 lac_review.held 2026-11-20`,
		asOf: "2026-11-20", refs: []string{"LA-05S"},
		want: `LA-05S:l1 2026-11-02 2026-11-20 due_today`,
	},
	{
		name:   "LA-05S: not before 1 April 2011",
		events: `l1 looked_after.started 2011-03-31`,
		asOf:   "2011-05-01", refs: []string{"LA-05S"},
		want: ``,
	},
	{
		name:   "LA-32: a placement outside the carer's terms has six working days",
		events: `p1 placement.started 2026-06-01 outside_terms=true`,
		asOf:   "2026-06-01", refs: []string{"LA-32"}, // Monday to Friday are five with the 8th, the 9th six
		want: `LA-32:p1 2026-06-01 2026-06-09 running`,
	},
	{
		name:   "LA-32: in the months of the temporary rules it had 24 weeks",
		events: `p1 placement.started 2020-05-04 outside_terms=true`,
		asOf:   "2020-05-04", refs: []string{"LA-32"},
		want: `LA-32:p1 2020-05-04 2020-10-19 running`,
	},
	{
		name: "LA-38: the reviewing officer speaks with the child by the day of the review",
		events: `
			l1 looked_after.started 2026-11-02
			r1 lac_review.held 2026-11-20`,
		asOf: "2026-11-20", refs: []string{"LA-38"},
		want: `
			LA-38:l1 2026-11-02 2026-11-20 due_today
			LA-38:r1 2026-11-20 - running`,
	},
	{
		name: "LA-38: it is not owed where the child refuses, or where it is inappropriate",
		events: `
			l1 looked_after.started 2026-11-02
			x1 iro_contact.refused 2026-11-18
			r1 lac_review.held 2026-11-20
			x2 iro_contact.inappropriate 2026-12-01`,
		asOf: "2026-12-01", refs: []string{"LA-38"},
		want: `
			LA-38:l1 2026-11-02 2026-11-20 ended ended=2026-11-18
			LA-38:r1 2026-11-20 - ended ended=2026-12-01`,
	},
	{
		name: "LA-16: after a year of a long-term placement the child may agree to be visited every six months",
		events: `
			p1 placement.started 2024-06-03 long_term=true
			a1 fewer_visits.agreed 2025-09-01
			v1 lac_visit.made 2025-09-10 seen=true`,
		asOf: "2025-09-10", refs: []string{"LA-15", "LA-16"},
		want: `LA-16:v1 2025-09-10 2026-03-10 running`,
	},
	{
		name: "LA-16: agreed in the first year, it holds from the first visit after that year",
		events: `
			p1 placement.started 2024-06-03 long_term=true
			a1 fewer_visits.agreed 2024-12-02
			v1 lac_visit.made 2025-05-12 seen=true
			v2 lac_visit.made 2025-06-09 seen=true`,
		// 12 May + 42 days: 19 left in May, 23 in June.
		asOf: "2025-06-09", refs: []string{"LA-15", "LA-16"},
		want: `
			LA-15:v1 2025-05-12 2025-06-23 met met=2025-06-09
			LA-16:v2 2025-06-09 2025-12-09 running`,
	},
	{
		name: "LA-16: without the agreement, in a placement that is not long-term, and before April 2015 it is six weeks",
		events: `
			p1 placement.started 2024-06-03 long_term=true ep=A
			v1 lac_visit.made 2025-09-10 seen=true ep=A
			p2 placement.started 2025-10-06 ep=B
			a2 fewer_visits.agreed 2026-10-12 ep=B
			v2 lac_visit.made 2026-10-12 seen=true ep=B`,
		// 10 September + 42 days: 20 left, 22 in October. 12 October + 42: 19 left, 23 in November.
		asOf: "2026-10-12", refs: []string{"LA-16"},
		want: `
			LA-16:v1 2025-09-10 2025-10-22 ended ep=A ended=2025-10-06
			LA-16:v2 2026-10-12 2026-11-23 running ep=B`,
	},
	{
		name: "LA-17B: when the child no longer agrees, a visit is owed by the stricter interval",
		events: `
			p1 placement.started 2024-06-03 long_term=true
			a1 fewer_visits.agreed 2025-09-01
			v1 lac_visit.made 2025-09-10 seen=true
			w1 fewer_visits.withdrawn 2025-11-03
			v2 lac_visit.made 2025-12-10 seen=true`,
		// 3 November + 42 days: 27 left, 15 in December. 10 December + 42: 21 left, 21 in January.
		asOf: "2025-12-10", refs: []string{"LA-16", "LA-17B"},
		want: `
			LA-16:v1 2025-09-10 2026-03-10 met met=2025-12-10
			LA-16:v2 2025-12-10 2026-01-21 running
			LA-17B:w1 2025-11-03 2025-12-15 met met=2025-12-10`,
	},
	{
		name: "LA-41: of a child who has been looked after for less than twenty working days no approval is owed",
		events: `
			l1 looked_after.started 2026-02-02
			c1 ceasing.proposed 2026-02-27`,
		asOf: "2026-03-06", refs: []string{"LA-41"},
		want: ``,
	},
	{
		name: "LA-41: from the twentieth working day on it is, by the end of care",
		events: `
			l1 looked_after.started 2026-02-02
			c1 ceasing.proposed 2026-03-02
			x1 looked_after.ended 2026-03-06`,
		asOf: "2026-03-06", refs: []string{"LA-41"},
		want: `LA-41:c1 2026-03-02 2026-03-06 due_today`,
	},
	{
		name: "AD-01: two months from the review that endorsed the plan; a decision on a match does not meet it",
		events: `
			p1 permanence_plan.agreed 2026-03-02 plan=adoption
			d1 adm.decided 2026-03-09 matter=match`,
		asOf: "2026-03-09", refs: []string{"AD-01"},
		want: `AD-01:p1 2026-03-02 2026-05-02 running`,
	},
	{
		name: "AD-01: the referral to the decision maker meets it",
		events: `
			p1 permanence_plan.agreed 2026-03-02 plan=adoption
			r1 adm.referred 2026-04-01 matter=should_be_placed`,
		asOf: "2026-04-01", refs: []string{"AD-01"},
		want: `AD-01:p1 2026-03-02 2026-05-02 met met=2026-04-01`,
	},
	{
		name: "AD-08: the review after a breakdown, from the 28th to the 42nd day",
		events: `
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-20
			r1 adoption_review.held 2026-06-16`, // the 27th day: 11 in May, 16 in June
		asOf: "2026-06-16", refs: []string{"AD-08"},
		want: `AD-08:d1 2026-05-20 2026-07-01 running`,
	},
	{
		name: "AD-08: on the 28th day it counts",
		events: `
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-05-04
			d1 adoption.disrupted 2026-05-20
			r1 adoption_review.held 2026-06-17`,
		asOf: "2026-06-17", refs: []string{"AD-08"},
		want: `AD-08:d1 2026-05-20 2026-07-01 met met=2026-06-17`,
	},
	{
		name:   "AD-09M: detailed information within ten working days",
		events: `e1 adopter_enquiry.received 2026-11-02`,
		asOf:   "2026-11-02", refs: []string{"AD-09M"},
		want: `AD-09M:e1 2026-11-02 2026-11-16 running`,
	},
	{
		name:   "AD-10: stage one has two months from the notice that the agency goes on",
		events: `s1 adopter_stage1.started 2026-03-02`,
		asOf:   "2026-03-02", refs: []string{"AD-10"},
		want: `AD-10:s1 2026-03-02 2026-05-02 running`,
	},
	{
		name:   "AD-14: approved adopters are reviewed within a year",
		events: `a1 adopter.approved 2026-03-02`,
		asOf:   "2026-03-02", refs: []string{"AD-14"},
		want: `AD-14:a1 2026-03-02 2027-03-02 running`,
	},
	{
		name: "AD-14: until they are matched with a child",
		events: `
			a1 adopter.approved 2026-03-02
			d1 adm.decided 2026-09-07 matter=match`,
		asOf: "2026-09-07", refs: []string{"AD-14"},
		want: `AD-14:a1 2026-03-02 2027-03-02 ended ended=2026-09-07`,
	},
	{
		name: "AD-15: an application before ten weeks does not count",
		events: `
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-04-13
			x1 adoption_application.made 2026-06-21`, // 70 days after 13 April are 22 June: 17, 31, 22
		asOf: "2026-06-21", refs: []string{"AD-15", "AD-15H"},
		want: `AD-15:p1 2026-04-13 - running`,
	},
	{
		name: "AD-15: from then on it does",
		events: `
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-04-13
			x1 adoption_application.made 2026-06-22`,
		asOf: "2026-06-22", refs: []string{"AD-15", "AD-15H"},
		want: `AD-15:p1 2026-04-13 - met met=2026-06-22`,
	},
	{
		name: "AD-15H: of former foster carers the weeks before the placement count",
		events: `
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-02-16 home_since=2026-01-05
			x1 adoption_application.made 2026-03-15`, // 70 days after 5 January are 16 March: 26, 28, 16
		asOf: "2026-03-15", refs: []string{"AD-15", "AD-15H"},
		want: `AD-15H:p1 2026-02-16 - running`,
	},
	{
		name: "AD-15H: they may apply at once",
		events: `
			a1 adoption.authorised 2026-02-02
			p1 adoption.placed 2026-04-13 home_since=2026-01-05
			x1 adoption_application.made 2026-04-13`,
		asOf: "2026-04-13", refs: []string{"AD-15", "AD-15H"},
		want: `AD-15H:p1 2026-04-13 - met met=2026-04-13`,
	},
	{
		name: "LC-06R: a visit before the review of the accommodation",
		events: `
			m1 accommodation.moved 2026-11-02 provided=true
			v1 pa_visit.made 2026-11-05
			r1 pathway_plan.reviewed 2026-11-16
			r2 pathway_plan.reviewed 2026-11-30 accommodation=true`,
		asOf: "2026-11-30", refs: []string{"LC-06R"},
		want: `LC-06R:v1 2026-11-05 2026-11-30 due_today`,
	},
	{
		name: "FO-02: the decision within seven working days of the minutes, not of the panel",
		events: `
			p1 fostering_panel.held 2026-11-02
			a1 fostering_adm.referred 2026-11-09`,
		asOf: "2026-11-09", refs: []string{"FO-02"},
		want: `FO-02:a1 2026-11-09 2026-11-18 running`,
	},
	{
		name:   "FO-03: eight months from the application to be assessed",
		events: `a1 fostering_application.received 2026-03-02`,
		asOf:   "2026-03-02", refs: []string{"FO-03"},
		want: `FO-03:a1 2026-03-02 2026-11-02 running`,
	},
	{
		name: "HO-03: a serious event is notified without delay, and there is no number",
		events: `
			h1 home.opened 2026-03-02
			i1 home_incident.known 2026-11-02`,
		asOf: "2026-11-30", refs: []string{"HO-03"},
		want: `HO-03:i1 2026-11-02 - running`,
	},
	{
		name:   "LA-30: in the months of the temporary rules it had 24 weeks",
		events: `p1 placement.started 2020-05-04 regulation24=true`,
		asOf:   "2020-05-04", refs: []string{"LA-30"}, // 168 days: 27, 30, 31, 31, 30, 19
		want: `LA-30:p1 2020-05-04 2020-10-19 running`,
	},
	{
		name: "LA-34B: no test of seventeen days was asked in those months",
		events: `
			s1 short_break.started 2020-04-23 ep=A
			s2 short_break.started 2020-05-04 ep=B
			s3 short_break.started 2020-09-25 ep=C`,
		asOf: "2020-09-25", refs: []string{"LA-34B"},
		want: `
			LA-34B:s1 2020-04-23 2020-05-10 overdue ep=A late=138
			LA-34B:s3 2020-09-25 2020-10-12 running ep=C`,
	},
	{
		name:   "PF-04: an arrangement that the council finds is visited within six weeks",
		events: `f1 private_fostering.found 2026-11-02`,
		asOf:   "2026-11-02", refs: []string{"PF-02", "PF-04"},
		want: `PF-04:f1 2026-11-02 2026-12-14 running`,
	},
	{
		name: "PF-02: notice of it that comes later is answered with a visit within seven working days",
		events: `
			f1 private_fostering.found 2026-11-02
			n1 private_fostering.notified 2026-11-09`,
		asOf: "2026-11-09", refs: []string{"PF-02", "PF-04"},
		want: `
			PF-02:n1 2026-11-09 2026-11-18 running
			PF-04:f1 2026-11-02 2026-12-14 running`,
	},
	{
		name: "the numbers of Working Together 2026 are those of 2023",
		events: `
			r1 referral.received 2026-03-17 ep=A
			r2 referral.received 2026-03-18 ep=B`,
		asOf: "2026-03-18", refs: []string{"FD-01", "AS-01"}, // Good Friday 3 April, Easter Monday the 6th, 4 and 25 May
		want: `
			AS-01:r1 2026-03-17 2026-05-22 running ep=A
			AS-01:r2 2026-03-18 2026-05-26 running ep=B
			FD-01:r1 2026-03-17 2026-03-18 due_today ep=A
			FD-01:r2 2026-03-18 2026-03-19 running ep=B`,
	},
}

// An agreement to fewer visits loosens only the visits after a year of a long-term foster placement, so
// taking it back owes a visit of its own only there; and one who agrees again is owed none.
func TestOnlyAnAgreementThatHeldIsTakenBack(t *testing.T) {
	t.Parallel()
	runFoldCases(t, []foldCase{
		{
			name: "LA-17B: a child who agrees again before the visit is owed the visit of the agreement",
			events: `
				p1 placement.started 2024-06-03 long_term=true
				a1 fewer_visits.agreed 2025-07-01
				v1 lac_visit.made 2025-09-10 seen=true
				w1 fewer_visits.withdrawn 2025-12-01
				a2 fewer_visits.agreed 2025-12-10`,
			// 1 December + 42 days: 30 left, 12 in January.
			asOf: "2026-02-01", refs: []string{"LA-16", "LA-17B"},
			want: `
				LA-16:v1 2025-09-10 2026-03-10 running
				LA-17B:w1 2025-12-01 2026-01-12 ended ended=2025-12-10`,
		},
		{
			name: "LA-17B: one who lives with a parent under a care order has no longer interval to lose",
			events: `
				p1 placement.started 2024-06-03 long_term=true to_18=true with_parent=true
				a1 fewer_visits.agreed 2025-07-01
				v1 lac_visit.made 2025-12-20 seen=true
				w1 fewer_visits.withdrawn 2026-01-05`,
			// 20 December + 42 days: 11 left, 31 in January.
			asOf: "2026-01-20", refs: []string{"LA-16", "LA-17B"},
			want: `LA-16:v1 2025-12-20 2026-01-31 running`,
		},
		{
			name: "LA-17B: nor has one in the first year of the placement",
			events: `
				p1 placement.started 2024-06-03 long_term=true to_18=true
				a1 fewer_visits.agreed 2024-12-02
				v1 lac_visit.made 2025-05-20 seen=true
				w1 fewer_visits.withdrawn 2025-06-02`,
			// 20 May + 42 days: 11 left, 30 in June, 1 in July.
			asOf: "2025-06-02", refs: []string{"LA-15", "LA-17B"},
			want: `LA-15:v1 2025-05-20 2025-07-01 running`,
		},
		{
			name: "LA-17B: on the day on which the placement is a year old the agreement can be taken back",
			events: `
				p1 placement.started 2024-06-03 long_term=true to_18=true
				a1 fewer_visits.agreed 2024-12-02
				w1 fewer_visits.withdrawn 2025-06-03`,
			asOf: "2025-06-03", refs: []string{"LA-17B"},
			want: `LA-17B:w1 2025-06-03 2025-09-03 running`,
		},
	})
}
