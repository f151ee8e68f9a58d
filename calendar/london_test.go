package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/calendar"
)

func instant(tb testing.TB, s string) time.Time {
	tb.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		tb.Fatal(err)
	}
	return at
}

func TestTheLondonDateOfAnInstant(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, instant, want string }{
		{"in winter London's day is that of UTC", "2026-11-21T23:59:59Z", "2026-11-21"},
		{"in summer London's day begins at 23:00 UTC", "2026-06-30T23:00:00Z", "2026-07-01"},
		{"a second before that is the day before", "2026-06-30T22:59:59Z", "2026-06-30"},
		{"the offset an instant is written in does not matter", "2026-06-30T20:00:00-03:00", "2026-07-01"},
		{"on the day the clocks go forward midnight is still GMT", "2026-03-28T23:30:00Z", "2026-03-28"},
		{"at the end of the day the clocks go forward it is BST", "2026-03-29T23:00:00Z", "2026-03-30"},
		{"at the end of the day the clocks go back it is GMT", "2026-10-25T23:59:59Z", "2026-10-25"},
		{"in the winter of 1970 London kept summer time", "1970-01-14T23:00:00Z", "1970-01-15"},
		{"in the summer of 1944 London was two hours ahead", "1944-06-05T22:00:00Z", "1944-06-06"},
		{"an instant before 1970 falls on its own day", "1969-12-31T22:59:59Z", "1969-12-31"},
		{"an instant after the year 9999 has no date", "9999-12-31T23:00:00-12:00", ""},
		{"the zero time has no date", "0001-01-01T00:00:00Z", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := calendar.DateOf(instant(t, tc.instant)); got.String() != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestWallTimesOnTheDaysTheClocksChange(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, day    string
		hour, minute int
		want         string
	}{
		{"the day the clocks go forward begins in GMT", "2026-03-29", 0, 0, "2026-03-29T00:00:00Z"},
		{"00:59 is the last minute before the change", "2026-03-29", 0, 59, "2026-03-29T00:59:00Z"},
		{"01:30 does not exist and is 02:30 BST", "2026-03-29", 1, 30, "2026-03-29T01:30:00Z"},
		{"01:00 does not exist and is 02:00 BST", "2026-03-29", 1, 0, "2026-03-29T01:00:00Z"},
		{"02:00 is the first minute after the change", "2026-03-29", 2, 0, "2026-03-29T01:00:00Z"},
		{"noon on that day is BST", "2026-03-29", 12, 0, "2026-03-29T11:00:00Z"},
		{"that day ends in BST", "2026-03-29", 24, 0, "2026-03-29T23:00:00Z"},
		{"the day the clocks go back begins in BST", "2026-10-25", 0, 0, "2026-10-24T23:00:00Z"},
		{"01:00 comes twice and is the first", "2026-10-25", 1, 0, "2026-10-25T00:00:00Z"},
		{"01:59 comes twice and is the first", "2026-10-25", 1, 59, "2026-10-25T00:59:00Z"},
		{"02:00 comes once, after the change", "2026-10-25", 2, 0, "2026-10-25T02:00:00Z"},
		{"the day before a change is all of one time", "2026-10-24", 23, 30, "2026-10-24T22:30:00Z"},
		{"minutes carry over", "2026-11-21", 0, 90, "2026-11-21T01:30:00Z"},
		{"before 1847 London kept its own mean time", "1840-01-01", 0, 0, "1840-01-01T00:01:15Z"},
		{"the day London took up GMT began at a minute past", "1847-12-01", 0, 0, "1847-12-01T00:01:15Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := day(t, tc.day).At(tc.hour, tc.minute)
			if !got.Equal(instant(t, tc.want)) || got.Location() != time.UTC {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestADayOfTheClockChangeIsNotTwentyFourHours(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, day string
		want      time.Duration
	}{
		{"the day the clocks go forward has 23 hours", "2026-03-29", 23 * time.Hour},
		{"the day the clocks go back has 25 hours", "2026-10-25", 25 * time.Hour},
		{"any other day has 24 hours", "2026-11-21", 24 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := day(t, tc.day)
			if got := d.End().Sub(d.Start()) + 1; got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestADayHoldsItsInstants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		if got := calendar.DateOf(d.Start()); got != d {
			t.Fatalf("%s starts on %s", d, got)
		}
		if got := calendar.DateOf(d.End()); got != d {
			t.Fatalf("%s ends on %s", d, got)
		}
		if next := d.AddDays(1); next != 0 && !d.End().Add(1).Equal(next.Start()) {
			t.Fatalf("%s ends at %s, and the next day starts at %s", d, d.End(), next.Start())
		}
		hour, minute := rapid.IntRange(2, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		if got := calendar.InLondon(d.At(hour, minute)); got.Hour() != hour || got.Minute() != minute || calendar.DateOf(got) != d {
			t.Fatalf("%s at %d:%02d is %s", d, hour, minute, got)
		}
	})
}

func TestInLondonShowsTheWallTime(t *testing.T) {
	t.Parallel()
	got := calendar.InLondon(instant(t, "2026-07-01T08:15:00Z"))
	if want := "Wed 1 Jul 2026 09:15 BST"; got.Format("Mon 2 Jan 2006 15:04 MST") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
