package casework

import (
	"time"

	"longstop/calendar"
)

// rolling is the instant at which the hours for which the timescale's period was open,
// within the consecutive days up to it, reach the limit, if it stays open. What was open
// before counts for as long as it lies in those days.
//
// While the first of those days still lies in an earlier stretch, an hour leaves the sum for
// each that comes to it: nothing is reached before that stretch has gone out of them, but
// for the hour that comes twice when the clocks go back.
func (f *ruleFold) rolling(d *openDuty) time.Time {
	limit := time.Duration(d.Limit.N) * time.Hour
	begun := d.Started.Start()
	at := begun
	for {
		sum, gone := f.openBefore(d, at)
		missing := limit - at.Sub(begun) - sum
		if missing <= 0 {
			return at
		}
		at = at.Add(missing)
		if almost := gone.Add(-time.Hour); at.Before(almost) {
			at = almost
		}
	}
}

// openBefore is for how long the period was open before the duty's own stretch of it,
// within the limit's days up to an instant; and where one of those stretches is going out of
// the days, the instant at which it has gone.
func (f *ruleFold) openBefore(d *openDuty, at time.Time) (sum time.Duration, gone time.Time) {
	from := daysBefore(at, d.Limit.In)
	for _, s := range f.stretches(d, from) {
		begun := s.begun
		if begun.Before(from) {
			begun, gone = from, daysBefore(s.ended, -d.Limit.In)
		}
		sum += s.ended.Sub(begun)
	}
	return sum, gone
}

// stretch is a time for which a period was open.
type stretch struct{ begun, ended time.Time }

// stretches are those for which the period was open before the duty's own, up to its start,
// as far as they end after an instant.
func (f *ruleFold) stretches(d *openDuty, after time.Time) []stretch {
	var list []stretch
	for _, s := range f.own {
		if s.opener == d.opener {
			break
		}
		x := stretch{begun: s.opener.At.Start(), ended: d.Started.Start()}
		if !s.open() && s.ender.At.End().Before(x.ended) {
			x.ended = s.ender.At.End()
		}
		if x.ended.After(after) && x.ended.After(x.begun) {
			list = append(list, x)
		}
	}
	return list
}

// daysBefore is the same hour in London so many days earlier.
func daysBefore(t time.Time, n int) time.Time {
	return calendar.InLondon(t).AddDate(0, 0, -n)
}
