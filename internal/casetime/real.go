//go:build !testnow

package casetime

import "time"

// Real returns the clock of a service: case time is wall time. Nothing in the environment
// changes that; a build for tests at another time has another one, see testnow.go.
func Real() Clock { return realClock{} }

type realClock struct{}

func (realClock) Case(wall time.Time) time.Time { return wall.UTC() }
func (realClock) Wall(t time.Time) time.Time    { return t }
