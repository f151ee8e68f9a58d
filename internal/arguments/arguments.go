// Package arguments reads what stands on a command line: days, instants and spans of time as people write them, and texts, which it
// cleans as those of events are.
package arguments

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
)

// Day is a DATE of a command line; zero where it was left out.
type Day struct{ calendar.Date }

// UnmarshalText reads YYYY-MM-DD.
func (d *Day) UnmarshalText(text []byte) error {
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
	if year := day.Year(); year < firstYear || year > lastYear {
		return fmt.Errorf("%s lies outside of the years %d to %d: check the year", day, firstYear, lastYear)
	}
	return nil
}

// Moment is a DATE or INSTANT of a command line; zero where it was left out.
type Moment struct{ casework.When }

// UnmarshalText reads YYYY-MM-DD, or an instant with its offset from UTC.
func (m *Moment) UnmarshalText(text []byte) error {
	when, err := casework.ParseWhen(string(text))
	if err != nil {
		return err
	}
	m.When = when
	return usable(when.Day)
}

// IsZero reports whether it was left out.
func (m Moment) IsZero() bool { return m.Day.IsZero() }

// Span is a span of days or hours: "7d", "12h"; "0" is none.
type Span struct{ time.Duration }

// UnmarshalText reads a whole number of days or hours.
func (s *Span) UnmarshalText(text []byte) error {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour} {
		if number, ok := strings.CutSuffix(string(text), unit); ok {
			n, err := strconv.ParseUint(number, 10, 16)
			if err != nil {
				break
			}
			s.Duration = time.Duration(n) * length
			return nil
		}
	}
	if string(text) == "0" {
		return nil
	}
	return fmt.Errorf("%q is not a number of days or hours: give one such as 7d or 12h", text)
}

// Expires is when something ends: on a day, or after a span; zero where it was left out.
type Expires struct {
	day  Day
	span Span
}

// UnmarshalText reads a DATE, or a span.
func (e *Expires) UnmarshalText(text []byte) error {
	if strings.Contains(string(text), "-") {
		return e.day.UnmarshalText(text)
	}
	if err := e.span.UnmarshalText(text); err != nil || e.span.Duration == 0 {
		return fmt.Errorf("%q is not a date, nor a number of days: give one such as 2027-11-29 or 90d", text)
	}
	return nil
}

// From is the end of the day in London, or the end of the span from now on.
func (e Expires) From(now time.Time) time.Time {
	if !e.day.IsZero() {
		return e.day.End()
	}
	if e.span.Duration > 0 {
		return now.Add(e.span.Duration)
	}
	return time.Time{}
}

// Clean cleans the arguments of a command that are names and texts as those of events are, so that ' C1' finds the case C1. Paths
// are left as they are. The error names an argument in which something stands that nobody sees.
func Clean(command *kong.Context) error {
	values := slices.Clone(command.Selected().Positional)
	for _, flag := range command.Flags() {
		values = append(values, flag.Value)
	}
	for _, v := range values {
		if !v.Target.IsValid() || isPath(v) {
			continue
		}
		if err := cleanText(v); err != nil {
			return err
		}
	}
	return nil
}

func cleanText(v *kong.Value) error {
	var texts []reflect.Value
	switch {
	case v.Target.Kind() == reflect.String:
		texts = append(texts, v.Target)
	case v.Target.Kind() == reflect.Slice && v.Target.Type().Elem().Kind() == reflect.String:
		for i := range v.Target.Len() {
			texts = append(texts, v.Target.Index(i))
		}
	}
	for _, text := range texts {
		text.SetString(names.Clean(text.String()))
		if fault := faultOfText(v, text.String()); fault != "" {
			return fmt.Errorf("%s %s", v.Summary(), fault)
		}
	}
	return nil
}

// faultOfText allows line breaks and the like in what is a text of several words.
func faultOfText(v *kong.Value, text string) string {
	if holder := placeHolder(v); strings.Contains(holder, "TEXT") || strings.Contains(holder, "VALUE") {
		return names.TextFault(text)
	}
	return names.Fault(text)
}

// isPath goes by what the help calls a value.
func isPath(v *kong.Value) bool {
	holder := placeHolder(v)
	return v.Name == "file" || strings.Contains(holder, "FILE") || strings.Contains(holder, "PATH") || strings.Contains(holder, "DIR")
}

func placeHolder(v *kong.Value) string {
	if v.Flag != nil {
		return v.Flag.PlaceHolder
	}
	return v.Tag.PlaceHolder
}
