package casework_test

import "testing"

func TestTheLawOfBirthdays(t *testing.T) {
	t.Parallel()
	runFoldCases(t, birthdayLawCases)
}

var birthdayLawCases = []foldCase{
	{
		name: "a child of 16 who has been looked after for 13 weeks is assessed within three months of the birthday",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-01-06
			n1 needs_assessment.completed 2026-06-16`,
		asOf: "2026-06-16", refs: []string{"LC-01B"},
		want: `LC-01B:l1.16 2026-03-15 2026-06-15 met_late met=2026-06-16 late=1`,
	},
	{
		name: "who has been for a day less is not eligible on it: 13 weeks from 15 December 2025 are 16 March",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-12-15`,
		asOf: "2026-09-01", refs: []string{"LC-01B"},
		want: ``,
	},
	{
		name: "where somebody records since when the child is eligible, LC-01 has it",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-01-06
			x1 eligible.became 2026-04-06`,
		asOf: "2026-04-07", refs: []string{"LC-01B"},
		want: `LC-01B:l1.16 2026-03-15 2026-06-15 ended ended=2026-04-06`,
	},
	{
		name: "on the birthday itself too",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-01-06
			x1 eligible.became 2026-03-15`,
		asOf: "2026-04-07", refs: []string{"LC-01B"},
		want: ``,
	},
	{
		name: "it ends with care",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-01-06
			l2 looked_after.ended 2026-05-04`,
		asOf: "2026-06-16", refs: []string{"LC-01B"},
		want: `LC-01B:l1.16 2026-03-15 2026-06-15 ended ended=2026-05-04`,
	},
	{
		name: "and on the 18th birthday",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-01-06`,
		asOf: "2028-04-03", refs: []string{"LC-01B"},
		want: `LC-01B:l1.16 2026-03-15 2026-06-15 ended ended=2028-03-15 late=639`, // 15 of June, 184, 365, 31, 29 and 15
	},
	{
		name: "not before the regulations",
		events: `
			b1 person.born 1995-03-31
			l1 looked_after.started 2010-01-04`,
		asOf: "2011-06-16", refs: []string{"LC-01B"},
		want: ``,
	},
	{
		name: "a child who died before it has no birthday",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-01-06
			d1 person.died 2026-03-14`,
		asOf: "2026-04-01", refs: []string{"LC-01B"},
		want: ``,
	},
	{
		name: "nor one who died on it any clock that goes on",
		events: `
			b1 person.born 2010-03-15
			l1 looked_after.started 2025-01-06
			d1 person.died 2026-03-15`,
		asOf: "2026-04-01", refs: []string{"LC-01B"},
		want: `LC-01B:l1.16 2026-03-15 2026-06-15 ended ended=2026-03-15`,
	},
	{
		name: "a child who turns four in care has a year for the questionnaire from the birthday, whatever is reviewed",
		events: `
			b1 person.born 2022-03-15
			l1 looked_after.started 2025-01-06
			r1 lac_review.held 2026-01-12
			r2 lac_review.held 2026-07-13`,
		asOf: "2026-07-13", refs: []string{"LA-25S"},
		want: `LA-25S:l1.4 2026-03-15 2027-03-15 running`,
	},
	{
		name: "the next runs from when it was done",
		events: `
			b1 person.born 2022-03-15
			l1 looked_after.started 2025-01-06
			s1 sdq.completed 2026-05-11`,
		asOf: "2026-07-13", refs: []string{"LA-25S"},
		want: `
			LA-25S:l1.4 2026-03-15 2027-03-15 met met=2026-05-11
			LA-25S:s1 2026-05-11 2027-05-11 running`,
	},
	{
		name: "who was older when care began has it from then, and no second one",
		events: `
			b1 person.born 2020-03-15
			l1 looked_after.started 2025-01-06`,
		asOf: "2026-07-13", refs: []string{"LA-25S"},
		want: `LA-25S:l1 2025-01-06 2026-01-06 overdue late=188`, // 25 of January, 28, 31, 30, 31, 30 and 13
	},
}

func TestAReviewIsOwedBeforeTheFirstOfSeveralEnds(t *testing.T) {
	t.Parallel()
	runFoldCases(t, []foldCase{
		{
			name: "before a remand ends, though care goes on",
			events: `
				l1 looked_after.started 2026-01-05
				q1 lac_review.required 2026-03-02
				x1 remand.ended 2026-03-16
				l2 looked_after.ended 2026-05-04`,
			asOf: "2026-03-18", refs: []string{"LA-09"},
			want: `LA-09:q1 2026-03-02 2026-03-16 overdue late=2`,
		},
		{
			name: "before care ends, where that is first",
			events: `
				l1 looked_after.started 2026-01-05
				q1 lac_review.required 2026-03-02
				l2 looked_after.ended 2026-03-12
				x1 detention.ended 2026-03-16`,
			asOf: "2026-03-18", refs: []string{"LA-09"},
			want: `LA-09:q1 2026-03-02 2026-03-12 overdue late=6`,
		},
		{
			name: "held before both it is in time",
			events: `
				l1 looked_after.started 2026-01-05
				q1 lac_review.required 2026-03-02
				r1 lac_review.held 2026-03-11
				x1 detention.ended 2026-03-16`,
			asOf: "2026-03-18", refs: []string{"LA-09"},
			want: `LA-09:q1 2026-03-02 2026-03-16 met met=2026-03-11`,
		},
	})
}
