package sample_test

import (
	"bytes"
	"slices"
	"testing"

	"longstop/casework"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/internal/sample"
)

// source is the name under which the return is imported and the events are pushed.
const source = "sample"

// imported is what the importer makes of a return.
type imported struct {
	events  map[string][]casework.Event // by the child's id
	refused []intake.Refusal
	queries []intake.Query
}

func importOf(tb testing.TB, census []byte, m *made) *imported {
	tb.Helper()
	in := &imported{events: map[string][]casework.Event{}}
	eachChild(tb, census, m, func(load intake.Load, c intake.Child) {
		in.refused = append(in.refused, c.Refused...)
		in.queries = append(in.queries, c.Queries...)
		events := load.Compare(nil, c).Events
		for i := range events {
			events[i].Recorded = m.day.At(6, 0)
		}
		in.events[c.Reference] = events
	})
	return in
}

// eachChild checks and reads a return on the day on which it was made.
func eachChild(tb testing.TB, census []byte, m *made, each func(intake.Load, intake.Child)) {
	tb.Helper()
	format := cincensus.Census{}
	found, err := format.Check(bytes.NewReader(census), m.day)
	if err != nil {
		tb.Fatal(err)
	}
	load := intake.Load{Format: format, Source: source, Period: found.Header.Period, Day: m.day}
	err = format.Read(bytes.NewReader(census), found, m.day, func(c intake.Child) error {
		each(load, c)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
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
	eachChild(t, written(t, o)[sample.ReturnFile], m, func(load intake.Load, c intake.Child) {
		if again := load.Compare(m.imported.events[c.Reference], c).Events; len(again) > 0 {
			t.Errorf("child %d: %d events are recorded again", c.Place, len(again))
		}
	})
}
