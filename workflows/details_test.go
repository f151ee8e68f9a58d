package workflows

import (
	"testing"
	"time"

	"longstop/pathway"
)

func TestTheDetailsSayHowAPathwayStands(t *testing.T) {
	t.Parallel()
	p := procedure{title: "child protection plan", steps: []string{"conference", "visits"}, source: "Children Act 1989 s.47"}
	wake := time.Date(2027, time.February, 9, 9, 0, 0, 0, time.UTC)
	nudge := pathway.Nudge{
		Wake: wake, WakeSummary: "remind: visit due in 5 working days",
		Display: pathway.Display{Label: "2 open, 1 overdue (CP-10)", Table: "| duty | due |\n|---|---|\n| CP-10 | 2027-02-16 |\n"},
	}
	const table = "| duty | due |\n|---|---|\n| CP-10 | 2027-02-16 |\n\n"
	const procedureLine = "_Child protection plan: conference → visits. Children Act 1989 s.47._\n"
	cases := []struct {
		name  string
		state pathway.State
		want  string
	}{
		{
			"what it waits for, and its duties",
			pathway.State{Nudge: nudge},
			"**2 open, 1 overdue (CP-10)**\n\nNext: 2027-02-09 09:00:00 UTC, remind: visit due in 5 working days.\n\n" + table + procedureLine,
		},
		{
			"that it is in fault, and when it tries again",
			pathway.State{Nudge: nudge, Faults: 2, RetryAt: wake.Add(-time.Hour)},
			"**2 open, 1 overdue (CP-10)**\n\n**Fault**: what was due could not be done, 2 times in a row; the log of the worker program says why.\n\n" +
				"Next: 2027-02-09 08:00:00 UTC, try again: what was due could not be done.\n\n" + table + procedureLine,
		},
		{
			"that nothing is to be sent",
			pathway.State{},
			"**Child protection plan**\n\nNothing to send until something is recorded.\n\n" + procedureLine,
		},
	}
	for _, ended := range []struct {
		state pathway.State
		want  string
	}{
		{pathway.State{}, "**Ended**: nothing is open or owed any more. What comes later begins another run.\n\n" + procedureLine},
		{
			pathway.State{Nudge: pathway.Nudge{Open: true}},
			"**Cancelled**: this run was stopped while something was open or owed. The check of what runs starts another.\n\n" + procedureLine,
		},
	} {
		if got := p.endDetails(ended.state); got != ended.want {
			t.Errorf("got\n%s\nwant\n%s", got, ended.want)
		}
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := p.details(tc.state); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}
