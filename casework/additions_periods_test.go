package casework_test

import "testing"

func TestWhatAPeriodThatIsNotTheTimescalesOwnSays(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, sinceAnotherPeriod)
	runMadeUpCases(t, takenFirst)
	runMadeUpCases(t, agreedAndWithdrawn)
}

// 20 working days after Monday 2 February 2026 is Monday 2 March: four weeks without a holiday.
var sinceAnotherPeriod = []foldCase{
	{
		name: "so long after another period opened, it starts from that day on",
		events: `
			c1 care.started 2026-02-02
			p1 plan.started 2026-03-02
			x1 care.ended 2026-03-06`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: `SINCE-1:p1 2026-03-02 2026-03-06 overdue late=1`,
	},
	{
		name: "a day earlier it does not",
		events: `
			c1 care.started 2026-02-02
			p1 plan.started 2026-02-27`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
	{
		name: "nor a year after it",
		events: `
			c1 care.started 2025-02-03
			p1 plan.started 2026-02-03`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
	{
		name: "nor where that period is not open",
		events: `
			c1 care.started 2025-02-03
			x1 care.ended 2025-06-02
			p1 plan.started 2025-09-01`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
	{
		name: "a period that opened again counts from its last opening",
		events: `
			c1 care.started 2025-02-03
			x1 care.ended 2025-06-02
			c2 care.started 2026-02-02
			p1 plan.started 2026-02-27`,
		asOf: "2026-03-07", refs: []string{"SINCE-1"},
		want: ``,
	},
}

var takenFirst = []foldCase{
	{
		name: "an end that is taken first lets start on its day what the period keeps from starting",
		events: `
			h1 home.opened 2026-02-02
			s1 secure.started 2026-03-02
			b1 placement.broken 2026-03-09
			s2 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: `FIRST-1:s2 2026-03-09 2026-03-16 running`,
	},
	{
		name: "any other end does not",
		events: `
			h1 home.opened 2026-02-02
			x1 home.closed 2026-03-09
			s1 secure.started 2026-03-09
			s2 secure.started 2026-03-10`,
		asOf: "2026-03-10", refs: []string{"FIRST-1"},
		want: `FIRST-1:s2 2026-03-10 2026-03-17 running`,
	},
	{
		name: "where the period opens again on the day it is open",
		events: `
			h1 home.opened 2026-02-02
			b1 placement.broken 2026-03-09
			h2 home.opened 2026-03-09
			s1 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: ``,
	},
	{
		name: "by the hour, what opened again and broke down again is over, and nothing starts on a day on which it was open",
		events: `
			h1 home.opened 2026-02-02
			b1 placement.broken 2026-03-09T09:00:00Z
			h2 home.opened 2026-03-09T11:00:00Z
			b2 placement.broken 2026-03-09T15:00:00Z
			s1 secure.started 2026-03-09
			s2 secure.started 2026-03-10`,
		asOf: "2026-03-10", refs: []string{"FIRST-1"},
		want: `FIRST-1:s2 2026-03-10 2026-03-17 running`,
	},
	{
		name: "an opening of the morning, while it was open, opens nothing, and the end of the afternoon is taken first",
		events: `
			h1 home.opened 2026-02-02
			h2 home.opened 2026-03-09T09:00:00Z
			b1 placement.broken 2026-03-09T15:00:00Z
			s1 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: `FIRST-1:s1 2026-03-09 2026-03-16 running`,
	},
	{
		name: "what opens and ends on one day is open for all of it",
		events: `
			h1 home.opened 2026-03-09
			b1 placement.broken 2026-03-09
			s1 secure.started 2026-03-09`,
		asOf: "2026-03-09", refs: []string{"FIRST-1"},
		want: ``,
	},
}

var agreedAndWithdrawn = []foldCase{
	{
		name: "what was agreed gives its limit, withdrawn the other, agreed again its own again",
		events: `
			p1 plan.started 2026-01-05
			r1 plan.reviewed 2026-01-12
			a1 consent.given 2026-02-02
			r2 plan.reviewed 2026-02-09
			w1 offer.made 2026-03-02
			r3 plan.reviewed 2026-03-09
			a2 consent.given 2026-04-06
			r4 plan.reviewed 2026-04-13`,
		asOf: "2026-04-13", refs: []string{"AGREED-1"},
		want: `
			AGREED-1:r1 2026-01-12 2026-03-12 met met=2026-02-09
			AGREED-1:r2 2026-02-09 2026-08-09 met met=2026-03-09
			AGREED-1:r3 2026-03-09 2026-05-09 met met=2026-04-13
			AGREED-1:r4 2026-04-13 2026-10-13 running`,
	},
	{
		name: "of one day what was recorded last stands",
		events: `
			p1 plan.started 2026-01-05
			a1 consent.given 2026-02-02 rec=2026-02-02T09:00:00Z
			w1 offer.made 2026-02-02 rec=2026-02-02T10:00:00Z
			r1 plan.reviewed 2026-02-09`,
		asOf: "2026-02-09", refs: []string{"AGREED-1"},
		want: `AGREED-1:r1 2026-02-09 2026-04-09 running`,
	},
}
