package sample_test

import (
	"bytes"
	"sync"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake/rows"
	"longstop/internal/sample"
	"longstop/timescale/load"
)

// book is the law that ships with the product.
var book = casework.NewBook(load.Embedded(), calendar.Published())

// made is a sample, written and read back.
type made struct {
	day, ref, from calendar.Date
	message        *node
	children       []*node
	events         []casework.Event
	byChild        map[string][]casework.Event
	people         []casework.Event
	imported       *imported
}

func makeSample(tb testing.TB, day string, children int, seed uint64) *made {
	tb.Helper()
	s, err := sample.Make(sample.Options{Day: date(tb, day), Children: children, Seed: seed})
	if err != nil {
		tb.Fatal(err)
	}
	var census, events, people bytes.Buffer
	for _, err := range []error{s.WriteReturn(&census), s.WriteEvents(&events), s.WritePeople(&people)} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	m := &made{day: date(tb, day), message: parse(tb, bytes.NewReader(census.Bytes())), byChild: map[string][]casework.Event{}}
	m.ref = m.message.day(tb, "Header/CollectionDetails/ReferenceDate")
	m.from = periodOf(m.ref)
	m.children = m.message.at("Children").all("Child")
	m.events, m.people = read(tb, &events), read(tb, &people)
	for _, e := range m.events {
		m.byChild[e.Case] = append(m.byChild[e.Case], e)
	}
	m.imported = importOf(tb, census.Bytes(), m)
	return m
}

// county is a whole county, made once; nobody changes it.
func county(tb testing.TB) *made {
	tb.Helper()
	countyOnce.Do(func() { theCounty = makeSample(tb, "2026-11-20", 3000, 0) })
	if theCounty == nil {
		tb.Fatal("the county could not be made: see the test that made it first")
	}
	return theCounty
}

var (
	countyOnce sync.Once
	theCounty  *made
)

// periodOf is the last 1 April before a reference date.
func periodOf(ref calendar.Date) calendar.Date {
	from := calendar.NewDate(ref.Year(), 4, 1)
	if from >= ref {
		return calendar.NewDate(ref.Year()-1, 4, 1)
	}
	return from
}

func read(tb testing.TB, file *bytes.Buffer) []casework.Event {
	tb.Helper()
	events, refused, err := rows.Read(file)
	if err != nil || len(refused) > 0 {
		tb.Fatalf("the lines cannot be read: %v, %v", err, refused)
	}
	return events
}

// episodes are every episode of every child.
func (m *made) episodes() []*node {
	var list []*node
	for _, c := range m.children {
		list = append(list, c.all("CINdetails")...)
	}
	return list
}

// groups are every group of a name in every episode.
func (m *made) groups(name string) []*node {
	var list []*node
	for _, e := range m.episodes() {
		list = append(list, e.all(name)...)
	}
	return list
}
