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
	earlier := f.stretches(d, daysBefore(begun, d.Limit.In.N))
	at := begun
	for {
		sum, gone := sumBefore(earlier, at, d.Limit.In.N)
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

// sumBefore is for how long some stretches lasted within so many days up to an instant; and where
// one of them is going out of the days, the instant at which it has gone.
func sumBefore(stretches []stretch, at time.Time, days int) (sum time.Duration, gone time.Time) {
	from := daysBefore(at, days)
	for _, s := range stretches {
		begun := s.begun
		if begun.Before(from) {
			begun, gone = from, daysBefore(s.ended, -days)
		}
		sum += max(0, s.ended.Sub(begun))
	}
	return sum, gone
}

// stretch is a time for which a period was open.
type stretch struct{ begun, ended time.Time }

// stretches are those for which the period was open before the duty's own, up to its start,
// as far as they end after an instant. What lies in two of them counts in the first.
func (f *ruleFold) stretches(d *openDuty, after time.Time) []stretch {
	var list []stretch
	var until time.Time // up to which it has been counted
	for _, s := range f.openBefore(d, calendar.DateOf(after)) {
		x := stretch{begun: s.opener.At.Start(), ended: d.Started.Start()}
		if !s.open() && s.ender.At.End().Before(x.ended) {
			x.ended = s.ender.At.End()
		}
		if x.begun.Before(until) {
			x.begun = until
		}
		if x.ended.After(after) && x.ended.After(x.begun) {
			list, until = append(list, x), x.ended
		}
	}
	return list
}

// lastDay is the last day on which the days for which the timescale's period was open, within the
// time up to it, are no more than the limit, if it stays open. Where they are more on the day of
// the start already, it is the day before.
func (f *ruleFold) lastDay(d *openDuty) calendar.Date {
	begun := d.Started.Day
	earlier := f.daysOpen(d, d.Limit.SumFrom(begun))
	for day := begun; ; {
		var before int
		before, earlier = earlier.since(d.Limit.SumFrom(day))
		left := d.Limit.N - before - (day.DaysSince(begun) + 1)
		if left < 0 {
			return day.AddDays(-1)
		}
		day = day.AddDays(left + 1) // each day adds one at the most
	}
}

// daysOpen are stretches of whole days, in order and apart.
type daysOpen []dayRange

// daysOpen are the days for which the period was open before the duty's own, each counted once
// and up to the day before its start, of the stretches that last until a day or longer.
func (f *ruleFold) daysOpen(d *openDuty, from calendar.Date) daysOpen {
	before := f.openBefore(d, from)
	list := make(daysOpen, 0, len(before))
	last := from.AddDays(-1) // up to which they have been counted or do not count
	for _, s := range before {
		x := dayRange{from: s.opened, until: d.Started.Day.AddDays(-1)}
		if !s.open() {
			x.until = min(x.until, s.ended)
		}
		if len(list) > 0 {
			x.from = max(x.from, last.AddDays(1))
		}
		if x.until > last && x.until >= x.from {
			list, last = append(list, x), x.until
		}
	}
	return list
}

// since is how many of the days lie on a day or later, and the stretches in which they lie.
func (list daysOpen) since(day calendar.Date) (count int, rest daysOpen) {
	for len(list) > 0 && list[0].until < day {
		list = list[1:]
	}
	for _, s := range list {
		count += s.until.DaysSince(max(s.from, day)) + 1
	}
	return count, list
}

// openBefore are the stretches of the timescale's period that opened before the duty's own and of
// which one lasted until a day or longer, in order: those before them had all ended.
func (f *ruleFold) openBefore(d *openDuty, until calendar.Date) []*span {
	own := firstOpened(f.own, d.Started.Day)
	for own < len(f.own) && f.own[own].opener != d.opener {
		own++
	}
	if len(f.lasted) != len(f.own) {
		f.lasted = lastOpen(f.own)
	}
	first := own
	for first > 0 && f.lasted[first-1] >= until {
		first--
	}
	return f.own[first:own]
}

// lastOpen is for each of some spans the last day on which it, or one before it, was open.
func lastOpen(spans []*span) []calendar.Date {
	list := make([]calendar.Date, len(spans))
	last := calendar.Date(0)
	for i, s := range spans {
		if last = max(last, s.ended); s.open() {
			last = noDay
		}
		list[i] = last
	}
	return list
}

// daysBefore is the same hour in London so many days earlier.
func daysBefore(t time.Time, n int) time.Time {
	return calendar.InLondon(t).AddDate(0, 0, -n)
}
