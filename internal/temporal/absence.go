package temporal

import "time"

const (
	// goneLooks and goneAfter are how often, and for how long by this machine's monotonic
	// clock, the current build must not have been seen to ask for work when it is taken to
	// run nowhere. A worker asks at least once a minute.
	goneLooks = 3
	goneAfter = 90 * time.Second
)

// absence watches for the current build to be gone. The server's list of who asked for work
// is kept in memory by one of its parts: it is empty after a restart, and then fills with
// whoever asks first. So one look proves nothing, and a list without this very build, which
// does ask, says nothing about the other one. No two clocks are compared: a build is seen to
// ask when the server's time of its last question changes.
type absence struct {
	current string    // the build that is watched for
	since   time.Time // the first look without a sign of it
	looks   int
	last    time.Time // when it had asked last, as the server said then; zero: it was not listed
	own     time.Time // when this build had
}

// look takes the server's list, with when each build asked last, and reports whether the
// current build is gone.
func (a *absence) look(now time.Time, asked map[string]time.Time, current, own string) bool {
	mine, listed := asked[own]
	if !listed {
		*a = absence{}
		return false
	}
	theirs, seen := asked[current]
	if a.looks == 0 || a.current != current || seen && !theirs.Equal(a.last) {
		*a = absence{current: current, since: now, looks: 1, last: theirs, own: mine}
		return false
	}
	a.looks++
	return a.looks >= goneLooks && now.Sub(a.since) >= goneAfter && !mine.Equal(a.own)
}
