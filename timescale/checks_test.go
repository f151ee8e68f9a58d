package timescale_test

import (
	"fmt"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/timescale"
)

func TestNoCheckIsDatedAfterThePackThatHoldsIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, edition string
		on            calendar.Date
		fault         bool
	}{
		{"the last day of the pack's month", "2026-11", calendar.NewDate(2026, 11, 30), false},
		{"the first day after it", "2026-11", calendar.NewDate(2026, 12, 1), true},
		{"the last day of a leap February", "2028-02", calendar.NewDate(2028, 2, 29), false},
		{"a slip of the pen", "2026-11", calendar.NewDate(2062, 11, 29), true},
		{"a pack whose edition is no month", "1", calendar.NewDate(2062, 11, 29), false},
		{"a pack whose edition only looks like one", "2026-13", calendar.NewDate(2062, 11, 29), false},
		{"a pack of a day", "2026-11-05", calendar.NewDate(2026, 11, 29), false},
		{"no day", "2026-11", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack := validPack()
			pack.Edition = tt.edition
			pack.Timescales[0].Editions[0].Checked = timescale.Check{Read: timescale.OwnWords, In: "An Act", On: tt.on}
			found := pack.Faults()
			if tt.fault != (len(found) == 1) || len(found) > 1 {
				t.Fatalf("got %v", found)
			}
			if tt.fault && !strings.HasPrefix(found[0].String(), "x.yaml:7: XX-01: checked on "+tt.on.String()+" lies after the pack's own edition, 2026-11: correct the date") {
				t.Errorf("got %s", found[0])
			}
		})
	}
}

func TestHowTheWordsOfASourceAreKnownInASentence(t *testing.T) {
	t.Parallel()
	on := calendar.NewDate(2026, 11, 29)
	tests := []struct {
		check          timescale.Check
		sentence, mark string
	}{
		{timescale.Check{}, "", ""},
		{
			timescale.Check{Read: timescale.OwnWords, In: "legislation.gov.uk/a", On: on},
			"The words of this source were read for the rule pack on 29 November 2026, in legislation.gov.uk/a.", "",
		},
		{
			timescale.Check{Read: timescale.Through, In: "the procedures of Kent", On: on},
			"The words of this source were read for the rule pack through another text, on 29 November 2026: the procedures of Kent.", "through another text",
		},
		{
			timescale.Check{Read: timescale.Part, In: "the procedures of Kent", Missing: "the six weeks", On: on},
			"Only a part of this source was read for the rule pack, on 29 November 2026, in the procedures of Kent. Not read: the six weeks.", "read in part",
		},
		{
			timescale.Check{Read: timescale.Part, In: "the procedures of Kent", On: on},
			"Only a part of this source was read for the rule pack, on 29 November 2026, in the procedures of Kent. It does not show the limit.", "read in part",
		},
		{
			timescale.Check{Read: timescale.Similar, In: "the Welsh regulations", Missing: "the English ones", On: on},
			"This source was not read for the rule pack, but one like it was, on 29 November 2026: the Welsh regulations. That does not show the limit. Not read: the English ones.", "only a similar text read",
		},
		{
			timescale.Check{Read: timescale.Similar, In: "the Welsh regulations", On: on},
			"This source was not read for the rule pack, but one like it was, on 29 November 2026: the Welsh regulations. That does not show the limit.", "only a similar text read",
		},
		{timescale.Check{Read: timescale.NotRead}, "The words of this source have not been read for the rule pack.", "not read"},
		{
			timescale.Check{Read: timescale.NotRead, On: on},
			"By 29 November 2026 the words of this source had not been read for the rule pack.", "not read",
		},
	}
	for _, tt := range tests {
		if got := tt.check.Sentence(); got != tt.sentence {
			t.Errorf("got  %s\nwant %s", got, tt.sentence)
		}
		if got := tt.check.Mark(); got != tt.mark {
			t.Errorf("%s: the mark is %q, want %q", tt.check.Read, got, tt.mark)
		}
	}
}

func TestNeitherAPartNorASimilarTextIsEvidenceForANumber(t *testing.T) {
	t.Parallel()
	want := map[timescale.Reading]bool{
		"": false, timescale.OwnWords: false, timescale.Through: false,
		timescale.Part: true, timescale.Similar: true, timescale.NotRead: true,
	}
	for _, read := range append(timescale.Readings, "") {
		if unread, ok := want[read]; !ok || (timescale.Check{Read: read}).Unread() != unread {
			t.Errorf("%q: unread is not %t", read, unread)
		}
	}
}

// read returns a check of a day.
func read(on calendar.Date) timescale.Check {
	return timescale.Check{Read: timescale.OwnWords, In: "An Act", On: on}
}

// staleOn returns what is stale of a pack on a day: "XX-01 since 2028-05-30: why".
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
			pack := validPack()
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
	pack := validPack()
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
	want := "XX-01 since 2027-02-01: a new edition of Working Together came out on 1 February 2027, after it\n"
	if got := staleOn(pack, calendar.NewDate(2027, 2, 1)); got != want {
		t.Errorf("got %s", got)
	}

	// Read the day before: the edition of 2026 makes it stale, and is the first to do so.
	e.Checked = read(calendar.NewDate(2026, 3, 17))
	want = "XX-01 since 2026-03-18: a new edition of Working Together came out on 18 March 2026, after it\n"
	if got := staleOn(pack, calendar.NewDate(2029, 1, 1)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestOnlyTheEditionInForceIsCheckedAgain(t *testing.T) {
	t.Parallel()
	pack := validPack()
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
		t.Errorf("read again: %s", got)
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
