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

// playedNotices is what a service says that folds a case at every look from its first record on.
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
		name: "a reminder for a day that is no working day goes on the one before, and of two at one moment the highest",
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
		name: "a date that moves is told once to whom the old one was told",
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
		name: "a duty opened again after it was resolved starts its ladder anew",
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
		name: "a duty undone by a void is resolved to whom it was escalated",
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
