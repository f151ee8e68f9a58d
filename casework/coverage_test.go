package casework_test

import (
	"strings"
	"testing"

	"longstop/casework"
)

// years are two returns with a year between them that was not loaded.
const years = `
	s1 source.attached 2026-04-20 name=census reports=[icpc.held,cp_review.held,assessment.completed] from=2023-04-01 until=2024-03-31
	s2 source.attached 2026-04-20 name=census reports=[icpc.held,cp_review.held,assessment.completed] from=2025-04-01 until=2026-03-31
`

// What several sources cover: rules.md, section 3, "Unreported".
func TestCoverageIsASetOfStretches(t *testing.T) {
	t.Parallel()
	runFoldCases(t, coverageCases)
}

var coverageCases = []foldCase{
	{
		name: "a duty is reported where one stretch holds it from its start to its due date",
		events: years + `
			i1 icpc.held 2023-03-31 outcome=plan ep=A
			i2 icpc.held 2023-04-01 outcome=plan ep=B
			i3 icpc.held 2023-12-31 outcome=plan ep=C
			i4 icpc.held 2024-01-01 outcome=plan ep=D
			i5 icpc.held 2024-09-02 outcome=plan ep=E
			i6 icpc.held 2025-03-31 outcome=plan ep=F
			i7 icpc.held 2025-04-01 outcome=plan ep=G`,
		asOf: "2026-04-20", refs: []string{"CP-11"},
		want: `
			CP-11:i1 2023-03-31 2023-06-30 unreported ep=A
			CP-11:i2 2023-04-01 2023-07-01 overdue ep=B late=1024
			CP-11:i3 2023-12-31 2024-03-31 overdue ep=C late=750
			CP-11:i4 2024-01-01 2024-04-01 unreported ep=D
			CP-11:i5 2024-09-02 2024-12-02 unreported ep=E
			CP-11:i6 2025-03-31 2025-06-30 unreported ep=F
			CP-11:i7 2025-04-01 2025-07-01 overdue ep=G late=293`,
	},
	{
		name: "a gap that lies wholly between the start and the due date hides the meeting too",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[cp_review.held] from=2025-01-01 until=2025-06-10
			s2 source.attached 2026-04-20 name=x reports=[cp_review.held] from=2025-06-12
			i1 icpc.held 2025-05-01 outcome=plan`,
		asOf: "2026-04-20", refs: []string{"CP-11"},
		want: `CP-11:i1 2025-05-01 2025-08-01 unreported`,
	},
	{
		name: "stretches that follow each other by a day are one, in whichever order they were attached",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[cp_review.held] from=2025-04-01 until=2026-03-31
			s2 source.attached 2026-04-21 name=x reports=[cp_review.held] from=2024-04-01 until=2025-03-31
			i1 icpc.held 2025-03-03 outcome=plan`,
		asOf: "2026-04-21", refs: []string{"CP-11"},
		want: `CP-11:i1 2025-03-03 2025-06-03 overdue late=322`,
	},
	{
		name: "with one day between them they are two",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[cp_review.held] from=2025-04-02 until=2026-03-31
			s2 source.attached 2026-04-21 name=x reports=[cp_review.held] from=2024-04-01 until=2025-03-31
			i1 icpc.held 2025-03-03 outcome=plan`,
		asOf: "2026-04-21", refs: []string{"CP-11"},
		want: `CP-11:i1 2025-03-03 2025-06-03 unreported`,
	},
	{
		name: "stretches that overlap, or lie in one another, are one",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[cp_review.held] from=2024-04-01 until=2025-12-31
			s2 source.attached 2026-04-20 name=y reports=[cp_review.held] from=2024-06-01 until=2024-07-01
			s3 source.attached 2026-04-20 name=z reports=[cp_review.held] from=2025-10-01 until=2026-03-31
			i1 icpc.held 2025-11-20 outcome=plan`,
		asOf: "2026-04-20", refs: []string{"CP-11"},
		want: `CP-11:i1 2025-11-20 2026-02-20 overdue late=59`,
	},
	{
		name: "a live feed after a return leaves a gap where it does not begin on the next day",
		events: `
			s1 source.attached 2026-04-20 name=census reports=[cp_review.held] from=2025-04-01 until=2026-03-31
			s2 source.attached 2026-05-01 name=feed reports=[cp_review.held] from=2026-05-01
			i1 icpc.held 2026-01-26 outcome=plan ep=A
			i2 icpc.held 2025-12-20 outcome=plan ep=B
			i3 icpc.held 2026-05-05 outcome=plan ep=C`,
		asOf: "2026-08-06", refs: []string{"CP-11"},
		want: `
			CP-11:i2 2025-12-20 2026-03-20 overdue ep=B late=139
			CP-11:i1 2026-01-26 2026-04-26 unreported ep=A
			CP-11:i3 2026-05-05 2026-08-05 overdue ep=C late=1`,
	},
	{
		name: "another type of another source closes no gap",
		events: years + `
			s3 source.attached 2026-04-20 name=visits reports=[cp_visit.made] from=2024-04-01 until=2025-03-31
			i4 icpc.held 2024-01-01 outcome=plan`,
		asOf: "2026-04-20", refs: []string{"CP-11"},
		want: `CP-11:i4 2024-01-01 2024-04-01 unreported`,
	},
	{
		name: "another type that could meet the duty does",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[proceedings.issued] from=2024-04-01 until=2025-03-31
			s2 source.attached 2026-04-20 name=y reports=[pre_proceedings.ended,cp_visit.made] from=2025-04-01
			p1 pre_proceedings.started 2025-03-03`,
		asOf: "2026-04-20", refs: []string{"PL-05"}, // 16 weeks: 23 June 2025
		want: `PL-05:p1 2025-03-03 2025-06-23 overdue late=301`,
	},
	{
		name: "a return of the year between brings the duty alive",
		events: years + `
			s3 source.attached 2026-04-21 name=census reports=[cp_review.held] from=2024-04-01 until=2025-03-31
			i4 icpc.held 2024-01-01 outcome=plan`,
		asOf: "2026-04-21", refs: []string{"CP-11"},
		want: `CP-11:i4 2024-01-01 2024-04-01 overdue late=750`,
	},
	{
		name: "and where that is voided the gap is there again",
		events: years + `
			s3 source.attached 2026-04-21 name=census reports=[cp_review.held] from=2024-04-01 until=2025-03-31
			x3 - 2026-04-22 voids=s3
			i4 icpc.held 2024-01-01 outcome=plan`,
		asOf: "2026-04-22", refs: []string{"CP-11"},
		want: `CP-11:i4 2024-01-01 2024-04-01 unreported`,
	},
	{
		name: "a correction of its days decides",
		events: years + `
			s3 source.attached 2026-04-21 name=census reports=[cp_review.held] from=2024-04-01 until=2025-03-31
			c3 source.attached 2026-04-21 corrects=s3 name=census reports=[cp_review.held] from=2024-05-01 until=2025-03-31 rec=2026-04-22T10:00:00Z
			i4 icpc.held 2024-01-01 outcome=plan ep=A
			i5 icpc.held 2024-05-01 outcome=plan ep=B`,
		asOf: "2026-04-22", refs: []string{"CP-11"},
		want: `
			CP-11:i4 2024-01-01 2024-04-01 unreported ep=A
			CP-11:i5 2024-05-01 2024-08-01 overdue ep=B late=629`,
	},
	{
		name: "(c) goes by the latest last day, whatever gaps lie before",
		events: years + `
			i1 icpc.held 2026-01-26 outcome=plan`,
		asOf: "2026-04-26", refs: []string{"CP-11"},
		want: `CP-11:i1 2026-01-26 2026-04-26 due_today`,
	},
	{
		name: "an assessment that a source shows open is followed over a gap",
		events: years + `
			e1 referral.received 2024-02-01 ep=A
			a1 assessment.started 2024-02-02 open=true ep=A
			e2 referral.received 2024-02-01 ep=B`,
		asOf: "2026-04-20", refs: []string{"AS-01"}, // Easter 2024: 29 March and 1 April
		want: `
			AS-01:e1 2024-02-01 2024-04-08 overdue ep=A late=742
			AS-01:e2 2024-02-01 2024-04-08 unreported ep=B`,
	},
	{
		name: "what waits without a date waits for ever, so any gap after its start hides it",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[health_assessment.completed] from=2024-04-01 until=2025-03-31
			s2 source.attached 2026-04-20 name=x reports=[health_assessment.completed] from=2026-01-01
			l1 looked_after.started 2025-01-06
			h1 health_assessment.completed 2025-01-20 initial=true`,
		asOf: "2026-04-20", refs: []string{"LA-24"},
		want: `LA-24:h1 2025-01-20 - unreported waiting=person.born`,
	},
	{
		name: "without a gap it waits",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[health_assessment.completed] from=2024-04-01 until=2025-03-31
			s2 source.attached 2026-04-20 name=x reports=[health_assessment.completed] from=2025-04-01
			l1 looked_after.started 2025-01-06
			h1 health_assessment.completed 2025-01-20 initial=true`,
		asOf: "2026-04-20", refs: []string{"LA-24"},
		want: `LA-24:h1 2025-01-20 - waiting waiting=person.born`,
	},
	{
		name: "hours: one that falls due on the last day before the gap",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[police_protection.ended] from=2026-01-01 until=2026-03-31
			s2 source.attached 2026-04-20 name=x reports=[police_protection.ended] from=2026-04-02
			p1 police_protection.started 2026-03-28T10:00:00Z`,
		asOf: "2026-04-20", refs: []string{"EM-01"}, // due with the last day of the first stretch
		want: `
			EM-01:p1 2026-03-28T10:00:00Z 2026-03-31T10:00:00Z overdue late=20`,
	},
	{
		name: "hours: one that runs into the gap",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[police_protection.ended] from=2026-01-01 until=2026-03-31
			s2 source.attached 2026-04-20 name=x reports=[police_protection.ended] from=2026-04-02
			p1 police_protection.started 2026-03-30T10:00:00Z`,
		asOf: "2026-04-20", refs: []string{"EM-01"},
		want: `EM-01:p1 2026-03-30T10:00:00Z 2026-04-02T10:00:00Z unreported`,
	},
	{
		name: "drift is met by nothing, so no gap hides it",
		events: years + `
			p1 cp_plan.started 2024-02-01`,
		asOf: "2026-04-20", refs: []string{"CP-13"},
		want: `CP-13:p1 2024-02-01 - running`,
	},
}

// What was met late by the first that a source could show: rules.md, section 3, "Unreported".
func TestWhatFellDueBeforeTheSourcesReachIsNotCalledLate(t *testing.T) {
	t.Parallel()
	runFoldCases(t, lateFromBeforeCases)
}

var lateFromBeforeCases = []foldCase{
	{
		name: "the first review of a plan of an earlier year, from a return that holds only this year's reviews",
		events: census + `
			i1 icpc.held 2024-03-01 outcome=plan
			p1 cp_plan.started 2024-03-01
			r1 cp_review.held 2025-06-10
			r2 cp_review.held 2025-12-20`,
		asOf: "2026-04-20", refs: []string{"CP-11", "CP-12"}, // the second is due on 10 December
		want: `
			CP-11:i1 2024-03-01 2024-06-01 unreported met=2025-06-10
			CP-12:r1 2025-06-10 2025-12-10 met_late met=2025-12-20 late=10
			CP-12:r2 2025-12-20 2026-06-20 running`,
	},
	{
		name: "a later review, the steps before proceedings and an assessment are read alike",
		events: census + `
			c1 icpc.held 2023-06-01 outcome=plan
			p1 cp_plan.started 2023-06-01
			r1 cp_review.held 2023-08-25
			r2 cp_review.held 2025-05-12
			q1 pre_proceedings.started 2024-06-03
			q2 letter_before_proceedings.sent 2025-04-07
			q3 pre_proceedings_meeting.held 2025-04-28
			e1 referral.received 2024-06-03 ep=B
			a1 assessment.started 2025-03-10 ep=B
			a2 assessment.completed 2025-05-02 ep=B`,
		asOf: "2026-04-20", refs: []string{"CP-12", "PL-02", "PL-03", "PL-05", "AS-01"},
		// r1 + 6 months is 25 February 2024; 45 working days from 3 June 2024 end on 5 August. Ten
		// from 7 April 2025, over Easter (18 and 21 April), end on the 23rd.
		want: `
			AS-01:e1 2024-06-03 2024-08-05 unreported ep=B met=2025-05-02
			CP-12:r1 2023-08-25 2024-02-25 unreported met=2025-05-12
			CP-12:r2 2025-05-12 2025-11-12 overdue late=159
			PL-02:q1 2024-06-03 2024-06-10 unreported met=2025-04-07 local
			PL-03:q2 2025-04-07 2025-04-23 met_late met=2025-04-28 late=5 local
			PL-05:q1 2024-06-03 2024-09-23 unreported`,
	},
	{
		name: "due on the last day before the reach; due on its first day it was late",
		events: census + `
			i1 icpc.held 2024-12-31 outcome=plan ep=A
			r1 cp_review.held 2025-04-01 ep=A
			i2 icpc.held 2025-01-01 outcome=plan ep=B
			r2 cp_review.held 2025-04-02 ep=B`,
		asOf: "2026-04-20", refs: []string{"CP-11"},
		want: `
			CP-11:i1 2024-12-31 2025-03-31 unreported ep=A met=2025-04-01
			CP-11:i2 2025-01-01 2025-04-01 met_late ep=B met=2025-04-02 late=1`,
	},
	{
		name: "what was met late before the reach is known from elsewhere, and stays late; in time stays in time",
		events: census + `
			i1 icpc.held 2024-03-01 outcome=plan ep=A
			r1 cp_review.held 2024-06-10 ep=A
			i2 icpc.held 2024-03-01 outcome=plan ep=B
			r2 cp_review.held 2024-05-31 ep=B`,
		asOf: "2026-04-20", refs: []string{"CP-11"},
		want: `
			CP-11:i1 2024-03-01 2024-06-01 met_late ep=A met=2024-06-10 late=9
			CP-11:i2 2024-03-01 2024-06-01 met ep=B met=2024-05-31`,
	},
	{
		name: "what fell due in a gap and was met late after it",
		events: years + `
			i1 icpc.held 2024-02-01 outcome=plan ep=A
			r1 cp_review.held 2025-04-10 ep=A
			i2 icpc.held 2023-05-01 outcome=plan ep=B
			r2 cp_review.held 2025-04-10 ep=B`,
		asOf: "2026-04-20", refs: []string{"CP-11"}, // the second fell due within the first stretch
		want: `
			CP-11:i2 2023-05-01 2023-08-01 met_late ep=B met=2025-04-10 late=618
			CP-11:i1 2024-02-01 2024-05-01 unreported ep=A met=2025-04-10`,
	},
	{
		name: "the return of the year before says that it was late after all",
		events: census + `
			s0 source.attached 2026-04-21 name=census reports=[cp_review.held] from=2024-04-01 until=2025-03-31
			i1 icpc.held 2024-03-05 outcome=plan
			r1 cp_review.held 2025-06-10`,
		asOf: "2026-04-21", refs: []string{"CP-11"}, // due on 5 June 2024
		want: `CP-11:i1 2024-03-05 2024-06-05 met_late met=2025-06-10 late=370`,
	},
	{
		name: "an assessment that a source shows open was late",
		events: census + `
			e1 referral.received 2024-12-02
			a1 assessment.started 2024-12-03 open=true
			a2 assessment.completed 2026-04-10 rec=2026-04-20T10:00:00Z`,
		asOf: "2026-04-20", refs: []string{"AS-01"}, // Christmas and New Year: 25, 26 December, 1 January
		want: `AS-01:e1 2024-12-02 2025-02-06 met_late met=2026-04-10 late=428 recorded_late=10`,
	},
	{
		name: "hours: a police protection that ended within the reach",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[police_protection.ended] from=2026-04-05
			p1 police_protection.started 2026-04-01T10:00:00Z
			p2 police_protection.ended 2026-04-06T10:00:00Z`,
		asOf: "2026-04-20", refs: []string{"EM-01"},
		want: `EM-01:p1 2026-04-01T10:00:00Z 2026-04-04T10:00:00Z unreported met=2026-04-06T10:00:00Z`,
	},
}

// What ended before it fell due: rules.md, section 3, "Unreported".
func TestWhatEndedOnOrBeforeItsDueDateIsNeverUnreported(t *testing.T) {
	t.Parallel()
	const nobody = "s1 source.attached 2026-01-01 name=x reports=[cp_plan.started] from=2026-01-01\n"
	runFoldCases(t, []foldCase{
		{
			name: "a visit of a kind that no source reports, in a plan that ended before, on and after its due date",
			events: nobody + `
				c1 cin_plan.started 2026-01-05 ep=A
				x1 cin_plan.ended 2026-01-20 ep=A
				c2 cin_plan.started 2026-01-05 ep=B
				x2 cin_plan.ended 2026-02-02 ep=B
				c3 cin_plan.started 2026-01-05 ep=C
				x3 cin_plan.ended 2026-02-03 ep=C`,
			asOf: "2026-04-20", refs: []string{"CN-02"},
			want: `
				CN-02:c1 2026-01-05 2026-02-02 ended ep=A ended=2026-01-20 local
				CN-02:c2 2026-01-05 2026-02-02 ended ep=B ended=2026-02-02 local
				CN-02:c3 2026-01-05 2026-02-02 unreported ep=C ended=2026-02-03 local`,
		},
		{
			name: "an assessment that a decision of no further action ended, from before the reach and in a gap",
			events: years + `
				e1 referral.received 2023-03-01 ep=A
				d1 referral.decided 2023-03-02 outcome=nfa ep=A
				e2 referral.received 2024-05-01 ep=B
				d2 referral.decided 2024-05-02 outcome=nfa ep=B`,
			asOf: "2026-04-20", refs: []string{"AS-01"}, // Easter 2023: 7, 10 April, and 1, 8 May; 2024: 6 and 27 May
			want: `
				AS-01:e1 2023-03-01 2023-05-09 ended ep=A ended=2023-03-02
				AS-01:e2 2024-05-01 2024-07-05 ended ep=B ended=2024-05-02`,
		},
		{
			name: "a decision that met the referral's own timescale is met",
			events: nobody + `
				e1 referral.received 2026-01-05
				d1 referral.decided 2026-01-06 outcome=nfa`,
			asOf: "2026-04-20", refs: []string{"AS-01", "FD-01"},
			want: `
				AS-01:e1 2026-01-05 2026-03-09 ended ended=2026-01-06
				FD-01:e1 2026-01-05 2026-01-06 met met=2026-01-06`,
		},
		{
			name: "what waited for a date never fell due",
			events: nobody + `
				l1 looked_after.started 2026-01-05
				h1 health_assessment.completed 2026-01-19 initial=true
				x1 looked_after.ended 2026-02-09`,
			asOf: "2026-04-20", refs: []string{"LA-24"},
			want: `LA-24:h1 2026-01-19 - ended ended=2026-02-09`,
		},
		{
			name: "hours: to the second, and by the day where only that is known",
			events: nobody + `
				m1 missing.ended 2026-02-02T10:00:00Z ep=A
				x1 return_interview.declined 2026-02-05T10:00:00Z ep=A
				m2 missing.ended 2026-02-02T10:00:00Z ep=B
				x2 return_interview.declined 2026-02-05T10:00:01Z ep=B
				m3 missing.ended 2026-02-02T10:00:00Z ep=C
				x3 return_interview.declined 2026-02-05 ep=C
				m4 missing.ended 2026-02-02T10:00:00Z ep=D
				x4 return_interview.declined 2026-02-06 ep=D`,
			asOf: "2026-04-20", refs: []string{"MI-01"},
			want: `
				MI-01:m1 2026-02-02T10:00:00Z 2026-02-05T10:00:00Z ended ep=A ended=2026-02-05T10:00:00Z
				MI-01:m2 2026-02-02T10:00:00Z 2026-02-05T10:00:00Z unreported ep=B ended=2026-02-05T10:00:01Z
				MI-01:m3 2026-02-02T10:00:00Z 2026-02-05T10:00:00Z ended ep=C ended=2026-02-05
				MI-01:m4 2026-02-02T10:00:00Z 2026-02-05T10:00:00Z unreported ep=D ended=2026-02-06`,
		},
		{
			name: "closing the case and the 18th birthday end alike",
			events: nobody + `
				b1 person.born 2008-01-20
				c1 cin_plan.started 2026-01-05
				p1 cp_plan.started 2025-12-29
				x1 case.closed 2026-01-15`,
			asOf: "2026-04-20", refs: []string{"CN-02", "CP-10"},
			want: `
				CN-02:c1 2026-01-05 2026-02-02 ended ended=2026-01-15 local
				CP-10:p1 2025-12-29 2026-01-29 ended ended=2026-01-15 local`,
		},
	})
}

func TestASourceThatSaysNothingUsableIsRefused(t *testing.T) {
	t.Parallel()
	const good = "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.made]\n"
	runRefusals(t, []refusalCase{
		{
			"an unknown type among known ones", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.mad,cp_plan.started]",
			`s1: data.reports names "cp_visit.mad", which is not an event type (did you mean cp_visit.made?)`,
		},
		{"one in capitals", "s1 source.attached 2026-01-01 name=feed reports=[CP_visit.made]", "did you mean cp_visit.made?"},
		{"one that is like no other", "s1 source.attached 2026-01-01 name=feed reports=[visits]", `"visits", which is not an event type; the types are listed`},
		{"an empty name", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.made,]", `names "", which is not an event type`},
		{"an empty list is refused", "s1 source.attached 2026-01-01 name=feed reports=[]", "is not an event type"},
		{
			"a first day after the last", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.made] from=2026-04-01 until=2026-03-31",
			"s1: data.until is earlier than data.from",
		},
		{"one day", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.made] from=2026-01-01 until=2026-01-01", ""},
		{
			"a first day that is to come, such as in a mistyped year", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.made] from=2027-01-01",
			"s1: data.from is later than the day on which it was recorded",
		},
		{
			"the day after it was recorded, in London", "s1 source.attached 2026-06-01 name=feed reports=[cp_visit.made] from=2026-06-02 rec=2026-06-01T22:59:59Z",
			"s1: data.from is later than",
		},
		{"the day on which it was recorded, in London", "s1 source.attached 2026-06-01 name=feed reports=[cp_visit.made] from=2026-06-02 rec=2026-06-01T23:00:00Z", ""},
		{"a type twice", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.made,cp_visit.made]", ""},
		{
			"a correction that misspells", good + "c1 source.attached 2026-01-01 corrects=s1 name=feed reports=[cp_visit.mode] rec=2026-01-02T10:00:00Z",
			`c1: data.reports names "cp_visit.mode"`,
		},
		{
			"a correction to days the wrong way round", good + "c1 source.attached 2026-01-01 corrects=s1 name=feed reports=[cp_visit.made] from=2026-02-01 until=2026-01-01",
			"c1: data.until is earlier than data.from",
		},
	})
	blanks := tell(t, good)
	blanks[0].Data["reports"] = []any{" cp_visit.made ", "cp_visit.made"}
	if accepted, refused := book.Accept(blanks); len(refused) > 0 {
		t.Errorf("refused %v", refused)
	} else if got := accepted[0].Reports(); len(got) != 1 || got[0] != "cp_visit.made" {
		t.Errorf("reports %q", got)
	}
	none := tell(t, good)
	none[0].Data["reports"] = []any{}
	if _, refused := book.Accept(none); len(refused) != 1 || !strings.Contains(refused[0].Reason, "data.reports is empty") {
		t.Errorf("refused %v", refused)
	}
}

// A record may hold what was accepted before it was refused.
func TestABadAttachmentInTheRecordMutesNothing(t *testing.T) {
	t.Parallel()
	const plan = "p1 cp_plan.started 2026-01-05\n" // a visit is due on 5 February
	for _, c := range []struct {
		name, script, state, why string
	}{
		{
			"one that names no known type is no attachment", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.mad]",
			"overdue late=7", `it names no event type, but "cp_visit.mad" (did you mean cp_visit.made?), so the source is taken as not attached`,
		},
		{
			"an empty list attaches nothing", "s1 source.attached 2026-01-01 name=feed",
			"overdue late=7", "it names nothing that the source reports",
		},
		{
			"nor is one whose days are the wrong way round",
			"s1 source.attached 2026-01-01 name=feed reports=[cp_plan.started] from=2026-03-01 until=2026-02-01",
			"overdue late=7", "its last day is earlier than its first",
		},
		{
			"of one that names a known type as well the rest counts", "s1 source.attached 2026-01-01 name=feed reports=[cp_visit.mad,cp_plan.started]",
			"unreported", `of what it reports "cp_visit.mad" (did you mean cp_visit.made?) is not an event type; the rest counts`,
		},
		{
			"another that is good decides", "s1 source.attached 2026-01-01 name=feed reports=[visits]\ns2 source.attached 2026-01-02 name=feed reports=[cp_plan.started]",
			"unreported", `it names no event type, but "visits"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			folded := book.Fold(tell(t, plan+c.script), casework.Moment{AsOf: instant(t, "2026-02-12")})
			same(t, "CP-10:p1 2026-01-05 2026-02-05 "+c.state+" local", dutyLines(folded, "CP-10"))
			if len(folded.NotCounted) != 1 || folded.NotCounted[0].Entry != "s1" || !strings.Contains(folded.NotCounted[0].Why, c.why) {
				t.Errorf("did not count: %+v", folded.NotCounted)
			}
		})
	}
}

func TestAGapIsNamedInTheReason(t *testing.T) {
	t.Parallel()
	plan := book.Fold(accepted(t, years+`
		i4 icpc.held 2024-01-01 outcome=plan ep=A
		i1 icpc.held 2024-02-01 outcome=plan ep=B
		r1 cp_review.held 2025-04-10 ep=B
		i0 icpc.held 2022-05-02 outcome=plan ep=C
		r0 cp_review.held 2023-04-10 ep=C`), casework.Moment{AsOf: instant(t, "2026-06-01")})
	for id, want := range map[string]string{
		"CP-11:i4": "it may have been done between Mon 1 Apr 2024 and Mon 31 Mar 2025, which no source covers",
		"CP-11:i1": "it fell due between Mon 1 Apr 2024 and Mon 31 Mar 2025, which no source covers, so what was done in time could not have been shown",
		"CP-11:i0": "it fell due before Sat 1 Apr 2023, the first day that a source covers, so what was done in time could not have been shown",
	} {
		d := plan.Duty(id)
		if d == nil || d.NotReportedWhy != want || d.State(plan.AsOf) != casework.Unreported || d.LateDays(plan.AsOf) != 0 {
			t.Errorf("%s: %+v", id, d)
		}
	}
}

// Unreported duties: rules.md, section 3, and what census.md says a return cannot tell.
func TestUnreported(t *testing.T) {
	t.Parallel()
	runFoldCases(t, unreportedCases)
}

// census is a return of 2025-26 as the importer attaches it, on the day of the load.
const census = `
	s1 source.attached 2026-04-20 name=census from=2025-04-01 until=2026-03-31 rec=2026-04-20T10:00:00Z reports=[` +
	`referral.received,assessment.started,assessment.completed,assessment.checkpoint,cin_plan.started,cin_plan.ended,` +
	`strategy_discussion.held,icpc.held,cp_plan.started,cp_plan.ended,cp_review.held,pre_proceedings.started,` +
	`letter_before_proceedings.sent,pre_proceedings_meeting.held,pre_proceedings.ended,proceedings.issued,case.closed]
`

var unreportedCases = []foldCase{
	{
		name: "a case without a source is taken to report everything",
		events: `
			p1 cin_plan.started 2025-05-05`,
		asOf: "2025-06-10", refs: []string{"CN-02"},
		want: `CN-02:p1 2025-05-05 2025-06-02 overdue late=8 local`,
	},
	{
		name: "before the source is attached nobody has said what is reported",
		events: census + `
			p1 cin_plan.started 2025-05-05`,
		asOf: "2026-04-19", refs: []string{"CN-02"},
		want: `CN-02:p1 2025-05-05 2025-06-02 overdue late=321 local`,
	},
	{
		name: "(a) a return cannot tell of visits, core groups, reviews of CIN plans and of pre-proceedings",
		events: census + `
			i1 icpc.held 2025-11-03 outcome=plan
			p1 cp_plan.started 2025-11-03
			c1 cin_plan.started 2025-11-03
			q1 pre_proceedings.started 2025-11-03
			q2 letter_before_proceedings.sent 2025-11-05
			q3 pre_proceedings_meeting.held 2025-11-20`,
		asOf: "2026-04-20", refs: []string{"CP-08", "CP-10", "CP-11", "CP-13", "CN-02", "CN-03", "PL-02", "PL-03", "PL-04", "PL-05"},
		want: `
			CN-02:c1 2025-11-03 2025-12-01 unreported local
			CN-03:c1 2025-11-03 2026-02-03 unreported local
			CP-08:i1 2025-11-03 2025-11-17 unreported
			CP-10:p1 2025-11-03 2025-12-03 unreported local
			CP-11:i1 2025-11-03 2026-02-03 overdue late=76
			CP-13:p1 2025-11-03 - running
			PL-02:q1 2025-11-03 2025-11-10 met met=2025-11-05 local
			PL-03:q2 2025-11-05 2025-11-19 met_late met=2025-11-20 late=1 local
			PL-04:q3 2025-11-20 2026-01-01 unreported
			PL-05:q1 2025-11-03 2026-02-23 overdue late=56`,
	},
	{
		name: "(a) also where it is not due yet, and also what was ended",
		events: census + `
			c1 cin_plan.started 2026-03-30 ep=A
			c2 cin_plan.started 2026-01-05 ep=B
			c3 cin_plan.ended 2026-03-09 ep=B`,
		asOf: "2026-04-20", refs: []string{"CN-02"},
		want: `
			CN-02:c2 2026-01-05 2026-02-02 unreported ep=B ended=2026-03-09 local
			CN-02:c1 2026-03-30 2026-04-27 unreported ep=A local`,
	},
	{
		name: "(a) a type that could meet it is enough, whatever its data",
		events: `
			s1 source.attached 2026-01-05 name=x reports=[cp_visit.made]
			p1 cp_plan.started 2026-01-05`,
		asOf: "2026-02-06", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 overdue late=1 local`,
	},
	{
		name: "(a) one of several types that could meet it is enough",
		events: `
			s1 source.attached 2026-01-05 name=x reports=[proceedings.issued]
			p1 pre_proceedings.started 2026-01-05`,
		asOf: "2026-04-28", refs: []string{"PL-02", "PL-05"},
		want: `
			PL-02:p1 2026-01-05 2026-01-12 unreported local
			PL-05:p1 2026-01-05 2026-04-27 overdue late=1`,
	},
	{
		name: "(a) a source that reports what starts clocks, and nothing that meets them, could show none of them met",
		events: `
			s1 source.attached 2026-01-05 name=x reports=[referral.received,cp_plan.started]
			p1 cp_plan.started 2026-01-05`,
		asOf: "2026-02-06", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 unreported local`,
	},
	{
		name: "a source that reports nothing of the work says nothing of what is reported: it is taken as not attached",
		events: `
			s1 source.attached 2026-01-05 name=x reports=[notice.acknowledged,worker.allocated]
			p1 cp_plan.started 2026-01-05`,
		asOf: "2026-02-06", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 overdue late=1 local`,
	},
	{
		name: "where another source reports work it changes nothing",
		events: `
			s1 source.attached 2026-01-05 name=x reports=[notice.acknowledged] from=2026-01-01
			s2 source.attached 2026-01-05 name=y reports=[core_group.held] from=2026-01-01
			p1 cp_plan.started 2026-01-05`,
		asOf: "2026-02-06", refs: []string{"CP-10"},
		want: `CP-10:p1 2026-01-05 2026-02-05 unreported local`,
	},
	{
		name: "(b) what started before the first day of the source, not on it; met it stays met",
		events: census + `
			e1 referral.received 2025-03-31 ep=A
			e2 referral.received 2025-04-01 ep=B
			e3 referral.received 2025-03-03 ep=C
			a3 assessment.completed 2025-04-02 ep=C`,
		asOf: "2026-04-20", refs: []string{"AS-01"}, // Easter 2025: 18 and 21 April; then 5 and 26 May
		want: `
			AS-01:e3 2025-03-03 2025-05-08 met ep=C met=2025-04-02
			AS-01:e1 2025-03-31 2025-06-06 unreported ep=A
			AS-01:e2 2025-04-01 2025-06-09 overdue ep=B late=315`,
	},
	{
		name: "(b) ended it is unreported too, and counts as late for nobody",
		events: census + `
			e1 referral.received 2024-10-01 ep=A
			c1 case.closed 2025-06-02 ep=A`,
		asOf: "2026-04-20", refs: []string{"AS-01"},
		want: `AS-01:e1 2024-10-01 2024-12-03 unreported ep=A ended=2025-06-02`,
	},
	{
		name: "(b) an assessment that the source shows open is followed, in its episode alone",
		events: census + `
			e1 referral.received 2025-03-03 ep=A
			a1 assessment.started 2025-03-04 open=true ep=A
			e2 referral.received 2025-03-03 ep=B
			a2 assessment.started 2025-03-04 ep=B
			e3 referral.received 2025-03-03 ep=C`,
		asOf: "2026-04-20", refs: []string{"AS-01"},
		want: `
			AS-01:e1 2025-03-03 2025-05-08 overdue ep=A late=347
			AS-01:e2 2025-03-03 2025-05-08 unreported ep=B
			AS-01:e3 2025-03-03 2025-05-08 unreported ep=C`,
	},
	{
		name: "(b) an event of no episode that shows it open shows all open",
		events: census + `
			e1 referral.received 2025-03-03 ep=A
			a1 assessment.started 2025-03-04 open=true`,
		asOf: "2026-04-20", refs: []string{"AS-01"},
		want: `AS-01:e1 2025-03-03 2025-05-08 overdue ep=A late=347`,
	},
	{
		name: "(b) is for assessments: a plan from before the source stays unreported",
		events: census + `
			i1 icpc.held 2025-03-03 outcome=plan ep=A
			p1 cp_plan.started 2025-03-03 ep=A`,
		asOf: "2026-04-20", refs: []string{"CP-11"},
		want: `CP-11:i1 2025-03-03 2025-06-03 unreported ep=A`,
	},
	{
		name: "(b) a source without a first day reaches back for ever",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[assessment.completed] until=2026-03-31
			e1 referral.received 2015-03-03`,
		asOf: "2026-04-20", refs: []string{"AS-01"},
		want: `AS-01:e1 2015-03-03 2015-05-08 overdue late=4000`,
	},
	{
		name: "(b) of several sources the earliest first day of those that report it counts",
		events: `
			s1 source.attached 2026-04-20 name=x reports=[assessment.completed] from=2025-04-01 until=2026-03-31
			s2 source.attached 2026-04-21 name=x reports=[assessment.completed] from=2024-04-01 until=2025-03-31
			s3 source.attached 2026-04-22 name=y reports=[cp_visit.made] from=2010-01-01
			e1 referral.received 2024-03-31 ep=A
			e2 referral.received 2024-04-01 ep=B`,
		asOf: "2026-04-22", refs: []string{"AS-01"},
		want: `
			AS-01:e1 2024-03-31 2024-06-05 unreported ep=A
			AS-01:e2 2024-04-01 2024-06-05 overdue ep=B late=686`,
	},
	{
		name: "(c) what fell due after the last day runs until then, and is never overdue",
		events: census + `
			e1 referral.received 2026-02-16 ep=A
			i1 icpc.held 2026-02-16 outcome=plan ep=B`,
		asOf: "2026-04-22", refs: []string{"AS-01", "CP-11"}, // Easter: 3 and 6 April
		want: `
			AS-01:e1 2026-02-16 2026-04-22 due_today ep=A
			CP-11:i1 2026-02-16 2026-05-16 running ep=B`,
	},
	{
		name: "(c) from the day after its due date it is unreported",
		events: census + `
			e1 referral.received 2026-02-16 ep=A`,
		asOf: "2026-04-23", refs: []string{"AS-01"},
		want: `AS-01:e1 2026-02-16 2026-04-22 unreported ep=A`,
	},
	{
		name: "(c) what was due on the last day of the source is overdue",
		events: census + `
			s9 strategy_discussion.held 2026-03-10 s47=true`,
		asOf: "2026-04-23",
		refs: []string{"CP-03"},
		want: `CP-03:s9 2026-03-10 2026-03-31 overdue late=23`,
	},
	{
		name: "(c) ended on or before its due date it never fell due; after it, it is unreported",
		events: census + `
			s8 strategy_discussion.held 2026-03-23 s47=true ep=A
			x8 icpc.not_required 2026-04-15 ep=A
			s9 strategy_discussion.held 2026-03-23 s47=true ep=B
			x9 icpc.not_required 2026-04-16 ep=B`,
		asOf: "2026-04-23", refs: []string{"CP-03"}, // due on 15 April
		want: `
			CP-03:s8 2026-03-23 2026-04-15 ended ep=A ended=2026-04-15
			CP-03:s9 2026-03-23 2026-04-15 unreported ep=B ended=2026-04-16`,
	},
	{
		name: "(c) of several sources the latest last day counts, and a live feed has none",
		events: census + `
			s2 source.attached 2026-04-21 name=next from=2026-04-01 until=2026-04-30 reports=[icpc.held]
			s9 strategy_discussion.held 2026-03-23 s47=true`,
		asOf: "2026-04-23", refs: []string{"CP-03"},
		want: `CP-03:s9 2026-03-23 2026-04-15 overdue late=8`,
	},
	{
		name: "a live feed without a first day brings every clock of its types alive",
		events: census + `
			s2 source.attached 2026-04-21 name=feed reports=[cin_visit.made]
			c1 cin_plan.started 2026-03-23
			v1 cin_visit.made 2026-04-20 seen=true`,
		asOf: "2026-04-21", refs: []string{"CN-02", "CN-03"},
		want: `
			CN-02:c1 2026-03-23 2026-04-20 met met=2026-04-20 local
			CN-02:v1 2026-04-20 2026-05-18 running local
			CN-03:c1 2026-03-23 2026-06-23 unreported local`,
	},
	{
		name: "with a live feed of its type no last day counts, whichever was attached first",
		events: census + `
			s2 source.attached 2026-04-21 name=feed reports=[icpc.held] from=2026-04-01
			s3 source.attached 2026-04-22 name=next from=2026-04-01 until=2026-04-30 reports=[icpc.held]
			s9 strategy_discussion.held 2026-04-22 s47=true`,
		asOf: "2026-05-20", refs: []string{"CP-03"}, // due 14 May: the 4th is a holiday
		want: `CP-03:s9 2026-04-22 2026-05-14 overdue late=6`,
	},
	{
		name: "a voided source reports nothing",
		events: census + `
			s2 source.attached 2026-04-21 name=feed reports=[cin_visit.made]
			x2 - 2026-04-22 voids=s2
			c1 cin_plan.started 2026-03-02`,
		asOf: "2026-04-22", refs: []string{"CN-02"},
		want: `CN-02:c1 2026-03-02 2026-03-30 unreported local`,
	},
	{
		name: "a source that is corrected reports what the correction says",
		events: census + `
			c9 source.attached 2026-04-20 corrects=s1 name=census from=2025-04-01 until=2026-03-31 reports=[cin_visit.made] rec=2026-04-21T10:00:00Z
			c1 cin_plan.started 2026-03-02`,
		asOf: "2026-04-21", refs: []string{"CN-02"},
		want: `CN-02:c1 2026-03-02 2026-03-30 overdue late=22 local`,
	},
	{
		name: "what waits is unreported where nobody could show it met",
		events: census + `
			l1 looked_after.started 2026-01-05
			h1 health_assessment.completed 2026-01-19 initial=true`,
		asOf: "2026-04-20", refs: []string{"LA-23", "LA-24"},
		want: `
			LA-23:l1 2026-01-05 2026-02-02 met met=2026-01-19
			LA-24:h1 2026-01-19 - unreported waiting=person.born`,
	},
	{
		name: "hours: beyond the source they run to their instant, and are unreported after it",
		events: `
			s1 source.attached 2026-04-01 name=x reports=[police_protection.ended] until=2026-03-31
			p1 police_protection.started 2026-03-30T10:00:00Z`,
		asOf: "2026-04-02T10:00:01Z", refs: []string{"EM-01"},
		want: `EM-01:p1 2026-03-30T10:00:00Z 2026-04-02T10:00:00Z unreported`,
	},
	{
		name: "hours: at the instant itself they still run",
		events: `
			s1 source.attached 2026-04-01 name=x reports=[police_protection.ended] until=2026-03-31
			p1 police_protection.started 2026-03-30T10:00:00Z`,
		asOf: "2026-04-02T10:00:00Z", refs: []string{"EM-01"},
		want: `EM-01:p1 2026-03-30T10:00:00Z 2026-04-02T10:00:00Z due_today`,
	},
}

func TestAnUnreportedDutySaysWhy(t *testing.T) {
	t.Parallel()
	plan := book.Fold(accepted(t, census+`
		c1 cin_plan.started 2026-03-02 ep=A
		e1 referral.received 2025-03-03 ep=B
		e2 referral.received 2026-02-16 ep=C`), casework.Moment{AsOf: instant(t, "2026-06-01")})
	for id, want := range map[string]string{
		"CN-02:c1": "no source reports whether it was done",
		"AS-01:e1": "it started before Tue 1 Apr 2025, the first day that a source covers",
		"AS-01:e2": "", // it fell due after ReportedUntil
	} {
		d := plan.Duty(id)
		if d == nil || d.NotReportedWhy != want || d.State(plan.AsOf) != casework.Unreported {
			t.Errorf("%s: %+v", id, d)
		}
	}
	if got := plan.Duty("AS-01:e2").ReportedUntil.String(); got != "2026-03-31" {
		t.Errorf("reported until %s", got)
	}
}
