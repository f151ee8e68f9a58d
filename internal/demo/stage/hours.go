package stage

import (
	"time"

	"longstop/internal/casetime"
)

// The hours in which a hurried clock takes its time: Monday to Friday, 08:00 to 20:00 UTC. In
// winter and in summer they hold London's 09:00 to 20:00, in which notices go.
const (
	dayBegins   = 8 * time.Hour
	dayEnds     = 20 * time.Hour
	day         = 24 * time.Hour
	week        = 7 * day
	workingDays = 5
)

// nightsFaster is how many times faster than the rest a hurried clock runs outside those hours.
const nightsFaster = 12

// hurried is a clock that showed the case instant from at the wall instant at. Since then it
// has run factor times as fast in the hours in which notices go, and nightsFaster times faster
// still outside them: what 09:00 has to say can be sent on the same day, though weeks pass in
// minutes.
type hurried struct {
	from, at time.Time
	factor   float64
}

var _ casetime.Clock = hurried{}

// Case returns the case instant at a wall instant.
func (h hurried) Case(wall time.Time) time.Time {
	return h.reached(effort(h.from) + time.Duration(float64(wall.Sub(h.at))*h.factor))
}

// Wall returns the wall instant at which the clock shows a case instant.
func (h hurried) Wall(t time.Time) time.Time {
	return h.at.Add(time.Duration(float64(effort(t)-effort(h.from)) / h.factor))
}

// origin is a Monday at midnight, from which effort counts.
var origin = time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)

// stretch is a part of a week in which the clock runs at one speed.
type stretch struct {
	lasts time.Duration
	slow  bool
}

// effort returns how long the clock takes over this stretch, as time of the slow hours.
func (s stretch) effort() time.Duration {
	if s.slow {
		return s.lasts
	}
	return s.lasts / nightsFaster
}

// stretches are a week's, from Monday at midnight.
var stretches = func() []stretch {
	var all []stretch
	for range workingDays {
		all = append(all, stretch{dayBegins, false}, stretch{dayEnds - dayBegins, true}, stretch{day - dayEnds, false})
	}
	return append(all, stretch{week - workingDays*day, false})
}()

// weekEffort is the effort of a whole week.
var weekEffort = func() time.Duration {
	var sum time.Duration
	for _, s := range stretches {
		sum += s.effort()
	}
	return sum
}()

// effort returns the effort from the origin to an instant.
func effort(t time.Time) time.Duration {
	weeks, left := divide(t.Sub(origin), week)
	sum := time.Duration(weeks) * weekEffort
	for _, s := range stretches {
		part := stretch{min(left, s.lasts), s.slow}
		sum += part.effort()
		left -= part.lasts
	}
	return sum
}

// reached returns the instant that has some effort from the origin.
func (h hurried) reached(sum time.Duration) time.Time {
	weeks, left := divide(sum, weekEffort)
	t := origin.Add(time.Duration(weeks) * week)
	for _, s := range stretches {
		if left < s.effort() {
			if !s.slow {
				left *= nightsFaster
			}
			return t.Add(left)
		}
		t, left = t.Add(s.lasts), left-s.effort()
	}
	return t
}

// divide returns how often a span holds another, rounded down, and what is left, which is not
// negative.
func divide(span, by time.Duration) (times int64, left time.Duration) {
	times, left = int64(span/by), span%by
	if left < 0 {
		times, left = times-1, left+by
	}
	return times, left
}
