package sample_test

import (
	"fmt"
	"slices"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/sample"
	"longstop/timescale"
)

// storyDays are ordinary days, weekends, and days around bank holidays and month ends.
var storyDays = []string{
	"2026-11-23", "2026-11-20", "2026-12-05", "2026-12-18", "2026-12-24", "2027-01-01", "2027-01-30", "2027-02-01",
	"2027-03-20", "2027-04-03", "2027-05-28", "2027-08-28", "2027-10-31", "2028-02-29", "2028-03-31", "2030-07-15",
}

// told lists what managers were told in a story, in order: ref, rung, role and kind.
func told(events []casework.Event, s *sample.Script) []string {
	var list []string
	for _, n := range book.Notices(events, calendar.DateOf(s.Start), calendar.DateOf(s.End)) {
		if n.Role != timescale.Worker {
			list = append(list, fmt.Sprintf("%s %s %s %s", n.Ref, n.Rung, n.Role, n.Kind))
		}
	}
	return list
}

func TestStoriesTellTheManagersWhatTheNarratorSays(t *testing.T) {
	t.Parallel()
	want := [][]string{
		{
			"CP-10 +1wd team_manager escalation", "CP-10 +5wd service_manager escalation",
			"CP-10  team_manager resolved", "CP-10  service_manager resolved",
		},
		{"AS-01 +1wd team_manager escalation", "AS-01  team_manager resolved"},
		nil,
		{"CN-02 +1wd team_manager escalation", "CN-02  team_manager resolved"},
		{"AS-01 +1wd team_manager escalation", "AS-01  team_manager resolved"},
		{
			"CP-10 +1wd team_manager escalation", "CP-10 +5wd service_manager escalation",
			"CP-10  team_manager resolved", "CP-10  service_manager resolved",
		},
	}
	for _, day := range storyDays {
		t.Run(day, func(t *testing.T) {
			t.Parallel()
			s := stories(t, day)
			for i, story := range s.Stories {
				accepted := accept(t, story.Events)
				if got := told(accepted, s); !slices.Equal(got, want[i]) {
					t.Errorf("%s: managers were told %q, want %q", story.Title, got, want[i])
				}
			}
		})
	}
}

func TestNothingIsOverdueWhenTheStoriesBegin(t *testing.T) {
	t.Parallel()
	for _, day := range storyDays {
		s := stories(t, day)
		for _, story := range s.Stories {
			plan := book.Fold(accept(t, story.Events), casework.Moment{AsOf: s.Start, KnownAt: s.Start})
			for i := range plan.Duties {
				if d := &plan.Duties[i]; d.State(s.Start) == casework.Overdue {
					t.Errorf("%s, %s: %s is overdue as it begins", day, story.Title, d.Ref)
				}
			}
		}
	}
}

func TestVisitRecordedLateWasInTime(t *testing.T) {
	t.Parallel()
	s := stories(t, "2026-11-23")
	plan := book.Fold(accept(t, s.Stories[3].Events), casework.At(s.End))
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if d.Ref == "CN-02" && d.RecordedLateDays > 0 && d.State(s.End) == casework.Met {
			return
		}
	}
	t.Error("no visit duty was met in time and recorded late")
}

func TestStoryLinesAndEventsComeInOrderWithinTheSixWeeks(t *testing.T) {
	t.Parallel()
	for _, day := range storyDays {
		s := stories(t, day)
		for _, story := range s.Stories {
			for i, l := range story.Lines {
				if l.At.Before(s.Start) || l.At.After(s.End) || i > 0 && l.At.Before(story.Lines[i-1].At) {
					t.Errorf("%s, %s: line %q at %s is out of place", day, story.Title, l.Text, l.At)
				}
			}
		}
		last := s.Start
		for _, e := range s.Events() {
			if e.Recorded.Before(last) || e.Recorded.After(s.End) {
				t.Errorf("%s: event %s is recorded out of turn, at %s", day, e.ID, e.Recorded)
			}
			last = e.Recorded
		}
	}
}

func TestManagersAreTalkedOfWhenTheyAreTold(t *testing.T) {
	t.Parallel()
	for _, day := range storyDays {
		s := stories(t, day)
		for _, story := range s.Stories {
			for _, n := range book.Notices(accept(t, story.Events), calendar.DateOf(s.Start), calendar.DateOf(s.End)) {
				said := slices.ContainsFunc(story.Lines, func(l sample.Line) bool { return l.At.Equal(n.At) })
				if n.Role != timescale.Worker && !said {
					t.Errorf("%s, %s: the narrator says nothing at %s, when %s is told", day, story.Title, n.At, n.Role)
				}
			}
		}
	}
}

func TestStoriesAreHeldByWorkersOfTheirTeam(t *testing.T) {
	t.Parallel()
	s := stories(t, "2026-11-23")
	for _, e := range s.Events() {
		if e.Type != "worker.allocated" {
			continue
		}
		appointed := slices.ContainsFunc(s.Staff, func(x casework.Event) bool {
			return x.Type == "staff.appointed" && x.Data.Text("worker") == e.Data.Text("worker") && x.Data.Text("team") == e.Data.Text("team")
		})
		if !appointed {
			t.Errorf("%s is held by %s, who is nobody", e.Case, e.Data.Text("worker"))
		}
	}
}

func TestStoriesNeedADay(t *testing.T) {
	t.Parallel()
	if _, err := sample.Stories(0); err == nil {
		t.Error("stories without a day are not refused")
	}
}

func stories(tb testing.TB, day string) *sample.Script {
	tb.Helper()
	s, err := sample.Stories(date(tb, day))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func accept(tb testing.TB, events []casework.Event) []casework.Event {
	tb.Helper()
	accepted, refused := book.Accept(events)
	if len(refused) > 0 {
		tb.Fatalf("refused: %v", refused)
	}
	return accepted
}
