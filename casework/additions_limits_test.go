package casework_test

import "testing"

func TestWhereALimitCountsFrom(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, backwardsCases)
	runMadeUpCases(t, anchorCases)
	runMadeUpCases(t, sameDayCases)
	runMadeUpCases(t, earliestCases)
}

var backwardsCases = []foldCase{
	{
		name:   "two working days before a Monday is the Thursday",
		events: `a1 meeting.arranged 2026-11-02 for=2026-11-16`,
		asOf:   "2026-11-12", refs: []string{"BACK-1"},
		want: `BACK-1:a1 2026-11-02 2026-11-12 due_today`,
	},
	{
		name:   "counted backwards over Christmas",
		events: `a1 meeting.arranged 2026-12-01 for=2026-12-30`,
		asOf:   "2026-12-02", refs: []string{"BACK-1"}, // the 29th, then the 24th
		want: `BACK-1:a1 2026-12-01 2026-12-24 running`,
	},
	{
		name: "met on the day, a day late, and ended by the meeting itself",
		events: `
			a1 meeting.arranged 2026-11-02 for=2026-11-16 ep=A
			s1 report.shared 2026-11-12 ep=A
			a2 meeting.arranged 2026-11-02 for=2026-11-16 ep=B
			s2 report.shared 2026-11-13 ep=B
			a3 meeting.arranged 2026-11-02 for=2026-11-16 ep=C
			m3 meeting.held 2026-11-16 ep=C`,
		asOf: "2026-11-16", refs: []string{"BACK-1"},
		want: `
			BACK-1:a1 2026-11-02 2026-11-12 met ep=A met=2026-11-12
			BACK-1:a2 2026-11-02 2026-11-12 met_late ep=B met=2026-11-13 late=1
			BACK-1:a3 2026-11-02 2026-11-12 ended ep=C ended=2026-11-16 late=4`,
	},
	{
		name:   "arranged when the day had passed, it is overdue from the start",
		events: `a1 meeting.arranged 2026-11-13 for=2026-11-16`,
		asOf:   "2026-11-13", refs: []string{"BACK-1"},
		want: `BACK-1:a1 2026-11-13 2026-11-12 overdue late=1`,
	},
	{
		name: "the date moves when the event is corrected",
		events: `
			a1 meeting.arranged 2026-11-02 for=2026-11-16
			c1 meeting.arranged 2026-11-02 for=2026-11-23 corrects=a1 rec=2026-11-05T10:00:00Z`,
		asOf: "2026-11-05", refs: []string{"BACK-1"},
		want: `BACK-1:a1 2026-11-02 2026-11-19 running`,
	},
	{
		name:   "without the date the duty waits for the event that should hold it",
		events: `a1 meeting.arranged 2026-11-02`,
		asOf:   "2026-12-02", refs: []string{"BACK-1"},
		want: `BACK-1:a1 2026-11-02 - waiting waiting=meeting.arranged`,
	},
	{
		name: "and is met while it waits",
		events: `
			a1 meeting.arranged 2026-11-02
			s1 report.shared 2026-11-12`,
		asOf: "2026-12-02", refs: []string{"BACK-1"},
		want: `BACK-1:a1 2026-11-02 - met met=2026-11-12`,
	},
	{
		name: "a second meeting arranged while the first runs starts no second duty",
		events: `
			a1 meeting.arranged 2026-11-02 for=2026-11-16
			a2 meeting.arranged 2026-11-03 for=2026-12-16`,
		asOf: "2026-11-03", refs: []string{"BACK-1"},
		want: `BACK-1:a1 2026-11-02 2026-11-12 running`,
	},
}

var anchorCases = []foldCase{
	{
		name:   "twelve weeks before the date of another event",
		events: `x1 person.expected 2026-06-01 date=2026-11-02`,
		asOf:   "2026-06-01", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 2026-08-10 running`,
	},
	{
		name: "the date moves when a later one is recorded",
		events: `
			x1 person.expected 2026-06-01 date=2026-11-02
			x2 person.expected 2026-07-01 date=2026-11-16`,
		asOf: "2026-07-01", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 2026-08-24 running`,
	},
	{
		name: "as of the day before it stood where it was",
		events: `
			x1 person.expected 2026-06-01 date=2026-11-02
			x2 person.expected 2026-07-01 date=2026-11-16`,
		asOf: "2026-06-30", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 2026-08-10 running`,
	},
	{
		name: "the latest is that which happened last, whenever it was recorded",
		events: `
			x1 person.expected 2026-06-01 date=2026-11-02
			x3 person.expected 2026-07-01 date=2026-11-16
			x2 person.expected 2026-06-15 date=2026-12-07 rec=2026-07-10T10:00:00Z`,
		asOf: "2026-07-10", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 2026-08-24 running`,
	},
	{
		name: "a void gives the date before it back",
		events: `
			x1 person.expected 2026-06-01 date=2026-11-02
			x2 person.expected 2026-07-01 date=2026-11-16
			x3 - 2026-07-02 voids=x2`,
		asOf: "2026-07-02", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 2026-08-10 running`,
	},
	{
		name:   "where the event has no date the duty waits for it",
		events: `x1 person.expected 2026-06-01`,
		asOf:   "2026-07-01", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 - waiting waiting=person.expected`,
	},
	{
		name: "and waits again where the latest has none",
		events: `
			x1 person.expected 2026-06-01 date=2026-11-02
			x2 person.expected 2026-07-01`,
		asOf: "2026-07-01", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 - waiting waiting=person.expected`,
	},
	{
		name: "its period ends it: how late it was is said",
		events: `
			x1 person.expected 2026-06-01 date=2026-11-02
			b1 person.born 2026-10-30`,
		asOf: "2026-11-30", refs: []string{"BACK-2"},
		want: `BACK-2:x1 2026-06-01 2026-08-10 ended ended=2026-10-30 late=81`,
	},
	{
		name: "a birth has happened on its own day where it says no other",
		events: `
			b1 person.born 2009-06-15
			c1 care.started 2026-01-05`,
		asOf: "2026-01-05", refs: []string{"AGE-1"},
		want: `AGE-1:c1 2026-01-05 2026-06-15 running local`,
	},
	{
		name: "or on the date that it says",
		events: `
			b1 person.born 2026-01-05 date=2009-08-01
			c1 care.started 2026-01-05`,
		asOf: "2026-01-05", refs: []string{"AGE-1"},
		want: `AGE-1:c1 2026-01-05 2026-08-01 running local`,
	},
	{
		name:   "without a birth it waits for one",
		events: `c1 care.started 2026-01-05`,
		asOf:   "2026-01-05", refs: []string{"AGE-1"},
		want: `AGE-1:c1 2026-01-05 - waiting waiting=person.born local`,
	},
}

var sameDayCases = []foldCase{
	{
		name:   "due on the very day of the start",
		events: `a1 application.made 2026-11-02`,
		asOf:   "2026-11-02", refs: []string{"SAME-2"},
		want: `SAME-2:a1 2026-11-02 2026-11-02 due_today`,
	},
	{
		name: "met on it, before it, and a day late",
		events: `
			a1 application.made 2026-11-02 ep=A
			d1 documents.filed 2026-11-02 ep=A
			d2 documents.filed 2026-10-30 ep=B
			a2 application.made 2026-11-02 ep=B
			a3 application.made 2026-11-02 ep=C
			d3 documents.filed 2026-11-03 ep=C`,
		asOf: "2026-11-03", refs: []string{"SAME-2"},
		want: `
			SAME-2:a1 2026-11-02 2026-11-02 met ep=A met=2026-11-02
			SAME-2:a2 2026-11-02 2026-11-02 met ep=B met=2026-11-02
			SAME-2:a3 2026-11-02 2026-11-02 met_late ep=C met=2026-11-03 late=1`,
	},
	{
		name: "on the day that the order names, where it names one; in a year, where it names none",
		events: `
			o1 order.made 2026-01-05 until=2026-06-30 ep=A
			o2 order.made 2026-01-05 ep=B`,
		asOf: "2026-07-01", refs: []string{"SAME-1"},
		want: `
			SAME-1:o1 2026-01-05 2026-06-30 overdue ep=A late=1
			SAME-1:o2 2026-01-05 2027-01-05 running ep=B`,
	},
	{
		name: "extended up to the total after the start, not after the day that the order names",
		events: `
			o1 order.made 2026-01-05 until=2026-06-30
			x1 order.extended 2026-06-01 until=2027-06-30
			x2 order.extended 2027-06-01 until=2028-06-30
			x3 order.extended 2028-06-01 until=2029-01-05`,
		asOf: "2028-06-01", refs: []string{"SAME-1"},
		want: `SAME-1:o1 2026-01-05 2029-01-05 running`,
	},
}

var earliestCases = []foldCase{
	{
		name: "the date before the birth, where that is the earlier",
		events: `
			x1 person.expected 2026-10-01 date=2027-01-18
			e1 enquiry.started 2026-11-02`,
		asOf: "2026-11-02", refs: []string{"EARL-1"}, // 10 weeks before is 9 November, 15 working days are the 23rd
		want: `EARL-1:e1 2026-11-02 2026-11-09 running`,
	},
	{
		name: "the working days, where they are",
		events: `
			x1 person.expected 2026-10-01 date=2027-03-01
			e1 enquiry.started 2026-11-02`,
		asOf: "2026-11-02", refs: []string{"EARL-1"},
		want: `EARL-1:e1 2026-11-02 2026-11-23 running`,
	},
	{
		name:   "of what can be worked out: nobody waits for the other",
		events: `e1 enquiry.started 2026-11-02`,
		asOf:   "2026-11-02", refs: []string{"EARL-1"},
		want: `EARL-1:e1 2026-11-02 2026-11-23 running`,
	},
	{
		name: "it moves when the other becomes known",
		events: `
			e1 enquiry.started 2026-11-02
			x1 person.expected 2026-11-04 date=2027-01-18`,
		asOf: "2026-11-10", refs: []string{"EARL-1"},
		want: `EARL-1:e1 2026-11-02 2026-11-09 overdue late=1`,
	},
}

func TestAnExtensionBeyondTheTotalIsRefused(t *testing.T) {
	t.Parallel()
	const order = "o1 order.made 2026-01-05 until=2026-06-30\nx1 order.extended 2026-06-01 until=2027-06-30\nx2 order.extended 2027-06-01 until=2028-06-30\n"
	expectRefusal(t, madeUp, refusalCase{
		"a day beyond the total", order + "x3 order.extended 2028-06-01 until=2029-01-06",
		"x3: SAME-1: the latest date allowed is 2029-01-05",
	})
	expectRefusal(t, madeUp, refusalCase{
		"a day beyond the most", "o1 order.made 2026-01-05 until=2026-06-30\nx1 order.extended 2026-06-01 until=2027-07-01",
		"x1: SAME-1: the latest date allowed is 2027-06-30",
	})
}
