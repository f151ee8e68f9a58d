package casework_test

import "testing"

func TestWhatABirthdayStarts(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, birthdayCases)
}

var birthdayCases = []foldCase{
	{
		name: "on the birthday, in the period, named after what opened it and the age",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06`,
		asOf: "2026-03-15T00:00:01Z", refs: []string{"BIRTH-1"},
		want: `BIRTH-1:c1.16 2026-03-15 2026-06-15 running`,
	},
	{
		name: "and not before it",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06`,
		asOf: "2026-03-14T23:59:59Z", refs: []string{"BIRTH-1"},
		want: ``,
	},
	{
		name: "so long after the period opened: 91 days from 14 December are 15 March",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-12-14`,
		asOf: "2026-04-01", refs: []string{"BIRTH-1"},
		want: `BIRTH-1:c1.16 2026-03-15 2026-06-15 running`,
	},
	{
		name: "a day later the birthday came too soon",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-12-15`,
		asOf: "2026-09-01", refs: []string{"BIRTH-1"},
		want: ``,
	},
	{
		name: "in the next period, where the first was over",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06
			e1 care.ended 2025-06-02
			c2 care.started 2025-09-01`,
		asOf: "2026-03-16", refs: []string{"BIRTH-1"},
		want: `BIRTH-1:c2.16 2026-03-15 2026-06-15 running`,
	},
	{
		name: "not after the period",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06
			e1 care.ended 2026-03-14`,
		asOf: "2026-03-20", refs: []string{"BIRTH-1"},
		want: ``,
	},
	{
		name: "the period is open on the whole of its last day: it starts and ends on it",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06
			e1 care.ended 2026-03-15`,
		asOf: "2026-03-20", refs: []string{"BIRTH-1"},
		want: `BIRTH-1:c1.16 2026-03-15 2026-06-15 ended ended=2026-03-15`,
	},
	{
		name: "it goes on after the 18th birthday, in leaving care",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06`,
		asOf: "2028-04-01", refs: []string{"BIRTH-1"},
		want: `BIRTH-1:c1.16 2026-03-15 2026-06-15 overdue late=656`, // 15 days of June, 184, 365 and 92 of 2028: 15 + 184 + 365 + 31 + 29 + 31 + 1
	},
	{
		name: "a case that is closed has no birthdays",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06
			x1 case.closed 2026-03-01`,
		asOf: "2026-03-20", refs: []string{"BIRTH-1"},
		want: ``,
	},
	{
		name:   "while the birth is not known it waits for it, from the opening of the period",
		events: `c1 care.started 2025-01-06`,
		asOf:   "2025-01-06", refs: []string{"BIRTH-1", "BIRTH-3"},
		want: `
			BIRTH-1:c1.16 2025-01-06 - waiting waiting=person.born
			BIRTH-3:c1 2025-01-06 - waiting waiting=person.born`,
	},
	{
		name: "what meets it then meets it",
		events: `
			c1 care.started 2025-01-06
			p1 plan.agreed 2025-02-03`,
		asOf: "2025-02-03", refs: []string{"BIRTH-1"},
		want: `BIRTH-1:c1.16 2025-01-06 - met met=2025-02-03`,
	},
	{
		name: "the same duty has its date once the birth is recorded",
		events: `
			c1 care.started 2025-01-06
			b1 person.born 2010-03-15 rec=2026-05-04T10:00:00Z`,
		asOf: "2026-05-05", refs: []string{"BIRTH-1"},
		want: `BIRTH-1:c1.16 2026-03-15 2026-06-15 running`,
	},
	{
		name: "and moves with a corrected birth",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06
			b2 person.born 2010-03-05 corrects=b1 rec=2026-05-04T10:00:00Z`,
		asOf: "2026-05-05", refs: []string{"BIRTH-1", "BIRTH-3"},
		want: `
			BIRTH-1:c1.16 2026-03-05 2026-06-05 running
			BIRTH-3:c1 2025-01-06 2027-12-05 running`,
	},
	{
		name: "one that shows the birthday to be to come takes it back",
		events: `
			b1 person.born 2010-03-15
			c1 care.started 2025-01-06
			b2 person.born 2011-03-15 corrects=b1 rec=2026-05-04T10:00:00Z`,
		asOf: "2026-05-05", refs: []string{"BIRTH-1"},
		want: ``,
	},
	{
		name: "born on 29 February: the 4th birthday is one, and the 11th is 1 March; three months before that of 2030 are 1 December",
		events: `
			b1 person.born 2012-02-29
			c1 care.started 2014-01-06
			w1 contact.made 2016-03-21`,
		asOf: "2023-03-01", refs: []string{"BIRTH-2", "BIRTH-3"},
		want: `
			BIRTH-2:c1.4 2016-02-29 2016-03-29 met met=2016-03-21
			BIRTH-2:c1.11 2023-03-01 2023-03-15 running
			BIRTH-3:c1 2014-01-06 2029-12-01 running`,
	},
	{
		name: "while one runs, another birthday starts nothing",
		events: `
			b1 person.born 2012-03-15
			c1 care.started 2014-01-06`,
		asOf: "2023-03-20", refs: []string{"BIRTH-2"},
		want: `BIRTH-2:c1.4 2016-03-15 2016-04-15 overdue late=2530`, // seven years with two leap days are 2557; less 15 April to 20 March
	},
	{
		name: "unless something happened on that day",
		events: `
			b1 person.born 2012-03-15
			c1 care.started 2014-01-06
			m1 missing.started 2016-03-15`,
		asOf: "2016-03-20", refs: []string{"BIRTH-2"},
		want: ``,
	},
	{
		name: "on the day on which the period opens",
		events: `
			b1 person.born 2012-03-15
			c1 care.started 2016-03-15`,
		asOf: "2016-03-15", refs: []string{"BIRTH-2"},
		want: `BIRTH-2:c1.4 2016-03-15 2016-04-15 running`,
	},
	{
		name: "what starts on the 18th ends on it",
		events: `
			b1 person.born 2008-03-15
			c1 care.started 2024-01-08`,
		asOf: "2026-03-20", refs: []string{"BIRTH-2"},
		want: `BIRTH-2:c1.18 2026-03-15 2026-04-15 ended ended=2026-03-15`,
	},
}

// Nothing need be recorded on the day: the pathway wakes by itself.
func TestAPathwayWakesOnABirthdayThatStartsSomething(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, madeUp, `
		b1 person.born 2010-03-15
		c1 care.started 2025-01-06
		r1 review.held 2025-01-07`)
	before := madeUp.Agenda(events, nil, instant(t, "2025-02-03T10:00:00Z"))
	if wake := before.Wakes["LeavingCare"]; !wake.At.Equal(instant(t, "2026-03-15T00:00:00Z")) || wake.Why != "a clock starts by itself" || !before.Owed["LeavingCare"] {
		t.Errorf("%+v, owed %v", wake, before.Owed)
	}
	// The 15th is a Sunday. Three months are 15 June: -5 working days are 8 June.
	after := madeUp.Agenda(events, nil, instant(t, "2026-03-15T00:00:00Z"))
	if wake := after.Wakes["LeavingCare"]; !wake.At.Equal(instant(t, "2026-06-08T08:00:00Z")) || len(after.Send) > 0 {
		t.Errorf("%+v, sends %v", wake, after.Send)
	}
	over := acceptedBy(t, madeUp, `
		b1 person.born 2010-03-15
		c1 care.started 2025-01-06
		e1 care.ended 2025-02-03`)
	if ag := madeUp.Agenda(over, nil, instant(t, "2025-02-04T10:00:00Z")); ag.Owed["LeavingCare"] {
		t.Errorf("after the period: %+v", ag.Wakes)
	}
}
