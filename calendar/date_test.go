package calendar_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
)

// day reads a date that the test itself wrote.
func day(tb testing.TB, s string) calendar.Date {
	tb.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

const lastDay calendar.Date = 3652059

// anyDate draws dates from everywhere, with weight on the years in use and on
// the edges of the tables.
func anyDate() *rapid.Generator[calendar.Date] {
	between := func(from, to int) *rapid.Generator[calendar.Date] {
		low, high := calendar.NewDate(from, 1, 1), calendar.NewDate(to, 12, 31)
		return rapid.Custom(func(t *rapid.T) calendar.Date {
			return calendar.Date(rapid.Int32Range(int32(low), int32(high)).Draw(t, "day"))
		})
	}
	return rapid.OneOf(between(2010, 2030), between(1899, 1901), between(2198, 2201), between(1900, 2199), between(1, 9999))
}

func TestADateIsADayNumberFromTheFirstOfYearOne(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		date   calendar.Date
		number int32
	}{
		{"the first day of year 1 is day 1", calendar.NewDate(1, 1, 1), 1},
		{"the last day of year 9999 is the last date", calendar.NewDate(9999, 12, 31), int32(lastDay)},
		{"1 January 1970 is day 719163", calendar.NewDate(1970, 1, 1), 719163},
		{"the day before the first is no date", calendar.NewDate(0, 12, 31), 0},
		{"the day after the last is no date", calendar.NewDate(10000, 1, 1), 0},
		{"32 October is 1 November", calendar.NewDate(2026, 10, 32), int32(calendar.NewDate(2026, 11, 1))},
		{"day 0 of March is the last of February", calendar.NewDate(2028, 3, 0), int32(calendar.NewDate(2028, 2, 29))},
		{"month 13 is January of the next year", calendar.NewDate(2026, 13, 5), int32(calendar.NewDate(2027, 1, 5))},
		{"month -1 is November of the year before", calendar.NewDate(2026, -1, 5), int32(calendar.NewDate(2025, 11, 5))},
		{"an absurd year is no date", calendar.NewDate(1<<62, 1, 1), 0},
		{"an absurd month is no date", calendar.NewDate(2026, -1<<62, 1), 0},
		{"an absurd day is no date", calendar.NewDate(2026, 1, 1<<62), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if int32(tc.date) != tc.number {
				t.Errorf("got day %d (%s), want %d", tc.date, tc.date, tc.number)
			}
		})
	}
}

func TestEveryDayFollowsTheDayBefore(t *testing.T) {
	t.Parallel()
	// The Gregorian calendar repeats after 400 years, weekdays and all.
	year, month, dom, weekday := 1801, time.January, 1, time.Thursday
	for d := calendar.NewDate(1801, 1, 1); d.Year() <= 2201; d++ {
		if y, m, n := d.Split(); y != year || m != month || n != dom || d.Weekday() != weekday {
			t.Fatalf("day %d is %d-%d-%d, a %s; want %d-%d-%d, a %s", d, y, m, n, d.Weekday(), year, month, dom, weekday)
		}
		if calendar.NewDate(year, month, dom) != d {
			t.Fatalf("%d-%d-%d is day %d, want %d", year, month, dom, calendar.NewDate(year, month, dom), d)
		}
		dom++
		weekday = (weekday + 1) % 7
		if time.Date(year, month, dom, 0, 0, 0, 0, time.UTC).Day() != dom {
			dom = 1
			month++
		}
		if month > time.December {
			month = time.January
			year++
		}
	}
}

func TestNewDateNormalisesAsTimeDateDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(500, 9000).Draw(t, "year")
		month := time.Month(rapid.IntRange(-100, 100).Draw(t, "month"))
		dom := rapid.IntRange(-1000, 1000).Draw(t, "day")
		want := time.Date(year, month, dom, 0, 0, 0, 0, time.UTC)
		got := calendar.NewDate(year, month, dom)
		if got.String() != want.Format(time.DateOnly) || got.Weekday() != want.Weekday() {
			t.Fatalf("got %s, want %s", got, want)
		}
		if layout := "Mon 2 Jan 2006"; got.Format(layout) != want.Format(layout) {
			t.Fatalf("got %q, want %q", got.Format(layout), want.Format(layout))
		}
	})
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	const form = "write year, month and day as YYYY-MM-DD"
	for _, tc := range []struct{ name, in, want string }{
		{"the 30th of February", "2026-02-30", `"2026-02-30" is not a date: February 2026 has days 01 to 28`},
		{"the 29th of February in a common year", "2027-02-29", "February 2027 has days 01 to 28"},
		{"the 29th of February 1900", "1900-02-29", "February 1900 has days 01 to 28"},
		{"the 31st of April", "2026-04-31", "April 2026 has days 01 to 30"},
		{"day 0", "2026-12-00", "December 2026 has days 01 to 31"},
		{"month 0", "2026-00-10", "months run from 01 to 12"},
		{"month 13", "2026-13-10", "months run from 01 to 12"},
		{"year 0", "0000-01-01", "years start at 0001"},
		{"nothing", "", form},
		{"one digit for the day", "2026-11-3", form},
		{"British order", "30/11/2026", form},
		{"slashes", "2026/11/30", form},
		{"a time behind it", "2026-11-30T00:00", form},
		{"a space before it", " 2026-11-30", form},
		{"a space in it", "2026-11- 3", form},
		{"a sign", "+026-11-30", form},
		{"digits of another script", "२०२६-11-30", form},
		{"words", "next Tuesday", form},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d, err := calendar.ParseDate(tc.in)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%q: got error %v, want %q in it", tc.in, err, tc.want)
			}
			if d != 0 {
				t.Errorf("%q: got %s with the error", tc.in, d)
			}
		})
	}
}

func TestParseDateDoesNotRepeatLongText(t *testing.T) {
	t.Parallel()
	_, err := calendar.ParseDate("2026-11-30 and then the whole note about somebody")
	if err == nil || strings.Contains(err.Error(), "note") || !strings.Contains(err.Error(), `"2026-11-30 and t"...`) {
		t.Errorf("got %v", err)
	}
	if _, err := calendar.ParseDate("fifteen bytes..é then more"); err == nil || strings.ContainsRune(err.Error(), '\ufffd') {
		t.Errorf("got %v", err)
	}
}

func TestMonthsAndYearsEndOnTheCorrespondingDate(t *testing.T) {
	t.Parallel()
	months := func(n int) func(calendar.Date) calendar.Date {
		return func(d calendar.Date) calendar.Date { return d.AddMonths(n) }
	}
	years := func(n int) func(calendar.Date) calendar.Date {
		return func(d calendar.Date) calendar.Date { return d.AddYears(n) }
	}
	birthday := func(n int) func(calendar.Date) calendar.Date {
		return func(d calendar.Date) calendar.Date { return d.Birthday(n) }
	}
	days := func(n int) func(calendar.Date) calendar.Date {
		return func(d calendar.Date) calendar.Date { return d.AddDays(n) }
	}
	for _, tc := range []struct {
		name, from string
		do         func(calendar.Date) calendar.Date
		want       string
	}{
		{"3 months from 30 November end on 28 February", "2026-11-30", months(3), "2027-02-28"},
		{"3 months from 30 November end on 29 February in a leap year", "2027-11-30", months(3), "2028-02-29"},
		{"3 months from 28 November end on 28 February in a leap year too", "2027-11-28", months(3), "2028-02-28"},
		{"1 month from 31 January ends on 28 February", "2026-01-31", months(1), "2026-02-28"},
		{"1 month from 28 February ends on 28 March, not on the last day", "2026-02-28", months(1), "2026-03-28"},
		{"6 months from 31 August end on 28 February", "2026-08-31", months(6), "2027-02-28"},
		{"12 months from 31 December end on 31 December", "2026-12-31", months(12), "2027-12-31"},
		{"3 months before 31 May is 28 February", "2026-05-31", months(-3), "2026-02-28"},
		{"13 months before 15 January is 15 December", "2026-01-15", months(-13), "2024-12-15"},
		{"no months is the day itself", "2026-05-31", months(0), "2026-05-31"},
		{"months that pass the year 9999 give no date", "9999-12-01", months(1), ""},
		{"months that pass year 1 give no date", "0001-01-31", months(-1), ""},
		{"an absurd number of months gives no date", "2026-01-01", months(1 << 62), ""},
		{"1 year from 29 February ends on 28 February", "2028-02-29", years(1), "2029-02-28"},
		{"4 years from 29 February end on 29 February", "2028-02-29", years(4), "2032-02-29"},
		{"2 years before 29 February is 28 February", "2028-02-29", years(-2), "2026-02-28"},
		{"an absurd number of years gives no date", "2026-01-01", years(-1 << 62), ""},
		{"someone born on 29 February turns 18 on 1 March", "2008-02-29", birthday(18), "2026-03-01"},
		{"someone born on 29 February turns 16 on 29 February", "2008-02-29", birthday(16), "2024-02-29"},
		{"a 29 February in 2100 would be 1 March", "2096-02-29", birthday(4), "2100-03-01"},
		{"someone born on 28 February turns 18 on 28 February", "2006-02-28", birthday(18), "2024-02-28"},
		{"the birthday of age 0 is the day of birth", "2008-02-29", birthday(0), "2008-02-29"},
		{"an absurd age gives no date", "2008-02-29", birthday(1 << 62), ""},
		{"6 weeks are 42 days", "2026-11-21", days(7 * 6), "2027-01-02"},
		{"26 weeks beginning with a day end 181 days after it", "2026-11-21", days(26*7 - 1), "2027-05-21"},
		{"days go back over a leap day", "2028-03-01", days(-1), "2028-02-29"},
		{"days that pass the year 9999 give no date", "9999-12-31", days(1), ""},
		{"days that pass year 1 give no date", "0001-01-01", days(-1), ""},
		{"an absurd number of days gives no date", "2026-01-01", days(-1 << 62), ""},
		{"no date stays no date by days", "", days(1), ""},
		{"no date stays no date by months", "", months(1), ""},
		{"no date stays no date by years", "", years(1), ""},
		{"no date has no birthdays", "", birthday(18), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var from calendar.Date
			if tc.from != "" {
				from = day(t, tc.from)
			}
			if got := tc.do(from); got.String() != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestMonthsNeverLeaveTheirMonth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		n := rapid.IntRange(-600, 600).Draw(t, "months")
		got := d.AddMonths(n)
		year, month, dom := d.Split()
		first := calendar.NewDate(year, month+time.Month(n), 1)
		if got == 0 && (first == 0 || year < 60 || year > 9940) {
			return
		}
		want := first.AddDays(dom - 1)
		if last := calendar.NewDate(year, month+time.Month(n)+1, 0); want > last {
			want = last
		}
		if got != want {
			t.Fatalf("%s and %d months: got %s, want %s", d, n, got, want)
		}
	})
}

func TestDatesCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate().Draw(t, "a"), anyDate().Draw(t, "b")
		if got := a.AddDays(b.DaysSince(a)); got != b {
			t.Fatalf("%s and %d days: got %s, want %s", a, b.DaysSince(a), got, b)
		}
		if (a.String() < b.String()) != (a < b) {
			t.Fatalf("%s and %s sort one way as text and the other as dates", a, b)
		}
	})
}

func TestADateSurvivesBeingWrittenAndRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type record struct {
			Due  calendar.Date `json:"due"`
			Done calendar.Date `json:"done"`
			Left calendar.Date `json:"left,omitzero"`
		}
		in := record{Due: anyDate().Draw(t, "date")}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"due":"` + in.Due.String() + `","done":""}`; string(text) != want {
			t.Fatalf("got %s, want %s", text, want)
		}
		out := record{Done: 5}
		if err := json.Unmarshal(text, &out); err != nil || in != out {
			t.Fatalf("got %v and error %v, want %v", out, err, in)
		}
		if parsed, err := calendar.ParseDate(in.Due.String()); err != nil || parsed != in.Due {
			t.Fatalf("got %s and error %v", parsed, err)
		}
		if year, _, _ := in.Due.Split(); year != in.Due.Year() {
			t.Fatalf("got year %d, want %d", in.Due.Year(), year)
		}
	})
}

func TestADateThatCannotBeReadLeavesTheOldValue(t *testing.T) {
	t.Parallel()
	d := day(t, "2026-11-21")
	if err := d.UnmarshalText([]byte("2026-02-30")); err == nil || d.String() != "2026-11-21" {
		t.Errorf("got %s and error %v", d, err)
	}
}

func TestNoDate(t *testing.T) {
	t.Parallel()
	var none calendar.Date
	if !none.IsZero() || none.String() != "" || none.Format("2006") != "" || none.Year() != 0 {
		t.Errorf("no date shows as %q, %q, year %d", none.String(), none.Format("2006"), none.Year())
	}
	if text, err := none.MarshalText(); err != nil || len(text) != 0 {
		t.Errorf("no date is written as %q with error %v", text, err)
	}
	if !none.Start().IsZero() || !none.End().IsZero() || !none.At(9, 30).IsZero() {
		t.Errorf("no date has instants %s, %s, %s", none.Start(), none.End(), none.At(9, 30))
	}
	for _, wild := range []calendar.Date{-1, lastDay + 1, -1 << 31, 1<<31 - 1} {
		if _, err := wild.MarshalText(); err == nil || wild.String() != "" || wild.AddDays(0) != 0 {
			t.Errorf("the number %d passes for a date", int32(wild))
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{
		"2026-11-30", "2026-02-30", "2028-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "", "2026-1-1",
		"30/11/2026", "2026-11-30T00:00:00Z", "\xff\xfe", "२०२६-11-30", "-001-01-01", "2026-11-30\n", "１２３４-01-01",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		want, stdErr := time.Parse(time.DateOnly, s)
		known := stdErr == nil && want.Year() > 0
		if known != (err == nil) {
			t.Fatalf("%q: got error %v, package time has %v", s, err, stdErr)
		}
		if err == nil && (d.String() != s || d.Weekday() != want.Weekday()) {
			t.Fatalf("%q: got %s, a %s", s, d, d.Weekday())
		}
		if err != nil && (d != 0 || len(err.Error()) > 160) {
			t.Fatalf("%q: got %s and %q", s, d, err)
		}
	})
}
