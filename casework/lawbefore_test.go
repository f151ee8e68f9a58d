package casework_test

import (
	"slices"
	"testing"

	"longstop/casework"
)

// adoptedAt is the law with proclaimed bank holidays, adopted at an instant in the place of
// the shipped one.
func adoptedAt(t testing.TB, at string, days ...string) *casework.Book {
	t.Helper()
	return proclaimed(t, days...).After(func() *casework.Book { return book }, instant(t, at))
}

// A conference after a strategy discussion on 23 November 2026 is due on 14 December; with
// 11 December a bank holiday on the 15th.
func TestWhatIsSaidGoesByTheLawThatWasInForceThen(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		adopted string
		days    []string
		want    string
	}{
		{
			name: "who was told the old date is told the new one at the next 09:00, by its rung", adopted: "2026-12-10T15:00:00Z", days: []string{"2026-12-11"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-14 -2wd worker reminder
				2026-12-14T09:00 CP-03 2026-12-15 -2wd worker reminder
				2026-12-15T09:00 CP-03 2026-12-15 0 worker reminder
				2026-12-16T09:00 CP-03 2026-12-15 +1wd team_manager escalation
				2026-12-18T09:00 CP-03 2026-12-15 +3wd service_manager escalation`,
		},
		{
			name: "or in so many words", adopted: "2026-12-10T15:00:00Z", days: []string{"2026-12-01", "2026-12-02"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-14 -2wd worker reminder
				2026-12-11T09:00 CP-03 2026-12-16 worker moved
				2026-12-14T09:00 CP-03 2026-12-16 -2wd worker reminder
				2026-12-16T09:00 CP-03 2026-12-16 0 worker reminder
				2026-12-17T09:00 CP-03 2026-12-16 +1wd team_manager escalation`,
		},
		{
			// Due on the 15th, and known only from the 16th: that morning is its 0.
			name: "a date that had passed when the law gave it has its ladder from the first 09:00 after", adopted: "2026-12-15T15:00:00Z", days: []string{"2026-12-11"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-14 -2wd worker reminder
				2026-12-14T09:00 CP-03 2026-12-14 0 worker reminder
				2026-12-15T09:00 CP-03 2026-12-14 +1wd team_manager escalation
				2026-12-16T09:00 CP-03 2026-12-15 0 worker reminder
				2026-12-16T09:00 CP-03 2026-12-15 team_manager moved
				2026-12-17T09:00 CP-03 2026-12-15 +1wd team_manager escalation`,
		},
		{
			name: "a law that was adopted before anything was recorded was always in force", adopted: "2026-11-01T15:00:00Z", days: []string{"2026-12-11"},
			want: `
				2026-12-10T09:00 CP-03 2026-12-15 -2wd worker reminder
				2026-12-15T09:00 CP-03 2026-12-15 0 worker reminder
				2026-12-16T09:00 CP-03 2026-12-15 +1wd team_manager escalation
				2026-12-18T09:00 CP-03 2026-12-15 +3wd service_manager escalation`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := adoptedAt(t, tc.adopted, tc.days...)
			events := acceptedBy(t, b, "s strategy_discussion.held 2026-11-23 s47=true")
			same(t, tc.want, noticesOf(b.Notices(events, day(t, "2026-12-01"), day(t, "2026-12-18")), "CP-03"))
		})
	}
}

func TestALawIsInForceAtOnceWhateverAnotherMachinesClockSays(t *testing.T) {
	t.Parallel()
	b := adoptedAt(t, "2026-12-10T15:00:05Z", "2026-12-11")
	events := acceptedBy(t, b, "s strategy_discussion.held 2026-11-23 s47=true")
	plan := b.Agenda(events, nil, instant(t, "2026-12-10T15:00:00Z")).Plan
	if due := plan.Duty("CP-03:s").DueText(); due != "2026-12-15" {
		t.Errorf("due %s by the law in force", due)
	}
}

func TestALawBeforeThatCannotBeReadIsPassedOver(t *testing.T) {
	t.Parallel()
	b := proclaimed(t, "2026-12-11").After(func() *casework.Book { return nil }, instant(t, "2026-12-10T15:00:00Z"))
	events := acceptedBy(t, b, "s strategy_discussion.held 2026-11-23 s47=true")
	got := noticesOf(b.Notices(events, day(t, "2026-12-10"), day(t, "2026-12-10")), "CP-03")
	same(t, "2026-12-10T09:00 CP-03 2026-12-15 -2wd worker reminder", got)
}

// At the 09:00 before the adoption there was no such duty. That morning takes nothing back of what is
// said at the adoption, which would otherwise be said again by every plan.
func TestADutyInHoursOfANewLawIsSaidOnceAtItsAdoption(t *testing.T) {
	t.Parallel()
	adopted := instant(t, "2026-04-09T11:00:00Z")
	law := madeUp.After(func() *casework.Book { return book }, adopted)
	// Of the 72 hours since the start of Saturday the 4th none is left since the end of Monday.
	events := acceptedBy(t, madeUp, "e1 secure.started 2026-04-04")
	told := law.Agenda(events, nil, adopted).Send
	if len(told) == 0 || !slices.ContainsFunc(told, func(n casework.Notice) bool { return n.Kind == casework.Escalation }) {
		t.Fatalf("nobody was alarmed: %v", told)
	}
	if again := law.Agenda(events, told, adopted); len(again.Send) > 0 || len(again.Stopped) > 0 {
		t.Errorf("said again: %v, stopped: %v", again.Send, again.Stopped)
	}
}
