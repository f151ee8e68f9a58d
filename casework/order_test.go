package casework_test

import "testing"

// Within one London day each timescale takes what starts it, then what extends it, then
// what meets it, then what ends it; and the three exceptions (rules.md, section 3, "Order").
func TestOrderWithinADay(t *testing.T) {
	t.Parallel()
	runFoldCases(t, orderCases)
}

var orderCases = []foldCase{
	{
		name: "of several starts of one day the first recorded opens the duty",
		events: `
			e1 referral.received 2026-01-05T09:00:00Z rec=2026-01-07T12:00:00Z
			e2 referral.received 2026-01-05T17:00:00Z rec=2026-01-06T12:00:00Z`,
		asOf: "2026-01-07", refs: []string{"AS-01"},
		want: `AS-01:e2 2026-01-05 2026-03-09 running`,
	},
	{
		name: "recorded at one instant, the lower id opens it",
		events: `
			e9 referral.received 2026-01-05
			e10 referral.received 2026-01-05`,
		asOf: "2026-01-05", refs: []string{"AS-01"},
		want: `AS-01:e10 2026-01-05 2026-03-09 running`,
	},
	{
		name: "when an entry was first recorded counts, not when it was corrected",
		events: `
			e1 referral.received 2026-01-04 rec=2026-01-05T09:00:00Z
			e2 referral.received 2026-01-05 rec=2026-01-06T09:00:00Z
			c1 referral.received 2026-01-05 corrects=e1 rec=2026-01-09T09:00:00Z`,
		asOf: "2026-01-09", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 running`,
	},
	{
		name: "what extends is taken before what meets: met on the day of the extension it is in time",
		events: `
			m1 placement.started 2026-01-05 regulation24=true
			p1 connected_person.approved 2026-04-27T09:00:00Z rec=2026-04-27T09:00:00Z
			x1 clock.extended 2026-04-27T15:00:00Z ref=LA-30 until=2026-05-04 reason=r by=b role=o`,
		asOf: "2026-05-05", refs: []string{"LA-30"}, // 16 weeks from 5 January: 27 April
		want: `LA-30:m1 2026-01-05 2026-05-04 met met=2026-04-27`,
	},
	{
		name: "what starts is taken before what extends",
		events: `
			x1 clock.extended 2026-01-05T08:00:00Z ref=LA-30 until=2026-06-22 reason=r by=b role=o rec=2026-01-05T18:00:00Z
			m1 placement.started 2026-01-05T17:00:00Z regulation24=true`,
		asOf: "2026-01-06", refs: []string{"LA-30"},
		want: `LA-30:m1 2026-01-05 2026-06-22 running`,
	},
	{
		name: "what meets is taken before what ends",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			x1 icpc.not_required 2026-01-20T08:00:00Z
			i1 icpc.held 2026-01-20T16:00:00Z outcome=no_plan`,
		asOf: "2026-01-20",
		want: `CP-03:s1 2026-01-05 2026-01-26 met met=2026-01-20`,
	},
	{
		name: "what starts and ends on a day, with nothing open before, starts and is ended",
		events: `
			s1 strategy_discussion.held 2026-01-20 s47=true
			x1 section47.completed 2026-01-20 outcome=nfa`,
		asOf: "2026-01-20",
		want: `CP-03:s1 2026-01-20 2026-02-10 ended ended=2026-01-20`,
	},
	{
		name: "an event that meets and starts meets first: a core group on the day of another's due date",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			g1 core_group.held 2026-01-12
			g2 core_group.held 2026-02-23`,
		asOf: "2026-02-23", refs: []string{"CP-09"}, // 6 weeks from 12 January: 23 February
		want: `
			CP-09:g1 2026-01-12 2026-02-23 met met=2026-02-23 local
			CP-09:g2 2026-02-23 2026-04-06 running local`,
	},
	{
		name: "a move: the visit of that day is one to the new placement",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			v1 lac_visit.made 2026-01-09 seen=true
			v2 lac_visit.made 2026-01-30T09:00:00Z seen=true
			x1 placement.ended 2026-01-30T12:00:00Z
			m2 placement.started 2026-01-30T12:30:00Z`,
		asOf: "2026-01-30", refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-09
			LA-14:m2 2026-01-30 2026-02-06 met met=2026-01-30
			LA-15:v1 2026-01-09 2026-02-20 ended ended=2026-01-30
			LA-15:v2 2026-01-30 2026-03-13 running`,
	},
	{
		name: "two moves on one day: each has its own first visit, and the first placement of the day is over",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05T10:00:00Z
			m2 placement.started 2026-01-05T20:00:00Z`,
		asOf: "2026-01-06", refs: []string{"LA-01", "LA-14"}, // a child has one placement at a time
		want: `
			LA-01:m1 2026-01-05 2026-01-19 running
			LA-14:m1 2026-01-05 2026-01-12 ended ended=2026-01-05
			LA-14:m2 2026-01-05 2026-01-12 running`,
	},
	{
		name: "two moves on one day also with a visit, which meets what still runs",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05T10:00:00Z
			m2 placement.started 2026-01-05T20:00:00Z
			v1 lac_visit.made 2026-01-05T21:00:00Z seen=true
			k1 care_plan.completed 2025-12-20`,
		asOf: "2026-01-06", refs: []string{"LA-01", "LA-14", "LA-15"}, // the first placement of the care is one
		want: `
			LA-01:m1 2026-01-05 2026-01-19 met met=2026-01-05
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-05
			LA-14:m2 2026-01-05 2026-01-12 met met=2026-01-05
			LA-15:v1 2026-01-05 2026-02-16 running`,
	},
	{
		name: "a placement that ends without another ends its visits after the visit of that day has met them",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			x1 placement.ended 2026-01-09
			v1 lac_visit.made 2026-01-09 seen=true`,
		asOf: "2026-01-12", refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-09
			LA-15:v1 2026-01-09 2026-02-20 ended ended=2026-01-09`,
	},
	{
		name: "care that ends and begins again on one day has its first review anew",
		events: `
			l1 looked_after.started 2026-01-05 legal_status=V2
			l2 looked_after.ended 2026-01-20
			l3 looked_after.started 2026-01-20 legal_status=E1
			r1 lac_review.held 2026-01-20`,
		asOf: "2026-01-20", refs: []string{"LA-06", "LA-07"}, // the review of that day is the first of the new care
		want: `
			LA-06:l1 2026-01-05 2026-02-02 ended ended=2026-01-20
			LA-06:l3 2026-01-20 2026-02-17 met met=2026-01-20
			LA-07:r1 2026-01-20 2026-04-20 running`,
	},
	{
		name: "a plan that ends, and a conference of that day that starts another, in one go",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			p1 cp_plan.started 2026-01-05
			g1 core_group.held 2026-01-12
			x1 cp_plan.ended 2026-02-02
			i2 icpc.held 2026-02-02 outcome=plan
			p2 cp_plan.started 2026-02-02
			g2 core_group.held 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"CP-08", "CP-09"},
		want: `
			CP-08:i1 2026-01-05 2026-01-19 met met=2026-01-12
			CP-08:i2 2026-02-02 2026-02-16 met met=2026-02-02
			CP-09:g1 2026-01-12 2026-02-23 ended ended=2026-02-02 local
			CP-09:g2 2026-02-02 2026-03-16 running local`,
	},
	{
		name: "what ends a period and meets a duty meets it, also where the period opens again that day",
		events: `
			p1 pre_proceedings.started 2026-01-05
			x1 pre_proceedings.ended 2026-03-02 outcome=stepped_down
			p2 pre_proceedings.started 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"PL-02", "PL-05"}, // and does not meet what opens on it
		want: `
			PL-02:p1 2026-01-05 2026-01-12 ended ended=2026-03-02 late=49 local
			PL-02:p2 2026-03-02 2026-03-09 running local
			PL-05:p1 2026-01-05 2026-04-27 met met=2026-03-02
			PL-05:p2 2026-03-02 2026-06-22 running`,
	},
	{
		name: "proceedings concluded, and issued again on that day",
		events: `
			c1 proceedings.issued 2026-01-05
			x1 proceedings.concluded 2026-03-02
			c2 proceedings.issued 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"CT-01"}, // 26 weeks beginning with 2 March: + 181 days
		want: `
			CT-01:c1 2026-01-05 2026-07-05 met met=2026-03-02
			CT-01:c2 2026-03-02 2026-08-30 running`,
	},
	{
		name: "a re-referral on the day of closing survives it in every pathway",
		events: `
			e1 referral.received 2026-01-05
			p1 cin_plan.started 2026-01-12
			c1 case.closed 2026-02-02T17:00:00Z
			e2 referral.received 2026-02-02T10:00:00Z
			p2 cin_plan.started 2026-02-02T11:00:00Z
			s2 strategy_discussion.held 2026-02-02T12:00:00Z s47=true`,
		asOf: "2026-02-02", refs: []string{"FD-01", "AS-01", "CN-02", "CP-03"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 ended ended=2026-02-02
			AS-01:e2 2026-02-02 2026-04-08 running
			CN-02:p1 2026-01-12 2026-02-09 ended ended=2026-02-02 local
			CN-02:p2 2026-02-02 2026-03-02 running local
			CP-03:s2 2026-02-02 2026-02-23 running
			FD-01:e1 2026-01-05 2026-01-06 ended ended=2026-02-02 late=27
			FD-01:e2 2026-02-02 2026-02-03 running`,
	},
	{
		name: "a case that is opened again on the day of closing survives it too",
		events: `
			o1 case.opened 2026-01-05
			c1 case.closed 2026-02-02
			o2 case.opened 2026-02-02
			p2 cin_plan.started 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"CN-02"},
		want: `CN-02:p2 2026-02-02 2026-03-02 running local`,
	},
	{
		name: "without a re-referral the closing ends what opened that day",
		events: `
			e1 referral.received 2026-01-05
			c1 case.closed 2026-02-02
			p2 cin_plan.started 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"CN-02"},
		want: `CN-02:p2 2026-02-02 2026-03-02 ended ended=2026-02-02 local`,
	},
	{
		name: "a closing of a case that was not open closes the referral of its day",
		events: `
			b1 person.born 2020-01-05
			e0 referral.received 2025-01-06
			c0 case.closed 2025-01-10
			e1 referral.received 2026-01-05
			c1 case.closed 2026-01-05`,
		asOf: "2026-01-05", refs: []string{"AS-01"},
		want: `
			AS-01:e0 2025-01-06 2025-03-10 ended ended=2025-01-10
			AS-01:e1 2026-01-05 2026-03-09 ended ended=2026-01-05`,
	},
	{
		name: "limits in hours go by the instant: what ended before it started does not end it",
		events: `
			d1 return_interview.declined 2026-03-02T09:00:00Z
			m1 missing.ended 2026-03-02T20:00:00Z`,
		asOf: "2026-03-02", refs: []string{"MI-01"},
		want: `MI-01:m1 2026-03-02T20:00:00Z 2026-03-05T20:00:00Z running`,
	},
	{
		name: "and what ended after both had started ends both",
		events: `
			m0 missing.ended 2026-03-01T20:00:00Z
			m1 missing.ended 2026-03-02T09:00:00Z
			d1 return_interview.declined 2026-03-02T20:00:00Z`,
		asOf: "2026-03-02", refs: []string{"MI-01"},
		want: `
			MI-01:m0 2026-03-01T20:00:00Z 2026-03-04T20:00:00Z ended ended=2026-03-02T20:00:00Z
			MI-01:m1 2026-03-02T09:00:00Z 2026-03-05T09:00:00Z ended ended=2026-03-02T20:00:00Z`,
	},
	{
		name: "an interview of before the child came back does not meet it, one of the same instant does",
		events: `
			m1 missing.ended 2026-03-02T20:00:00Z ep=A
			i1 return_interview.completed 2026-03-02T19:59:59Z ep=A
			m2 missing.ended 2026-03-02T20:00:00Z ep=B
			i2 return_interview.completed 2026-03-02T20:00:00Z ep=B`,
		asOf: "2026-03-02", refs: []string{"MI-01"},
		want: `
			MI-01:m1 2026-03-02T20:00:00Z 2026-03-05T20:00:00Z running ep=A
			MI-01:m2 2026-03-02T20:00:00Z 2026-03-05T20:00:00Z met ep=B met=2026-03-02T20:00:00Z`,
	},
	{
		name: "a meeting known only by its date is in time on the London day of the due instant, late after it",
		events: `
			m1 missing.ended 2026-06-01T22:30:00Z ep=A
			i1 return_interview.completed 2026-06-04 ep=A
			m2 missing.ended 2026-06-01T23:30:00Z ep=B
			i2 return_interview.completed 2026-06-05 ep=B
			m3 missing.ended 2026-06-01T22:30:00Z ep=C
			i3 return_interview.completed 2026-06-05 ep=C`,
		// Due at 23:30 on the 4th and at 00:30 on the 5th, British Summer Time.
		asOf: "2026-06-10", refs: []string{"MI-01"},
		want: `
			MI-01:m1 2026-06-01T22:30:00Z 2026-06-04T22:30:00Z met ep=A met=2026-06-04
			MI-01:m3 2026-06-01T22:30:00Z 2026-06-04T22:30:00Z met_late ep=C met=2026-06-05 late=1
			MI-01:m2 2026-06-01T23:30:00Z 2026-06-04T23:30:00Z met ep=B met=2026-06-05`,
	},
	{
		name: "the day is London's: 23:30 UTC in summer is the day after",
		events: `
			s1 strategy_discussion.held 2026-06-01T23:30:00Z s47=true
			i1 icpc.held 2026-06-01T22:30:00Z outcome=no_plan`,
		asOf: "2026-06-02", refs: []string{"CP-03"},
		want: `CP-03:s1 2026-06-02 2026-06-23 running`,
	},
	{
		name: "where the ending is taken first, nothing else of that day starts in what has ended",
		events: `
			l1 looked_after.started 2026-03-02
			p1 placement.started 2026-03-02
			v1 lac_visit.made 2026-03-09 seen=true
			e1 looked_after.ended 2026-06-01
			l2 looked_after.started 2026-06-01
			v2 lac_visit.made 2026-06-01 seen=true`,
		asOf: "2026-06-02", refs: []string{"LA-14", "LA-15"}, // the visit comes after the placement
		want: `
			LA-14:p1 2026-03-02 2026-03-09 met met=2026-03-09
			LA-15:v1 2026-03-09 2026-04-20 ended ended=2026-06-01 late=42`,
	},
	{
		name: "nor in a plan of before a closing with a re-referral",
		events: `
			p1 cp_plan.started 2026-03-02
			c1 case.closed 2026-03-20
			e1 referral.received 2026-03-20
			v1 cp_visit.made 2026-03-20 seen=true`,
		asOf: "2026-03-20", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-03-02 2026-04-02 ended ended=2026-03-20 local`,
	},
	{
		name: "proceedings issued meet and end pre-proceedings, which may begin again that day",
		events: `
			p1 pre_proceedings.started 2026-01-05
			c1 proceedings.issued 2026-03-02
			p2 pre_proceedings.started 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"PL-05"},
		want: `
			PL-05:p1 2026-01-05 2026-04-27 met met=2026-03-02
			PL-05:p2 2026-03-02 2026-06-22 running`,
	},
}
