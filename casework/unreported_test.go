package casework_test

import (
	"testing"

	"longstop/casework"
)

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
		name: "beside a source that reports work it changes nothing",
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
		name: "(b) ended it is unreported too, and nobody is said to have been late",
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
		name: "beside a live feed of its type no last day counts, whichever was attached first",
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
		"CN-02:c1": "no source reports what could meet it",
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
