package casework_test

import "testing"

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
