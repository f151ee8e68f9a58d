package casework_test

import (
	"testing"

	"longstop/casework"
)

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
		name: "and what was met while it waited is judged anew once the birth is known",
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
