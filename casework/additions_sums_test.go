package casework_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
)

func TestARollingSumOfDays(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, sumCases)
}

var sumCases = []foldCase{
	{
		name:   "one break: its tenth day, the first among them",
		events: `s1 break.started 2026-01-05`,
		asOf:   "2026-01-14T12:00:00Z", refs: []string{"ROLL-2"},
		want: `ROLL-2:s1 2026-01-05 2026-01-14 due_today`,
	},
	{
		name:   "the day after that it is exceeded",
		events: `s1 break.started 2026-01-05`,
		asOf:   "2026-01-15", refs: []string{"ROLL-2"},
		want: `ROLL-2:s1 2026-01-05 2026-01-14 overdue late=1`,
	},
	{
		name: "a second break has what the first left: both its first and its last day count, whatever the hours",
		events: `
			s1 break.started 2026-01-05T20:00:00Z
			e1 break.ended 2026-01-07T07:00:00Z
			s2 break.started 2026-01-12T20:00:00Z`, // 5, 6 and 7; seven more are 12 to 18
		asOf: "2026-01-12T21:00:00Z", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-07
			ROLL-2:s2 2026-01-12 2026-01-18 running`,
	},
	{
		name: "a break within one day is one day",
		events: `
			s1 break.started 2026-01-05T09:00:00Z
			e1 break.ended 2026-01-05T16:00:00Z
			s2 break.started 2026-01-12`, // nine more are 12 to 20
		asOf: "2026-01-12", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-05
			ROLL-2:s2 2026-01-12 2026-01-20 running`,
	},
	{
		name: "a day on which one break ends and the next begins counts once",
		events: `
			s1 break.started 2026-01-05
			e1 break.ended 2026-01-07T09:00:00Z
			s2 break.started 2026-01-07T17:00:00Z
			e2 break.ended 2026-01-09
			s3 break.started 2026-01-12`,
		// 5 and 6, and eight from the 7th: 14. 5 to 9, and five from the 12th: 16.
		asOf: "2026-01-12", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-07
			ROLL-2:s2 2026-01-07 2026-01-14 met met=2026-01-09
			ROLL-2:s3 2026-01-12 2026-01-16 running`,
	},
	{
		name: "what began before it is still open counts as one with it",
		events: `
			s1 break.started 2026-01-05
			s2 break.started 2026-01-09
			e2 break.ended 2026-01-12`,
		asOf: "2026-01-12", refs: []string{"ROLL-2"},
		want: `ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-12`,
	},
	{
		name: "days go out of the month as others come to it: ten are not more than ten",
		events: `
			s1 break.started 2026-01-05
			e1 break.ended 2026-01-08
			s2 break.started 2026-01-30`,
		// On 4 February (from 5 January) 4 and 6; on each of the next four days one goes and one comes; on
		// the 8th, from 9 January, the ten are its own, and on the 9th there are eleven.
		asOf: "2026-01-30", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-08
			ROLL-2:s2 2026-01-30 2026-02-08 running`,
	},
	{
		name: "where a further day comes to it before the first goes, that is the eleventh",
		events: `
			s1 break.started 2026-01-05
			e1 break.ended 2026-01-08
			s2 break.started 2026-01-29`, // on 4 February, from 5 January, 4 and 7
		asOf: "2026-01-29", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-08
			ROLL-2:s2 2026-01-29 2026-02-03 running`,
	},
	{
		name: "the month up to 28 February begins on 29 January",
		events: `
			s1 break.started 2026-01-29
			e1 break.ended 2026-01-29
			s2 break.started 2026-02-19`, // on the 27th 1 and 9, on the 28th 1 and 10
		asOf: "2026-02-19", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-29 2026-02-07 met met=2026-01-29
			ROLL-2:s2 2026-02-19 2026-02-27 running`,
	},
	{
		name: "and not on the day before it",
		events: `
			s1 break.started 2026-01-28
			e1 break.ended 2026-01-28
			s2 break.started 2026-02-19`, // on the 28th its own ten; on 1 March, from 2 February, eleven
		asOf: "2026-02-19", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-28 2026-02-06 met met=2026-01-28
			ROLL-2:s2 2026-02-19 2026-02-28 running`,
	},
	{
		name: "where the days are used up already, the day before its start was the last: it is overdue from its first day",
		events: `
			s1 break.started 2026-01-05
			e1 break.ended 2026-01-14
			s2 break.started 2026-01-20
			e2 break.ended 2026-01-20
			s3 break.started 2026-01-26`,
		asOf: "2026-01-26T00:00:01Z", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-14
			ROLL-2:s2 2026-01-20 2026-01-19 met_late met=2026-01-20 late=1
			ROLL-2:s3 2026-01-26 2026-01-25 overdue late=1`,
	},
	{
		name: "home on the day is in time, a day later late",
		events: `
			s1 break.started 2026-01-05
			e1 break.ended 2026-01-14
			s2 break.started 2026-03-02
			e2 break.ended 2026-03-12`,
		asOf: "2026-03-12", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-14
			ROLL-2:s2 2026-03-02 2026-03-11 met_late met=2026-03-12 late=1`,
	},
	{
		name: "an earlier break that becomes known later brings the date forward",
		events: `
			s2 break.started 2026-01-12
			s1 break.started 2026-01-05 rec=2026-01-13T10:00:00Z
			e1 break.ended 2026-01-07 rec=2026-01-13T10:00:00Z`,
		asOf: "2026-01-13", refs: []string{"ROLL-2"},
		want: `
			ROLL-2:s1 2026-01-05 2026-01-14 met met=2026-01-07 recorded_late=6
			ROLL-2:s2 2026-01-12 2026-01-18 running`,
	},
	{
		name: "seventy-five days in twelve months: the twelve up to 29 February begin on 1 March, as those up to the day before",
		events: `
			s1 break.started 2027-02-28
			e1 break.ended 2027-03-02
			s2 break.started 2027-12-17`,
		// From 17 December to 28 February are 15, 31 and 28 days: 74. On 27 February (from 28 February) 3 and
		// 73 are 76 already, and so are on the 26th 3 and 72 the last that may be.
		asOf: "2027-12-17", refs: []string{"ROLL-3"},
		want: `
			ROLL-3:s1 2027-02-28 2027-05-13 met met=2027-03-02
			ROLL-3:s2 2027-12-17 2028-02-26 running`,
	},
	{
		name: "of a break that goes out at the leap day",
		events: `
			s1 break.started 2027-02-27
			e1 break.ended 2027-02-28
			s2 break.started 2027-12-17`,
		// On 27 February, from 28 February, 1 and 73; on the 28th and the 29th, both from 1 March, its own 74 and 75.
		asOf: "2027-12-17", refs: []string{"ROLL-3"},
		want: `
			ROLL-3:s1 2027-02-27 2027-05-12 met met=2027-02-28
			ROLL-3:s2 2027-12-17 2028-02-29 running`,
	},
}

// Where a period may be open several times at once, each day counts once, and so does each hour.
func TestARollingSumCountsADayOfSeveralBreaksOnce(t *testing.T) {
	t.Parallel()
	loose := strings.Replace(madeUpText(), "ends: [break.ended], single: true}", "ends: [break.ended]}", 1)
	loose = strings.Replace(loose, "ends: [secure.ended], single: true}", "ends: [secure.ended]}", 1)
	b := casework.NewBook(loadMadeUp(loose), calendar.Published())
	// 1 to 6 and 8 are seven days: three more are 12 to 14. C begins with A open, and D after B, which began
	// before C and ends after it.
	events := acceptedBy(t, b, `
		a break.started 2026-01-01 ep=A
		b break.started 2026-01-02 ep=B
		c break.started 2026-01-03 ep=C
		f break.ended 2026-01-04 ep=A
		g break.ended 2026-01-04 ep=C
		h break.ended 2026-01-06 ep=B
		i break.started 2026-01-08 ep=D
		j break.ended 2026-01-08 ep=D
		k break.started 2026-01-12 ep=E`)
	plan := b.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-12")})
	same(t, `
		ROLL-2:a 2026-01-01 2026-01-10 met ep=A met=2026-01-04
		ROLL-2:b 2026-01-02 2026-01-10 met ep=B met=2026-01-06
		ROLL-2:c 2026-01-03 2026-01-10 met ep=C met=2026-01-04
		ROLL-2:i 2026-01-08 2026-01-11 met ep=D met=2026-01-08
		ROLL-2:k 2026-01-12 2026-01-14 running ep=E`, dutyLines(plan, "ROLL-2"))
	// Two stays of the same ten hours, and a third: 62 hours are left.
	hours := acceptedBy(t, b, `
		a secure.started 2026-01-05T00:00:00Z ep=A
		b secure.started 2026-01-05T00:00:00Z ep=B
		c secure.ended 2026-01-05T10:00:00Z ep=A
		d secure.ended 2026-01-05T10:00:00Z ep=B
		e secure.started 2026-01-06T00:00:00Z ep=C`)
	plan = b.Fold(hours, casework.Moment{AsOf: instant(t, "2026-01-06")})
	if got := plan.Duty("ROLL-1:e").DueText(); got != "2026-01-08T14:00:00Z" {
		t.Errorf("the third is due %s", got)
	}
}

// The day found in steps is the last before that on which a count day by day exceeds the limit.
func TestTheRollingSumOfDaysIsThatOfCountingDayByDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.SampledFrom([]struct {
			ref          string
			most, months int
		}{{"ROLL-2", 10, 1}, {"ROLL-3", 75, 12}}).Draw(t, "limit")
		day := calendar.NewDate(2027, 1, 20).AddDays(rapid.IntRange(0, 40).Draw(t, "first"))
		away := map[calendar.Date]bool{}
		var events []casework.Event
		add := func(kind string, on calendar.Date) {
			events = append(events, casework.Event{
				ID: fmt.Sprintf("e%d", len(events)), Case: "C1", Type: kind, At: casework.OnDay(on), Recorded: on.End(),
			})
		}
		for range rapid.IntRange(0, 25).Draw(t, "breaks") {
			add("break.started", day)
			nights := rapid.IntRange(0, 9).Draw(t, "nights")
			for range nights {
				away[day] = true
				day = day.AddDays(1)
			}
			away[day] = true
			add("break.ended", day)
			day = day.AddDays(rapid.IntRange(0, 20).Draw(t, "between"))
			if nights == 0 && day == events[len(events)-1].At.Day { // of which nobody could tell the order
				day = day.AddDays(1)
			}
		}
		add("break.started", day)
		d := madeUp.Fold(events, casework.Moment{AsOf: day.Start()}).Duty(fmt.Sprintf("%s:e%d", limit.ref, len(events)-1))
		want := day.AddDays(-1)
		for ; ; want = want.AddDays(1) {
			next, sum := want.AddDays(1), 0
			away[next] = true
			for on := next; on > next.AddMonths(-limit.months); on = on.AddDays(-1) {
				if away[on] {
					sum++
				}
			}
			if sum > limit.most {
				break
			}
		}
		if d.Due != want {
			t.Fatalf("got %s, want %s", d.Due, want)
		}
	})
}
