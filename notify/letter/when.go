package letter

import (
	"fmt"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
)

// When is a day, or an instant where a limit is in hours. The record keeps it as YYYY-MM-DD or
// as RFC 3339, and the zero When as "".
type When casework.When

// whenOf returns the moment that the core gives as a text: the due date of a notice.
func whenOf(text string) (When, error) {
	var w When
	return w, w.UnmarshalText([]byte(text))
}

// onDay is a day alone.
func onDay(d calendar.Date) When { return When(casework.OnDay(d)) }

// MarshalText returns the text that the record keeps.
func (w When) MarshalText() ([]byte, error) {
	if w.isZero() {
		return nil, nil
	}
	return []byte(casework.When(w).String()), nil
}

// UnmarshalText reads the text that the record keeps.
func (w *When) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*w = When{}
		return nil
	}
	read, err := casework.ParseWhen(string(text))
	if err != nil {
		return fmt.Errorf("a letter's date: %w", err)
	}
	*w = When(read)
	return nil
}

func (w When) isZero() bool    { return w.Day.IsZero() }
func (w When) isInstant() bool { return !w.Instant.IsZero() }

// compare orders moments by their days, then instants.
func (w When) compare(o When) int {
	if days := w.Day.DaysSince(o.Day); days != 0 {
		return days
	}
	return w.Instant.Compare(o.Instant)
}

// long is a moment in full: "Thursday 3 December 2026", "09:30 on Thursday 3 December 2026".
func (w When) long() string { return w.text(english.LongDay) }

// short is a moment with short names: "Thu 3 Dec 2026".
func (w When) short() string { return w.text(english.Day) }

// text returns a moment that no line break takes apart; "" for the zero When.
func (w When) text(day func(calendar.Date) string) string {
	if w.isZero() {
		return ""
	}
	text := day(w.Day)
	if w.isInstant() {
		text = english.Time(w.Instant) + " on " + text
	}
	return strings.ReplaceAll(text, " ", "\u00a0")
}

// on is " on Thu 3 Dec 2026" or " at 09:30 on Thu 3 Dec 2026"; "" for the zero When.
func (w When) on() string {
	switch {
	case w.isZero():
		return ""
	case w.isInstant():
		return " at " + w.short()
	default:
		return " on " + w.short()
	}
}
