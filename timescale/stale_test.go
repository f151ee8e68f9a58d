package timescale_test

import (
	"fmt"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
)

// read is a check of a day.
func read(on calendar.Date) timescale.Check {
	return timescale.Check{Read: timescale.OwnWords, In: "An Act", On: on}
}

// staleOn is what is stale of a pack on a day: "XX-01 since 2028-05-30: why".
func staleOn(pack *timescale.Pack, day calendar.Date) string {
	s := ""
	for _, stale := range pack.Stale(day) {
		s += fmt.Sprintf("%s since %s: %s\n", stale.Rule.Ref, stale.Since, stale.Why)
	}
	return s
}

func TestACheckIsFreshForEighteenCalendarMonthsTheLastDayIncluded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		on, last, next calendar.Date
	}{
		// The same day of the month, eighteen months on.
		{"the same day of the month", calendar.NewDate(2026, 11, 29), calendar.NewDate(2028, 5, 29), calendar.NewDate(2028, 5, 30)},
		// August has 31 days; February of 2028 ends with the 29th and that of 2027 with the 28th.
		{"a leap February has no such day", calendar.NewDate(2026, 8, 31), calendar.NewDate(2028, 2, 29), calendar.NewDate(2028, 3, 1)},
		{"a February has no such day", calendar.NewDate(2025, 8, 31), calendar.NewDate(2027, 2, 28), calendar.NewDate(2027, 3, 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack := soundPack()
			pack.Timescales[0].Editions[0].Checked = read(tt.on)
			if got := staleOn(pack, tt.last); got != "" {
				t.Errorf("on its last day: %s", got)
			}
			want := "XX-01 since " + tt.next.String() + ": the check is older than eighteen months\n"
			if got := staleOn(pack, tt.next); got != want {
				t.Errorf("on the day after: %s", got)
			}
			if got := staleOn(pack, tt.on.AddDays(-1)); got != "" {
				t.Errorf("before it was made: %s", got)
			}
		})
	}
}

func TestACheckIsStaleOnceAnEditionCameAfterIt(t *testing.T) {
	t.Parallel()
	pack := soundPack()
	pack.Publications = []timescale.Publication{
		{Name: "Working Together", Editions: []calendar.Date{calendar.NewDate(2023, 12, 15), calendar.NewDate(2026, 3, 18), calendar.NewDate(2027, 2, 1)}},
		{Name: "Another Guidance", Editions: []calendar.Date{calendar.NewDate(2026, 12, 1)}},
	}
	e := &pack.Timescales[0].Editions[0]
	e.Source = "Working Together 2026, chapter 3"

	// Read on the day on which it came out: only the next edition makes it stale.
	e.Checked = read(calendar.NewDate(2026, 3, 18))
	if got := staleOn(pack, calendar.NewDate(2027, 1, 31)); got != "" {
		t.Errorf("before the next edition: %s", got)
	}
	want := "XX-01 since 2027-02-01: Working Together came out anew on 1 February 2027, after it\n"
	if got := staleOn(pack, calendar.NewDate(2027, 2, 1)); got != want {
		t.Errorf("got %s", got)
	}

	// Read the day before: the edition of 2026 makes it stale, and is the first to do so.
	e.Checked = read(calendar.NewDate(2026, 3, 17))
	want = "XX-01 since 2026-03-18: Working Together came out anew on 18 March 2026, after it\n"
	if got := staleOn(pack, calendar.NewDate(2029, 1, 1)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestOnlyTheEditionInForceIsCheckedAgain(t *testing.T) {
	t.Parallel()
	pack := soundPack()
	t0, change := &pack.Timescales[0], calendar.NewDate(2027, 4, 1)
	earlier := t0.Editions[0]
	earlier.Until, earlier.Checked = change, read(calendar.NewDate(2020, 1, 6))
	later := t0.Editions[0]
	later.From, later.Checked = change, read(calendar.NewDate(2026, 11, 29))
	t0.Editions = []timescale.Edition{earlier, later}
	t0.Off = "local practice" // what is off is checked too

	// 2020-01-06 and eighteen months: stale since 2021-07-07, as long as it is in force.
	if got := staleOn(pack, calendar.NewDate(2027, 3, 31)); got != "XX-01 since 2021-07-07: the check is older than eighteen months\n" {
		t.Errorf("got %s", got)
	}
	// The next edition was read before it came into force.
	if got := staleOn(pack, change); got != "XX-01 since 2027-04-01: the edition came into force on 1 April 2027, after it\n" {
		t.Errorf("got %s", got)
	}
	t0.Editions[1].Checked = read(change)
	if got := staleOn(pack, change); got != "" {
		t.Errorf("read anew: %s", got)
	}
	// What ended has nothing to be checked, and what nobody ever looked for is not stale but unread.
	t0.Editions[1].Until = calendar.NewDate(2028, 1, 1)
	if got := staleOn(pack, calendar.NewDate(2040, 1, 1)); got != "" {
		t.Errorf("after its end: %s", got)
	}
	t0.Editions = t0.Editions[:1]
	t0.Editions[0].Until, t0.Editions[0].Checked = 0, timescale.Check{Read: timescale.NotRead}
	if got := staleOn(pack, calendar.NewDate(2040, 1, 1)); got != "" {
		t.Errorf("never looked for: %s", got)
	}
}
