package calendar_test

import (
	"strings"
	"testing"

	"longstop/calendar"
)

func TestACalendarOfOnesOwnSkipsItsClosedDaysAndSaysWhy(t *testing.T) {
	t.Parallel()
	school := calendar.Published().With("school", []calendar.Closed{
		{From: day(t, "2026-12-21"), Until: day(t, "2027-01-01"), Why: "Christmas holidays"},
		{From: day(t, "2026-10-26"), Until: day(t, "2026-10-30"), Why: "half term"},
	}, false)
	if got, want := school.AddWorkingDays(day(t, "2026-12-17"), 2), day(t, "2027-01-04"); got != want {
		t.Errorf("the second school day after 17 December is %s, want %s", got, want)
	}
	var why []string
	for _, s := range school.Skipped(day(t, "2026-12-18"), day(t, "2027-01-04")) {
		why = append(why, s.Date.String()[5:]+" "+s.Why)
	}
	got := strings.Join(why, ", ")
	for _, want := range []string{"12-19 weekend", "12-21 Christmas holidays", "12-25 Christmas Day", "12-28 Boxing Day", "12-31 Christmas holidays", "01-01 New Year"} {
		if !strings.Contains(got, want) {
			t.Errorf("skipped %s; want %q among them", got, want)
		}
	}
	if school.IsWorkingDay(day(t, "2026-10-28")) || !calendar.Published().IsWorkingDay(day(t, "2026-10-28")) {
		t.Error("28 October is a working day everywhere but at school")
	}
}

func TestACalendarOfOnesOwnHasAnEditionOfItsOwn(t *testing.T) {
	t.Parallel()
	a := calendar.Published().With("school", []calendar.Closed{{From: day(t, "2026-10-26"), Until: day(t, "2026-10-30"), Why: "half term"}}, false)
	b := calendar.Published().With("school", []calendar.Closed{{From: day(t, "2026-10-26"), Until: day(t, "2026-10-31"), Why: "half term"}}, false)
	if a.Edition() == b.Edition() || !strings.HasPrefix(a.Edition(), "school (") || !strings.HasSuffix(a.Edition(), calendar.Published().Edition()) {
		t.Errorf("the editions %q and %q", a.Edition(), b.Edition())
	}
}

func TestWhatIsCountedInAnIncompleteCalendarIsProvisional(t *testing.T) {
	t.Parallel()
	from, through := day(t, "2026-11-02"), day(t, "2026-11-05")
	if calendar.Published().With("school", nil, false).Provisional(from, through) {
		t.Error("a complete one is provisional")
	}
	if !calendar.Published().With("school", nil, true).Provisional(from, through) {
		t.Error("an incomplete one is not provisional")
	}
}

func TestClosedDaysBeyondTheTablesAndStretchesOfNoDayCloseNothing(t *testing.T) {
	t.Parallel()
	own := calendar.Published().With("own", []calendar.Closed{
		{From: day(t, "2026-10-30"), Until: day(t, "2026-10-26"), Why: "backwards"},
		{From: day(t, "2250-03-03"), Until: day(t, "2250-03-07"), Why: "far away"},
		{From: day(t, "1899-12-20"), Until: day(t, "1900-01-05"), Why: "a century before"},
	}, false)
	if !own.IsWorkingDay(day(t, "2026-10-28")) {
		t.Error("a stretch whose last day is before its first closed a day")
	}
	if own.IsWorkingDay(day(t, "1900-01-04")) {
		t.Error("the part of a stretch that lies in the tables was not closed")
	}
}

func TestEveryDayThatACalendarOfOnesOwnSkipsHasAReason(t *testing.T) {
	t.Parallel()
	own := calendar.Published().With("own", []calendar.Closed{
		{From: day(t, "2026-12-21"), Until: day(t, "2026-12-24"), Why: "shutdown"},
		{From: day(t, "2027-02-15"), Until: day(t, "2027-02-19"), Why: "half-term"},
	}, false)
	from, through := day(t, "2026-12-01"), day(t, "2027-03-01")
	for _, s := range own.Skipped(from, through) {
		if s.Why == "" || own.IsWorkingDay(s.Date) {
			t.Errorf("%s is skipped because %q", s.Date, s.Why)
		}
	}
	if got, want := own.WorkingDaysBetween(from, through), calendar.Published().WorkingDaysBetween(from, through)-9; got != want {
		t.Errorf("%d working days, want %d", got, want)
	}
	if back := own.AddWorkingDays(day(t, "2026-12-28"), -1); back != day(t, "2026-12-18") {
		t.Errorf("the working day before 28 December is %s", back)
	}
}
