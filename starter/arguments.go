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
	d.Date = day
	return err
}

// momentArg is a DATE or INSTANT of the command line; zero where it was left out.
type momentArg struct{ casework.When }

// UnmarshalText reads YYYY-MM-DD, or an instant with its offset from UTC.
func (m *momentArg) UnmarshalText(text []byte) error {
	when, err := casework.ParseWhen(string(text))
	if err != nil {
		return err
	}
	if when.Day.IsZero() {
		return fmt.Errorf("%q lies outside the years 0001 to 9999", text)
	}
	m.When = when
	return nil
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
