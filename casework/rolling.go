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
// within the limit's days up to an instant; and where one of those days' stretches is
// leaving them, the instant at which it has gone.
func (f *ruleFold) openBefore(d *openDuty, at time.Time) (sum time.Duration, gone time.Time) {
	from := calendar.InLondon(at).AddDate(0, 0, -d.Limit.In)
	for _, s := range f.own {
		if s == d.span {
			break
		}
		if s.open() {
			continue
		}
		begun, ended := s.opener.At.Start(), s.ender.At.End()
		if own := d.Started.Start(); ended.After(own) { // that time is counted already
			ended = own
		}
		if !ended.After(from) {
			continue
		}
		if begun.Before(from) {
			begun, gone = from, calendar.InLondon(ended).AddDate(0, 0, d.Limit.In)
		}
		sum += ended.Sub(begun)
	}
	return sum, gone
}
