package casework_test

import (
	"testing"

	"longstop/casework"
)

func TestWhatStartsAClock(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, precededCases)
	runMadeUpCases(t, conditionCases)
	runMadeUpCases(t, ownCalendarCases)
}

var precededCases = []foldCase{
	{
		name: "the third time within ninety days",
		events: `
			m1 missing.started 2026-01-05
			m2 missing.started 2026-02-02
			m3 missing.started 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"PREC-1"},
		want: `PREC-1:m3 2026-03-02 2026-03-09 running local`,
	},
	{
		name: "twice does not start it",
		events: `
			m1 missing.started 2026-01-05
			m2 missing.started 2026-02-02`,
		asOf: "2026-03-02", refs: []string{"PREC-1"}, want: ``,
	},
	{
		name: "ninety days before is inside",
		events: `
			m1 missing.started 2025-12-02
			m2 missing.started 2026-02-02
			m3 missing.started 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"PREC-1"},
		want: `PREC-1:m3 2026-03-02 2026-03-09 running local`,
	},
	{
		name: "ninety-one is not",
		events: `
			m1 missing.started 2025-12-01
			m2 missing.started 2026-02-02
			m3 missing.started 2026-03-02`,
		asOf: "2026-03-02", refs: []string{"PREC-1"}, want: ``,
	},
	{
		name: "of several on one day the third that was recorded",
		events: `
			m1 missing.started 2026-03-02T08:00:00Z
			m2 missing.started 2026-03-02T12:00:00Z
			m3 missing.started 2026-03-02T06:00:00Z rec=2026-03-02T18:00:00Z`,
		asOf: "2026-03-02", refs: []string{"PREC-1"},
		want: `PREC-1:m3 2026-03-02 2026-03-09 running local`,
	},
	{
		name: "a fourth while it runs does not restart it",
		events: `
			m1 missing.started 2026-01-05
			m2 missing.started 2026-02-02
			m3 missing.started 2026-03-02
			m4 missing.started 2026-03-04`,
		asOf: "2026-03-04", refs: []string{"PREC-1"},
		want: `PREC-1:m3 2026-03-02 2026-03-09 running local`,
	},
	{
		name: "a second plan within two years; the first has none before it",
		events: `
			p1 plan.started 2024-01-08
			e1 plan.ended 2024-06-03
			p2 plan.started 2026-01-05`,
		asOf: "2026-01-05", refs: []string{"PREC-2"},
		want: `PREC-2:p2 2026-01-05 2026-01-19 running local`,
	},
	{
		name: "two years before to the day is inside, a day more is not",
		events: `
			p1 plan.started 2023-01-09 ep=A
			e1 plan.ended 2024-01-05 ep=A
			p2 plan.started 2026-01-05 ep=A
			e2 plan.ended 2026-02-02 ep=A
			p3 plan.started 2028-02-03 ep=A`,
		asOf: "2028-02-03", refs: []string{"PREC-2"},
		want: `PREC-2:p2 2026-01-05 2026-01-19 ended ep=A ended=2026-02-02 late=14 local`,
	},
	{
		name: "one that ended on the day counts, whenever that was recorded",
		events: `
			p1 plan.started 2025-06-02
			p2 plan.started 2026-01-05T15:00:00Z
			e1 plan.ended 2026-01-05T10:00:00Z rec=2026-01-09T10:00:00Z`,
		asOf: "2026-01-09", refs: []string{"PREC-2"},
		want: `PREC-2:p2 2026-01-05 2026-01-19 running local`,
	},
	{
		name: "one that ended after it does not",
		events: `
			p1 plan.started 2026-01-05
			e1 plan.ended 2026-01-06`,
		asOf: "2026-01-06", refs: []string{"PREC-2"}, want: ``,
	},
}

var conditionCases = []foldCase{
	{
		name: "begun and ended on one day, whatever the hour",
		events: `
			a1 assessment.started 2026-01-05T15:00:00Z
			c1 assessment.completed 2026-01-05T09:00:00Z`,
		asOf: "2026-01-05", refs: []string{"DAY-1"},
		want: `DAY-1:c1 2026-01-05 2026-01-12 running local`,
	},
	{
		name: "not on two days",
		events: `
			a1 assessment.started 2026-01-05
			c1 assessment.completed 2026-01-06`,
		asOf: "2026-01-06", refs: []string{"DAY-1"}, want: ``,
	},
	{
		name: "not of two episodes",
		events: `
			a1 assessment.started 2026-01-05 ep=A
			c1 assessment.completed 2026-01-05 ep=B`,
		asOf: "2026-01-06", refs: []string{"DAY-1"}, want: ``,
	},
	{
		name: "corrected to the day before, it has never been",
		events: `
			a1 assessment.started 2026-01-05
			c1 assessment.completed 2026-01-05
			x1 assessment.started 2026-01-02 corrects=a1 rec=2026-01-07T10:00:00Z`,
		asOf: "2026-01-07", refs: []string{"DAY-1"}, want: ``,
	},
	{
		name:   "from the fourth birthday on",
		events: "b1 person.born 2022-01-05\nd0 score.due 2026-01-04 ep=A\nd1 score.due 2026-01-05 ep=B",
		asOf:   "2026-01-05", refs: []string{"AGED-1"},
		want: `AGED-1:d1 2026-01-05 2026-02-02 running ep=B`,
	},
	{
		name:   "until the day before the seventeenth",
		events: "b1 person.born 2009-01-05\nd0 score.due 2026-01-04 ep=A\nd1 score.due 2026-01-05 ep=B",
		asOf:   "2026-01-05", refs: []string{"AGED-1"},
		want: `AGED-1:d0 2026-01-04 2026-02-01 running ep=A`,
	},
	{
		name:   "a birthday of 29 February is 1 March in a common year",
		events: "b1 person.born 2022-02-28 date=2020-02-29\nd0 score.due 2037-02-28 ep=A\nd1 score.due 2037-03-01 ep=B",
		asOf:   "2037-03-01", refs: []string{"AGED-1"}, // the seventeenth
		want: `AGED-1:d0 2037-02-28 2037-03-28 running ep=A`,
	},
	{
		name:   "where the birth is not known, at any age",
		events: "d0 score.due 2026-01-04",
		asOf:   "2026-01-05", refs: []string{"AGED-1"},
		want: `AGED-1:d0 2026-01-04 2026-02-01 running`,
	},
	{
		name: "with a date, and without a date and an owner",
		events: `
			a1 action.agreed 2026-01-05 due=2026-01-30 owner=W1 ep=A
			a2 action.agreed 2026-01-05 owner=W1 ep=B
			a3 action.agreed 2026-01-05 ep=C`,
		asOf: "2026-01-06", refs: []string{"FILL-1", "FILL-2"},
		want: `
			FILL-1:a1 2026-01-05 2026-01-30 running ep=A local
			FILL-2:a3 2026-01-05 2026-01-06 due_today ep=C local`,
	},
	{
		name: "an action done meets that of its episode",
		events: `
			a1 action.agreed 2026-01-05 due=2026-01-30 ep=A
			a2 action.agreed 2026-01-05 due=2026-01-15 ep=B
			d1 action.done 2026-01-16 ep=B`,
		asOf: "2026-01-16", refs: []string{"FILL-1"},
		want: `
			FILL-1:a1 2026-01-05 2026-01-30 running ep=A local
			FILL-1:a2 2026-01-05 2026-01-15 met_late ep=B met=2026-01-16 late=1 local`,
	},
	{
		name:   "a clock that is off does not run",
		events: `m1 meeting.held 2026-01-05`,
		asOf:   "2026-02-05", refs: []string{"OFF-1"}, want: ``,
	},
}

const lostPlace = "l1 place.lost 2026-10-20\n"

var ownCalendarCases = []foldCase{
	{
		name: "school days, and provisional", events: lostPlace,
		asOf: "2026-10-20", refs: []string{"CAL-1"},
		want: `CAL-1:l1 2026-10-20 2026-11-24 running provisional`,
	},
	{
		name: "a pause leaves out school days", events: lostPlace + pause("p1", "2026-10-22", "CAL-1") + resume("r1", "2026-11-02", "CAL-1"),
		asOf: "2026-11-02", refs: []string{"CAL-1"}, // one was counted, nineteen are left
		want: `CAL-1:l1 2026-10-20 2026-11-26 running provisional`,
	},
	{
		name:   "and an extension adds them",
		events: "l1 place.lost 2026-09-24\nx1 clock.extended 2026-10-20 ref=CAL-1 until=2026-11-05 reason=r by=b role=o",
		asOf:   "2026-10-20", refs: []string{"CAL-1"}, // five school days after Thursday 22 October
		want: `CAL-1:l1 2026-09-24 2026-11-05 running provisional`,
	},
}

func TestAnExtensionBeyondTheSchoolDaysIsRefused(t *testing.T) {
	t.Parallel()
	expectRefusal(t, madeUp, refusalCase{
		"a day more", "l1 place.lost 2026-09-24\nx1 clock.extended 2026-10-20 ref=CAL-1 until=2026-11-06 reason=r by=b role=o",
		"x1: CAL-1: the latest date allowed is 2026-11-05",
	})
}

func TestAClockThatIsOffCannotBeExtended(t *testing.T) {
	t.Parallel()
	expectRefusal(t, madeUp, refusalCase{
		"extended", "m1 meeting.held 2026-01-05\nx1 clock.extended 2026-01-06 ref=OFF-1 until=2026-02-02 reason=r by=b role=o",
		"x1: OFF-1 cannot be extended in this way",
	})
}

func TestALadderByNameIsClimbed(t *testing.T) {
	t.Parallel()
	runMadeUpNotices(t, []noticeCase{
		{
			name: "of a manager, who is reminded on the day", events: "a1 assessment.started 2026-01-05\nc1 assessment.completed 2026-01-05 rec=2026-01-05T10:00:00Z",
			from: "2026-01-01", to: "2026-03-01", refs: []string{"DAY-1"}, // due on Monday the 12th
			want: `
				2026-01-12T09:00 DAY-1 2026-01-12 0 team_manager reminder
				2026-01-19T09:00 DAY-1 2026-01-12 +5wd head_of_service escalation`,
		},
		{
			name: "rungs go by the working days of the council, not of the school", events: "l1 place.lost 2026-10-01 rec=2026-10-01T10:00:00Z",
			from: "2026-10-20", to: "2026-11-12", refs: []string{"CAL-1"}, // due on 5 November; the 29th of October is in half-term
			want: `
				2026-10-29T09:00 CAL-1 2026-11-05 -5wd worker reminder
				2026-11-05T09:00 CAL-1 2026-11-05 0 worker reminder
				2026-11-06T09:00 CAL-1 2026-11-05 +1wd team_manager escalation
				2026-11-12T09:00 CAL-1 2026-11-05 +5wd service_manager escalation`,
		},
		{
			name: "what is owed before an event has a ladder once that has happened, from the next morning",
			events: `
				t1 talks.started 2026-01-05 rec=2026-01-05T10:00:00Z
				a1 application.made 2026-03-02 rec=2026-03-02T15:00:00Z
				o1 offer.made 2026-03-05 rec=2026-03-05T15:00:00Z`,
			from: "2026-01-01", to: "2026-04-01", refs: []string{"BY-1"},
			want: `
				2026-03-03T09:00 BY-1 2026-03-02 0 worker reminder
				2026-03-04T09:00 BY-1 2026-03-02 +1wd team_manager escalation
				2026-03-06T09:00 BY-1 2026-03-02 team_manager resolved`,
		},
		{
			name: "who was told a date before another's is told when that moves",
			events: `
				x1 person.expected 2026-06-01 date=2026-11-02 rec=2026-06-01T10:00:00Z
				x2 person.expected 2026-08-05 date=2026-11-16 rec=2026-08-05T10:00:00Z`,
			from: "2026-06-01", to: "2026-08-17", refs: []string{"BACK-2"},
			want: `
				2026-08-03T09:00 BACK-2 2026-08-10 -5wd worker reminder
				2026-08-06T09:00 BACK-2 2026-08-24 worker moved
				2026-08-17T09:00 BACK-2 2026-08-24 -5wd worker reminder`,
		},
		{
			name:   "a date that was not given is told once, on the fifth working day",
			events: `a1 meeting.arranged 2026-11-02 rec=2026-11-02T10:00:00Z`,
			from:   "2026-11-01", to: "2027-01-01", refs: []string{"BACK-1"},
			want: `2026-11-09T09:00 BACK-1  waiting worker reminder`,
		},
		{
			name: "a rolling sum rings at any hour",
			events: `
				s1 secure.started 2026-01-05T10:00:00Z rec=2026-01-05T10:00:00Z
				e1 secure.ended 2026-01-06T10:00:00Z rec=2026-01-06T10:00:00Z
				s2 secure.started 2026-01-12T08:00:00Z rec=2026-01-12T08:00:00Z`,
			from: "2026-01-07", to: "2026-02-01", refs: []string{"ROLL-1"}, // due 48 hours later
			want: `
				2026-01-13T08:00 ROLL-1 2026-01-14T08:00:00Z 50% worker reminder
				2026-01-13T20:00 ROLL-1 2026-01-14T08:00:00Z 75% team_manager escalation
				2026-01-14T08:00 ROLL-1 2026-01-14T08:00:00Z 0 service_manager escalation`,
		},
	})
}

func TestTwoThatAreTooEarlyOnOneDayAreBothShown(t *testing.T) {
	t.Parallel()
	plan := madeUp.Fold(acceptedBy(t, madeUp, `
		p1 plan.started 2026-01-05
		r1 plan.reviewed 2026-01-12
		r2 plan.reviewed 2026-01-12`), casework.Moment{AsOf: instant(t, "2026-02-02")})
	same(t, `
		NOTB-3 r1: it was too early, before Mon 19 Jan 2026
		NOTB-3 r2: it was too early, before Mon 19 Jan 2026`, notCounted(plan, "NOTB-3"))
}

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
	if wake := before.Wakes["LeavingCare"]; !wake.At.Equal(instant(t, "2026-03-15T00:00:00Z")) || wake.Why != "a timescale starts by itself" || !before.Owed["LeavingCare"] {
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
