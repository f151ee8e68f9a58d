package timescale_test

import (
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
			pack := soundPack()
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

func TestNeitherAPartNorATwinIsEvidenceForANumber(t *testing.T) {
	t.Parallel()
	want := map[timescale.Reading]bool{
		"": false, timescale.OwnWords: false, timescale.Through: false,
		timescale.Part: true, timescale.Twin: true, timescale.NotRead: true,
	}
	for _, read := range append(timescale.Readings, "") {
		if unread, ok := want[read]; !ok || (timescale.Check{Read: read}).Unread() != unread {
			t.Errorf("%q: unread is not %t", read, unread)
		}
	}
}
