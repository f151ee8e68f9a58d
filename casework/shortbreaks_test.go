package casework_test

import (
	"testing"

	"longstop/casework"
)

func TestTheDaysOfShortBreaksInTwelveMonths(t *testing.T) {
	t.Parallel()
	runFoldCases(t, shortBreakCases)
}

// fiveFortnights are 70 days of short breaks in 2026: fourteen each, the first and the last among them.
const fiveFortnights = `
	s1 short_break.started 2026-01-05
	e1 short_break.ended 2026-01-18
	s2 short_break.started 2026-02-02
	e2 short_break.ended 2026-02-15
	s3 short_break.started 2026-03-02
	e3 short_break.ended 2026-03-15
	s4 short_break.started 2026-04-06
	e4 short_break.ended 2026-04-19
	s5 short_break.started 2026-05-04
	e5 short_break.ended 2026-05-17`

const fiveFortnightsMet = `
	LA-34D:s1 2026-01-05 2026-03-20 met met=2026-01-18
	LA-34D:s2 2026-02-02 2026-04-03 met met=2026-02-15
	LA-34D:s3 2026-03-02 2026-04-17 met met=2026-03-15
	LA-34D:s4 2026-04-06 2026-05-08 met met=2026-04-19
	LA-34D:s5 2026-05-04 2026-05-22 met met=2026-05-17`

var shortBreakCases = []foldCase{
	{
		name:   "one break is at its seventy-fifth day on 14 July: 31 of May, 30 of June and 14",
		events: `s1 short_break.started 2026-05-01`,
		asOf:   "2026-05-01", refs: []string{"LA-34D"},
		want: `LA-34D:s1 2026-05-01 2026-07-14 running`,
	},
	{
		// The first: 27, 28 and 20 days to 20 March. The second has 61: 27, 31 and 3. The third 47: 30 and 17.
		// The fourth 33: 25 and 8. The fifth 19, to 22 May.
		name: "each break has what those before it left", events: fiveFortnights,
		asOf: "2026-05-18", refs: []string{"LA-34D"},
		want: fiveFortnightsMet,
	},
	{
		name: "after seventy days five are left; home on the seventh of them is two days late",
		events: fiveFortnights + `
			s6 short_break.started 2026-06-01
			e6 short_break.ended 2026-06-07`,
		asOf: "2026-06-08", refs: []string{"LA-34D"},
		want: fiveFortnightsMet + `
			LA-34D:s6 2026-06-01 2026-06-05 met_late met=2026-06-07 late=2`,
	},
	{
		// From 4 to 18 January 2027 each day that comes finds the same day of the year before gone: 70 or 71. On the
		// 18th 56 of the others and 15 of its own; four more are the 22nd.
		name: "a year later the first break goes out of the twelve months day by day",
		events: fiveFortnights + `
			s6 short_break.started 2027-01-04`,
		asOf: "2027-01-04", refs: []string{"LA-34D"},
		want: fiveFortnightsMet + `
			LA-34D:s6 2027-01-04 2027-01-22 running`,
	},
	{
		name: "the end of the series is the end of the break",
		events: `
			s1 short_break.started 2026-05-01
			e1 short_breaks.ended 2026-05-04`,
		asOf: "2026-05-05", refs: []string{"LA-34D"},
		want: `LA-34D:s1 2026-05-01 2026-07-14 met met=2026-05-04`,
	},
	{
		name: "whatever the episode, a child is away once",
		events: `
			s1 short_break.started 2026-05-01 ep=A
			s2 short_break.started 2026-05-04 ep=B
			e1 short_break.ended 2026-05-06 ep=B
			s3 short_break.started 2026-05-11 ep=B`, // 69 are left: 21 of May, 30 of June and 18
		asOf: "2026-05-11", refs: []string{"LA-34D"},
		want: `
			LA-34D:s1 2026-05-01 2026-07-14 ended ep=A ended=2026-05-06
			LA-34D:s3 2026-05-11 2026-07-18 running ep=B`,
	},
	{
		name: "the eighteenth birthday and a death end it",
		events: `
			b1 person.born 2008-06-10
			s1 short_break.started 2026-05-11`,
		asOf: "2026-06-11", refs: []string{"LA-34D"},
		want: `LA-34D:s1 2026-05-11 2026-07-24 ended ended=2026-06-10`,
	},
	{
		name:   "before the regulations nothing was counted, but the days count",
		events: "s1 short_break.started 2011-03-22\ne1 short_break.ended 2011-03-31\ns2 short_break.started 2011-04-04", // 65 are left: 27, 31 and 7
		asOf:   "2011-04-04", refs: []string{"LA-34D"},
		want: `LA-34D:s2 2011-04-04 2011-06-07 running`,
	},
}

// The worker is told two working days before the days are used up, and managers once they are.
func TestTheLadderOfShortBreaksWarnsBeforeTheDaysAreUsedUp(t *testing.T) {
	t.Parallel()
	events := accepted(t, fiveFortnights+`
		s6 short_break.started 2026-05-29 rec=2026-05-29T12:00:00Z`) // a Friday: five are left, to Tuesday
	same(t, `
		2026-06-01T09:00 LA-34D 2026-06-02 -2wd worker reminder
		2026-06-02T09:00 LA-34D 2026-06-02 0 worker reminder
		2026-06-03T09:00 LA-34D 2026-06-02 +1wd team_manager escalation
		2026-06-05T09:00 LA-34D 2026-06-02 +3wd service_manager escalation
		2026-06-09T09:00 LA-34D 2026-06-02 +5wd head_of_service escalation`,
		noticesOf(only(book.Notices(events, day(t, "2026-05-29"), day(t, "2026-06-12")), "LA-34D")))
}

// Where they were used up before, somebody hears of it on the first morning.
func TestABreakWithNoDaysLeftIsToldOnTheFirstMorning(t *testing.T) {
	t.Parallel()
	events := accepted(t, fiveFortnights+`
		s6 short_break.started 2026-05-25 rec=2026-05-25T12:00:00Z
		e6 short_break.ended 2026-05-29 rec=2026-05-29T12:00:00Z
		s7 short_break.started 2026-06-05 rec=2026-06-05T12:00:00Z`) // a Friday
	same(t, `
		2026-06-08T09:00 LA-34D 2026-06-04 0 worker reminder
		2026-06-09T09:00 LA-34D 2026-06-04 +1wd team_manager escalation
		2026-06-11T09:00 LA-34D 2026-06-04 +3wd service_manager escalation`,
		noticesOf(only(book.Notices(events, day(t, "2026-06-05"), day(t, "2026-06-12")), "LA-34D")))
}

func only(notices []casework.Notice, ref string) []casework.Notice {
	var list []casework.Notice
	for _, n := range notices {
		if n.Ref == ref {
			list = append(list, n)
		}
	}
	return list
}

// From 1 March to 12 May 2027 are 31 + 30 + 12 = 73 days. With 28 and 29 February 2028 there are 75 in the 12
// months from 1 March 2027 to 29 February 2028. From 1 March 2028 on each day that comes has one of 2027 go, up to 12
// May: so there are 75 on 5 March as on 12 May, and 76 on the 13th.
func TestTheDayThatIsNamedIsTheLastAndNotTheFirstOnWhichTheSumIsReached(t *testing.T) {
	t.Parallel()
	events := acceptedBy(t, book, `
		s1 short_break.started 2027-03-01
		e1 short_break.ended 2027-05-12
		s2 short_break.started 2028-02-28`)
	plan := book.Fold(events, casework.Moment{AsOf: day(t, "2028-03-05").End()})
	const want = "75 days in the 12 months up to Sun 5 Mar 2028; if this goes on, Fri 12 May 2028 is the last day with no more than 75, by the days named below"
	if got := book.Explain(plan, "LA-34D:s2", events, nil).Counted; got != want {
		t.Errorf("counted %q, want %q", got, want)
	}
}
