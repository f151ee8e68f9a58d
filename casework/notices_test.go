package casework_test

import (
	"slices"
	"testing"

	"longstop/calendar"
	"longstop/casework"
)

func TestNotices(t *testing.T) {
	t.Parallel()
	runNoticeCases(t, noticeCases)
}

type noticeCase struct {
	name     string
	events   string
	from, to string
	refs     []string // only these, if any
	want     string
}

// runNoticeCases checks what is sent where the notices go on from what was found before, and where
// the whole case is folded at every look, as a service does that was started since.
func runNoticeCases(t *testing.T, cases []noticeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			same(t, c.want, notices(t, c.events, c.from, c.to, c.refs...))
			same(t, c.want, playedNotices(t, c))
		})
	}
}

// playedNotices returns what a service says that folds a case at every look from its first record on.
func playedNotices(t *testing.T, c noticeCase) string {
	t.Helper()
	h := history{events: accepted(t, c.events), book: book}
	first := slices.MinFunc(h.events, func(x, y casework.Event) int { return x.Recorded.Compare(y.Recorded) })
	from := day(t, c.from)
	said := slices.DeleteFunc(h.played(calendar.DateOf(first.Recorded), day(t, c.to)), func(n casework.Notice) bool {
		return calendar.DateOf(n.At) < from
	})
	return noticesOf(said, c.refs...)
}

// The decision on the referral is made at once in these cases, so that only the ladder
// under test is heard.
var noticeCases = []noticeCase{
	{
		name: "the ladder of a limit of over 30 working days",
		events: `
			e1 referral.received 2026-12-10 rec=2026-12-10T08:00:00Z
			e2 referral.decided 2026-12-10 rec=2026-12-10T08:00:00Z outcome=assessment`,
		from: "2026-12-01", to: "2027-06-01",
		want: `
			2027-02-02T09:00 AS-01 2027-02-16 -10wd worker reminder
			2027-02-09T09:00 AS-01 2027-02-16 -5wd worker reminder
			2027-02-15T09:00 AS-01 2027-02-16 -1wd worker reminder
			2027-02-16T09:00 AS-01 2027-02-16 0 worker reminder
			2027-02-17T09:00 AS-01 2027-02-16 +1wd team_manager escalation
			2027-02-23T09:00 AS-01 2027-02-16 +5wd service_manager escalation
			2027-03-02T09:00 AS-01 2027-02-16 +10wd head_of_service escalation`,
	},
	{
		name: "only notices between the two dates are told, with what was sent before worked out",
		events: `
			e1 referral.received 2026-12-10 rec=2026-12-10T08:00:00Z
			e2 referral.decided 2026-12-10 rec=2026-12-10T08:00:00Z outcome=assessment`,
		from: "2027-02-15", to: "2027-02-17",
		want: `
			2027-02-15T09:00 AS-01 2027-02-16 -1wd worker reminder
			2027-02-16T09:00 AS-01 2027-02-16 0 worker reminder
			2027-02-17T09:00 AS-01 2027-02-16 +1wd team_manager escalation`,
	},
	{
		name: "a rung before the day of the start is skipped; the lowest row of the ladder",
		events: `
			e1 referral.received 2026-12-12 rec=2026-12-12T08:00:00Z
			e2 referral.decided 2026-12-15 outcome=nfa rec=2026-12-17T12:00:00Z`,
		from: "2026-12-01", to: "2027-06-01", // a Saturday; due on Monday, -1wd was the Friday before
		want: `
			2026-12-14T09:00 FD-01 2026-12-14 0 worker reminder
			2026-12-15T09:00 FD-01 2026-12-14 +1wd team_manager escalation
			2026-12-16T09:00 FD-01 2026-12-14 +2wd service_manager escalation
			2026-12-17T09:00 FD-01 2026-12-14 +3wd head_of_service escalation
			2026-12-18T09:00 FD-01 2026-12-14 team_manager resolved
			2026-12-18T09:00 FD-01 2026-12-14 service_manager resolved
			2026-12-18T09:00 FD-01 2026-12-14 head_of_service resolved`,
	},
	{
		name: "a reminder for a day that is not a working day goes on the one before, and of two at one moment the highest",
		events: `
			p1 cp_plan.started 2026-01-07 rec=2026-01-07T08:00:00Z`,
		from: "2026-01-01", to: "2026-02-10", // due Saturday 7 February
		want: `
			2026-02-02T09:00 CP-10 2026-02-07 -5wd worker reminder
			2026-02-06T09:00 CP-10 2026-02-07 0 worker reminder
			2026-02-09T09:00 CP-10 2026-02-07 +1wd team_manager escalation`,
	},
	{
		name: "a visit recorded in time stops the ladder and starts the next",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T08:00:00Z
			v1 cp_visit.made 2026-02-03 seen=true rec=2026-02-03T17:00:00Z
			x1 cp_plan.ended 2026-02-10 rec=2026-02-10T08:00:00Z`,
		from: "2026-01-01", to: "2026-06-10",
		want: `
			2026-01-29T09:00 CP-10 2026-02-05 -5wd worker reminder`,
	},
	{
		name: "a visit in time but recorded late: the escalation went, and is taken back once",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T08:00:00Z
			v1 cp_visit.made 2026-02-03 seen=true rec=2026-02-06T10:00:00Z
			x1 cp_plan.ended 2026-02-10 rec=2026-02-10T08:00:00Z`,
		from: "2026-02-01", to: "2026-06-10",
		want: `
			2026-02-04T09:00 CP-10 2026-02-05 -1wd worker reminder
			2026-02-05T09:00 CP-10 2026-02-05 0 worker reminder
			2026-02-06T09:00 CP-10 2026-02-05 +1wd team_manager escalation
			2026-02-09T09:00 CP-10 2026-02-05 team_manager resolved`,
	},
	{
		name: "recorded exactly at nine counts",
		events: `
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T08:00:00Z
			v1 cp_visit.made 2026-02-06 seen=true rec=2026-02-06T09:00:00Z
			x1 cp_plan.ended 2026-02-10 rec=2026-02-10T08:00:00Z`,
		from: "2026-02-06", to: "2026-06-10",
		want: ``,
	},
	{
		name: "a date that becomes known after nine of its day is counted from the first morning after",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-02-06T14:00:00Z
			i1 icpc.held 2026-02-13 outcome=no_plan rec=2026-02-13T18:00:00Z`,
		from: "2026-01-01", to: "2026-06-10", // due 26 January, recorded on a Friday afternoon
		want: `
			2026-02-09T09:00 CP-03 2026-01-26 0 worker reminder
			2026-02-10T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-02-12T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-02-16T09:00 CP-03 2026-01-26 team_manager resolved
			2026-02-16T09:00 CP-03 2026-01-26 service_manager resolved`,
	},
	{
		name: "a rung missed because nobody knew is made up for once, by the highest",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-23T14:00:00Z
			i1 icpc.held 2026-01-27 outcome=no_plan rec=2026-01-27T08:00:00Z`,
		from: "2026-01-01", to: "2026-06-10", // due Monday 26 January; -2wd was the 22nd
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder missed=-2wd`,
	},
	{
		name: "a date that moves is told once to those who were told the old one",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T08:00:00Z
			c1 strategy_discussion.held 2026-01-12 s47=true corrects=s1 rec=2026-01-22T12:00:00Z
			i1 icpc.held 2026-01-28 outcome=no_plan rec=2026-01-28T12:00:00Z`,
		from: "2026-01-01", to: "2026-06-10", // due 26 January, then 2 February
		want: `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder
			2026-01-23T09:00 CP-03 2026-02-02 worker moved`,
	},
	{
		name: "no message of a move where a rung of the new date goes to the same role",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T08:00:00Z
			c1 strategy_discussion.held 2026-01-06 s47=true corrects=s1 rec=2026-01-22T12:00:00Z
			i1 icpc.held 2026-01-26 outcome=no_plan rec=2026-01-26T12:00:00Z`,
		from: "2026-01-01", to: "2026-06-10", // due 26 January, then 27: its -2wd is the 23rd
		want: `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder
			2026-01-23T09:00 CP-03 2026-01-27 -2wd worker reminder`,
	},
	{
		name: "an acknowledgement holds the managers' rungs until the promised day is over, never the head of service's",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T08:00:00Z
			k1 notice.acknowledged 2026-01-27 duty=CP-03:s1 by=TM1 promise=2026-01-30 rec=2026-01-27T10:00:00Z`,
		from: "2026-01-26", to: "2026-06-10", // due 26 January
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-02-02T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name: "after the promised day the highest rung that is due goes at the next nine",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T08:00:00Z
			k1 notice.acknowledged 2026-01-27 duty=CP-03:s1 by=TM1 promise=2026-01-28 rec=2026-01-27T08:00:00Z
			k2 notice.acknowledged 2026-01-27 duty=CP-03:s1 by=TM1 promise=2026-01-29 rec=2026-01-27T08:30:00Z
			i1 icpc.held 2026-01-30 outcome=no_plan rec=2026-01-30T12:00:00Z`,
		from: "2026-01-26", to: "2026-06-10",
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-30T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-02-02T09:00 CP-03 2026-01-26 service_manager resolved`,
	},
	{
		name: "a duty opened again after it was resolved starts its ladder again",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T08:00:00Z
			i1 icpc.held 2026-01-27 outcome=no_plan rec=2026-01-27T10:00:00Z
			x1 - 2026-01-29 voids=i1 rec=2026-01-29T10:00:00Z
			i2 icpc.held 2026-01-30 outcome=no_plan rec=2026-01-30T10:00:00Z`,
		from: "2026-01-27", to: "2026-06-10",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-28T09:00 CP-03 2026-01-26 team_manager resolved
			2026-01-30T09:00 CP-03 2026-01-26 0 worker reminder`,
	},
	{
		name: "a duty undone by a void is resolved to those it was escalated to",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T08:00:00Z
			x1 - 2026-01-27 voids=s1 rec=2026-01-27T10:00:00Z`,
		from: "2026-01-26", to: "2026-06-10",
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-28T09:00 CP-03 2026-01-26 team_manager resolved`,
	},
	{
		name: "drift of a plan: 9, 15, 18, 24 months and every three after, on the first working day on or after",
		events: `
			s1 source.attached 2024-01-06 name=x reports=[cp_plan.started,cp_plan.ended] rec=2024-01-08T08:00:00Z
			p1 cp_plan.started 2024-01-06 rec=2024-01-08T08:00:00Z
			x1 cp_plan.ended 2026-07-20 rec=2026-07-20T08:00:00Z`,
		from: "2024-01-01", to: "2026-12-31",
		want: `
			2024-10-07T09:00 CP-13 9m team_manager drift
			2025-04-07T09:00 CP-13 15m service_manager drift
			2025-07-07T09:00 CP-13 18m head_of_service drift
			2026-01-06T09:00 CP-13 24m head_of_service drift
			2026-04-07T09:00 CP-13 27m head_of_service drift
			2026-07-06T09:00 CP-13 30m head_of_service drift`,
	},
	{
		name: "a first load sends no rungs for what was overdue; its ladder starts five working days later",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-02-06T14:00:00Z backlog`,
		from: "2026-01-01", to: "2026-02-20", // loaded on Friday afternoon; the list goes on Monday the 9th
		want: `
			2026-02-16T09:00 CP-03 2026-01-26 0 worker reminder
			2026-02-17T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-02-19T09:00 CP-03 2026-01-26 +3wd service_manager escalation`,
	},
	{
		name: "a first load reminds of what is still to come as usual",
		events: `
			s1 strategy_discussion.held 2026-01-26 s47=true rec=2026-02-06T14:00:00Z backlog`,
		from: "2026-01-01", to: "2026-02-16", // due 16 February
		want: `
			2026-02-12T09:00 CP-03 2026-02-16 -2wd worker reminder
			2026-02-16T09:00 CP-03 2026-02-16 0 worker reminder`,
	},
	{
		name: "what is unreported has no ladder",
		events: `
			s1 source.attached 2026-01-05 name=census reports=[cp_plan.started] rec=2026-01-05T07:00:00Z
			p1 cp_plan.started 2026-01-05 rec=2026-01-05T08:00:00Z`,
		from: "2026-01-01", to: "2026-06-10",
		want: ``,
	},
	{
		name: "nine o'clock is London's, in summer too",
		events: `
			s1 strategy_discussion.held 2026-06-01 s47=true rec=2026-06-01T07:00:00Z
			i1 icpc.held 2026-06-19 outcome=no_plan rec=2026-06-19T12:00:00Z`,
		from: "2026-06-01", to: "2026-07-10", // due 22 June
		want: `
			2026-06-18T09:00 CP-03 2026-06-22 -2wd worker reminder`,
	},
}

// What is sent other than the rungs of days, and what holds them back: rules.md, section 6.
// The strategy discussion of 5 January falls due on Monday 26 January: -2wd is the 22nd,
// +1wd the 27th, +3wd the 29th, +5wd 2 February.
func TestMessages(t *testing.T) {
	t.Parallel()
	runNoticeCases(t, movedCases)
	runNoticeCases(t, resolvedCases)
	runNoticeCases(t, heldCases)
	runNoticeCases(t, hourCases)
	runNoticeCases(t, driftCases)
	runNoticeCases(t, waitingCases)
	runNoticeCases(t, backlogCases)
}

const enquiry = "s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T10:00:00Z\n"

var movedCases = []noticeCase{
	{
		name:   "each role that was told the old date is told the new one, once",
		events: issued + "x1 court_timetable.extended 2026-07-13T12:00:00Z until=2026-09-07",
		from:   "2026-06-01", to: "2026-08-21", refs: []string{"CT-01"}, // due on Sunday 5 July
		want: `
			2026-06-22T09:00 CT-01 2026-07-05 -10wd worker reminder
			2026-06-29T09:00 CT-01 2026-07-05 -5wd worker reminder
			2026-07-03T09:00 CT-01 2026-07-05 0 worker reminder
			2026-07-06T09:00 CT-01 2026-07-05 +1wd team_manager escalation
			2026-07-10T09:00 CT-01 2026-07-05 +5wd service_manager escalation
			2026-07-14T09:00 CT-01 2026-09-07 worker moved
			2026-07-14T09:00 CT-01 2026-09-07 team_manager moved
			2026-07-14T09:00 CT-01 2026-09-07 service_manager moved
			2026-08-21T09:00 CT-01 2026-09-07 -10wd worker reminder`,
	},
	{
		name:   "nobody is told of a move of a date that nobody was told",
		events: enquiry + "c1 strategy_discussion.held 2026-01-12 s47=true corrects=s1 rec=2026-01-21T12:00:00Z",
		from:   "2026-01-01", to: "2026-01-28", want: ``, // -2wd of 2 February is the 29th
	},
	{
		name: "moved and back again before the next nine, nothing is sent",
		events: enquiry + `
			c1 strategy_discussion.held 2026-01-12 s47=true corrects=s1 rec=2026-01-22T12:00:00Z
			c2 strategy_discussion.held 2026-01-05 s47=true corrects=s1 rec=2026-01-22T13:00:00Z`,
		from: "2026-01-01", to: "2026-01-26",
		want: `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder`,
	},
	{
		name: "moved and back again over two mornings, both are sent; a third move to a date that was told is left to its rungs",
		events: enquiry + `
			c1 strategy_discussion.held 2026-01-14 s47=true corrects=s1 rec=2026-01-22T12:00:00Z
			c2 strategy_discussion.held 2026-01-05 s47=true corrects=s1 rec=2026-01-23T08:00:00Z
			c3 strategy_discussion.held 2026-01-14 s47=true corrects=s1 rec=2026-01-23T08:30:00Z
			c4 strategy_discussion.held 2026-01-05 s47=true corrects=s1 rec=2026-01-23T12:00:00Z
			c5 strategy_discussion.held 2026-01-14 s47=true corrects=s1 rec=2026-01-26T12:00:00Z
			i1 icpc.held 2026-02-03T12:00:00Z outcome=no_plan`,
		from: "2026-01-01", to: "2026-02-28", // due 26 January, or 4 February, whose -2wd is the 2nd
		want: `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder
			2026-01-23T09:00 CP-03 2026-02-04 worker moved
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-02-02T09:00 CP-03 2026-02-04 -2wd worker reminder`,
	},
	{
		name:   "moved on a Friday afternoon, it is told on Monday",
		events: enquiry + "c1 strategy_discussion.held 2026-01-14 s47=true corrects=s1 rec=2026-01-23T12:00:00Z",
		from:   "2026-01-23", to: "2026-01-31",
		want: `2026-01-26T09:00 CP-03 2026-02-04 worker moved`,
	},
	{
		name:   "recorded at nine on the second, it is told that morning",
		events: enquiry + "c1 strategy_discussion.held 2026-01-14 s47=true corrects=s1 rec=2026-01-23T09:00:00Z",
		from:   "2026-01-23", to: "2026-01-31",
		want: `2026-01-23T09:00 CP-03 2026-02-04 worker moved`,
	},
	{
		name: "moved and met before the next nine, nothing is sent",
		events: enquiry + `
			c1 strategy_discussion.held 2026-01-14 s47=true corrects=s1 rec=2026-01-22T12:00:00Z
			i1 icpc.held 2026-01-22 outcome=no_plan`,
		from: "2026-01-23", to: "2026-01-31", want: ``,
	},
	{
		name: "a role that gets no rung of the new date that morning is told of the move, and one that does is not",
		events: enquiry + `
			c1 strategy_discussion.held 2026-01-07 s47=true corrects=s1 rec=2026-01-27T12:00:00Z
			i1 icpc.held 2026-01-28T12:00:00Z outcome=no_plan`,
		from: "2026-01-26", to: "2026-01-28", // due 26, then 28 January
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-28T09:00 CP-03 2026-01-28 0 worker reminder missed=-2wd
			2026-01-28T09:00 CP-03 2026-01-28 team_manager moved`,
	},
	{
		name: "after it was resolved the ladder of the new date starts again: the worker, who was told of no end, is told of the move",
		events: enquiry + `
			i1 icpc.held 2026-01-27 outcome=no_plan rec=2026-01-27T10:00:00Z
			c1 strategy_discussion.held 2026-01-19 s47=true corrects=s1 rec=2026-01-29T10:00:00Z
			x1 - 2026-01-29 voids=i1 rec=2026-01-29T10:00:00Z
			i2 icpc.held 2026-02-06 outcome=no_plan`,
		from: "2026-01-27", to: "2026-02-28", // due 9 February, whose -2wd is the 5th
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-28T09:00 CP-03 2026-01-26 team_manager resolved
			2026-01-30T09:00 CP-03 2026-02-09 worker moved
			2026-02-05T09:00 CP-03 2026-02-09 -2wd worker reminder`,
	},
}

var resolvedCases = []noticeCase{
	{
		name:   "recorded on a Friday, it is told on Monday, to those who got an escalation",
		events: enquiry + "i1 icpc.held 2026-01-30T10:00:00Z outcome=no_plan",
		from:   "2026-01-26", to: "2026-02-28",
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-29T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-02-02T09:00 CP-03 2026-01-26 team_manager resolved
			2026-02-02T09:00 CP-03 2026-01-26 service_manager resolved`,
	},
	{
		name:   "recorded at nine on the second, it is told that morning in place of the rung",
		events: enquiry + "i1 icpc.held 2026-01-28 outcome=no_plan rec=2026-01-29T09:00:00Z",
		from:   "2026-01-27", to: "2026-02-28",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-29T09:00 CP-03 2026-01-26 team_manager resolved`,
	},
	{
		name:   "a duty that is ended is resolved",
		events: enquiry + "x1 icpc.not_required 2026-01-28T10:00:00Z",
		from:   "2026-01-27", to: "2026-02-28",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-29T09:00 CP-03 2026-01-26 team_manager resolved`,
	},
	{
		name:   "nobody who got only a reminder is told",
		events: enquiry + "i1 icpc.held 2026-01-26T12:00:00Z outcome=no_plan",
		from:   "2026-01-26", to: "2026-02-28",
		want: `2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder`,
	},
	{
		name:   "a duty that turns out to be unreported is resolved to those it was escalated to",
		events: enquiry + "s2 source.attached 2026-01-28T10:00:00Z name=census reports=[cp_plan.started]",
		from:   "2026-01-27", to: "2026-02-28",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-29T09:00 CP-03 2026-01-26 team_manager resolved`,
	},
	{
		name: "resolved and open again before the next nine, the ladder goes on where it was",
		events: enquiry + `
			i1 icpc.held 2026-01-27T10:00:00Z outcome=no_plan
			x1 - 2026-01-27 voids=i1 rec=2026-01-27T11:00:00Z
			i2 icpc.held 2026-01-29T12:00:00Z outcome=no_plan`,
		from: "2026-01-27", to: "2026-02-28",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-29T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-01-30T09:00 CP-03 2026-01-26 team_manager resolved
			2026-01-30T09:00 CP-03 2026-01-26 service_manager resolved`,
	},
	{
		name: "open again and resolved again, each is told for each spell",
		events: enquiry + `
			i1 icpc.held 2026-01-27T10:00:00Z outcome=no_plan
			x1 - 2026-01-28 voids=i1 rec=2026-01-28T10:00:00Z
			i2 icpc.held 2026-02-02T10:00:00Z outcome=no_plan
			x2 - 2026-02-03 voids=i2 rec=2026-02-03T10:00:00Z
			i3 icpc.held 2026-02-04T10:00:00Z outcome=no_plan`,
		from: "2026-01-27", to: "2026-02-28",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-28T09:00 CP-03 2026-01-26 team_manager resolved
			2026-01-29T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-30T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-02-03T09:00 CP-03 2026-01-26 team_manager resolved
			2026-02-04T09:00 CP-03 2026-01-26 0 worker reminder`,
	},
}

// ack returns an acknowledgement of the enquiry's duty.
func ack(id, at, recorded, promise string) string {
	return id + " notice.acknowledged " + at + " duty=CP-03:s1 by=TM1 promise=" + promise + " rec=" + recorded + "\n"
}

var heldCases = []noticeCase{
	{
		name:   "the hold begins when it is recorded: at nine on the second the rung of that nine is held",
		events: enquiry + ack("k1", "2026-01-27", "2026-01-27T09:00:00Z", "2026-01-27"),
		from:   "2026-01-27", to: "2026-01-29",
		want: `
			2026-01-28T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-29T09:00 CP-03 2026-01-26 +3wd service_manager escalation`,
	},
	{
		name:   "a second later it has gone, and the next is held to the end of the promised day",
		events: enquiry + ack("k1", "2026-01-27", "2026-01-27T09:00:01Z", "2026-01-29"),
		from:   "2026-01-27", to: "2026-01-31",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-30T09:00 CP-03 2026-01-26 +3wd service_manager escalation`,
	},
	{
		name:   "of two rungs that were held the highest goes, and the lower is passed",
		events: enquiry + ack("k1", "2026-01-26", "2026-01-26T10:00:00Z", "2026-01-29"),
		from:   "2026-01-27", to: "2026-02-02",
		want: `
			2026-01-30T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-02-02T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name:   "promised for a Friday, it goes on Monday; the head of service's of that day is higher",
		events: enquiry + ack("k1", "2026-01-26", "2026-01-26T10:00:00Z", "2026-01-30"),
		from:   "2026-01-27", to: "2026-02-28",
		want: `2026-02-02T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name:   "the worker's reminders are not held, nor the head of service's rung",
		events: enquiry + ack("k1", "2026-01-20", "2026-01-20T10:00:00Z", "2026-02-03"),
		from:   "2026-01-20", to: "2026-02-28",
		want: `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-02-02T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name: "of several the longest promise counts, whichever was given last",
		events: enquiry + ack("k1", "2026-01-26", "2026-01-26T10:00:00Z", "2026-01-29") +
			ack("k2", "2026-01-26", "2026-01-26T11:00:00Z", "2026-01-27"),
		from: "2026-01-27", to: "2026-01-31",
		want: `2026-01-30T09:00 CP-03 2026-01-26 +3wd service_manager escalation`,
	},
	{
		name: "one that is taken back holds no longer",
		events: enquiry + ack("k1", "2026-01-26", "2026-01-26T10:00:00Z", "2026-02-06") +
			"x1 - 2026-01-27 voids=k1 rec=2026-01-27T12:00:00Z",
		from: "2026-01-27", to: "2026-01-28",
		want: `2026-01-28T09:00 CP-03 2026-01-26 +1wd team_manager escalation`,
	},
	{
		name: "it holds the duty that it names and no other",
		events: enquiry + `
			e1 referral.received 2026-01-26
			k1 notice.acknowledged 2026-01-26 duty=CP-03:s1 by=TM1 promise=2026-01-28 rec=2026-01-26T10:00:00Z`,
		from: "2026-01-27", to: "2026-01-28",
		want: `
			2026-01-27T09:00 FD-01 2026-01-27 0 worker reminder missed=-1wd
			2026-01-28T09:00 FD-01 2026-01-27 +1wd team_manager escalation`,
	},
	{
		name: "drift alarms are held in the same way, but the head of service's",
		events: `
			p1 cp_plan.started 2025-01-06
			k1 notice.acknowledged 2025-10-03 duty=CP-13:p1 by=TM1 promise=2025-10-08 rec=2025-10-03T10:00:00Z
			k2 notice.acknowledged 2026-07-03 duty=CP-13:p1 by=TM1 promise=2026-07-10 rec=2026-07-03T10:00:00Z`,
		from: "2025-10-01", to: "2026-08-01", refs: []string{"CP-13"}, // 15 months on is Easter Monday
		want: `
			2025-10-09T09:00 CP-13 9m team_manager drift
			2026-04-07T09:00 CP-13 15m service_manager drift
			2026-07-06T09:00 CP-13 18m head_of_service drift`,
	},
	{
		name: "of a rung of hours that goes to two the worker's half is not held; the other goes at the next nine of any day",
		events: `
			p1 police_protection.started 2026-03-05T12:00:00Z
			k1 notice.acknowledged 2026-03-07 duty=EM-01:p1 by=TM1 promise=2026-03-07 rec=2026-03-07T10:00:00Z
			p2 police_protection.ended 2026-03-08T13:00:00Z`,
		from: "2026-03-05", to: "2026-03-31", // a Thursday; 75% on Saturday at 18:00, due on Sunday at 12:00
		want: `
			2026-03-07T00:00 EM-01 2026-03-08T12:00:00Z 50% worker reminder
			2026-03-07T18:00 EM-01 2026-03-08T12:00:00Z 75% worker reminder
			2026-03-08T09:00 EM-01 2026-03-08T12:00:00Z 75% team_manager escalation
			2026-03-08T12:00 EM-01 2026-03-08T12:00:00Z 0 service_manager escalation
			2026-03-08T13:00 EM-01 2026-03-08T12:00:00Z team_manager resolved
			2026-03-08T13:00 EM-01 2026-03-08T12:00:00Z service_manager resolved`,
	},
	{
		name: "hours: what was held and then passed by the head of service's is not sent",
		events: `
			m1 missing.ended 2026-03-02T16:00:00Z
			k1 notice.acknowledged 2026-03-04 duty=MI-01:m1 by=TM1 promise=2026-03-05 rec=2026-03-04T10:00:00Z`,
		from: "2026-03-02", to: "2026-03-31",
		want: `
			2026-03-04T08:00 MI-01 2026-03-05T16:00:00Z 50% worker reminder
			2026-03-05T08:00 MI-01 2026-03-05T16:00:00Z 75% worker reminder
			2026-03-05T20:00 MI-01 2026-03-05T16:00:00Z +4h head_of_service escalation`,
	},
}

var hourCases = []noticeCase{
	{
		name:   "of two rungs at one moment only the highest goes: with a date only, both of the night go at eight",
		events: `m1 missing.ended 2026-03-02`,
		from:   "2026-03-01", to: "2026-03-31", // 96 hours to the end of the 5th: 48, 72, 96 and 100 hours from midnight
		want: `
			2026-03-04T08:00 MI-01 2026-03-05 50% worker reminder
			2026-03-05T08:00 MI-01 2026-03-05 75% worker reminder
			2026-03-05T08:00 MI-01 2026-03-05 75% team_manager escalation
			2026-03-06T08:00 MI-01 2026-03-05 +4h head_of_service escalation`,
	},
	{
		name:   "exactly eight in the evening is in time",
		events: `m1 missing.ended 2026-03-02T08:00:00Z`,
		from:   "2026-03-03", to: "2026-03-04",
		want: `
			2026-03-03T20:00 MI-01 2026-03-05T08:00:00Z 50% worker reminder
			2026-03-04T14:00 MI-01 2026-03-05T08:00:00Z 75% worker reminder
			2026-03-04T14:00 MI-01 2026-03-05T08:00:00Z 75% team_manager escalation`,
	},
	{
		name:   "a second later is the next morning's",
		events: `m1 missing.ended 2026-03-02T08:00:01Z`,
		from:   "2026-03-03", to: "2026-03-04",
		want: `
			2026-03-04T08:00 MI-01 2026-03-05T08:00:01Z 50% worker reminder
			2026-03-04T14:00 MI-01 2026-03-05T08:00:01Z 75% worker reminder
			2026-03-04T14:00 MI-01 2026-03-05T08:00:01Z 75% team_manager escalation`,
	},
	{
		name:   "through the end of summer time the hours are elapsed, and eight is London's",
		events: `m1 missing.ended 2026-10-24T08:00:00Z`,
		from:   "2026-10-24", to: "2026-10-31", // 36 hours on: 20:00 UTC on the 25th, which is 20:00 in London by then
		want: `
			2026-10-25T20:00 MI-01 2026-10-27T08:00:00Z 50% worker reminder
			2026-10-26T14:00 MI-01 2026-10-27T08:00:00Z 75% worker reminder
			2026-10-26T14:00 MI-01 2026-10-27T08:00:00Z 75% team_manager escalation
			2026-10-27T08:00 MI-01 2026-10-27T08:00:00Z 0 service_manager escalation
			2026-10-27T12:00 MI-01 2026-10-27T08:00:00Z +4h head_of_service escalation`,
	},
	{
		name:   "recorded late, the highest that is due goes at once, and says what it makes up for",
		events: `p1 police_protection.started 2026-03-02T10:00:00Z rec=2026-03-04T23:10:00Z`,
		from:   "2026-03-01", to: "2026-03-31", // 75% was at 16:00 on the 4th
		want: `
			2026-03-04T23:10 EM-01 2026-03-05T10:00:00Z 75% worker reminder missed=50%
			2026-03-04T23:10 EM-01 2026-03-05T10:00:00Z 75% team_manager escalation missed=50%
			2026-03-05T10:00 EM-01 2026-03-05T10:00:00Z 0 service_manager escalation
			2026-03-05T14:00 EM-01 2026-03-05T10:00:00Z +4h head_of_service escalation`,
	},
	{
		name:   "recorded late in the night, the others wait for eight",
		events: `m1 missing.ended 2026-03-02T10:00:00Z rec=2026-03-04T23:10:00Z`,
		from:   "2026-03-01", to: "2026-03-05",
		want: `
			2026-03-05T08:00 MI-01 2026-03-05T10:00:00Z 75% worker reminder missed=50%
			2026-03-05T08:00 MI-01 2026-03-05T10:00:00Z 75% team_manager escalation missed=50%
			2026-03-05T10:00 MI-01 2026-03-05T10:00:00Z 0 service_manager escalation
			2026-03-05T14:00 MI-01 2026-03-05T10:00:00Z +4h head_of_service escalation`,
	},
	{
		name: "a start that is corrected has a ladder of its own; who gets no rung of it soon is told at nine of a working day",
		events: `
			p1 police_protection.started 2026-03-02T10:00:00Z
			c1 police_protection.started 2026-03-03T10:00:00Z corrects=p1 rec=2026-03-05T11:00:00Z
			p2 police_protection.ended 2026-03-06T11:00:00Z`,
		from: "2026-03-01", to: "2026-03-31",
		want: `
			2026-03-03T22:00 EM-01 2026-03-05T10:00:00Z 50% worker reminder
			2026-03-04T16:00 EM-01 2026-03-05T10:00:00Z 75% worker reminder
			2026-03-04T16:00 EM-01 2026-03-05T10:00:00Z 75% team_manager escalation
			2026-03-05T10:00 EM-01 2026-03-05T10:00:00Z 0 service_manager escalation
			2026-03-05T11:00 EM-01 2026-03-06T10:00:00Z 50% worker reminder
			2026-03-05T16:00 EM-01 2026-03-06T10:00:00Z 75% worker reminder
			2026-03-05T16:00 EM-01 2026-03-06T10:00:00Z 75% team_manager escalation
			2026-03-06T09:00 EM-01 2026-03-06T10:00:00Z service_manager moved
			2026-03-06T10:00 EM-01 2026-03-06T10:00:00Z 0 service_manager escalation
			2026-03-06T11:00 EM-01 2026-03-06T10:00:00Z team_manager resolved
			2026-03-06T11:00 EM-01 2026-03-06T10:00:00Z service_manager resolved`,
	},
	{
		name: "resolved at once, on a Sunday and in the night too, also where the start is undone",
		events: `
			p1 police_protection.started 2026-03-05T20:00:00Z
			x1 - 2026-03-08 voids=p1 rec=2026-03-08T03:30:00Z`,
		from: "2026-03-08", to: "2026-03-31", // 75% on Sunday at 02:00
		want: `
			2026-03-08T02:00 EM-01 2026-03-08T20:00:00Z 75% worker reminder
			2026-03-08T02:00 EM-01 2026-03-08T20:00:00Z 75% team_manager escalation
			2026-03-08T03:30 EM-01 2026-03-08T20:00:00Z team_manager resolved`,
	},
}

var driftCases = []noticeCase{
	{
		name:   "a plan that is recorded after alarms have gone off has the highest made up for",
		events: `p1 cp_plan.started 2025-01-06 rec=2026-04-20T10:00:00Z`,
		from:   "2025-01-01", to: "2026-08-01", refs: []string{"CP-13"},
		want: `
			2026-04-21T09:00 CP-13 15m service_manager drift missed=9m
			2026-07-06T09:00 CP-13 18m head_of_service drift`,
	},
	{
		name:   "from the 31st the months end on their last days; a Saturday's alarm goes on Monday",
		events: `p1 cp_plan.started 2025-05-31`,
		from:   "2025-05-01", to: "2027-12-31", refs: []string{"CP-13"},
		// 28 February 2026 is a Saturday; 31 August 2026 a bank holiday; 30 November 2026 a
		// Monday; 31 May 2027 a bank holiday; 31 August 2027 a Tuesday, 30 November a Tuesday.
		want: `
			2026-03-02T09:00 CP-13 9m team_manager drift
			2026-09-01T09:00 CP-13 15m service_manager drift
			2026-11-30T09:00 CP-13 18m head_of_service drift
			2027-06-01T09:00 CP-13 24m head_of_service drift
			2027-08-31T09:00 CP-13 27m head_of_service drift
			2027-11-30T09:00 CP-13 30m head_of_service drift`,
	},
	{
		name: "the end of the plan ends the alarms, and nobody is told that a drift is resolved",
		events: `
			p1 cp_plan.started 2025-01-06
			x1 cp_plan.ended 2025-10-13`,
		from: "2025-01-01", to: "2026-12-31", refs: []string{"CP-13"},
		want: `2025-10-06T09:00 CP-13 9m team_manager drift`,
	},
}

const awaitingBirth = `
	l1 looked_after.started 2026-01-05
	h1 health_assessment.completed 2026-01-05 initial=true
`

var waitingCases = []noticeCase{
	{
		name:   "recorded after the fifth working day, it is told at the next nine, once",
		events: "l1 looked_after.started 2026-01-05\nh1 health_assessment.completed 2026-01-05 initial=true rec=2026-01-20T10:00:00Z",
		from:   "2026-01-01", to: "2026-12-31", refs: []string{"LA-24"},
		want: `2026-01-21T09:00 LA-24 waiting worker reminder`,
	},
	{
		name:   "what comes in before the fifth working day is not asked for",
		events: awaitingBirth + "b1 person.born 2015-03-03 rec=2026-01-12T09:00:00Z",
		from:   "2026-01-01", to: "2026-06-30", refs: []string{"LA-24"},
		want: ``,
	},
	{
		name:   "once the birth is known its date has a ladder, and nothing has moved",
		events: awaitingBirth + "b1 person.born 2024-03-03 rec=2026-01-14T09:00:00Z",
		from:   "2026-01-01", to: "2026-06-30", refs: []string{"LA-24"}, // 5 July 2026 is a Sunday
		want: `
			2026-01-12T09:00 LA-24 waiting worker reminder
			2026-06-22T09:00 LA-24 2026-07-05 -10wd worker reminder
			2026-06-29T09:00 LA-24 2026-07-05 -5wd worker reminder`,
	},
	{
		name:   "a birth that becomes known after the date has passed makes that date known late",
		events: awaitingBirth + "b1 person.born 2024-03-03 rec=2026-07-08T12:00:00Z",
		from:   "2026-06-01", to: "2026-07-10", refs: []string{"LA-24"},
		want: `
			2026-07-09T09:00 LA-24 2026-07-05 0 worker reminder
			2026-07-10T09:00 LA-24 2026-07-05 +1wd team_manager escalation`,
	},
}

// A first load of Friday 6 February in the afternoon: its first nine o'clock is that of
// Monday the 9th, and the fifth working day after it is Monday the 16th.
var backlogCases = []noticeCase{
	{
		name:   "drift alarms that had gone off wait for five working days, and the highest goes",
		events: `p1 cp_plan.started 2024-01-08 rec=2026-02-06T14:00:00Z backlog`,
		from:   "2026-01-01", to: "2026-04-30", refs: []string{"CP-13"},
		want: `
			2026-02-16T09:00 CP-13 24m head_of_service drift
			2026-04-08T09:00 CP-13 27m head_of_service drift`,
	},
	{
		name:   "an alarm to come goes at its time",
		events: `p1 cp_plan.started 2025-05-11 rec=2026-02-06T14:00:00Z backlog`,
		from:   "2026-01-01", to: "2026-04-30", refs: []string{"CP-13"}, // nine months on: 11 February
		want: `2026-02-11T09:00 CP-13 9m team_manager drift`,
	},
	{
		name:   "hours that had passed wait for five working days",
		events: `m1 missing.ended 2026-02-02T10:00:00Z rec=2026-02-06T14:00:00Z backlog`,
		from:   "2026-02-01", to: "2026-02-28",
		want: `2026-02-16T09:00 MI-01 2026-02-05T10:00:00Z +4h head_of_service escalation`,
	},
	{
		name:   "hours that were still running go on",
		events: `m1 missing.ended 2026-02-04T10:00:00Z rec=2026-02-06T14:00:00Z backlog`,
		from:   "2026-02-01", to: "2026-02-28", // 75% at 16:00 on the 6th, due on Saturday the 7th
		want: `
			2026-02-06T14:00 MI-01 2026-02-07T10:00:00Z 50% worker reminder
			2026-02-06T16:00 MI-01 2026-02-07T10:00:00Z 75% worker reminder
			2026-02-06T16:00 MI-01 2026-02-07T10:00:00Z 75% team_manager escalation
			2026-02-07T10:00 MI-01 2026-02-07T10:00:00Z 0 service_manager escalation
			2026-02-07T14:00 MI-01 2026-02-07T10:00:00Z +4h head_of_service escalation`,
	},
	{
		name:   "what fell due on the day of the load was not overdue, and is known late like anything else",
		events: `s1 strategy_discussion.held 2026-01-16 s47=true rec=2026-02-06T14:00:00Z backlog`,
		from:   "2026-02-01", to: "2026-02-10", // due 6 February
		want: `
			2026-02-09T09:00 CP-03 2026-02-06 0 worker reminder
			2026-02-10T09:00 CP-03 2026-02-06 +1wd team_manager escalation`,
	},
	{
		name: "a later correction, not of a backlog, has no five days",
		events: `
			s1 strategy_discussion.held 2026-01-26 s47=true rec=2026-02-06T14:00:00Z backlog
			c1 strategy_discussion.held 2026-01-05 s47=true corrects=s1 rec=2026-02-10T14:00:00Z`,
		from: "2026-02-01", to: "2026-02-12", // due 16 February, then 26 January
		want: `
			2026-02-11T09:00 CP-03 2026-01-26 0 worker reminder
			2026-02-12T09:00 CP-03 2026-01-26 +1wd team_manager escalation`,
	},
	{
		name:   "what waits is asked for at the next nine",
		events: "l1 looked_after.started 2026-01-05 rec=2026-02-06T14:00:00Z backlog\nh1 health_assessment.completed 2026-01-05 initial=true rec=2026-02-06T14:00:00Z backlog",
		from:   "2026-02-01", to: "2026-02-28", refs: []string{"LA-24"},
		want: `2026-02-09T09:00 LA-24 waiting worker reminder`,
	},
}

// Such an event is accepted no longer; the arithmetic ends all the same where dates do.
func TestAPlanThatNobodyEndsAlarmsToTheEndOfTheCalendarAndNoFurther(t *testing.T) {
	t.Parallel()
	list := book.Notices(tell(t, "p1 cp_plan.started 9997-11-30"), day(t, "9999-01-01"), day(t, "9999-12-31"))
	same(t, `
		9999-03-01T09:00 CP-13 15m service_manager drift
		9999-06-01T09:00 CP-13 18m head_of_service drift
		9999-11-30T09:00 CP-13 24m head_of_service drift`, noticesOf(list, "CP-13")) // 28 February and 30 May are Sundays, 31 May a bank holiday
}
