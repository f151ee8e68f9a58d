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
		name: "HO-03: a serious event is notified without delay, which is no number",
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
