package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"longstop/clocks"
)

// loops watch over the clocks while the Temporal worker runs. Each says again and
// again that it lives; one that has ended, or is not heard of in time, makes the worker sick.
type loops struct {
	log  zerolog.Logger
	now  func() time.Time // the wall's time
	fail func(error)      // ends the worker

	running sync.WaitGroup
	mu      sync.Mutex
	byName  map[string]*heard
}

// heard is when a loop must be heard of next.
type heard struct {
	last, until time.Time
	ended       bool
}

// start runs a loop until ctx ends. A loop that ends before that, by a panic or by itself,
// ends the worker: whoever started it starts another.
func (l *loops) start(ctx context.Context, name string, run func(context.Context)) {
	l.pulse(name, firstPulse)
	l.running.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				l.log.Error().Str("loop", name).Str("panic", fmt.Sprintf("%T", p)).Bytes("stack", debug.Stack()).Msg("a loop panicked")
			}
			if ctx.Err() == nil {
				l.end(name)
			}
		}()
		run(clocks.WithPulse(ctx, func(within time.Duration) { l.pulse(name, within) }))
	})
}

// firstPulse is how soon a loop is heard of after its start.
const firstPulse = time.Minute

func (l *loops) pulse(name string, within time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName == nil {
		l.byName = map[string]*heard{}
	}
	now := l.now()
	l.byName[name] = &heard{last: now, until: now.Add(within)}
}

func (l *loops) end(name string) {
	l.mu.Lock()
	l.byName[name].ended = true
	l.mu.Unlock()
	err := fmt.Errorf("the loop %q has ended", name)
	l.log.Error().Err(err).Msg("the worker cannot go on")
	l.fail(err)
}

// sick names what is wrong with the loops, in the order of their names; nil where nothing is.
func (l *loops) sick() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.byName) == 0 {
		return nil
	}
	now := l.now()
	var list []string
	for name, h := range l.byName {
		switch {
		case h.ended:
			list = append(list, "the loop "+name+" has ended")
		case now.After(h.until):
			list = append(list, fmt.Sprintf("the loop %s has not been heard of for %v", name, now.Sub(h.last).Round(time.Second)))
		}
	}
	slices.Sort(list)
	return list
}
