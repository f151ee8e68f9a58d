package sample

import (
	"errors"
	"fmt"

	"longstop/calendar"
)

// Defaults of [Options].
const (
	DefaultChildren = 60
	DefaultSeed     = 1744 // the year of the first laws of cricket
)

//go:generate go run ./makesample --day 2026-11-20 --out testdata

// The names of the files of a sample.
const (
	ReturnFile = "cin-census.xml"
	PeopleFile = "people.jsonl"
	EventsFile = "events.jsonl"
)

// maxChildren keeps a mistyped number from filling a disk.
const maxChildren = 200_000

// Options say what to invent.
type Options struct {
	Day      calendar.Date // the day on which the return is made; its reference date is the day before
	Children int           // 0: DefaultChildren
	Seed     uint64        // 0: DefaultSeed
}

// Sample is an invented district. It is safe for concurrent use: it never changes, and holds
// little more than how to draw the district again.
type Sample struct {
	*district
	teams teams
}

// Make invents a district. It refuses a day outside the years 2018 to 2150 (the single
// assessment came in 2013, and episodes reach back over four years) and a number of children
// below 0 or over 200,000; and it says so in the unlikely case that the day allows no family
// of a kind that a sample must hold.
func Make(o Options) (*Sample, error) {
	if o.Children == 0 {
		o.Children = DefaultChildren
	}
	if o.Seed == 0 {
		o.Seed = DefaultSeed
	}
	if y := o.Day.Year(); y < 2018 || y > 2150 {
		return nil, errors.New("sample: the day of the return is missing or outside the years 2018 to 2150: give one such as 2026-11-20")
	}
	if o.Children < 0 || o.Children > maxChildren {
		return nil, fmt.Errorf("sample: %d children: give 1 to %d", o.Children, maxChildren)
	}
	f := newFrame(calendar.Published(), o.Day)
	d, err := newDistrict(f, o.Seed, o.Children)
	if err != nil {
		return nil, err
	}
	return &Sample{district: d, teams: newTeams(f, o.Children)}, nil
}

// ReferenceDate is the reference date of the return.
func (s *Sample) ReferenceDate() calendar.Date { return s.f.ref }
