package casework_test

import (
	"fmt"
	"strings"
	"testing"

	"longstop/casework"
)

// Twins: rules.md, section 3.
func TestTwins(t *testing.T) {
	t.Parallel()
	runFoldCases(t, twinCases)
}

var twinCases = []foldCase{
	{
		name: "twin core groups count once; the first meeting of the plan and the next are of one day",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			g2 core_group.held 2026-01-12 rec=2026-01-13T10:00:00Z
			g1 core_group.held 2026-01-12 rec=2026-01-14T10:00:00Z`,
		asOf: "2026-01-14", refs: []string{"CP-08", "CP-09"},
		want: `
			CP-08:i1 2026-01-05 2026-01-19 met met=2026-01-12 recorded_late=1
			CP-09:g2 2026-01-12 2026-02-23 running local`,
	},
	{
		name: "on the day of a year in placement twins meet one duty and open one of the next kind",
		events: `
			m1 placement.started 2025-01-06
			v1 lac_visit.made 2025-12-30 seen=true
			v2 lac_visit.made 2026-01-06 seen=true
			v3 lac_visit.made 2026-01-06 seen=true`,
		asOf: "2026-01-06", refs: []string{"LA-15", "LA-16"},
		want: `
			LA-15:v1 2025-12-30 2026-02-10 met met=2026-01-06
			LA-16:v2 2026-01-06 2026-02-17 running`,
	},
	{
		name: "the meeting and a review of the same day are of two types, and no twins",
		events: `
			p1 pre_proceedings.started 2026-01-05
			m1 pre_proceedings_meeting.held 2026-01-19
			r1 pre_proceedings_review.held 2026-01-19
			r2 pre_proceedings_review.held 2026-01-19`,
		asOf: "2026-01-19", refs: []string{"PL-04"},
		want: `
			PL-04:m1 2026-01-19 2026-03-02 met met=2026-01-19
			PL-04:r1 2026-01-19 2026-03-02 running`,
	},
	{
		name: "visits of one day in two episodes are no twins",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			p2 cp_plan.started 2026-01-05 ep=P2
			v1 cp_visit.made 2026-01-20 seen=true ep=P1
			v2 cp_visit.made 2026-01-20 seen=true ep=P2`,
		asOf: "2026-01-20", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met ep=P1 met=2026-01-20 local
			CP-10:p2 2026-01-05 2026-02-05 met ep=P2 met=2026-01-20 local
			CP-10:v1 2026-01-20 2026-02-20 running ep=P1 local
			CP-10:v2 2026-01-20 2026-02-20 running ep=P2 local`,
	},
	{
		name: "a visit without an episode is a twin of one whose duty it touches",
		events: `
			p1 cp_plan.started 2026-01-05 ep=P1
			v1 cp_visit.made 2026-01-20 seen=true ep=P1
			v2 cp_visit.made 2026-01-20 seen=true`,
		asOf: "2026-01-20", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met ep=P1 met=2026-01-20 local
			CP-10:v1 2026-01-20 2026-02-20 running ep=P1 local`,
	},
	{
		name: "of three twins one counts, whatever the hour they were made at",
		events: `
			p1 cp_plan.started 2026-01-05
			v3 cp_visit.made 2026-01-20T17:00:00Z seen=true rec=2026-01-20T18:00:00Z
			v1 cp_visit.made 2026-01-20T09:00:00Z seen=true rec=2026-01-20T19:00:00Z
			v2 cp_visit.made 2026-01-20 seen=true rec=2026-01-21T09:00:00Z`,
		asOf: "2026-01-21", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-20 local
			CP-10:v3 2026-01-20 2026-02-20 running local`,
	},
	{
		name: "when the first of two twins is voided the other counts",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-20 seen=true rec=2026-01-20T18:00:00Z
			v2 cp_visit.made 2026-01-20 seen=true rec=2026-01-20T19:00:00Z
			x1 - 2026-01-22 voids=v1`,
		asOf: "2026-01-22", refs: []string{"CP-10"},
		want: `
			CP-10:p1 2026-01-05 2026-02-05 met met=2026-01-20 local
			CP-10:v2 2026-01-20 2026-02-20 running local`,
	},
	{
		name: "an unseen visit recorded first is no twin of a seen one",
		events: `
			m1 placement.started 2026-01-05
			v1 lac_visit.made 2026-01-09 seen=false rec=2026-01-09T09:00:00Z
			v2 lac_visit.made 2026-01-09 seen=true rec=2026-01-12T09:00:00Z`,
		asOf: "2026-01-12", refs: []string{"LA-14", "LA-15"},
		want: `
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-09 recorded_late=3
			LA-15:v2 2026-01-09 2026-02-20 running`,
	},
	{
		name: "a visit meets every running visit duty of its scope",
		events: `
			l1 looked_after.started 2026-01-05
			m1 placement.started 2026-01-05
			v1 lac_visit.made 2026-01-08 seen=true
			m2 placement.started 2026-01-12
			v2 lac_visit.made 2026-01-15 seen=true
			p1 cp_plan.started 2026-01-05`,
		asOf: "2026-01-15", refs: []string{"LA-14", "LA-15", "CP-10"}, // a visit of another kind is another scope
		want: `
			CP-10:p1 2026-01-05 2026-02-05 running local
			LA-14:m1 2026-01-05 2026-01-12 met met=2026-01-08
			LA-14:m2 2026-01-12 2026-01-19 met met=2026-01-15
			LA-15:v1 2026-01-08 2026-02-19 ended ended=2026-01-12
			LA-15:v2 2026-01-15 2026-02-26 running`,
	},
}

// What does not count is kept and shown.
func TestWhatDoesNotCountIsShownWithTheReason(t *testing.T) {
	t.Parallel()
	plan := book.Fold(accepted(t, `
		p1 cp_plan.started 2026-01-05
		v1 cp_visit.made 2026-01-20 seen=true
		v2 cp_visit.made 2026-01-20 seen=true
		v3 cp_visit.made 2026-01-27 seen=false
		v4 cp_visit.made 2026-01-28
		i1 icpc.held 2026-01-05 outcome=plan
		r1 referral.received 2026-01-05
		d1 referral.decided 2026-01-05 outcome=assessment
		h1 health_assessment.completed 2026-01-06
		l1 looked_after.started 2026-01-05`), casework.Moment{AsOf: instant(t, "2026-02-01")})
	var got []string
	for _, n := range plan.NotCounted {
		got = append(got, fmt.Sprintf("%s %s %s %s: %s", n.Ref, n.Entry, n.Type, n.At, n.Why))
	}
	same(t, `
		CP-10 v2 cp_visit.made 2026-01-20: another of the same day was counted
		CP-10 v3 cp_visit.made 2026-01-27: the child was not seen
		CP-10 v4 cp_visit.made 2026-01-28: it does not say that the child was seen
		LA-23 h1 health_assessment.completed 2026-01-06: what it records does not meet this timescale`,
		strings.Join(got, "\n"))
}
