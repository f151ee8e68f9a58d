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
