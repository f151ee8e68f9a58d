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
