package casework_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
)

func TestARollingSumOfHours(t *testing.T) {
	t.Parallel()
	runMadeUpCases(t, rollingCases)
}

var rollingCases = []foldCase{
	{
		name:   "one stay: seventy-two hours from its start",
		events: `s1 secure.started 2026-01-05T10:00:00Z`,
		asOf:   "2026-01-06", refs: []string{"ROLL-1"},
		want: `ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z running`,
	},
	{
		name: "a second stay has what the first left",
		events: `
			s1 secure.started 2026-01-05T10:00:00Z
			e1 secure.ended 2026-01-06T10:00:00Z
			s2 secure.started 2026-01-12T08:00:00Z`,
		asOf: "2026-01-12", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z ended ended=2026-01-06T10:00:00Z
			ROLL-1:s2 2026-01-12T08:00:00Z 2026-01-14T08:00:00Z running`,
	},
	{
		name: "a third has what both left",
		events: `
			s1 secure.started 2026-01-05T10:00:00Z
			e1 secure.ended 2026-01-06T10:00:00Z
			s2 secure.started 2026-01-12T08:00:00Z
			e2 secure.ended 2026-01-13T08:30:00Z
			s3 secure.started 2026-01-20T08:00:00Z`,
		asOf: "2026-01-20", refs: []string{"ROLL-1"}, // 24 hours and 24 and a half
		want: `
			ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z ended ended=2026-01-06T10:00:00Z
			ROLL-1:s2 2026-01-12T08:00:00Z 2026-01-14T08:00:00Z ended ended=2026-01-13T08:30:00Z
			ROLL-1:s3 2026-01-20T08:00:00Z 2026-01-21T07:30:00Z running`,
	},
	{
		name: "a stay of more than twenty-eight days ago counts no more",
		events: `
			s1 secure.started 2026-01-05T10:00:00Z
			e1 secure.ended 2026-01-06T10:00:00Z
			s2 secure.started 2026-02-03T10:00:00Z`,
		asOf: "2026-02-04", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z ended ended=2026-01-06T10:00:00Z
			ROLL-1:s2 2026-02-03T10:00:00Z 2026-02-06T10:00:00Z running`,
	},
	{
		name: "of one that began before that, what lies in the days; it goes out of them hour by hour",
		events: `
			s1 secure.started 2026-01-05T00:00:00Z
			e1 secure.ended 2026-01-07T00:00:00Z
			s2 secure.started 2026-01-20T00:00:00Z
			e2 secure.ended 2026-01-20T20:00:00Z
			s3 secure.started 2026-02-03T12:00:00Z`,
		// 12 and 20 hours at the start; the 12 are gone at midnight, and 52 more make 72.
		asOf: "2026-02-04", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T00:00:00Z 2026-01-08T00:00:00Z ended ended=2026-01-07T00:00:00Z
			ROLL-1:s2 2026-01-20T00:00:00Z 2026-01-21T00:00:00Z ended ended=2026-01-20T20:00:00Z
			ROLL-1:s3 2026-02-03T12:00:00Z 2026-02-05T16:00:00Z running`,
	},
	{
		name: "the sum is up as the first hour of an earlier stay would go out of the days",
		events: `
			s1 secure.started 2026-01-05T00:00:00Z
			e1 secure.ended 2026-01-06T00:00:00Z
			s2 secure.started 2026-01-25T00:00:00Z
			e2 secure.ended 2026-01-26T22:00:00Z
			s3 secure.started 2026-02-01T22:00:00Z`, // 24 and 46 hours, and two of its own
		asOf: "2026-02-01", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T00:00:00Z 2026-01-08T00:00:00Z ended ended=2026-01-06T00:00:00Z
			ROLL-1:s2 2026-01-25T00:00:00Z 2026-01-27T00:00:00Z ended ended=2026-01-26T22:00:00Z
			ROLL-1:s3 2026-02-01T22:00:00Z 2026-02-02T00:00:00Z running`,
	},
	{
		name: "an hour short of that it stands still for as long as that stay was",
		events: `
			s1 secure.started 2026-01-05T00:00:00Z
			e1 secure.ended 2026-01-06T00:00:00Z
			s2 secure.started 2026-01-25T00:00:00Z
			e2 secure.ended 2026-01-26T21:00:00Z
			s3 secure.started 2026-02-01T22:00:00Z`,
		asOf: "2026-02-01", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T00:00:00Z 2026-01-08T00:00:00Z ended ended=2026-01-06T00:00:00Z
			ROLL-1:s2 2026-01-25T00:00:00Z 2026-01-27T00:00:00Z ended ended=2026-01-26T21:00:00Z
			ROLL-1:s3 2026-02-01T22:00:00Z 2026-02-03T01:00:00Z running`,
	},
	{
		name: "where the hours are up already, it is due at its start",
		events: `
			s1 secure.started 2026-01-05T00:00:00Z
			e1 secure.ended 2026-01-08T06:00:00Z
			s2 secure.started 2026-01-20T00:00:00Z`,
		asOf: "2026-01-20T00:00:01Z", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T00:00:00Z 2026-01-08T00:00:00Z ended ended=2026-01-08T06:00:00Z
			ROLL-1:s2 2026-01-20T00:00:00Z 2026-01-20T00:00:00Z overdue`,
	},
	{
		name: "elapsed hours, through a clock change in the stay and between two",
		events: `
			s1 secure.started 2026-03-20T10:00:00Z
			e1 secure.ended 2026-03-21T10:00:00Z
			s2 secure.started 2026-03-28T12:00:00Z
			e2 secure.ended 2026-03-29T12:00:00Z
			s3 secure.started 2026-04-10T10:00:00Z`,
		asOf: "2026-04-10", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-03-20T10:00:00Z 2026-03-23T10:00:00Z ended ended=2026-03-21T10:00:00Z
			ROLL-1:s2 2026-03-28T12:00:00Z 2026-03-30T12:00:00Z ended ended=2026-03-29T12:00:00Z
			ROLL-1:s3 2026-04-10T10:00:00Z 2026-04-11T10:00:00Z running`,
	},
	{
		name: "known by the day, a stay runs from its beginning to the end of its last",
		events: `
			s1 secure.started 2026-01-05
			e1 secure.ended 2026-01-05
			s2 secure.started 2026-01-12`,
		asOf: "2026-01-12", refs: []string{"ROLL-1"}, // a second short of 24 hours
		want: `
			ROLL-1:s1 2026-01-05T00:00:00Z 2026-01-08T00:00:00Z ended ended=2026-01-05
			ROLL-1:s2 2026-01-12T00:00:00Z 2026-01-14T00:00:01Z running`,
	},
	{
		name: "a stay a second short, that goes out of the days as the next runs",
		events: `
			s1 secure.started 2026-01-05
			e1 secure.ended 2026-01-07
			s2 secure.started 2026-02-02`,
		asOf: "2026-02-02", refs: []string{"ROLL-1"}, // the sum stands still for three days
		want: `
			ROLL-1:s1 2026-01-05T00:00:00Z 2026-01-08T00:00:00Z ended ended=2026-01-07
			ROLL-1:s2 2026-02-02T00:00:00Z 2026-02-05T00:00:00Z running`,
	},
	{
		name: "a stay that ends on the day on which the next begins counts in the next, and not the next in it",
		events: `
			s1 secure.started 2026-01-04T08:00:00Z
			e1 secure.ended 2026-01-05T12:00:00Z
			s2 secure.started 2026-01-05T18:00:00Z
			e2 secure.ended 2026-01-06T00:00:00Z`,
		asOf: "2026-01-06", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-04T08:00:00Z 2026-01-07T08:00:00Z ended ended=2026-01-05T12:00:00Z
			ROLL-1:s2 2026-01-05T18:00:00Z 2026-01-07T14:00:00Z ended ended=2026-01-06T00:00:00Z`,
	},
	{
		name: "met on the instant in time, a second later late",
		events: `
			s1 secure.started 2026-01-05T10:00:00Z
			o1 secure_order.made 2026-01-08T10:00:00Z
			e1 secure.ended 2026-01-12T10:00:00Z
			s2 secure.started 2026-02-09T12:00:00Z
			o2 secure_order.made 2026-02-12T12:00:01Z`,
		// Twenty-two hours of the first stay lie in the days at first, and are gone before the second is up.
		asOf: "2026-02-12", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z met met=2026-01-08T10:00:00Z
			ROLL-1:s2 2026-02-09T12:00:00Z 2026-02-12T12:00:00Z met_late met=2026-02-12T12:00:01Z`,
	},
	{
		name: "an earlier stay that becomes known later brings the instant forward",
		events: `
			s2 secure.started 2026-01-12T08:00:00Z
			s1 secure.started 2026-01-05T10:00:00Z rec=2026-01-13T10:00:00Z
			e1 secure.ended 2026-01-06T10:00:00Z rec=2026-01-13T10:00:00Z`,
		asOf: "2026-01-13", refs: []string{"ROLL-1"},
		want: `
			ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z ended ended=2026-01-06T10:00:00Z
			ROLL-1:s2 2026-01-12T08:00:00Z 2026-01-14T08:00:00Z running`,
	},
}

// Where a period may be open twice at a time, an hour counts once for the stay that runs.
func TestARollingSumOfStaysThatOverlap(t *testing.T) {
	t.Parallel()
	loose := strings.Replace(madeUpText(), "{name: secure, opens: [secure.started], ends: [secure.ended], single: true}",
		"{name: secure, opens: [secure.started], ends: [secure.ended]}", 1)
	b := casework.NewBook(loadMadeUp(loose), calendar.Published())
	events := acceptedBy(t, b, `
		s1 secure.started 2026-01-05T10:00:00Z ep=A
		s2 secure.started 2026-01-06T10:00:00Z ep=B
		e1 secure.ended 2026-01-07T10:00:00Z ep=A`)
	want := `
		ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z ended ep=A ended=2026-01-07T10:00:00Z
		ROLL-1:s2 2026-01-06T10:00:00Z 2026-01-08T10:00:00Z running ep=B`
	plan := b.Fold(events, casework.Moment{AsOf: instant(t, "2026-01-07")})
	same(t, want, dutyLines(plan, "ROLL-1"))
	x := b.Explain(plan, "ROLL-1:s2", events, nil)
	same(t, `
		Mon 5 Jan 2026 10:00 GMT until Tue 6 Jan 2026 10:00 GMT: 24 hours
		Tue 6 Jan 2026 10:00 GMT until Thu 8 Jan 2026 10:00 GMT, if this goes on: 48 hours`, strings.Join(x.Hours, "\n"))
	early := b.Fold(events[:2], casework.Moment{AsOf: instant(t, "2026-01-06")})
	same(t, `
		ROLL-1:s1 2026-01-05T10:00:00Z 2026-01-08T10:00:00Z running ep=A
		ROLL-1:s2 2026-01-06T10:00:00Z 2026-01-08T10:00:00Z running ep=B`, dutyLines(early, "ROLL-1"))
}

// The instant found in steps is the first at which an hour-by-hour sum reaches the limit.
func TestTheRollingSumIsThatOfCountingMinuteByMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type stay struct{ from, until time.Time }
		// Around the spring clock change, in quarters of an hour.
		at := calendar.NewDate(2026, 3, 1).At(0, 0)
		var stays []stay
		for range rapid.IntRange(1, 6).Draw(t, "stays") {
			// A period is open for whole days, so one stay begins on a day.
			at = at.Add(time.Duration(rapid.IntRange(4*24, 4*24*12).Draw(t, "between")) * 15 * time.Minute)
			s := stay{from: at, until: at.Add(time.Duration(rapid.IntRange(1, 4*60).Draw(t, "length")) * 15 * time.Minute)}
			stays, at = append(stays, s), s.until
		}
		var events []casework.Event
		add := func(id, kind string, at time.Time) {
			events = append(events, casework.Event{ID: id, Case: "C1", Type: kind, At: casework.AtInstant(at), Recorded: at})
		}
		for i, s := range stays {
			add(fmt.Sprintf("s%d", i), "secure.started", s.from)
			if i < len(stays)-1 {
				add(fmt.Sprintf("e%d", i), "secure.ended", s.until)
			}
		}
		last := stays[len(stays)-1]
		got := madeUp.Fold(events, casework.At(last.from)).Duty(fmt.Sprintf("ROLL-1:s%d", len(stays)-1)).DueAt
		inside := func(at time.Time) time.Duration {
			from, sum := calendar.InLondon(at).AddDate(0, 0, -28), at.Sub(last.from)
			for _, s := range stays[:len(stays)-1] {
				begun := s.from
				if begun.Before(from) {
					begun = from
				}
				sum += max(0, s.until.Sub(begun))
			}
			return sum
		}
		want := last.from
		for inside(want) < 72*time.Hour {
			want = want.Add(15 * time.Minute)
		}
		if !got.Equal(want) {
			t.Fatalf("got %s, want %s for %v", got, want, stays)
		}
	})
}

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
			if nights == 0 && day == events[len(events)-1].At.Day { // whose order nobody could tell
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
