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
		name: "LA-19: under regulation 24 it is, whatever else is said of the placement",
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
