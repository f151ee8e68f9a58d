package district_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/intake/rows"
	"longstop/internal/sample"
	"longstop/store"
)

const source = "sample"

// made is a district: what was known before its first day, and what is recorded when after that.
type made struct {
	cal     *calendar.Calendar
	start   calendar.Date // of the first load
	first   calendar.Date // that is measured
	last    calendar.Date
	outage  calendar.Date // in the middle
	history []store.CaseEvents
	batches []batch // in the order of their instants
}

// batch is what is recorded at an instant.
type batch struct {
	at     time.Time
	events []casework.Event
}

// makeDistrict invents a district up to the last day, and takes its story apart by when each thing was recorded.
func makeDistrict(t *testing.T) *made {
	t.Helper()
	cal := calendar.Published()
	m := &made{cal: cal, last: lastDay}
	m.first = cal.AddWorkingDays(m.last, 1-*days)
	m.start = cal.AddWorkingDays(m.first, -daysBefore)
	m.outage = cal.AddWorkingDays(m.first, *days/2)

	s, err := sample.Make(sample.Options{Day: m.last.AddDays(1), Children: *children, Seed: *seed})
	if err != nil {
		t.Fatal(err)
	}
	var people, feed, census bytes.Buffer
	for _, err := range []error{s.WritePeople(&people), s.WriteEvents(&feed), s.WriteReturn(&census)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	staff, atWork := dealt(readLines(t, &people))
	events := slices.Concat(ofReturn(t, census.Bytes(), m), readLines(t, &feed))
	events = append(events, m.missing(events)...)
	before := map[string][]casework.Event{}
	later := map[time.Time][]casework.Event{}
	for _, e := range events {
		if e.Type == "worker.allocated" {
			e.Data["team"] = atWork(e.Data.Text("worker"))
		}
		at := recordedAt(&e)
		e.Recorded = time.Time{} // the record says when
		if at.Before(m.begins()) {
			before[e.Case] = append(before[e.Case], e)
			continue
		}
		later[at] = append(later[at], e)
	}
	for _, ref := range slices.Sorted(maps.Keys(before)) {
		m.history = append(m.history, store.CaseEvents{Reference: ref, Events: before[ref]})
	}
	for _, e := range staff {
		at := max(e.At.Day, m.start).At(5, 0)
		later[at] = append(later[at], e)
	}
	for _, at := range slices.SortedFunc(maps.Keys(later), time.Time.Compare) {
		m.batches = append(m.batches, batch{at, later[at]})
	}
	return m
}

// begins is when the history is loaded: early on the first day, when everybody is known.
func (m *made) begins() time.Time { return m.start.At(6, 0) }

// recordedAt is half past six of the evening on which something was recorded; that a child is back is recorded within the hour.
func recordedAt(e *casework.Event) time.Time {
	day := e.At.Day
	if !e.Recorded.IsZero() {
		day = max(day, calendar.DateOf(e.Recorded))
	}
	if !e.At.DayOnly() && e.Type == "missing.ended" {
		return e.At.Instant.Add(time.Hour)
	}
	return day.At(18, 30)
}

// ofReturn are the events of a return, as an importer reads them. Each counts as recorded on its day, as a case system would.
func ofReturn(t *testing.T, census []byte, m *made) []casework.Event {
	t.Helper()
	format, day := cincensus.Census{}, m.last.AddDays(1)
	found, err := format.Check(bytes.NewReader(census), day)
	if err != nil {
		t.Fatal(err)
	}
	load := intake.Load{Format: format, Source: source, Period: found.Header.Period, Day: day}
	var list []casework.Event
	err = format.Read(bytes.NewReader(census), found, day, func(c intake.Child) error {
		for _, e := range load.Compare(nil, c).Events {
			e.Case = c.Reference
			list = append(list, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// missing lets some children go missing for a night, and be spoken with afterwards, or not: limits in hours. No return tells of it.
func (m *made) missing(events []casework.Event) []casework.Event {
	known := map[string]bool{}
	for _, e := range events {
		known[e.Case] = true
	}
	var list []casework.Event
	for _, ref := range slices.Sorted(maps.Keys(known)) {
		if drawn(25, "missing", ref) != 0 {
			continue
		}
		back := m.first.AddDays(int(drawn(uint64(max(1, *days)), "back", ref)))
		at := back.At(int(7+drawn(12, "hour", ref)), 15)
		list = append(list, casework.Event{ID: ref + "-missing", Case: ref, Type: "missing.ended", At: casework.AtInstant(at)})
		if spoken := back.AddDays(int(1 + drawn(6, "spoken", ref))); spoken <= m.last {
			list = append(list, casework.Event{
				ID: ref + "-spoken", Case: ref, Type: "return_interview.completed", At: casework.AtInstant(spoken.At(16, 0)),
			})
		}
	}
	return list
}

func readLines(t *testing.T, file *bytes.Buffer) []casework.Event {
	t.Helper()
	events, refused, err := rows.Read(file)
	if err != nil || len(refused) > 0 {
		t.Fatalf("the lines cannot be read: %v, %v", err, refused)
	}
	return events
}

// dealt deals the people of a sample into as many teams as are asked for, and returns which team a worker is in.
func dealt(people []casework.Event) (staff []casework.Event, teamOf func(worker string) string) {
	known := map[string]casework.Event{}
	count := 0
	for _, e := range people {
		if e.Type == "staff.appointed" {
			known[e.Data.Text("worker")] = e
			if e.Data.Text("role") == "worker" {
				count++
			}
		}
	}
	groups := cmp.Or(*teams, (count+6)/7)
	teamOf = func(worker string) string {
		n, err := strconv.Atoi(strings.TrimLeft(worker, "WTMSH"))
		if err != nil {
			panic(err)
		}
		if strings.HasPrefix(worker, "W") {
			n = 1 + (n-1)*groups/count
		}
		return fmt.Sprintf("T%02d", n)
	}
	for _, e := range people {
		worker, n := e.Data.Text("worker"), 0
		_, _ = fmt.Sscanf(strings.TrimLeft(e.Data.Text("team")+worker, "T"), "%d", &n)
		switch {
		case e.Type == "team.formed":
			if n <= groups {
				staff = append(staff, e)
			}
			continue
		case e.Type == "staff.appointed" && e.Data.Text("role") == "worker":
			e.Data["team"] = teamOf(worker)
		case e.Type == "staff.appointed" && n > groups: // the manager of a team that there is not
			continue
		}
		staff = append(staff, e)
	}
	return staff, teamOf
}

// drawn is a number below n that hangs on some words and the seed alone.
func drawn(n uint64, words ...string) uint64 {
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, *seed)
	for _, w := range words {
		_, _ = h.Write([]byte(w + "\x00"))
	}
	return h.Sum64() % n
}
