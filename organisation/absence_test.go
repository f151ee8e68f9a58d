package organisation_test

import (
	"slices"
	"testing"

	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// absentKnown is an absence that was recorded on a day of its own.
func absentKnown(id, recorded, from, until, cover string) casework.Event {
	e := absent("W1", from, until, cover)
	e.ID, e.Recorded = id, day(recorded).At(9, 0)
	return e
}

func returned(at string) casework.Event {
	return casework.Event{
		ID: "r" + at, Type: organisation.Returned, At: casework.OnDay(day(at)), Recorded: day(at).At(9, 0), Data: casework.Data{"worker": "W1"},
	}
}

func TestSeveralAbsencesOfOnePersonEachCount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		events []casework.Event
		away   map[string]string // by day: who stands in; "" for nobody; a day that is not here: the person is present
		days   []string
	}{
		{
			"one inside another",
			[]casework.Event{absentKnown("a", "2026-06-01", "2026-06-01", "2026-06-30", "W2"), absentKnown("b", "2026-06-10", "2026-06-10", "2026-06-12", "W3")},
			map[string]string{"2026-06-09": "W2", "2026-06-10": "W3", "2026-06-12": "W3", "2026-06-13": "W2", "2026-06-30": "W2"},
			[]string{"2026-05-31", "2026-07-01"},
		},
		{
			"one that was planned long before, and an illness of unknown length",
			[]casework.Event{absentKnown("plan", "2026-03-02", "2026-12-21", "2027-01-04", "W2"), absentKnown("ill", "2026-12-14", "2026-12-14", "", "W3")},
			map[string]string{"2026-12-14": "W3", "2026-12-21": "W2", "2027-01-04": "W2", "2027-01-05": "W3"},
			[]string{"2026-03-02", "2026-12-13"},
		},
		{
			"an illness of unknown length is over when another absence begins that was recorded after it",
			[]casework.Event{absentKnown("ill", "2026-06-01", "2026-06-01", "", "W2"), absentKnown("leave", "2026-08-03", "2026-08-03", "2026-08-14", "W3")},
			map[string]string{"2026-06-01": "W2", "2026-08-02": "W2", "2026-08-03": "W3", "2026-08-14": "W3"},
			[]string{"2026-08-15"},
		},
		{
			"the end becomes known by recording the same absence once more",
			[]casework.Event{absentKnown("ill", "2026-06-01", "2026-06-01", "", "W2"), absentKnown("end", "2026-06-09", "2026-06-01", "2026-06-12", "W2")},
			map[string]string{"2026-06-01": "W2", "2026-06-12": "W2"},
			[]string{"2026-06-13"},
		},
		{
			"the end becomes known by a return",
			[]casework.Event{absentKnown("ill", "2026-06-01", "2026-06-01", "", ""), absentKnown("leave", "2026-06-05", "2026-08-03", "2026-08-14", ""), returned("2026-06-15")},
			map[string]string{"2026-06-14": "", "2026-08-03": ""},
			[]string{"2026-06-15", "2026-08-02", "2026-08-15"},
		},
		{
			"the cover of the absence that began last comes first, then the others",
			[]casework.Event{
				absentKnown("a", "2026-06-01", "2026-06-01", "2026-06-30", "W2"), absentKnown("b", "2026-06-10", "2026-06-10", "2026-06-12", "W3"),
				absent("W3", "2026-06-11", "2026-06-11", ""),
			},
			map[string]string{"2026-06-10": "W3", "2026-06-11": "W2", "2026-06-12": "W3"},
			nil,
		},
		{
			"one that was corrected",
			[]casework.Event{
				absentKnown("a", "2026-06-01", "2026-06-01", "2026-06-30", "W2"),
				func() casework.Event {
					e := absentKnown("a2", "2026-06-02", "2026-06-03", "2026-06-04", "W3")
					e.Corrects = "a"
					return e
				}(),
			},
			map[string]string{"2026-06-03": "W3", "2026-06-04": "W3"},
			[]string{"2026-06-01", "2026-06-02", "2026-06-05"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			people := []casework.Event{appointed("W1", timescale.Worker), appointed("W2", timescale.Worker), appointed("W3", timescale.Worker)}
			forwards := append(people, tc.events...)
			backwards := slices.Clone(forwards)
			slices.Reverse(backwards)
			for _, events := range [][]casework.Event{forwards, backwards} {
				d := organisation.NewDirectory(events)
				for on, cover := range tc.away {
					r, ok := d.Route(timescale.Worker, organisation.Allocation{Worker: "W1"}, day(on), nil)
					if !d.Person("W1").Away(day(on)) || cover != "" && (r.Staff != cover || r.Why != organisation.Cover) || cover == "" && r.Staff != "W1" || !ok {
						t.Errorf("on %s: %+v, want %q to stand in", on, r, cover)
					}
				}
				for _, on := range tc.days {
					if d.Person("W1").Away(day(on)) {
						t.Errorf("on %s the person is away", on)
					}
				}
			}
		})
	}
}

func TestTheEndOfAnAbsenceIsThatOfThoseThatFollowAtOnce(t *testing.T) {
	t.Parallel()
	d := organisation.NewDirectory([]casework.Event{
		appointed("W1", timescale.Worker), absent("W1", "2026-06-01", "2026-06-05", ""), absent("W1", "2026-06-06", "2026-06-12", ""),
		absent("W1", "2026-07-01", "", ""),
	})
	for on, want := range map[string]string{"2026-06-02": "2026-06-12", "2026-06-12": "2026-06-12"} {
		if got := d.Person("W1").AwayUntil(day(on)); got != day(want) {
			t.Errorf("on %s away until %s, want %s", on, got, want)
		}
	}
	for _, on := range []string{"2026-05-31", "2026-06-13", "2026-07-02"} {
		if got := d.Person("W1").AwayUntil(day(on)); !got.IsZero() {
			t.Errorf("on %s away until %s, want no end", on, got)
		}
	}
}

func TestWhoComesBackAfterLeavingHasNotBeenAwayEverSince(t *testing.T) {
	t.Parallel()
	again := appointed("W1", timescale.Worker)
	again.ID, again.At = "again", casework.OnDay(day("2026-09-01"))
	d := organisation.NewDirectory([]casework.Event{appointed("W1", timescale.Worker), absent("W1", "2026-06-01", "", ""), left("W1", "2026-06-30"), again})
	if p := d.Person("W1"); !p.Employed() || p.Away(day("2026-09-02")) {
		t.Errorf("%+v", p)
	}
}
