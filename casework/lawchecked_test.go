package casework_test

import "testing"

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
