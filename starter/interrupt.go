package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"longstop/service"
)

// untilGivenUp is how long a command that was interrupted has to end by itself and to say
// what it has done. What does not look at its context, such as the fold of one case or a
// read from a terminal, is left to itself then: the process ends within a second.
const untilGivenUp = 600 * time.Millisecond

// patient is a command that needs longer than that to end, since it has others to end.
type patient interface{ untilGivenUp() time.Duration }

// attended runs a command until it ends, or was interrupted and does not end by itself.
// gone reports the latter: the command may still be running then.
func attended(ctx context.Context, command any, run func() error) (gone bool, err error) {
	ended := make(chan error, 1)
	go func() { ended <- service.Guarded(run) }()
	select {
	case err := <-ended:
		return false, err
	case <-ctx.Done():
	}
	within := untilGivenUp
	if p, ok := command.(patient); ok {
		within = p.untilGivenUp()
	}
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case err := <-ended:
		return false, err
	case <-late.C:
		return true, errInterrupted
	}
}

// valve is a writer that can be shut, so that a command which was given up cannot write
// into what is said about it.
type valve struct {
	mu      sync.Mutex // held while something is written
	to      io.Writer
	closed  atomic.Bool
	midLine bool
}

var errShut = errors.New("the command was given up")

// Write writes, until the valve is shut.
func (v *valve) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed.Load() {
		return 0, errShut
	}
	if len(p) > 0 {
		v.midLine = p[len(p)-1] != '\n'
	}
	return v.to.Write(p)
}

// shut lets nothing more through, and returns what to write to after it, at the beginning
// of a line: nowhere, where whoever reads has stopped reading.
func (v *valve) shut() io.Writer {
	v.closed.Store(true)
	if !v.mu.TryLock() {
		return io.Discard
	}
	defer v.mu.Unlock()
	if v.midLine {
		fmt.Fprintln(v.to)
	}
	return v.to
}
