package calendar_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
)

func ExampleCalendar_AddWorkingDays() {
	referral, _ := calendar.ParseDate("2026-12-10")
	due := calendar.Published().AddWorkingDays(referral, 45)
	fmt.Println(due.Format("Mon 2 Jan 2006"))
	// Output: Tue 16 Feb 2027
}

func ExampleCalendar_Skipped() {
	from, _ := calendar.ParseDate("2026-12-23")
	through, _ := calendar.ParseDate("2026-12-29")
	for _, s := range calendar.Published().Skipped(from, through) {
		fmt.Println(s.Date, s.Why)
	}
	// Output:
	// 2026-12-25 Christmas Day
	// 2026-12-26 weekend
	// 2026-12-27 weekend
	// 2026-12-28 Boxing Day (substitute day)
}

func TestWorkingDaysAfterAndBefore(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	for _, tc := range []struct {
		name, from string
		n          int
		want       string
	}{
		{"an assessment is due 45 working days after the referral (AS-01)", "2026-12-10", 45, "2027-02-16"},
		{"a conference 15 working days after a strategy discussion on a Saturday (CP-03)", "2026-12-19", 15, "2027-01-13"},
		{"1 working day after a Friday is Monday", "2026-11-20", 1, "2026-11-23"},
		{"1 working day after a Saturday is Monday", "2026-11-21", 1, "2026-11-23"},
		{"1 working day after a Sunday is Monday", "2026-11-22", 1, "2026-11-23"},
		{"the day after Christmas Eve 2026 is the 29th", "2026-12-24", 1, "2026-12-29"},
		{"the state funeral is no working day", "2022-09-16", 1, "2022-09-20"},
		{"the jubilee takes Thursday and Friday", "2022-06-01", 1, "2022-06-06"},
		{"30 May 2022 is a working day, its holiday having moved", "2022-05-27", 1, "2022-05-30"},
		{"4 May 2020 is a working day, its holiday having moved", "2020-05-01", 1, "2020-05-04"},
		{"the days of a council's Christmas closure are working days", "2024-12-26", 3, "2024-12-31"},
		{"2 working days before a Tuesday is Friday", "2026-11-24", -2, "2026-11-20"},
		{"2 working days before a Sunday is Thursday", "2026-11-22", -2, "2026-11-19"},
		{"1 working day before the 29th is Christmas Eve", "2026-12-29", -1, "2026-12-24"},
		{"no working days after a Saturday is the Saturday", "2026-11-21", 0, "2026-11-21"},
		{"a count runs out of the published years", "2028-12-22", 4, "2029-01-02"},
		{"a count runs into the published years", "2011-12-30", 1, "2012-01-03"},
		{"a count runs out of the tables", "2199-12-31", 1, "2200-01-02"},
		{"a count runs into the tables", "1899-12-29", 1, "1900-01-02"},
		{"a count back runs out of the tables", "1900-01-02", -1, "1899-12-29"},
		{"a count past the year 9999 gives no date", "9999-12-31", 1, ""},
		{"a count before year 1 gives no date", "0001-01-02", -1, ""},
		{"an absurd count gives no date", "2026-11-21", 1<<63 - 1, ""},
		{"an absurd count back gives no date", "2026-11-21", -1 << 63, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := c.AddWorkingDays(day(t, tc.from), tc.n); got.String() != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCountingFromNoDateGivesNoDate(t *testing.T) {
	t.Parallel()
	c, some := calendar.Published(), calendar.NewDate(2026, 11, 21)
	if _, ok := c.Holiday(0); ok || c.IsWorkingDay(0) {
		t.Error("no date is a working day or a holiday")
	}
	if c.AddWorkingDays(0, 3) != 0 || c.AddWorkingDays(0, -3) != 0 || c.OnOrAfter(0) != 0 || c.OnOrBefore(0) != 0 {
		t.Error("counting from no date gives a date")
	}
	if c.WorkingDaysBetween(0, some) != 0 || c.WorkingDaysBetween(some, 0) != 0 {
		t.Error("there are working days between no date and a date")
	}
	if c.Provisional(0, some) || c.Provisional(some, 0) || c.Skipped(0, some) != nil || c.Skipped(some, 0) != nil {
		t.Error("a count steps on days between no date and a date")
	}
	if c.OnOrBefore(1) != 0 || c.OnOrAfter(lastDay) != lastDay {
		t.Error("the ends of time: year 1 begins with a holiday, year 9999 ends with a working day")
	}
}

// walker counts by taking one step at a time, the slow way that cannot be wrong.
type walker struct{ c *calendar.Calendar }

func (w walker) working(d calendar.Date) bool {
	if d == 0 || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	_, holiday := w.c.Holiday(d)
	return !holiday
}

func (w walker) add(d calendar.Date, n int) calendar.Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 && d != 0 {
		if d = d.AddDays(step); w.working(d) {
			n--
		}
	}
	return d
}

func (w walker) between(a, b calendar.Date) (n int) {
	if b < a {
		return -w.between(b, a)
	}
	for d := a + 1; d <= b; d++ {
		if w.working(d) {
			n++
		}
	}
	return n
}

func TestEveryDayAroundTheEdgesIsWhatItsHolidaysSay(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	for _, years := range []struct{ from, to int }{{1895, 1905}, {2005, 2035}, {2195, 2205}} {
		for d := calendar.NewDate(years.from, 1, 1); d.Year() <= years.to; d++ {
			if got, want := c.IsWorkingDay(d), (walker{c}).working(d); got != want {
				t.Fatalf("%s: got working day %v, want %v", d, got, want)
			}
		}
	}
}

func TestCountingAgreesWithWalking(t *testing.T) {
	t.Parallel()
	c, w := calendar.Published(), walker{calendar.Published()}
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		n := rapid.IntRange(-300, 300).Draw(t, "days")
		got := c.AddWorkingDays(d, n)
		if want := w.add(d, n); got != want {
			t.Fatalf("%d working days from %s: got %s, want %s", n, d, got, want)
		}
		if got != 0 && n > 0 && c.WorkingDaysBetween(d, got) != n {
			t.Fatalf("%d working days from %s is %s, yet %d lie between", n, d, got, c.WorkingDaysBetween(d, got))
		}
		if got != 0 && n < 0 && c.WorkingDaysBetween(d-1, got-1) != n {
			t.Fatalf("%d working days from %s is %s, yet %d lie between", n, d, got, c.WorkingDaysBetween(d-1, got-1))
		}
		wantAfter, wantBefore := d, d
		if !w.working(d) {
			wantAfter, wantBefore = w.add(d, 1), w.add(d, -1)
		}
		if c.OnOrAfter(d) != wantAfter || c.OnOrBefore(d) != wantBefore {
			t.Fatalf("%s: got %s and %s, want %s and %s", d, c.OnOrBefore(d), c.OnOrAfter(d), wantBefore, wantAfter)
		}
	})
}

func TestWorkingDaysBetweenAgreesWithWalking(t *testing.T) {
	t.Parallel()
	c, w := calendar.Published(), walker{calendar.Published()}
	rapid.Check(t, func(t *rapid.T) {
		a := anyDate().Draw(t, "a")
		b := a.AddDays(rapid.IntRange(-600, 600).Draw(t, "days"))
		if b == 0 {
			return
		}
		if got, want := c.WorkingDaysBetween(a, b), w.between(a, b); got != want {
			t.Fatalf("%s to %s: got %d, want %d", a, b, got, want)
		}
	})
}

func TestCountsAcrossTheWholeOfTimeAddUp(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := anyDate().Draw(t, "x"), anyDate().Draw(t, "y"), anyDate().Draw(t, "z")
		if c.WorkingDaysBetween(x, y)+c.WorkingDaysBetween(y, z) != c.WorkingDaysBetween(x, z) {
			t.Fatalf("%s to %s to %s does not add up", x, y, z)
		}
		if n := c.WorkingDaysBetween(x, y); n > 0 && c.AddWorkingDays(x, n) != c.OnOrBefore(y) {
			t.Fatalf("%d working days after %s: got %s, want %s", n, x, c.AddWorkingDays(x, n), c.OnOrBefore(y))
		}
	})
}

// steps returns the days a count steps on, in order of date.
func steps(from, through calendar.Date) (days []calendar.Date) {
	for d := from + 1; d <= through; d++ {
		days = append(days, d)
	}
	for d := through; d < from; d++ {
		days = append(days, d)
	}
	return days
}

func TestSkippedAndProvisionalLookAtTheDaysACountStepsOn(t *testing.T) {
	t.Parallel()
	c, w := calendar.Published(), walker{calendar.Published()}
	rapid.Check(t, func(t *rapid.T) {
		from := anyDate().Draw(t, "from")
		through := from.AddDays(rapid.IntRange(-60, 60).Draw(t, "days"))
		if through == 0 {
			return
		}
		var want []calendar.Skipped
		provisional := false
		for _, d := range steps(from, through) {
			provisional = provisional || d.Year() < c.FirstYear() || d.Year() > c.LastYear()
			name, _ := c.Holiday(d)
			if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
				name = "weekend"
			}
			if !w.working(d) {
				want = append(want, calendar.Skipped{Date: d, Why: name})
			}
		}
		if got := c.Skipped(from, through); !slices.Equal(got, want) {
			t.Fatalf("%s to %s: got %v, want %v", from, through, got, want)
		}
		if got := c.Provisional(from, through); got != provisional {
			t.Fatalf("%s to %s: got provisional %v, want %v", from, through, got, provisional)
		}
	})
}

func TestProvisionalAtTheEdgesOfTheEdition(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	for _, tc := range []struct {
		name, from, through string
		want                bool
	}{
		{"a count that ends on the last published day is not", "2028-12-01", "2028-12-31", false},
		{"a count that ends on the day after is", "2028-12-01", "2029-01-01", true},
		{"a count from the day before the first published day is not", "2011-12-31", "2012-01-03", false},
		{"a count from two days before is", "2011-12-30", "2012-01-03", true},
		{"a count back that reaches the first published day is not", "2012-01-05", "2012-01-01", false},
		{"a count back that passes it is", "2012-01-05", "2011-12-30", true},
		{"a count back from the day after the last published day is not", "2029-01-01", "2028-12-29", false},
		{"a count back from two days after is", "2029-01-02", "2028-12-29", true},
		{"a count of no days never is", "2035-01-01", "2035-01-01", false},
		{"a count right across the edition is", "2000-01-01", "2040-01-01", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := c.Provisional(day(t, tc.from), day(t, tc.through)); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestHolidaysHaveTheNamesPeopleKnow(t *testing.T) {
	t.Parallel()
	c := calendar.Published()
	for _, tc := range []struct{ name, day, want string }{
		{"a substitute day says so", "2026-12-28", "Boxing Day (substitute day)"},
		{"a proclaimed day has the name it was given", "2022-09-19", "Bank Holiday for the State Funeral of Queen Elizabeth II"},
		{"an extra day has only its title", "2012-06-05", "Queen’s Diamond Jubilee"},
		{"a day by the standing rules has a name", "2031-04-14", "Easter Monday"},
		{"a substitute by the standing rules says so", "2033-01-03", "New Year’s Day (substitute day)"},
		{"a working day has none", "2026-11-23", ""},
		{"the Saturday that a substitute replaces has none", "2026-12-26", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, ok := c.Holiday(day(t, tc.day))
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("got %q, %v; want %q", got, ok, tc.want)
			}
		})
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	c, d := calendar.Published(), calendar.NewDate(2026, 12, 10)
	old := calendar.NewDate(1650, 5, 5)
	if n := testing.AllocsPerRun(100, func() {
		for _, d := range []calendar.Date{d, old} {
			c.WorkingDaysBetween(d, c.AddWorkingDays(d, 45))
			c.WorkingDaysBetween(d, c.AddWorkingDays(d, -45))
			c.OnOrAfter(d)
			c.IsWorkingDay(d)
		}
	}); n != 0 {
		t.Errorf("got %v allocations", n)
	}
}
