package casework_test

import (
	"strings"
	"testing"
	"time"

	"longstop/casework"
)

// read accepts the lines of a file of events, every one.
func read(t *testing.T, lines string) []casework.Event {
	t.Helper()
	events, refused, err := casework.ReadEvents(strings.NewReader(lines))
	if err != nil || len(refused) > 0 {
		t.Fatalf("refused %v: %v", refused, err)
	}
	events, refused = book.Accept(events)
	if len(refused) > 0 {
		t.Fatalf("refused %v", refused)
	}
	return events
}

// What is shown decides: fractions of a second are shown nowhere.
func TestAFractionOfASecondDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ lines, asOf, want string }{
		"72 hours after 10:00:00.999 are over at 10:00:00, and .9995 is that second": {
			lines: `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00.999Z"}
				{"id":"r","case":"C1","type":"return_interview.completed","at":"2026-06-04T10:00:00.9995Z"}`,
			asOf: "2026-06-05",
			want: `MI-01:m 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z met met=2026-06-04T10:00:00Z`,
		},
		"a second later is late": {
			lines: `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00.999Z"}
				{"id":"r","case":"C1","type":"return_interview.completed","at":"2026-06-04T10:00:01.000Z"}`,
			asOf: "2026-06-05",
			want: `MI-01:m 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z met_late met=2026-06-04T10:00:01Z`,
		},
		"what ends and what starts within one second go as at one instant: start first": {
			lines: `{"id":"p","case":"C1","type":"police_protection.started","at":"2026-06-01T10:00:00.900Z"}
				{"id":"e","case":"C1","type":"police_protection.ended","at":"2026-06-01T10:00:00.100Z"}`,
			asOf: "2026-06-05",
			want: `EM-01:p 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z met met=2026-06-01T10:00:00Z`,
		},
		"an instant in another zone, with a fraction": {
			lines: `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T11:00:00.5+01:00"}`,
			asOf:  "2026-06-04T10:00:00Z",
			want:  `MI-01:m 2026-06-01T10:00:00Z 2026-06-04T10:00:00Z due_today`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := book.Fold(read(t, c.lines), casework.Moment{AsOf: instant(t, c.asOf)})
			same(t, c.want, dutyLines(plan, "MI-01", "EM-01"))
		})
	}
}

func TestADutyOfHoursIsInTimeForTheWholeSecondThatIsShown(t *testing.T) {
	t.Parallel()
	d := book.Fold(accepted(t, "m missing.ended 2026-06-01T10:00:00Z"), casework.Moment{AsOf: instant(t, "2026-06-02")}).Duty("MI-01:m")
	due := instant(t, "2026-06-04T10:00:00Z")
	for after, want := range map[time.Duration]casework.State{
		0: casework.DueToday, 999 * time.Millisecond: casework.DueToday, time.Second: casework.Overdue,
	} {
		if got := d.State(due.Add(after)); got != want {
			t.Errorf("%s after it was due: %s, want %s", after, got, want)
		}
	}
}

// Recorded at 09:00:00 exactly counts for that morning, and so does what is shown as that.
func TestWhatWasRecordedWithinTheSecondOfNineCountsForThatMorning(t *testing.T) {
	t.Parallel()
	const referral = `{"id":"r","case":"C1","type":"referral.received","at":"2026-03-02","recorded":"2026-03-02T10:00:00Z"}` + "\n"
	decided := func(recorded string) string {
		return referral + `{"id":"d","case":"C1","type":"referral.decided","at":"2026-03-02","data":{"outcome":"nfa"},"recorded":"` + recorded + `"}`
	}
	// The decision is due on Tuesday 3 March: the worker is told on its morning unless it is known to be met. That of the
	// day before was missed: the referral was recorded at 10:00 of it.
	told := func(lines string) string {
		return noticesOf(book.Notices(read(t, lines), day(t, "2026-03-03"), day(t, "2026-03-03")), "FD-01")
	}
	same(t, "", told(decided("2026-03-03T09:00:00.999999Z")))
	same(t, "2026-03-03T09:00 FD-01 2026-03-03 0 worker reminder missed=-1wd", told(decided("2026-03-03T09:00:01Z")))
}

func TestTheSameEventWithAndWithoutAFractionIsOneEvent(t *testing.T) {
	t.Parallel()
	events := read(t, `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00.250Z","recorded":"2026-06-01T11:00:00.75Z"}
		{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00Z","recorded":"2026-06-01T11:00:00Z"}`)
	if len(events) != 1 {
		t.Fatalf("got %d events", len(events))
	}
	text, err := events[0].MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	same(t, `{"id":"m","case":"C1","type":"missing.ended","at":"2026-06-01T10:00:00Z","recorded":"2026-06-01T11:00:00Z"}`, string(text))
}
