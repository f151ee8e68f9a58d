// Package casetime is the one clock that case time comes from. In a service it is the
// wall clock. In a demonstration it runs faster, so that weeks pass in minutes; only the
// edge knows that: workflows arm their timers by wall instants that come with a nudge.
package casetime

import "time"

// Clock tells case time, and when the wall clock will show a case instant.
// Implementations are safe for concurrent use.
type Clock interface {
	// Now is the present case instant.
	Now() time.Time
	// Wall is the wall instant at which case time reaches t.
	Wall(t time.Time) time.Time
}

// Real is the wall clock.
func Real() Clock { return realClock{} }

type realClock struct{}

func (realClock) Now() time.Time             { return time.Now().UTC() }
func (realClock) Wall(t time.Time) time.Time { return t }

// Accelerated is a clock that showed the case instant `from` at the wall instant `at`
// and has run factor times as fast since.
func Accelerated(from, at time.Time, factor float64) Clock {
	return accelerated{from: from.UTC(), at: at, factor: factor}
}

type accelerated struct {
	from, at time.Time
	factor   float64
}

func (a accelerated) Now() time.Time {
	return a.from.Add(time.Duration(float64(time.Since(a.at)) * a.factor))
}

func (a accelerated) Wall(t time.Time) time.Time {
	return a.at.Add(time.Duration(float64(t.Sub(a.from)) / a.factor))
}
