package main

import (
	"fmt"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

// dayArg is a DATE of the command line; zero where it was left out.
type dayArg struct{ calendar.Date }

// UnmarshalText reads YYYY-MM-DD.
func (d *dayArg) UnmarshalText(text []byte) error {
	day, err := calendar.ParseDate(string(text))
	if err != nil {
		return err
	}
	d.Date = day
	return usable(day)
}

// The years that a date of the command line may lie in: nothing is asked of others, and what
// plays day by day up to a far year would never end.
const (
	firstYear = 1950
	lastYear  = 2199
)

// usable refuses a date that can only be a slip.
func usable(day calendar.Date) error {
	switch year := day.Year(); {
	case year < firstYear, year > lastYear:
		return fmt.Errorf("%s lies outside of the years %d to %d: check the year", day, firstYear, lastYear)
	}
	return nil
}

// momentArg is a DATE or INSTANT of the command line; zero where it was left out.
type momentArg struct{ casework.When }

// UnmarshalText reads YYYY-MM-DD, or an instant with its offset from UTC.
func (m *momentArg) UnmarshalText(text []byte) error {
	when, err := casework.ParseWhen(string(text))
	if err != nil {
		return err
	}
	m.When = when
	return usable(when.Day)
}

func (m momentArg) isZero() bool { return m.Day.IsZero() }

// through is the instant itself, or the last of a date, which means the end of that
// London day.
func (m momentArg) through() time.Time {
	if m.DayOnly() {
		return m.Day.End()
	}
	return m.Instant
}

// from is the instant itself, or the first of a date.
func (m momentArg) from() time.Time {
	if m.DayOnly() {
		return m.Day.Start()
	}
	return m.Instant
}
