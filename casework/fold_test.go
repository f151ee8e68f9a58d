package casework_test

import "testing"

func TestFold(t *testing.T) {
	t.Parallel()
	runFoldCases(t, foldCases)
}

func runFoldCases(t *testing.T, cases []foldCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			same(t, c.want, duties(t, c.events, c.asOf, c.refs...))
		})
	}
}

type foldCase struct {
	name   string
	events string
	asOf   string
	refs   []string
	want   string
}

var foldCases = []foldCase{
	{
		name:   "a referral starts the decision and the assessment",
		events: `e1 referral.received 2026-12-10`,
		asOf:   "2026-12-10",
		want: `
			AS-01:e1 2026-12-10 2027-02-16 running
			FD-01:e1 2026-12-10 2026-12-11 running`,
	},
	{
		name:   "a duty is due today until the day is over",
		events: `e1 referral.received 2026-12-10`,
		asOf:   "2026-12-11T23:59:59Z",
		refs:   []string{"FD-01"},
		want:   `FD-01:e1 2026-12-10 2026-12-11 due_today`,
	},
	{
		name:   "it is overdue from midnight in London, counted in London dates",
		events: `e1 referral.received 2026-06-10`,
		asOf:   "2026-06-11T23:00:00Z", // 00:00 on the 12th, British Summer Time
		refs:   []string{"FD-01"},
		want:   `FD-01:e1 2026-06-10 2026-06-11 overdue late=1`,
	},
	{
		name: "the day of the due date is in time, the day after is not",
		events: `
			e1 referral.received 2026-12-10 ep=R1
			e2 referral.received 2026-12-10 ep=R2
			e3 referral.decided 2026-12-11 ep=R1 outcome=assessment
			e4 referral.decided 2026-12-14 ep=R2 outcome=assessment`,
		asOf: "2026-12-20",
		refs: []string{"FD-01"},
		want: `
			FD-01:e1 2026-12-10 2026-12-11 met ep=R1 met=2026-12-11
			FD-01:e2 2026-12-10 2026-12-11 met_late ep=R2 met=2026-12-14 late=3`,
	},
	{
		name: "a decision for no further action ends the assessment and meets the decision",
		events: `
			e1 referral.received 2026-12-10
			e2 referral.decided 2026-12-10 outcome=nfa`,
		asOf: "2026-12-31",
		want: `
			AS-01:e1 2026-12-10 2027-02-16 ended ended=2026-12-10
			FD-01:e1 2026-12-10 2026-12-11 met met=2026-12-10`,
	},
	{
		name: "within a day what starts is taken before what meets, whatever the hour and whenever recorded",
		events: `
			a1 assessment.completed 2026-12-10T09:00:00Z rec=2026-12-10T10:00:00Z
			e1 referral.received 2026-12-10T15:00:00Z rec=2026-12-12T10:00:00Z`,
		asOf: "2026-12-31",
		refs: []string{"AS-01"},
		want: `AS-01:e1 2026-12-10 2027-02-16 met met=2026-12-10`,
	},
	{
		name: "what happened before the start does not meet it",
		events: `
			a1 assessment.completed 2026-12-09
			e1 referral.received 2026-12-10`,
		asOf: "2026-12-31",
		refs: []string{"AS-01"},
		want: `AS-01:e1 2026-12-10 2027-02-16 running`,
	},
	{
		name: "a later strategy discussion does not restart the fifteen days",
		events: `
			s1 strategy_discussion.held 2026-12-01 s47=true
			s2 strategy_discussion.held 2026-12-08 s47=true`,
		asOf: "2026-12-10",
		want: `CP-03:s1 2026-12-01 2026-12-22 running`,
	},
	{
		name:   "a strategy discussion that starts no enquiry starts no clock",
		events: `s1 strategy_discussion.held 2026-12-01`,
		asOf:   "2026-12-10",
		want:   ``,
	},
	{
		name: "the conference meets the fifteen days and starts the plan's clocks",
		events: `
			s1 strategy_discussion.held 2026-12-01 s47=true
			i1 icpc.held 2026-12-23 outcome=plan
			p1 cp_plan.started 2026-12-23 category=NEG`,
		asOf: "2027-01-11",
		want: `
			CP-03:s1 2026-12-01 2026-12-22 met_late met=2026-12-23 late=1
			CP-08:i1 2026-12-23 2027-01-11 due_today
			CP-10:p1 2026-12-23 2027-01-23 running local
			CP-11:i1 2026-12-23 2027-03-23 running
			CP-13:p1 2026-12-23 - running`,
	},
	{
		name: "an enquiry that ends without a conference ends the fifteen days",
		events: `
			s1 strategy_discussion.held 2026-12-01 s47=true ep=A
			x1 section47.completed 2026-12-10 outcome=cin ep=A
			s2 strategy_discussion.held 2026-12-01 s47=true ep=B
			x2 icpc.not_required 2027-01-05 ep=B
			s3 strategy_discussion.held 2026-12-01 s47=true ep=C
			x3 section47.completed 2026-12-10 outcome=icpc ep=C`,
		asOf: "2026-12-31",
		want: `
			CP-03:s1 2026-12-01 2026-12-22 ended ep=A ended=2026-12-10
			CP-03:s2 2026-12-01 2026-12-22 overdue ep=B late=9
			CP-03:s3 2026-12-01 2026-12-22 overdue ep=C late=9`,
	},
	{
		name: "an enquiry of its own that opens on the day the last one ended has its own clock",
		events: `
			s1 strategy_discussion.held 2026-12-01 s47=true
			x1 section47.completed 2026-12-10 outcome=nfa
			s2 strategy_discussion.held 2026-12-10 s47=true`,
		asOf: "2026-12-10",
		want: `
			CP-03:s1 2026-12-01 2026-12-22 ended ended=2026-12-10
			CP-03:s2 2026-12-10 2027-01-05 running`,
	},
	{
		name: "a visit meets the duty and starts the next; an unseen visit resets nothing",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-30 seen=true
			v2 cp_visit.made 2026-02-20 seen=false
			v3 cp_visit.made 2026-03-02 seen=true`,
		asOf: "2026-03-03",
		refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-30 local
			CP-10:v1 2026-01-30 2026-02-28 met_late met=2026-03-02 late=2 local
			CP-10:v3 2026-03-02 2026-04-02 running local`,
	},
	{
		name: "twins count once, the first recorded; an unseen visit is no twin of a seen one",
		events: `
			p1 cp_plan.started 2026-01-05
			v3 cp_visit.made 2026-01-30 seen=false rec=2026-01-30T09:00:00Z
			v2 cp_visit.made 2026-01-30 seen=true rec=2026-02-02T09:00:00Z
			v1 cp_visit.made 2026-01-30 seen=true rec=2026-02-03T09:00:00Z`,
		asOf: "2026-02-10",
		refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-30 recorded_late=3 local
			CP-10:v2 2026-01-30 2026-02-28 running local`,
	},
	{
		name: "a visit on the day the plan starts meets it and starts the next",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-05 seen=true`,
		asOf: "2026-01-05",
		refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-05 local
			CP-10:v1 2026-01-05 2026-02-05 running local`,
	},
	{
		name: "a visit on the day the plan ends meets it, and what it starts is ended that day",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-02-03 seen=true
			p2 cp_plan.ended 2026-02-03`,
		asOf: "2026-02-10",
		refs: []string{"CP-10", "CP-13"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-02-03 local
			CP-10:v1 2026-02-03 2026-03-03 ended ended=2026-02-03 local
			CP-13:p1 2026-01-05 - ended ended=2026-02-03`,
	},
	{
		name: "a plan that ends and starts again on one day is ended first",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			p1 cp_plan.started 2026-01-05
			p2 cp_plan.ended 2026-03-02
			i2 icpc.held 2026-03-02 outcome=plan
			p3 cp_plan.started 2026-03-02`,
		asOf: "2026-03-02",
		refs: []string{"CP-08", "CP-10", "CP-13"},
		want: `
			CP-08:i1 2026-01-05 2026-01-19 ended ended=2026-03-02 late=42
			CP-08:i2 2026-03-02 2026-03-16 running
			CP-10:p1 2026-01-05 2026-02-05 ended ended=2026-03-02 late=25 local
			CP-10:p3 2026-03-02 2026-04-02 running local
			CP-13:p1 2026-01-05 - ended ended=2026-03-02
			CP-13:p3 2026-03-02 - running`,
	},
	{
		name: "a plan that starts and ends on one day for the first time starts and is ended",
		events: `
			p2 cp_plan.ended 2026-03-02
			p3 cp_plan.started 2026-03-02`,
		asOf: "2026-03-02",
		refs: []string{"CP-10"},
		want: `CP-10:p3 2026-03-02 2026-04-02 ended ended=2026-03-02 local`,
	},
	{
		name: "core groups run from the last held, in a plan that the conference opened",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			g1 core_group.held 2026-01-12
			p1 cp_plan.started 2026-01-14
			g2 core_group.held 2026-02-25`,
		asOf: "2026-02-25",
		refs: []string{"CP-08", "CP-09"},
		want: `
			CP-08:i1 2026-01-05 2026-01-19 met met=2026-01-12
			CP-09:g1 2026-01-12 2026-02-23 met_late met=2026-02-25 late=2 local
			CP-09:g2 2026-02-25 2026-04-08 running local`,
	},
	{
		name:   "a core group outside of a plan starts nothing",
		events: `g1 core_group.held 2026-01-12`,
		asOf:   "2026-02-25",
		want:   ``,
	},
	{
		name: "review conferences: three months from the conference, then six from the last",
		events: `
			i1 icpc.held 2025-11-30 outcome=plan
			p1 cp_plan.started 2025-11-30
			r1 cp_review.held 2026-02-27
			r2 cp_review.held 2026-08-28`,
		asOf: "2026-08-31",
		refs: []string{"CP-11", "CP-12"},
		want: `
			CP-11:i1 2025-11-30 2026-02-28 met met=2026-02-27
			CP-12:r1 2026-02-27 2026-08-27 met_late met=2026-08-28 late=1
			CP-12:r2 2026-08-28 2027-02-28 running`,
	},
	{
		name: "looked after: first review in twenty working days, second in three months, then six",
		events: `
			l1 looked_after.started 2026-01-05 legal_status=V2
			r1 lac_review.held 2026-02-02
			r2 lac_review.held 2026-05-05
			r3 lac_review.held 2026-11-02`,
		asOf: "2026-11-03",
		refs: []string{"LA-06", "LA-07", "LA-08"},
		want: `
			LA-06:l1 2026-01-05 2026-02-02 met met=2026-02-02
			LA-07:r1 2026-02-02 2026-05-02 met_late met=2026-05-05 late=3
			LA-08:r2 2026-05-05 2026-11-05 met met=2026-11-02
			LA-08:r3 2026-11-02 2027-05-02 running`,
	},
	{
		name: "two reviews on one day are one: the second is not the second review",
		events: `
			l1 looked_after.started 2026-01-05
			r1 lac_review.held 2026-02-02
			r2 lac_review.held 2026-02-02`,
		asOf: "2026-02-03",
		refs: []string{"LA-06", "LA-07", "LA-08"},
		want: `
			LA-06:l1 2026-01-05 2026-02-02 met met=2026-02-02
			LA-07:r1 2026-02-02 2026-05-02 running`,
	},
	{
		name: "a new legal status starts no clock; a placement opens care where nothing has",
		events: `
			m1 placement.started 2026-01-05
			l1 looked_after.started 2026-02-05 legal_status=C2`,
		asOf: "2026-02-05",
		refs: []string{"LA-06"},
		want: `LA-06:m1 2026-01-05 2026-02-02 overdue late=3`,
	},
	{
		name: "care begins with its own event where both are of one day",
		events: `
			m1 placement.started 2026-01-05 rec=2026-01-05T09:00:00Z
			l1 looked_after.started 2026-01-05 rec=2026-01-06T09:00:00Z`,
		asOf: "2026-01-06",
		refs: []string{"LA-06"},
		want: `LA-06:l1 2026-01-05 2026-02-02 running`,
	},
	{
		name: "visits in a placement: a week, then six weeks, and a move starts again",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			v1 lac_visit.made 2026-01-12 seen=true
			m2 placement.started 2026-02-02
			v2 lac_visit.made 2026-02-02 seen=true`,
		asOf: "2026-02-03",
		refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-12
			LA-14:m2 2026-02-02 2026-02-09 met met=2026-02-02
			LA-15:v1 2026-01-12 2026-02-23 ended ended=2026-02-02
			LA-15:v2 2026-02-02 2026-03-16 running`,
	},
	{
		name: "after a year in a placement that is to last to 18 visits are three months apart",
		events: `
			m1 placement.started 2025-01-05 to_18=true
			v1 lac_visit.made 2026-01-04 seen=true
			v2 lac_visit.made 2026-01-05 seen=true`,
		asOf: "2026-01-06",
		refs: []string{"LA-15", "LA-16"},
		want: `
			LA-15:v1 2026-01-04 2026-02-15 met met=2026-01-05
			LA-16:v2 2026-01-05 2026-04-05 running`,
	},
	{
		name: "after a year in any other placement they stay six weeks apart",
		events: `
			m1 placement.started 2025-01-05
			v2 lac_visit.made 2026-01-05 seen=true`,
		asOf: "2026-01-06",
		refs: []string{"LA-15", "LA-16"},
		want: `LA-16:v2 2026-01-05 2026-02-16 running`,
	},
	{
		name: "the end of care ends its reviews and the visits in the placement, whatever the episode",
		events: `
			l1 looked_after.started 2026-01-05 ep=L1
			m1 placement.started 2026-01-05 ep=P1
			l2 looked_after.ended 2026-01-20 ep=X`,
		asOf: "2026-02-20",
		refs: []string{"LA-06", "LA-14"},
		want: `
			LA-06:l1 2026-01-05 2026-02-02 ended ep=L1 ended=2026-01-20
			LA-14:m1 2026-01-05 2026-01-12 ended ep=P1 ended=2026-01-20 late=8`,
	},
	{
		name: "leaving care on the day of a move leaves no clock behind",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			m2 placement.started 2026-02-02
			l2 looked_after.ended 2026-02-02`,
		asOf: "2026-02-20",
		refs: []string{"LA-14"},
		want: `
			LA-14:m1 2026-01-05 2026-01-12 ended ended=2026-02-02 late=21
			LA-14:m2 2026-02-02 2026-02-09 ended ended=2026-02-02`,
	},
	{
		name: "while adoption is authorised reviews of the care plan do not start, and end",
		events: `
			l1 looked_after.started 2026-01-05
			r1 lac_review.held 2026-02-02
			a1 adoption.authorised 2026-03-02
			r2 lac_review.held 2026-04-02`,
		asOf: "2026-05-20",
		refs: []string{"LA-06", "LA-07", "LA-08"},
		want: `
			LA-06:l1 2026-01-05 2026-02-02 met met=2026-02-02
			LA-07:r1 2026-02-02 2026-05-02 ended ended=2026-03-02`,
	},
	{
		name: "pre-proceedings: letter, meeting, reviews and the whole",
		events: `
			p1 pre_proceedings.started 2026-09-01
			l1 letter_before_proceedings.sent 2026-09-09
			m1 pre_proceedings_meeting.held 2026-09-23
			r1 pre_proceedings_review.held 2026-11-05`,
		asOf: "2026-11-20",
		want: `
			PL-02:p1 2026-09-01 2026-09-08 met_late met=2026-09-09 late=1 local
			PL-03:l1 2026-09-09 2026-09-23 met met=2026-09-23 local
			PL-04:m1 2026-09-23 2026-11-04 met_late met=2026-11-05 late=1
			PL-04:r1 2026-11-05 2026-12-17 running
			PL-05:p1 2026-09-01 2026-12-22 running`,
	},
	{
		name: "pre-proceedings of before March 2021 has no sixteen weeks; issuing ends the rest",
		events: `
			p1 pre_proceedings.started 2021-02-28
			c1 proceedings.issued 2021-03-10`,
		asOf: "2021-03-20",
		refs: []string{"PL-02", "PL-05"},
		want: `PL-02:p1 2021-02-28 2021-03-05 ended ended=2021-03-10 late=5 local`,
	},
	{
		name: "the sixteen weeks are met by proceedings being issued",
		events: `
			p1 pre_proceedings.started 2021-03-01
			c1 proceedings.issued 2021-03-10`,
		asOf: "2021-03-20",
		refs: []string{"PL-05"},
		want: `PL-05:p1 2021-03-01 2021-06-21 met met=2021-03-10`,
	},
	{
		name: "before April 2013 initial and core assessments ran, by the edition of their day",
		events: `
			e1 referral.received 2010-03-16 ep=R1
			e2 referral.received 2010-03-17 ep=R2
			e3 core_assessment.started 2013-04-12 ep=R2
			e4 referral.received 2013-04-15 ep=R3
			e5 core_assessment.started 2013-04-15 ep=R3`,
		asOf: "2013-04-16",
		refs: []string{"AS-H1", "AS-H2", "AS-01"},
		want: `
			AS-01:e4 2013-04-15 2013-06-19 running ep=R3
			AS-H1:e1 2010-03-16 2010-03-25 overdue ep=R1 late=1118 provisional
			AS-H1:e2 2010-03-17 2010-03-31 overdue ep=R2 late=1112 provisional
			AS-H2:e3 2013-04-12 2013-06-04 running ep=R2`,
	},
	{
		name: "a case that closes ends everything; a re-referral on that day starts again",
		events: `
			e1 referral.received 2026-01-05 ep=R1
			p1 cp_plan.started 2026-01-20 ep=R1
			c1 case.closed 2026-02-02 ep=R1
			e2 referral.received 2026-02-02 ep=R2`,
		asOf: "2026-02-02",
		refs: []string{"AS-01", "CP-10"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 ended ep=R1 ended=2026-02-02
			AS-01:e2 2026-02-02 2026-04-08 running ep=R2
			CP-10:p1 2026-01-20 2026-02-20 ended ep=R1 ended=2026-02-02 local`,
	},
	{
		name: "a re-referral on the day of closing starts again also where the assessment was done",
		events: `
			e1 referral.received 2026-01-05
			a1 assessment.completed 2026-01-20
			c1 case.closed 2026-02-02
			e2 referral.received 2026-02-02`,
		asOf: "2026-02-02",
		refs: []string{"AS-01"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 met met=2026-01-20
			AS-01:e2 2026-02-02 2026-04-08 running`,
	},
	{
		name: "a first referral closed on its own day starts and is ended",
		events: `
			b1 person.born 2020-01-05 date=2020-01-05
			e1 referral.received 2026-01-05
			c1 case.closed 2026-01-05`,
		asOf: "2026-01-05",
		refs: []string{"AS-01"},
		want: `AS-01:e1 2026-01-05 2026-03-09 ended ended=2026-01-05`,
	},
	{
		name: "an event with an episode touches only that episode; one without touches all",
		events: `
			e1 referral.received 2026-01-05 ep=R1
			e2 referral.received 2026-01-06 ep=R2
			a1 assessment.completed 2026-01-20 ep=R2
			a2 assessment.completed 2026-01-21`,
		asOf: "2026-02-02",
		refs: []string{"AS-01"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 met ep=R1 met=2026-01-21
			AS-01:e2 2026-01-06 2026-03-10 met ep=R2 met=2026-01-20`,
	},
	{
		name: "a start without an episode takes that of its open period",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			v1 cp_visit.made 2026-01-20 seen=true
			v2 cp_visit.made 2026-01-25 seen=true ep=P2`,
		asOf: "2026-02-02",
		refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met ep=P1 met=2026-01-20 local
			CP-10:v1 2026-01-20 2026-02-20 running ep=P1 local`,
	},
	{
		name: "a correction moves the start, and the duty keeps its name",
		events: `
			e1 referral.received 2026-12-10
			c1 referral.received 2026-12-08 corrects=e1 rec=2026-12-11T10:00:00Z
			c2 referral.received 2026-12-09 corrects=c1 rec=2026-12-12T10:00:00Z`,
		asOf: "2026-12-20",
		refs: []string{"AS-01"},
		want: `AS-01:e1 2026-12-09 2027-02-15 running`,
	},
	{
		name: "a void of a correction takes back the whole entry",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-20 seen=true
			c1 cp_visit.made 2026-01-21 seen=true corrects=v1 rec=2026-01-22T10:00:00Z
			x1 - 2026-01-23 voids=c1`,
		asOf: "2026-01-30",
		refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 running local`,
	},
	{
		name: "lateness of recording counts from the first record of the entry",
		events: `
			e1 referral.received 2026-12-10
			a1 assessment.completed 2026-12-20 rec=2026-12-23T10:00:00Z
			c1 assessment.completed 2026-12-18 corrects=a1 rec=2027-01-20T10:00:00Z`,
		asOf: "2027-02-01",
		refs: []string{"AS-01"},
		want: `AS-01:e1 2026-12-10 2027-02-16 met met=2026-12-18 recorded_late=5`,
	},
	{
		name: "an open assessment of a child who is already open starts on its own day, and restarts nothing",
		events: `
			e1 referral.received 2026-01-05 ep=R1
			a1 assessment.started 2026-01-06 reassessment=true ep=R1
			a2 assessment.completed 2026-02-02 ep=R1
			a3 assessment.started 2026-03-02 reassessment=true ep=R1
			a4 assessment.started 2026-03-02 ep=R1`,
		asOf: "2026-03-02",
		refs: []string{"AS-01"},
		want: `
			AS-01:e1 2026-01-05 2026-03-09 met ep=R1 met=2026-02-02
			AS-01:a3 2026-03-02 2026-05-07 running ep=R1`,
	},
	{
		name: "duties end on the eighteenth birthday, and none starts after it",
		events: `
			b1 person.born 2008-02-29 date=2008-02-29
			p1 cp_plan.started 2026-01-20
			v1 cp_visit.made 2026-03-01 seen=true
			e2 referral.received 2026-03-02`,
		asOf: "2026-03-10",
		want: `
			CP-10:p1 2026-01-20 2026-02-20 met_late met=2026-03-01 late=9 local
			CP-10:v1 2026-03-01 2026-04-01 ended ended=2026-03-01 local
			CP-13:p1 2026-01-20 - ended ended=2026-03-01`,
	},
	{
		name:   "beyond the published calendar a count of working days is provisional, and no other",
		events: "e1 referral.received 2028-12-20\np1 cp_plan.started 2028-12-20",
		asOf:   "2028-12-20",
		refs:   []string{"AS-01", "FD-01", "CP-10"},
		want: `
			AS-01:e1 2028-12-20 2029-02-26 running provisional
			CP-10:p1 2028-12-20 2029-01-20 running local
			FD-01:e1 2028-12-20 2028-12-21 running`,
	},
	{
		name: "children in need: visits every four weeks, reviews every three months, from what was done",
		events: `
			p1 cin_plan.started 2026-01-05
			v1 cin_visit.made 2026-02-01 seen=true
			r1 cin_review.held 2026-03-02
			p2 cin_plan.ended 2026-03-05`,
		asOf: "2026-03-31",
		want: `
			CN-02:p1 2026-01-05 2026-02-02 met met=2026-02-01 local
			CN-02:v1 2026-02-01 2026-03-01 ended ended=2026-03-05 late=4 local
			CN-03:p1 2026-01-05 2026-04-05 met met=2026-03-02 local
			CN-03:r1 2026-03-02 2026-06-02 ended ended=2026-03-05 local`,
	},
	{
		name: "what no source reports is unreported, never overdue",
		events: `
			s1 source.attached 2026-04-01 name=census reports=[cp_plan.started,cp_plan.ended,cp_review.held,icpc.held] from=2025-04-01 until=2026-03-31
			i1 icpc.held 2025-05-05 outcome=plan
			p1 cp_plan.started 2025-05-05
			r1 cp_review.held 2025-10-01`,
		asOf: "2026-04-02",
		want: `
			CP-08:i1 2025-05-05 2025-05-19 unreported
			CP-10:p1 2025-05-05 2025-06-05 unreported local
			CP-11:i1 2025-05-05 2025-08-05 met_late met=2025-10-01 late=57
			CP-12:r1 2025-10-01 2026-04-01 unreported
			CP-13:p1 2025-05-05 - running`,
	},
	{
		name: "until its due date has passed a duty beyond the source runs",
		events: `
			s1 source.attached 2026-04-01 name=census reports=[cp_review.held] from=2025-04-01 until=2026-03-31
			i1 icpc.held 2026-03-02 outcome=plan
			p1 cp_plan.started 2026-03-02`,
		asOf: "2026-06-02",
		refs: []string{"CP-11"},
		want: `CP-11:i1 2026-03-02 2026-06-02 due_today`,
	},
	{
		name: "an assessment from before the source is unreported, unless the source shows it open",
		events: `
			s1 source.attached 2026-04-01 name=census reports=[assessment.completed] from=2025-04-01
			e1 referral.received 2025-01-05 ep=R1
			e2 referral.received 2025-01-06 ep=R2
			a2 assessment.started 2025-01-07 open=true ep=R2`,
		asOf: "2026-04-01",
		refs: []string{"AS-01"},
		want: `
			AS-01:e1 2025-01-05 2025-03-07 unreported ep=R1
			AS-01:e2 2025-01-06 2025-03-10 overdue ep=R2 late=387`,
	},
	{
		name: "a live feed brings a clock alive, from the day it reports",
		events: `
			s1 source.attached 2026-04-01 name=census reports=[cp_plan.started] from=2025-04-01 until=2026-03-31
			s2 source.attached 2026-04-02 name=feed reports=[cp_visit.made] from=2026-03-01
			p1 cp_plan.started 2026-03-02 ep=Y
			p0 cp_plan.started 2026-02-01 ep=Z`,
		asOf: "2026-04-10",
		refs: []string{"CP-10"},
		want: `
			CP-10:p0 2026-02-01 2026-03-01 unreported ep=Z local
			CP-10:p1 2026-03-02 2026-04-02 overdue ep=Y late=8 local`,
	},
}

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
		name: "care that ends and begins again on one day has a first review again",
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
