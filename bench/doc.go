// Package bench measures what Longstop costs compared with bare Temporal, on one stack and in one
// run: importing a county against starting as many workflows that only sleep, and
// recording an event against a bare signal. `make bench` runs it.
//
// It is not a timed test: it prints what it finds and fails only where something did not
// happen. Both sides take turns, and medians are compared, so that what else the machine
// does meets both.
package bench
