// Package sample invents a district: a Children in Need census return, the people who
// hold its cases, and what a case system would push about visits and meetings. Nothing in
// it is about a real child, worker or council.
//
// It is a small simulation. Referrals arrive through the year as they do in England, each
// starts an episode that runs its course by the published distributions
// (journey.go names each table), and the return shows what was known of it at the
// end of the day before the one it is made on. So open assessments have every age, plans
// are as old as plans are, and some things are late. A few families are cast first, one
// for each situation worth seeing (district.go); the rest are drawn. Of the children whose
// episodes have closed one in four is kept, so that most of the return is live.
//
// It differs from a real return in three ways. All reviews of a plan are shown, not only
// those of the period, and a later assessment of an episode is shown only where the first
// is: a return that has neither reads as lateness that never was. Dates before the period
// stand in pre-proceedings that began before it. In April and May, when the period is
// short, situations that need a longer one are left out.
//
// The same day, number of children and seed give the same bytes. The whole is drawn family
// by family and never held in memory. The package reads no clock: the day is given.
package sample

import (
	"errors"
	"fmt"
	"time"

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

// frame is the window that a return shows: its period, and the day it is made on.
type frame struct {
	cal  *calendar.Calendar
	day  calendar.Date // the return is made early on this day
	ref  calendar.Date // its reference date: the day before, the last that is complete
	from calendar.Date // the first day of its period
}

// newFrame frames a return made on a day. The reference date is the day before: a day that
// is not over cannot be reported, and what fell due on the day itself still runs. The
// period begins on the last 1 April before it (census.md).
func newFrame(cal *calendar.Calendar, day calendar.Date) frame {
	ref := day.AddDays(-1)
	from := calendar.NewDate(ref.Year(), time.April, 1)
	if from >= ref {
		from = calendar.NewDate(ref.Year()-1, time.April, 1)
	}
	return frame{cal: cal, day: day, ref: ref, from: from}
}

// collectionYear is the year in which the period ends, by which a collection is named.
func (f frame) collectionYear() int { return f.from.Year() + 1 }

// periodDays is how many days of the period have passed.
func (f frame) periodDays() int { return f.ref.DaysSince(f.from) + 1 }

// wd is the nth working day after a day; for 0 the first on or after it.
func (f frame) wd(d calendar.Date, n int) calendar.Date {
	if n == 0 {
		return f.cal.OnOrAfter(d)
	}
	return f.cal.AddWorkingDays(d, n)
}

// workday is the last working day on or before a day, but after another.
func (f frame) workday(d, after calendar.Date) calendar.Date {
	if before := f.cal.OnOrBefore(d); before > after {
		return before
	}
	return f.cal.OnOrAfter(after.AddDays(1))
}
