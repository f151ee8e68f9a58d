package casework

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// A timescale may start on a birthday of the child, as far as its period is open on it. While the
// birth is not known the duty waits for it, from the opening of the period: nobody can tell whether
// that birthday is over.

// birthdays are those days of a timescale that lie up to the day of the fold.
func (f *ruleFold) birthdays() []calendar.Date {
	if f.born.IsZero() {
		return nil
	}
	var days []calendar.Date
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if s.Birthday == 0 {
			continue
		}
		day := f.born.Birthday(s.Birthday)
		f.turn(day)
		switch {
		case day <= f.asOf:
			days = append(days, day)
		case slices.ContainsFunc(f.own, (*span).open) && f.rule.EditionOn(day) != nil:
			f.ahead = f.ahead.sooner(startAhead{day, "a clock starts by itself"})
		}
	}
	return days
}

// startOnBirthday opens the duties that a birthday starts, in each period that is open on it; and
// where the birth is not known, those that wait for it.
func (f *ruleFold) startOnBirthday(day calendar.Date) {
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if s.Birthday == 0 {
			continue
		}
		spans := openedOn(f.own, day)
		if !f.waitsForBirth(s) {
			spans = nil
			if day == f.born.Birthday(s.Birthday) {
				spans = f.own
			}
		}
		for _, span := range spans {
			if span.covers(day) && f.fits(s, span.opener, day, span) {
				f.open(s, span.opener, day, span)
			}
		}
	}
}

// waitsForBirth reports whether nobody can tell when a way of starting comes, for the birth is not known.
func (f *ruleFold) waitsForBirth(s *timescale.Start) bool { return s.Birthday > 0 && f.born.IsZero() }
