// Package casetimetest gives tests their present. No test may depend on the day or hour on
// which it runs: one that needs a certain day sets a clock to it, and one that goes by the
// present takes it from here, so that `make test NOW=2026-12-25T23:30:00Z` moves it.
package casetimetest

import (
	"os"
	"time"

	"longstop/calendar"
	"longstop/internal/casetime"
)

// Setting is the environment variable by which the tests are moved; whoever starts a program
// with an environment of its own hands it on. Only builds with the tag testnow read it.
const Setting = "LONGSTOP_TEST_NOW"

// Value returns what the programs of a test get for Setting.
func Value() string { return os.Getenv(Setting) }

// Now returns the present case instant.
func Now() time.Time { return casetime.Real().Case(casetime.WallNow()) }

// Today returns the present date in London.
func Today() calendar.Date { return calendar.DateOf(Now()) }

// At returns a clock that shows an instant now, and goes on from there.
func At(instant time.Time) casetime.Clock {
	return casetime.Accelerated(instant, casetime.WallNow(), 1)
}
