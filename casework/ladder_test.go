package casework_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"longstop/casework"
	"longstop/timescale"
)

// The ladders of rules.md, section 6: when each rung goes, what is skipped and what is
// made up for. The days were counted by hand from the bank holidays of 2026 and 2027.
func TestTheLadder(t *testing.T) {
	t.Parallel()
	runNoticeCases(t, rowCases)
	runNoticeCases(t, rungCases)
	runNoticeCases(t, lateKnownCases)
}

// Each row of the table, by the limits at its edges.
var rowCases = []noticeCase{
	{
		name:   "16 weeks are over 6 weeks",
		events: `p1 pre_proceedings.started 2026-03-02`,
		from:   "2026-03-01", to: "2026-12-31", refs: []string{"PL-05"},
		want: `
			2026-06-08T09:00 PL-05 2026-06-22 -10wd worker reminder
			2026-06-15T09:00 PL-05 2026-06-22 -5wd worker reminder
			2026-06-19T09:00 PL-05 2026-06-22 -1wd worker reminder
			2026-06-22T09:00 PL-05 2026-06-22 0 worker reminder
			2026-06-23T09:00 PL-05 2026-06-22 +1wd team_manager escalation
			2026-06-29T09:00 PL-05 2026-06-22 +5wd service_manager escalation
			2026-07-06T09:00 PL-05 2026-06-22 +10wd head_of_service escalation`,
	},
	{
		name:   "3 months are 2 months or more; due on Easter Sunday the last reminder goes on Maundy Thursday, and takes the place of -1wd",
		events: `i1 icpc.held 2026-01-05 outcome=plan`,
		from:   "2026-01-01", to: "2026-12-31", refs: []string{"CP-11"},
		want: `
			2026-03-20T09:00 CP-11 2026-04-05 -10wd worker reminder
			2026-03-27T09:00 CP-11 2026-04-05 -5wd worker reminder
			2026-04-02T09:00 CP-11 2026-04-05 0 worker reminder
			2026-04-07T09:00 CP-11 2026-04-05 +1wd team_manager escalation
			2026-04-13T09:00 CP-11 2026-04-05 +5wd service_manager escalation
			2026-04-20T09:00 CP-11 2026-04-05 +10wd head_of_service escalation`,
	},
	{
		name: "6 weeks are 4 to 6 weeks",
		events: `
			i1 icpc.held 2026-01-05 outcome=plan
			g1 core_group.held 2026-01-12`,
		from: "2026-01-01", to: "2026-12-31", refs: []string{"CP-09"},
		want: `
			2026-02-16T09:00 CP-09 2026-02-23 -5wd worker reminder
			2026-02-20T09:00 CP-09 2026-02-23 -1wd worker reminder
			2026-02-23T09:00 CP-09 2026-02-23 0 worker reminder
			2026-02-24T09:00 CP-09 2026-02-23 +1wd team_manager escalation
			2026-03-02T09:00 CP-09 2026-02-23 +5wd service_manager escalation
			2026-03-09T09:00 CP-09 2026-02-23 +10wd head_of_service escalation`,
	},
	{
		name:   "so are 4 weeks, and 20 working days",
		events: "c1 cin_plan.started 2026-01-05\nl1 looked_after.started 2026-01-05",
		from:   "2026-01-01", to: "2026-12-31", refs: []string{"CN-02", "LA-06"},
		want: `
			2026-01-26T09:00 CN-02 2026-02-02 -5wd worker reminder
			2026-01-26T09:00 LA-06 2026-02-02 -5wd worker reminder
			2026-01-30T09:00 CN-02 2026-02-02 -1wd worker reminder
			2026-01-30T09:00 LA-06 2026-02-02 -1wd worker reminder
			2026-02-02T09:00 CN-02 2026-02-02 0 worker reminder
			2026-02-02T09:00 LA-06 2026-02-02 0 worker reminder
			2026-02-03T09:00 CN-02 2026-02-02 +1wd team_manager escalation
			2026-02-03T09:00 LA-06 2026-02-02 +1wd team_manager escalation
			2026-02-09T09:00 CN-02 2026-02-02 +5wd service_manager escalation
			2026-02-09T09:00 LA-06 2026-02-02 +5wd service_manager escalation
			2026-02-16T09:00 CN-02 2026-02-02 +10wd head_of_service escalation
			2026-02-16T09:00 LA-06 2026-02-02 +10wd head_of_service escalation`,
	},
	{
		name:   "7 working days are 6 to 19",
		events: `n1 private_fostering.notified 2026-01-05`,
		from:   "2026-01-01", to: "2026-12-31", refs: []string{"PF-02"},
		want: `
			2026-01-12T09:00 PF-02 2026-01-14 -2wd worker reminder
			2026-01-14T09:00 PF-02 2026-01-14 0 worker reminder
			2026-01-15T09:00 PF-02 2026-01-14 +1wd team_manager escalation
			2026-01-19T09:00 PF-02 2026-01-14 +3wd service_manager escalation
			2026-01-21T09:00 PF-02 2026-01-14 +5wd head_of_service escalation`,
	},
	{
		name:   "5 working days are up to 5",
		events: `p1 pre_proceedings.started 2026-01-05`,
		from:   "2026-01-01", to: "2026-03-01", refs: []string{"PL-02"},
		want: `
			2026-01-09T09:00 PL-02 2026-01-12 -1wd worker reminder
			2026-01-12T09:00 PL-02 2026-01-12 0 worker reminder
			2026-01-13T09:00 PL-02 2026-01-12 +1wd team_manager escalation
			2026-01-14T09:00 PL-02 2026-01-12 +2wd service_manager escalation
			2026-01-15T09:00 PL-02 2026-01-12 +3wd head_of_service escalation`,
	},
	{
		name:   "a week is up to 7 days; due on Christmas Day, the alarms begin on the 29th",
		events: `m1 placement.started 2026-12-18`,
		from:   "2026-12-01", to: "2027-01-31", refs: []string{"LA-14"}, // the 28th is a substitute for Boxing Day
		want: `
			2026-12-24T09:00 LA-14 2026-12-25 0 worker reminder
			2026-12-29T09:00 LA-14 2026-12-25 +1wd team_manager escalation
			2026-12-30T09:00 LA-14 2026-12-25 +2wd service_manager escalation
			2026-12-31T09:00 LA-14 2026-12-25 +3wd head_of_service escalation`,
	},
	{
		name: "an extension keeps the row, with a ladder of its own from the new date",
		events: `
			m1 placement.started 2026-01-05 regulation24=true
			x1 clock.extended 2026-04-24T12:00:00Z ref=LA-30 until=2026-05-11 reason=r by=b role=o
			p1 connected_person.approved 2026-05-19`,
		from: "2026-01-01", to: "2026-12-31", refs: []string{"LA-30"},
		// On the 24th the new date is the 10th working day before 11 May (4 May is a holiday);
		// that rung was made up for on Monday, and so nobody was told of the move as well.
		want: `
			2026-04-13T09:00 LA-30 2026-04-27 -10wd worker reminder
			2026-04-20T09:00 LA-30 2026-04-27 -5wd worker reminder
			2026-04-24T09:00 LA-30 2026-04-27 -1wd worker reminder
			2026-04-27T09:00 LA-30 2026-05-11 -10wd worker reminder
			2026-05-01T09:00 LA-30 2026-05-11 -5wd worker reminder
			2026-05-08T09:00 LA-30 2026-05-11 -1wd worker reminder
			2026-05-11T09:00 LA-30 2026-05-11 0 worker reminder
			2026-05-12T09:00 LA-30 2026-05-11 +1wd team_manager escalation
			2026-05-18T09:00 LA-30 2026-05-11 +5wd service_manager escalation
			2026-05-20T09:00 LA-30 2026-05-11 team_manager resolved
			2026-05-20T09:00 LA-30 2026-05-11 service_manager resolved`,
	},
}

var rungCases = []noticeCase{
	{
		name:   "a rung on the day of the start itself goes",
		events: `e1 referral.received 2026-01-05 rec=2026-01-05T08:00:00Z`,
		from:   "2026-01-05", to: "2026-01-06", refs: []string{"FD-01"},
		want: `
			2026-01-05T09:00 FD-01 2026-01-06 -1wd worker reminder
			2026-01-06T09:00 FD-01 2026-01-06 0 worker reminder`,
	},
	{
		name:   "recorded after nine on that day, the next says both",
		events: `e1 referral.received 2026-01-05 rec=2026-01-05T09:00:01Z`,
		from:   "2026-01-05", to: "2026-01-06", refs: []string{"FD-01"},
		want: `
			2026-01-06T09:00 FD-01 2026-01-06 0 worker reminder missed=-1wd`,
	},
	{
		name:   "recorded at nine on the second, it goes",
		events: `e1 referral.received 2026-01-05 rec=2026-01-05T09:00:00Z`,
		from:   "2026-01-05", to: "2026-01-05", refs: []string{"FD-01"},
		want: `2026-01-05T09:00 FD-01 2026-01-06 -1wd worker reminder`,
	},
	{
		name: "recorded between two rungs, the highest that has come due goes at the next nine, and says what it makes up for",
		events: `
			e1 referral.received 2026-01-05 rec=2026-03-03T10:00:00Z`,
		from: "2026-01-01", to: "2026-03-09", refs: []string{"AS-01"}, // due 9 March; -5wd was Monday the 2nd
		want: `
			2026-03-04T09:00 AS-01 2026-03-09 -5wd worker reminder missed=-10wd
			2026-03-06T09:00 AS-01 2026-03-09 -1wd worker reminder
			2026-03-09T09:00 AS-01 2026-03-09 0 worker reminder`,
	},
	{
		name: "recorded on a Friday evening, it is made up for on Monday, when only the highest of that moment goes",
		events: `
			e1 referral.received 2026-01-05 rec=2026-03-06T18:00:00Z`,
		from: "2026-01-01", to: "2026-03-09", refs: []string{"AS-01"},
		want: `
			2026-03-09T09:00 AS-01 2026-03-09 0 worker reminder missed=-10wd,-5wd,-1wd`,
	},
	{
		name: "what is met before its rungs are due is never spoken of",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			i1 icpc.held 2026-01-20 outcome=no_plan`,
		from: "2026-01-01", to: "2026-12-31", want: ``,
	},
	{
		name: "met and recorded at nine on the second, the rung of that nine does not go",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			i1 icpc.held 2026-01-21 outcome=no_plan rec=2026-01-22T09:00:00Z`,
		from: "2026-01-01", to: "2026-12-31", want: ``,
	},
	{
		name: "met and recorded a second later, it has gone",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			i1 icpc.held 2026-01-21 outcome=no_plan rec=2026-01-22T09:00:01Z`,
		from: "2026-01-01", to: "2026-12-31",
		want: `2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder`,
	},
	{
		name: "what is recorded to have ended before it fell due is not spoken of any more",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true
			x1 icpc.not_required 2026-01-23T12:00:00Z`,
		from: "2026-01-01", to: "2026-12-31",
		want: `2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder`,
	},
	{
		name: "each of a family of duties has its own ladder: the visit that was made late starts the next",
		events: `
			p1 cin_plan.started 2026-01-05
			v1 cin_visit.made 2026-02-04T12:00:00Z seen=true`,
		from: "2026-01-30", to: "2026-03-04", refs: []string{"CN-02"}, // due 2 February, then 4 March
		want: `
			2026-01-30T09:00 CN-02 2026-02-02 -1wd worker reminder
			2026-02-02T09:00 CN-02 2026-02-02 0 worker reminder
			2026-02-03T09:00 CN-02 2026-02-02 +1wd team_manager escalation
			2026-02-05T09:00 CN-02 2026-02-02 team_manager resolved
			2026-02-25T09:00 CN-02 2026-03-04 -5wd worker reminder
			2026-03-03T09:00 CN-02 2026-03-04 -1wd worker reminder
			2026-03-04T09:00 CN-02 2026-03-04 0 worker reminder`,
	},
	{
		name: "beyond the last day of its source a duty reminds, and alarms nobody",
		events: `
			s1 source.attached 2026-04-01 name=census reports=[icpc.held] from=2025-04-01 until=2026-03-31
			s9 strategy_discussion.held 2026-03-23 s47=true`,
		from: "2026-03-01", to: "2026-12-31", // due 15 April
		want: `
			2026-04-13T09:00 CP-03 2026-04-15 -2wd worker reminder
			2026-04-15T09:00 CP-03 2026-04-15 0 worker reminder`,
	},
	{
		name: "the eighteenth birthday stops the ladder, and what was escalated is resolved",
		events: `
			b1 person.born 2008-02-05 date=2008-02-05
			c1 cin_plan.started 2026-01-05`,
		from: "2026-01-30", to: "2026-12-31", refs: []string{"CN-02"}, // Thursday 5 February
		want: `
			2026-01-30T09:00 CN-02 2026-02-02 -1wd worker reminder
			2026-02-02T09:00 CN-02 2026-02-02 0 worker reminder
			2026-02-03T09:00 CN-02 2026-02-02 +1wd team_manager escalation
			2026-02-05T09:00 CN-02 2026-02-02 team_manager resolved`,
	},
	{
		name: "from and to are London's dates, by the time of sending",
		events: `
			p1 police_protection.started 2026-06-01T11:30:00Z
			p2 police_protection.ended 2026-06-03T12:00:00Z`,
		from: "2026-06-03", to: "2026-06-03", // half of 72 hours on: 00:30 on the 3rd in London
		want: `2026-06-03T00:30 EM-01 2026-06-04T11:30:00Z 50% worker reminder`,
	},
	{
		name: "and on the day before, by UTC's date, there is nothing",
		events: `
			p1 police_protection.started 2026-06-01T11:30:00Z
			p2 police_protection.ended 2026-06-03T12:00:00Z`,
		from: "2026-06-02", to: "2026-06-02", want: ``,
	},
}

// Each due date that becomes known only after 09:00 of it.
var lateKnownCases = []noticeCase{
	{
		name:   "known at nine on its day, it is known in time",
		events: `s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-26T09:00:00Z`,
		from:   "2026-01-01", to: "2026-02-28",
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder missed=-2wd
			2026-01-27T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-29T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-02-02T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name:   "a second later the ladder is counted from the next morning, and reminders of before are dropped",
		events: `s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-26T09:00:01Z`,
		from:   "2026-01-01", to: "2026-02-28",
		want: `
			2026-01-27T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-28T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-01-30T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-02-03T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name:   "recorded at nine on the second long after, that morning is its 0",
		events: `s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-02-05T09:00:00Z`,
		from:   "2026-01-01", to: "2026-02-06",
		want: `
			2026-02-05T09:00 CP-03 2026-01-26 0 worker reminder
			2026-02-06T09:00 CP-03 2026-01-26 +1wd team_manager escalation`,
	},
	{
		name:   "recorded on Maundy Thursday after nine, the Tuesday after Easter is",
		events: `s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-04-02T09:00:00Z`,
		from:   "2026-01-01", to: "2026-04-08", // ten o'clock in London: summer time began on 29 March
		want: `
			2026-04-07T09:00 CP-03 2026-01-26 0 worker reminder
			2026-04-08T09:00 CP-03 2026-01-26 +1wd team_manager escalation`,
	},
	{
		name:   "due on a Saturday and known at nine of it, the alarms are counted from it",
		events: `p1 cp_plan.started 2026-01-07 rec=2026-02-07T09:00:00Z`,
		from:   "2026-01-01", to: "2026-02-12", refs: []string{"CP-10"},
		want: `
			2026-02-09T09:00 CP-10 2026-02-07 +1wd team_manager escalation missed=-5wd,-1wd,0`,
	},
	{
		name:   "known later on that Saturday, Monday is its 0",
		events: `p1 cp_plan.started 2026-01-07 rec=2026-02-07T10:00:00Z`,
		from:   "2026-01-01", to: "2026-02-12", refs: []string{"CP-10"},
		want: `
			2026-02-09T09:00 CP-10 2026-02-07 0 worker reminder
			2026-02-10T09:00 CP-10 2026-02-07 +1wd team_manager escalation`,
	},
	{
		name: "a correction that moves a date into the past makes it known late; who was told the old one is told by its 0",
		events: `
			s1 strategy_discussion.held 2026-01-12 s47=true rec=2026-01-12T10:00:00Z
			c1 strategy_discussion.held 2026-01-05 s47=true corrects=s1 rec=2026-01-29T12:00:00Z`,
		from: "2026-01-01", to: "2026-02-28", // due 2 February, then 26 January
		want: `
			2026-01-29T09:00 CP-03 2026-02-02 -2wd worker reminder
			2026-01-30T09:00 CP-03 2026-01-26 0 worker reminder
			2026-02-02T09:00 CP-03 2026-01-26 +1wd team_manager escalation
			2026-02-04T09:00 CP-03 2026-01-26 +3wd service_manager escalation
			2026-02-06T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name: "a date that was known in time and comes back after it has passed is known in time",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T10:00:00Z
			c1 strategy_discussion.held 2026-01-12 s47=true corrects=s1 rec=2026-01-26T12:00:00Z
			c2 strategy_discussion.held 2026-01-05 s47=true corrects=s1 rec=2026-01-28T12:00:00Z`,
		from: "2026-01-26", to: "2026-02-03",
		want: `
			2026-01-26T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-27T09:00 CP-03 2026-02-02 worker moved
			2026-01-29T09:00 CP-03 2026-01-26 worker moved
			2026-01-29T09:00 CP-03 2026-01-26 +3wd service_manager escalation missed=+1wd
			2026-02-02T09:00 CP-03 2026-01-26 +5wd head_of_service escalation`,
	},
	{
		name: "one that was moved away before its nine o'clock and comes back after it is known late",
		events: `
			s1 strategy_discussion.held 2026-01-05 s47=true rec=2026-01-05T10:00:00Z
			c1 strategy_discussion.held 2026-01-12 s47=true corrects=s1 rec=2026-01-23T12:00:00Z
			c2 strategy_discussion.held 2026-01-05 s47=true corrects=s1 rec=2026-01-28T12:00:00Z`,
		from: "2026-01-22", to: "2026-01-30",
		want: `
			2026-01-22T09:00 CP-03 2026-01-26 -2wd worker reminder
			2026-01-26T09:00 CP-03 2026-02-02 worker moved
			2026-01-29T09:00 CP-03 2026-01-26 0 worker reminder
			2026-01-30T09:00 CP-03 2026-01-26 +1wd team_manager escalation`,
	},
	{
		name: "a visit that is taken back long after: the duty is owed again, and its ladder begins with the worker",
		events: `
			p1 cp_plan.started 2026-01-05
			v1 cp_visit.made 2026-01-30 seen=true
			x1 - 2026-02-10 voids=v1 rec=2026-02-10T12:00:00Z`,
		from: "2026-01-01", to: "2026-02-20", refs: []string{"CP-10"}, // due 5 February
		want: `
			2026-01-29T09:00 CP-10 2026-02-05 -5wd worker reminder
			2026-02-11T09:00 CP-10 2026-02-05 0 worker reminder
			2026-02-12T09:00 CP-10 2026-02-05 +1wd team_manager escalation
			2026-02-18T09:00 CP-10 2026-02-05 +5wd service_manager escalation`,
	},
}

// Who has a part in the case is reminded with the worker where the timescale says so, from the step on at whose moment that
// was known. Where nobody has it nothing changes.
func TestThoseWhoHaveAPartAreRemindedWithTheWorker(t *testing.T) {
	t.Parallel()
	worker := `
		2026-01-26T09:00 LA-06 2026-02-02 -5wd worker reminder
		2026-01-30T09:00 LA-06 2026-02-02 -1wd worker reminder
		2026-02-02T09:00 LA-06 2026-02-02 0 worker reminder
		2026-02-03T09:00 LA-06 2026-02-02 +1wd team_manager escalation
		2026-02-09T09:00 LA-06 2026-02-02 +5wd service_manager escalation
		2026-02-16T09:00 LA-06 2026-02-02 +10wd head_of_service escalation`
	care := "l1 looked_after.started 2026-01-05\n"
	runNoticeCases(t, []noticeCase{
		{
			name: "a reviewing officer", events: care + "o1 iro.appointed 2026-01-06 worker=IRO1",
			from: "2026-01-01", to: "2026-02-03", refs: []string{"LA-06"},
			want: `
				2026-01-26T09:00 LA-06 2026-02-02 -5wd worker reminder
				2026-01-26T09:00 LA-06 2026-02-02 -5wd reviewing_officer reminder
				2026-01-30T09:00 LA-06 2026-02-02 -1wd worker reminder
				2026-01-30T09:00 LA-06 2026-02-02 -1wd reviewing_officer reminder
				2026-02-02T09:00 LA-06 2026-02-02 0 worker reminder
				2026-02-02T09:00 LA-06 2026-02-02 0 reviewing_officer reminder
				2026-02-03T09:00 LA-06 2026-02-02 +1wd team_manager escalation`,
		},
		{
			name: "one who is appointed after the first step, and recorded after the second", events: care + "o1 iro.appointed 2026-01-27 worker=IRO1 rec=2026-01-30T10:00:00Z",
			from: "2026-01-01", to: "2026-02-02", refs: []string{"LA-06"},
			want: `
				2026-01-26T09:00 LA-06 2026-02-02 -5wd worker reminder
				2026-01-30T09:00 LA-06 2026-02-02 -1wd worker reminder
				2026-02-02T09:00 LA-06 2026-02-02 0 worker reminder
				2026-02-02T09:00 LA-06 2026-02-02 0 reviewing_officer reminder`,
		},
		{
			name: "one who has left the case, and whose review then moves",
			events: care + `
				o1 iro.appointed 2026-01-06 worker=IRO1
				x1 practitioner.left 2026-01-27 worker=IRO1
				l2 looked_after.started 2026-01-07 corrects=l1 rec=2026-01-28T12:00:00Z`,
			from: "2026-01-01", to: "2026-02-04", refs: []string{"LA-06"},
			want: `
				2026-01-26T09:00 LA-06 2026-02-02 -5wd worker reminder
				2026-01-26T09:00 LA-06 2026-02-02 -5wd reviewing_officer reminder
				2026-01-29T09:00 LA-06 2026-02-04 -5wd worker reminder
				2026-01-29T09:00 LA-06 2026-02-04 reviewing_officer moved
				2026-02-03T09:00 LA-06 2026-02-04 -1wd worker reminder
				2026-02-04T09:00 LA-06 2026-02-04 0 worker reminder`,
		},
		{name: "nobody", events: care, from: "2026-01-01", to: "2026-03-31", refs: []string{"LA-06"}, want: worker},
		{
			name: "an appointment that names nobody, as earlier releases recorded it", events: care + "o1 iro.appointed 2026-01-06",
			from: "2026-01-01", to: "2026-03-31", refs: []string{"LA-06"}, want: worker,
		},
		{
			name: "an appointment that was taken back in time", events: care + "o1 iro.appointed 2026-01-06 worker=IRO1\nv1 - - voids=o1 rec=2026-01-20T10:00:00Z",
			from: "2026-01-01", to: "2026-03-31", refs: []string{"LA-06"}, want: worker,
		},
		{
			name: "somebody in another part, and in this one for another pathway",
			events: care + `
				j1 practitioner.joined 2026-01-06 worker=CL1 part=clinician
				j2 practitioner.joined 2026-01-06 worker=IRO2 part=reviewing_officer pathway=ChildProtection`,
			from: "2026-01-01", to: "2026-03-31", refs: []string{"LA-06"}, want: worker,
		},
	})
}

// A council's ladder may have steps for a part alone. Where nobody has it they are the worker's: none is passed over.
func TestAStepForAPartThatNobodyHasIsTheWorkers(t *testing.T) {
	t.Parallel()
	b := overOverlay(t, `ladders:
  - name: four to six weeks
    rungs:
      - {at: -5wd, remind: worker}
      - {at: -1wd, remind: chair}
      - {at: 0, remind: [worker, chair]}
      - {at: +1wd, escalate: team_manager}
      - {at: +5wd, escalate: service_manager}
      - {at: +10wd, escalate: head_of_service}
`)
	for script, want := range map[string]string{
		"p1 cp_plan.started 2026-11-02": `
			2026-11-25T09:00 CP-10 2026-12-02 -5wd worker reminder
			2026-12-01T09:00 CP-10 2026-12-02 -1wd worker reminder
			2026-12-02T09:00 CP-10 2026-12-02 0 worker reminder`,
		"p1 cp_plan.started 2026-11-02\nc1 chair.appointed 2026-11-26 worker=CH1": `
			2026-11-25T09:00 CP-10 2026-12-02 -5wd worker reminder
			2026-12-01T09:00 CP-10 2026-12-02 -1wd chair reminder
			2026-12-02T09:00 CP-10 2026-12-02 0 worker reminder
			2026-12-02T09:00 CP-10 2026-12-02 0 chair reminder`,
	} {
		events := acceptedBy(t, b, script)
		same(t, want, noticesOf(b.Notices(events, day(t, "2026-11-01"), day(t, "2026-12-02")), "CP-10"))
		// After an outage over the first step, what is due is the chair's, or the worker's, and never nobody's.
		agenda := b.Agenda(events, nil, day(t, "2026-12-01").At(9, 0))
		if len(agenda.Send) == 0 {
			t.Errorf("%s: after an outage nobody is told", script)
		}
	}
}

// Whoever has which part when, and however often that is corrected and taken back: the worker and the managers are told what they are told
// without, and who has a part is told nothing that the worker is not.
func TestPartsTakeNothingFromTheWorkerAndTheManagers(t *testing.T) {
	t.Parallel()
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 7))
		first := day(t, "2026-01-05")
		at := func() string { return first.AddDays(r.IntN(200)).String() }
		base := "l1 looked_after.started 2026-01-05\ni1 icpc.held 2026-01-12 outcome=plan\np1 cp_plan.started 2026-01-12\n"
		for n := range r.IntN(4) {
			base += fmt.Sprintf("h%d lac_review.held %s\nc%d cp_review.held %s\n", n, at(), n, at())
		}
		parts := ""
		for n := range 1 + r.IntN(8) {
			who := fmt.Sprint("X", r.IntN(3))
			switch r.IntN(4) {
			case 0:
				parts += fmt.Sprintf("a%d iro.appointed %s worker=%s\n", n, at(), who)
			case 1:
				parts += fmt.Sprintf("a%d chair.appointed %s worker=%s\n", n, at(), who)
			case 2:
				parts += fmt.Sprintf("a%d practitioner.joined %s worker=%s part=reviewing_officer\n", n, at(), who)
			case 3:
				parts += fmt.Sprintf("a%d practitioner.left %s worker=%s\n", n, at(), who)
			}
		}
		from, to := first, first.AddDays(260)
		refs := []string{"LA-06", "LA-07", "LA-08", "LA-11", "LA-38", "CP-11", "CP-12"}
		without := book.Notices(accepted(t, base), from, to)
		with := book.Notices(accepted(t, base+parts), from, to)
		isOfPart := func(n casework.Notice) bool { return slices.Contains(timescale.Parts, n.Role) }
		same(t, noticesOf(without, refs...), noticesOf(slices.DeleteFunc(slices.Clone(with), isOfPart), refs...))
		for _, n := range with {
			if isOfPart(n) && n.Kind != casework.Moved && !slices.ContainsFunc(with, func(o casework.Notice) bool {
				return o.Role == timescale.Worker && o.Duty == n.Duty && o.Rung == n.Rung && o.Due == n.Due && o.At.Equal(n.At)
			}) {
				t.Errorf("seed %d: the %s alone is told: %s", seed, n.Role, n.Key())
			}
		}
		same(t, noticesOf(with, refs...), playedNotices(t, noticeCase{events: base + parts, from: from.String(), to: to.String(), refs: refs}))
	}
}
