// Package casetime is the one place that turns wall time into case time.
//
// There are two times. Wall time is what clocks on walls show: Postgres' for whatever is
// recorded or planned, the machine's for progress and deadlines. Case time is when things
// happen, are recorded, become due and are told. In a service they are the same. Another
// clock may run faster, so that weeks pass in minutes, and tests put it where they need it.
// Only the edge knows the difference: workflows arm their timers by wall instants that come
// with a nudge.
package casetime

import "time"

// Clock turns wall time into case time and back. It never reads a clock itself: whoever
// asks says which wall clock counts. Implementations are safe for concurrent use.
type Clock interface {
	// Case is the case instant at a wall instant, in UTC.
	Case(wall time.Time) time.Time
	// Wall is the wall instant at which case time reaches t.
	Wall(t time.Time) time.Time
}

// WallNow reads the machine's wall clock: the one place where a program does. Programs take
// it as a value, so that a test can hand them another.
func WallNow() time.Time { return time.Now() }

// Accelerated returns a clock that showed the case instant `from` at the wall instant `at`
// and has run factor times as fast since.
func Accelerated(from, at time.Time, factor float64) Clock {
	return accelerated{from: from.UTC(), at: at, factor: factor}
}

type accelerated struct {
	from, at time.Time
	factor   float64
}

func (a accelerated) Case(wall time.Time) time.Time {
	return a.from.Add(time.Duration(float64(wall.Sub(a.at)) * a.factor))
}

func (a accelerated) Wall(t time.Time) time.Time {
	return a.at.Add(time.Duration(float64(t.Sub(a.from)) / a.factor))
}
