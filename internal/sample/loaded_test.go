package sample_test

import (
	"bytes"
	"slices"
	"testing"

	"longstop/casework"
	"longstop/intake/cincensus"
	"longstop/internal/sample"
)

// source is the name under which the return is imported and the events are pushed.
const source = "sample"

// imported is what the importer makes of a return.
type imported struct {
	events  map[string][]casework.Event // by the child's id
	refused []cincensus.Refusal
	queries []cincensus.Query
}

func importOf(tb testing.TB, census []byte, m *made) *imported {
	tb.Helper()
	in := &imported{events: map[string][]casework.Event{}}
	period := cincensus.NewPeriod(m.ref, m.day)
	_, err := cincensus.Read(bytes.NewReader(census), cincensus.Options{}, func(c cincensus.Child) error {
		in.refused = append(in.refused, c.Refused...)
		in.queries = append(in.queries, c.Queries...)
		events := cincensus.Load{Source: source, Period: period, Day: m.day}.Compare(nil, c).Events
		for i := range events {
			events[i].Recorded = m.day.At(6, 0)
		}
		in.events[c.Reference] = events
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

// loaded are the events of a child's case: those of the return and those that were pushed.
func (m *made) loaded(c *node) []casework.Event {
	id := c.get("ChildIdentifiers/LAchildID")
	events := slices.Clone(m.imported.events[id])
	for _, e := range m.byChild[id] {
		e.Source = source
		events = append(events, e)
	}
	return events
}

func TestImporterRefusesNothingAndAsksOnlyAboutWhatIsOverdue(t *testing.T) {
	t.Parallel()
	overdue := []string{"8670Q", "8675Q"} // an assessment, or a conference, late and not done yet
	for day, children := range map[string]int{"2026-11-20": 400, "2027-03-31": 400, "2027-01-04": 60, "2026-12-29": 60} {
		m := makeSample(t, day, children, 3)
		for _, r := range m.imported.refused {
			t.Errorf("%s: %s", day, r.Error())
		}
		for _, q := range m.imported.queries {
			if !slices.Contains(overdue, q.Code) {
				t.Errorf("%s: child %d: the importer asks about %s (%s)", day, q.Child, q.Element, q.Code)
			}
		}
	}
}

func TestSecondImportOfTheSampleAddsNothing(t *testing.T) {
	t.Parallel()
	o := sample.Options{Day: date(t, "2026-11-20"), Children: 100}
	m := makeSample(t, "2026-11-20", 100, 0)
	_, err := cincensus.Read(bytes.NewReader(written(t, o)[sample.ReturnFile]), cincensus.Options{}, func(c cincensus.Child) error {
		load := cincensus.Load{Source: source, Period: cincensus.NewPeriod(m.ref, m.day), Day: m.day}
		if again := load.Compare(m.imported.events[c.Reference], c).Events; len(again) > 0 {
			t.Errorf("child %d: %d events anew", c.Place, len(again))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
