package casework_test

import (
	"testing"

	"longstop/casework"
)

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
		name: "each of them counts by its own terms: an order without a date is none, and the second review is the second",
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
		name: "each care counts anew",
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
