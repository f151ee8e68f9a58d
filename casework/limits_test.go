package casework_test

import (
	"testing"
	"time"

	"longstop/casework"
)

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
		name: "its period ends it, with how late it was",
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

func TestWhatIsOwedBeforeAnEvent(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, byCases)
}

var byCases = []foldCase{
	{
		name: "of several the first to happen gives the date",
		events: `
			t1 talks.started 2026-01-05 ep=A
			a1 application.made 2026-01-19 ep=A
			e1 talks.ended 2026-01-26 ep=A
			t2 talks.started 2026-01-05 ep=B
			e2 talks.ended 2026-01-12 ep=B
			a2 application.made 2026-01-26 ep=B`,
		asOf: "2026-01-26", refs: []string{"BY-8"},
		want: `
			BY-8:t1 2026-01-05 2026-01-19 overdue ep=A late=7
			BY-8:t2 2026-01-05 2026-01-12 overdue ep=B late=14`,
	},
	{
		name: "where the limit is earlier, that does",
		events: `
			t1 talks.started 2026-01-05
			e1 talks.ended 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"BY-8"},
		want: `BY-8:t1 2026-01-05 2026-02-05 overdue late=25`,
	},
	{
		name: "each of them counts by its own terms: an order without a date does not count, and the second review is the second",
		events: `
			c1 care.started 2026-01-05
			o1 order.made 2026-02-02
			r1 review.held 2026-02-16
			r2 review.held 2026-05-18
			o2 order.made 2026-06-01 until=2026-12-01`,
		asOf: "2026-05-18", refs: []string{"BY-7"},
		want: `BY-7:c1 2026-01-05 2026-05-18 due_today`,
	},
	{
		name: "an earlier one that is recorded later brings the date forward",
		events: `
			c1 care.started 2026-01-05
			r1 review.held 2026-02-16
			r2 review.held 2026-05-18
			o2 order.made 2026-03-02 until=2026-12-01 rec=2026-05-20T10:00:00Z`,
		asOf: "2026-05-20", refs: []string{"BY-7"},
		want: `BY-7:c1 2026-01-05 2026-03-02 overdue late=79`,
	},
	{
		name: "and one that is voided leaves it to the next",
		events: `
			c1 care.started 2026-01-05
			o2 order.made 2026-03-02 until=2026-12-01
			r1 review.held 2026-02-16
			r2 review.held 2026-05-18
			v1 - 2026-05-20 voids=o2`,
		asOf: "2026-05-20", refs: []string{"BY-7"},
		want: `BY-7:c1 2026-01-05 2026-05-18 overdue late=2`,
	},
	{
		name:   "until one of them happens it runs without a date",
		events: `c1 care.started 2026-01-05`,
		asOf:   "2027-01-05", refs: []string{"BY-7"},
		want: `BY-7:c1 2026-01-05 - running`,
	},
	{
		name:   "until the event it runs, without a date",
		events: `t1 talks.started 2026-01-05`,
		asOf:   "2027-01-05", refs: []string{"BY-1"},
		want: `BY-1:t1 2026-01-05 - running`,
	},
	{
		name: "met before the event",
		events: `
			t1 talks.started 2026-01-05
			o1 offer.made 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"BY-1"},
		want: `BY-1:t1 2026-01-05 - met met=2026-02-02`,
	},
	{
		name: "met in time, whatever came after",
		events: `
			t1 talks.started 2026-01-05
			o1 offer.made 2026-02-02
			a1 application.made 2026-03-02`,
		asOf: "2026-03-03", refs: []string{"BY-1"},
		want: `BY-1:t1 2026-01-05 2026-03-02 met met=2026-02-02`,
	},
	{
		name: "on the day of the event it is due",
		events: `
			t1 talks.started 2026-01-05
			a1 application.made 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"BY-1"},
		want: `BY-1:t1 2026-01-05 2026-03-02 due_today`,
	},
	{
		name: "from the next day it is overdue",
		events: `
			t1 talks.started 2026-01-05
			a1 application.made 2026-03-02`,
		asOf: "2026-03-03", refs: []string{"BY-1"},
		want: `BY-1:t1 2026-01-05 2026-03-02 overdue late=1`,
	},
	{
		name: "met on the day, and after it",
		events: `
			t1 talks.started 2026-01-05 ep=A
			a1 application.made 2026-03-02 ep=A
			o1 offer.made 2026-03-02 ep=A
			t2 talks.started 2026-01-05 ep=B
			a2 application.made 2026-03-02 ep=B
			o2 offer.made 2026-03-06 ep=B`,
		asOf: "2026-03-06", refs: []string{"BY-1"},
		want: `
			BY-1:t1 2026-01-05 2026-03-02 met ep=A met=2026-03-02
			BY-1:t2 2026-01-05 2026-03-02 met_late ep=B met=2026-03-06 late=4`,
	},
	{
		name: "an event of before the start is not the one; one of that day is; of another episode none",
		events: `
			a0 application.made 2026-01-04 ep=A
			t1 talks.started 2026-01-05 ep=A
			a2 application.made 2026-01-05 ep=B
			t2 talks.started 2026-01-05 ep=B`,
		asOf: "2026-01-06", refs: []string{"BY-1"},
		want: `
			BY-1:t1 2026-01-05 - running ep=A
			BY-1:t2 2026-01-05 2026-01-05 overdue ep=B late=1`,
	},
	{
		name: "of several events the first",
		events: `
			t1 talks.started 2026-01-05
			a1 application.made 2026-03-02
			a2 application.made 2026-04-06`,
		asOf: "2026-04-06", refs: []string{"BY-1"},
		want: `BY-1:t1 2026-01-05 2026-03-02 overdue late=35`,
	},
	{
		name: "the second since the period opened, counted in days",
		events: `
			r0 review.held 2025-12-01
			c1 care.started 2026-01-05
			r1 review.held 2026-02-02T10:00:00Z
			r2 review.held 2026-02-02T15:00:00Z
			r3 review.held 2026-05-04`,
		asOf: "2026-05-04", refs: []string{"BY-2"},
		want: `BY-2:c1 2026-01-05 2026-05-04 due_today`,
	},
	{
		name: "after the first it has no date yet",
		events: `
			c1 care.started 2026-01-05
			r1 review.held 2026-02-02`,
		asOf: "2026-05-03", refs: []string{"BY-2"},
		want: `BY-2:c1 2026-01-05 - running`,
	},
	{
		name: "each care counts afresh",
		events: `
			c1 care.started 2026-01-05
			r1 review.held 2026-02-02
			x1 care.ended 2026-02-16
			c2 care.started 2026-03-02
			r2 review.held 2026-03-30`,
		asOf: "2026-03-30", refs: []string{"BY-2"},
		want: `
			BY-2:c1 2026-01-05 - ended ended=2026-02-16
			BY-2:c2 2026-03-02 - running`,
	},
	{
		name: "where the first starts the clock, it is the first of the three",
		events: `
			c1 care.started 2026-01-05
			r1 review.held 2026-02-02
			r2 review.held 2026-05-04
			r3 review.held 2026-08-03`,
		asOf: "2026-08-03", refs: []string{"BY-5"},
		want: `BY-5:r1 2026-02-02 2026-08-03 due_today`,
	},
	{
		name: "with a limit, whichever is earlier",
		events: `
			t1 talks.started 2026-01-05 ep=A
			a1 application.made 2026-01-20 ep=A
			t2 talks.started 2026-01-05 ep=B
			a2 application.made 2026-02-20 ep=B
			t3 talks.started 2026-01-05 ep=C`,
		asOf: "2026-02-20", refs: []string{"BY-3"},
		want: `
			BY-3:t1 2026-01-05 2026-01-20 overdue ep=A late=31
			BY-3:t2 2026-01-05 2026-02-05 overdue ep=B late=15
			BY-3:t3 2026-01-05 2026-02-05 overdue ep=C late=15`,
	},
	{
		name: "the event that starts the duty is not the one before which it is owed; the next is",
		events: `
			r1 review.held 2026-01-05
			r2 review.held 2026-04-06`,
		asOf: "2026-04-07", refs: []string{"BY-4"},
		want: `
			BY-4:r1 2026-01-05 2026-04-06 overdue late=1
			BY-4:r2 2026-04-06 - running`,
	},
	{
		name: "nor is its twin of that day",
		events: `
			r1 review.held 2026-01-05T10:00:00Z
			r2 review.held 2026-01-05T15:00:00Z`,
		asOf: "2026-01-06", refs: []string{"BY-4"},
		want: `
			BY-4:r1 2026-01-05 - running
			BY-4:r2 2026-01-05 - running`,
	},
	{
		name: "which event it was is known by its entry",
		events: `
			t1 talks.started 2026-01-05
			a1 application.made 2026-03-02
			c1 application.made 2026-03-09 corrects=a1 rec=2026-03-20T10:00:00Z`,
		asOf: "2026-03-20", refs: []string{"BY-1"},
		want: `BY-1:t1 2026-01-05 2026-03-09 overdue late=11`,
	},
}

func TestADutyKnowsBeforeWhichEventItWasOwed(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, `
		t1 talks.started 2026-01-05
		a1 application.made 2026-01-20`)
	plan := madeUp.Fold(events, casework.Moment{AsOf: instant(t, "2026-02-20")})
	if got := plan.Duty("BY-1:t1").DueBy + " " + plan.Duty("BY-3:t1").DueBy; got != "a1 a1" {
		t.Errorf("got %s", got)
	}
	late := acceptedBy(t, madeUp, `
		t1 talks.started 2026-01-05
		a1 application.made 2026-02-20`)
	if got := madeUp.Fold(late, casework.Moment{AsOf: instant(t, "2026-02-20")}).Duty("BY-3:t1").DueBy; got != "" {
		t.Errorf("the limit was the earlier, and it says %s", got)
	}
}

func TestHowSoonAndNoNumber(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, notBeforeCases)
}

var notBeforeCases = []foldCase{
	{
		name: "too early does not meet it",
		events: `
			p1 placement.broken 2026-01-05
			r1 placement.reviewed 2026-02-01`,
		asOf: "2026-02-01", refs: []string{"NOTB-1"},
		want: `NOTB-1:p1 2026-01-05 2026-02-16 running`,
	},
	{
		name: "on the first day that is allowed it does",
		events: `
			p1 placement.broken 2026-01-05
			r1 placement.reviewed 2026-02-01
			r2 placement.reviewed 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"NOTB-1"},
		want: `NOTB-1:p1 2026-01-05 2026-02-16 met met=2026-02-02`,
	},
	{
		name: "after the last day it is late",
		events: `
			p1 placement.broken 2026-01-05
			r1 placement.reviewed 2026-02-01
			r2 placement.reviewed 2026-02-17`,
		asOf: "2026-02-17", refs: []string{"NOTB-1"},
		want: `NOTB-1:p1 2026-01-05 2026-02-16 met_late met=2026-02-17 late=1`,
	},
	{
		name: "alone, it runs without a date until it is met",
		events: `
			b1 person.born 2025-12-22
			c1 care.started 2026-01-05`,
		asOf: "2026-06-01", refs: []string{"NOTB-2"},
		want: `NOTB-2:c1 2026-01-05 - running`,
	},
	{
		name: "not too early from six weeks after the birth on",
		events: `
			b1 person.born 2025-12-22
			c1 care.started 2026-01-05
			k1 consent.given 2026-02-01
			k2 consent.given 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"NOTB-2"},
		want: `NOTB-2:c1 2026-01-05 - met met=2026-02-02`,
	},
	{
		name:   "where the birth is not known it waits",
		events: `c1 care.started 2026-01-05`,
		asOf:   "2026-02-01", refs: []string{"NOTB-2"},
		want: `NOTB-2:c1 2026-01-05 - waiting waiting=person.born`,
	},
	{
		name: "and what was met while it waited is judged again once the birth is known",
		events: `
			c1 care.started 2026-01-05
			k1 consent.given 2026-02-01
			b1 person.born 2025-12-22 rec=2026-02-10T10:00:00Z`,
		asOf: "2026-02-10", refs: []string{"NOTB-2"},
		want: `NOTB-2:c1 2026-01-05 - running`,
	},
	{
		name: "too early resets nothing: the next interval does not begin with it",
		events: `
			p1 plan.started 2026-01-05
			r1 plan.reviewed 2026-01-12
			r2 plan.reviewed 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"NOTB-3"},
		want: `
			NOTB-3:p1 2026-01-05 2026-04-05 met met=2026-02-02
			NOTB-3:r2 2026-02-02 2026-05-02 running`,
	},
	{
		name: "not sooner than four weeks before the birth that is expected, however that moves",
		events: `
			x1 person.expected 2026-06-01 date=2026-11-02
			m1 meeting.held 2026-10-04
			x2 person.expected 2026-10-10 date=2026-11-16
			m2 meeting.held 2026-10-18
			m3 meeting.held 2026-10-19`,
		asOf: "2026-10-19", refs: []string{"NOTB-4"},
		want: `NOTB-4:x1 2026-06-01 - met met=2026-10-19`,
	},
	{
		name: "a duty without a number runs until it is met",
		events: `
			m1 meeting.held 2026-01-05
			m2 meeting.held 2026-02-02
			n2 minutes.sent 2027-03-01`,
		asOf: "2027-02-28", refs: []string{"NONE-1"},
		want: `
			NONE-1:m1 2026-01-05 - running
			NONE-1:m2 2026-02-02 - running`,
	},
	{
		name: "and is then met, however long it took",
		events: `
			m1 meeting.held 2026-01-05
			n1 minutes.sent 2027-03-01`,
		asOf: "2027-03-01", refs: []string{"NONE-1"},
		want: `NONE-1:m1 2026-01-05 - met met=2027-03-01`,
	},
}

func TestWhatWasTooEarlyIsKeptAndShown(t *testing.T) {
	t.Parallel()
	plan := madeUp.Fold(acceptedBy(t, madeUp, `
		p1 placement.broken 2026-01-05
		r1 placement.reviewed 2026-02-01
		c1 care.started 2026-01-05
		b1 person.born 2025-12-22
		k1 consent.given 2026-01-20`), casework.Moment{AsOf: instant(t, "2026-02-02")})
	same(t, `
		NOTB-1 r1: it was too early, before Mon 2 Feb 2026
		NOTB-2 k1: it was too early, before Mon 2 Feb 2026`, notCounted(plan))
	if got := plan.Duty("NOTB-1:p1").NotBefore.String(); got != "2026-02-02" {
		t.Errorf("not before %s", got)
	}
}

func TestNobodyIsRemindedOfADutyWithoutANumber(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, "m1 meeting.held 2026-01-05")
	if got := noticesOf(madeUp.Notices(events, day(t, "2026-01-01"), day(t, "2030-01-01"))); got != "" {
		t.Errorf("got %s", got)
	}
	if ag := madeUp.Agenda(events, nil, instant(t, "2026-01-06T09:00:00Z")); len(ag.Wakes) > 0 {
		t.Errorf("it wakes for %+v", ag.Wakes)
	}
}

func TestEditionsThatTakeOver(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, takeoverCases)
}

// An enquiry of 4 May is due in twelve weeks on 27 July; from 1 June in eight, on 29 June.
const began = "e1 enquiry.started 2026-05-04 rec=2026-05-04T10:00:00Z\n"

var takeoverCases = []foldCase{
	{
		name: "the day before, it has the limit that it started with", events: began,
		asOf: "2026-05-31", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-07-27 running`,
	},
	{
		name: "from its first day, that of the new edition, from its own start", events: began,
		asOf: "2026-06-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-06-29 running`,
	},
	{
		name: "what started on that day has it anyway, and what was closed before keeps the old",
		events: `
			e1 enquiry.started 2026-06-01 ep=A
			e2 enquiry.started 2026-05-04 ep=B
			s2 report.shared 2026-05-31 ep=B`,
		asOf: "2026-06-02", refs: []string{"MOVE-1"},
		want: `
			MOVE-1:e2 2026-05-04 2026-07-27 met ep=B met=2026-05-31
			MOVE-1:e1 2026-06-01 2026-07-27 running ep=A`,
	},
	{
		name: "met on that day it is judged by the new one", events: "e1 enquiry.started 2026-03-30\ns1 report.shared 2026-06-01",
		asOf: "2026-06-01", refs: []string{"MOVE-1"}, // eight weeks: 25 May
		want: `MOVE-1:e1 2026-03-30 2026-05-25 met_late met=2026-06-01 late=7`,
	},
	{
		name: "one that does not say so leaves what runs", events: "e1 enquiry.started 2026-08-10",
		asOf: "2026-09-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-08-10 2026-10-05 running`,
	},
	{
		name:   "what was extended keeps the later date",
		events: began + "x1 clock.extended 2026-05-20 ref=MOVE-1 until=2026-08-10 reason=r by=b role=o",
		asOf:   "2026-06-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-08-10 running`,
	},
	{
		name:   "the days of a pause are left out of the new count too",
		events: began + pause("p1", "2026-05-11", "MOVE-1") + resume("r1", "2026-05-18", "MOVE-1"),
		asOf:   "2026-06-01", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-07-06 running`,
	},
	{
		name:   "a clock that stands still on the day keeps the edition that it has",
		events: began + pause("p1", "2026-05-25", "MOVE-1") + resume("r1", "2026-06-08", "MOVE-1"),
		asOf:   "2026-06-08", refs: []string{"MOVE-1"},
		want: `MOVE-1:e1 2026-05-04 2026-08-10 running`,
	},
	{
		name: "hours run from the start, as before, and less a pause",
		events: `
			t1 talks.started 2026-05-30T10:00:00Z ep=A
			t2 talks.started 2026-05-30T10:00:00Z ep=B
			p2 clock.paused 2026-05-30T12:00:00Z ref=MOVE-2 reason=r by=b ep=B
			r2 clock.resumed 2026-05-31T12:00:00Z ref=MOVE-2 ep=B`,
		asOf: "2026-06-01", refs: []string{"MOVE-2"},
		want: `
			MOVE-2:t1 2026-05-30T10:00:00Z 2026-06-03T10:00:00Z running ep=A
			MOVE-2:t2 2026-05-30T10:00:00Z 2026-06-04T10:00:00Z running ep=B`,
	},
	{
		name: "taken over twice", events: "a1 application.made 2026-01-05",
		asOf: "2026-05-01", refs: []string{"MOVE-5"}, // 5 July, then 5 June, then 5 August
		want: `MOVE-5:a1 2026-01-05 2026-08-05 running`,
	},
	{
		name:   "an edition without a number takes the date away from what was paused too",
		events: "p1 placement.broken 2026-05-04\n" + pause("k1", "2026-05-11", "MOVE-3") + resume("r1", "2026-05-18", "MOVE-3"),
		asOf:   "2026-06-01", refs: []string{"MOVE-3"},
		want: `MOVE-3:p1 2026-05-04 - running local`,
	},
	{
		name: "an edition without a number takes the date away", events: "p1 placement.broken 2026-05-04",
		asOf: "2026-06-01", refs: []string{"MOVE-3"},
		want: `MOVE-3:p1 2026-05-04 - running local`,
	},
}

func TestADutySaysWhatTookItOverAndWhen(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, began)
	d := madeUp.Fold(events, casework.Moment{AsOf: instant(t, "2026-06-02")}).Duty("MOVE-1:e1")
	if len(d.Moves) != 1 {
		t.Fatalf("got %+v", d)
	}
	m := d.Moves[0]
	if m.On.String() != "2026-06-01" || m.From != "2026-07-27" || m.Until != "2026-06-29" || m.Replaced.Source != "Guidance on enquiries 2020" || d.Edition.Source != "Guidance on enquiries 2026" {
		t.Errorf("got %+v with %s", m, d.Edition.Source)
	}
	none := madeUp.Fold(acceptedBy(t, madeUp, "p1 placement.broken 2026-05-04"), casework.Moment{AsOf: instant(t, "2026-06-02")}).Duty("MOVE-3:p1")
	if len(none.Moves) != 1 || none.Moves[0].From != "2026-08-04" || none.Moves[0].Until != "" {
		t.Errorf("got %+v", none.Moves)
	}
}

func TestANewEditionIsToldOnce(t *testing.T) {
	t.Parallel()
	runMadeUpNotices(t, []noticeCase{
		{
			name: "nobody is told of a date that nobody was told", events: began,
			from: "2026-05-01", to: "2026-06-21", refs: []string{"MOVE-1"}, want: ``,
		},
		{
			name:   "who was told the old date is told the new one, once, on its first morning",
			events: "t1 talks.started 2026-04-08 rec=2026-04-08T10:00:00Z",
			from:   "2026-05-01", to: "2026-07-01", refs: []string{"MOVE-4"}, // 3 June, then 1 July
			want: `
				2026-05-27T09:00 MOVE-4 2026-06-03 -5wd worker reminder
				2026-06-01T09:00 MOVE-4 2026-07-01 worker moved
				2026-06-24T09:00 MOVE-4 2026-07-01 -5wd worker reminder
				2026-07-01T09:00 MOVE-4 2026-07-01 0 worker reminder`,
		},
		{
			name:   "a date that the new edition puts in the past has its ladder from that morning: nobody is blamed for what was not yet law",
			events: "e1 enquiry.started 2026-03-30 rec=2026-03-30T10:00:00Z",
			from:   "2026-05-01", to: "2026-06-10", refs: []string{"MOVE-1"}, // 22 June, then 25 May
			want: `
				2026-06-01T09:00 MOVE-1 2026-05-25 0 worker reminder
				2026-06-02T09:00 MOVE-1 2026-05-25 +1wd team_manager escalation
				2026-06-08T09:00 MOVE-1 2026-05-25 +5wd service_manager escalation`,
		},
		{
			name:   "its rungs are armed though no rung of the old date wakes anybody",
			events: "e1 enquiry.started 2026-05-11 rec=2026-05-11T10:00:00Z",
			from:   "2026-05-01", to: "2026-07-08", refs: []string{"MOVE-1"}, // 3 August, then 6 July; five working days before the first is 27 July
			want: `
				2026-06-29T09:00 MOVE-1 2026-07-06 -5wd worker reminder
				2026-07-06T09:00 MOVE-1 2026-07-06 0 worker reminder
				2026-07-07T09:00 MOVE-1 2026-07-06 +1wd team_manager escalation`,
		},
	})
}

func TestTheAgendaWakesForANewEdition(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, "p1 placement.broken 2026-05-04 rec=2026-05-04T10:00:00Z")
	ag := madeUp.Agenda(events, nil, instant(t, "2026-05-05T12:00:00Z"))
	want := day(t, "2026-06-01").Start()
	if w := ag.Wakes["Orders"]; !w.At.Equal(want) || w.Why != "a new edition: MOVE-3" {
		t.Errorf("got %+v, want %s", w, want.Format(time.RFC3339))
	}
}

func TestDriftThatRecurs(t *testing.T) {
	t.Parallel()
	runMadeUpNotices(t, driftInOtherUnits)
}

var driftInOtherUnits = []noticeCase{
	{
		name:   "the same day, and working days of the office's own calendar",
		events: "w1 work.started 2026-12-21 rec=2026-12-21T08:00:00Z",
		from:   "2026-12-01", to: "2027-01-20", refs: []string{"DRI-1"},
		want: `
			2026-12-21T09:00 DRI-1  0d worker drift
			2027-01-05T09:00 DRI-1  5wd team_manager drift
			2027-01-12T09:00 DRI-1  10wd service_manager drift
			2027-01-19T09:00 DRI-1  15wd service_manager drift`,
	},
	{
		name: "looked at, it begins again, and nobody is told that it is resolved",
		events: `
			w1 work.started 2026-02-02 rec=2026-02-02T08:00:00Z
			l1 work.looked_at 2026-02-11T08:00:00Z rec=2026-02-11T08:00:00Z`,
		from: "2026-02-01", to: "2026-02-25", refs: []string{"DRI-1"},
		want: `
			2026-02-02T09:00 DRI-1  0d worker drift
			2026-02-09T09:00 DRI-1  5wd team_manager drift
			2026-02-11T09:00 DRI-1  0d worker drift
			2026-02-18T09:00 DRI-1  5wd team_manager drift
			2026-02-25T09:00 DRI-1  10wd service_manager drift`,
	},
	{
		name: "days and weeks, until it ends",
		events: `
			p1 plan.started 2026-01-03 rec=2026-01-03T08:00:00Z
			e1 plan.ended 2026-03-20 rec=2026-03-20T08:00:00Z`,
		from: "2026-01-01", to: "2026-06-01", refs: []string{"DRI-2"}, // from a Saturday: Saturdays, so Mondays
		want: `
			2026-01-19T09:00 DRI-2  14d team_manager drift
			2026-02-16T09:00 DRI-2  6w service_manager drift
			2026-03-02T09:00 DRI-2  8w service_manager drift
			2026-03-16T09:00 DRI-2  10w service_manager drift`,
	},
}

func TestADriftDutyIsMetAndBeginsAnew(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, []foldCase{{
		name: "by each review",
		events: `
			p1 plan.started 2026-01-05
			r1 plan.reviewed 2026-02-02
			r2 plan.reviewed 2026-03-30
			e1 plan.ended 2026-04-20`,
		asOf: "2026-05-01", refs: []string{"DRI-2"},
		want: `
			DRI-2:p1 2026-01-05 - met met=2026-02-02
			DRI-2:r1 2026-02-02 - met met=2026-03-30
			DRI-2:r2 2026-03-30 - ended ended=2026-04-20`,
	}})
}
