package clocks

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"
)

// Pulse is told by a loop that it lives, and that it will say so again within a time.
type Pulse func(within time.Duration)

type pulseKey struct{}

// WithPulse lets whoever starts a loop hear its pulse. It travels with the context because
// what a loop runs may take its own steps, and tell of each (Beat).
func WithPulse(ctx context.Context, pulse Pulse) context.Context {
	return context.WithValue(ctx, pulseKey{}, pulse)
}

// Beat tells whoever hears the pulse of this context's loop that it lives.
func Beat(ctx context.Context, within time.Duration) {
	if pulse, ok := ctx.Value(pulseKey{}).(Pulse); ok {
		pulse(within)
	}
}

// rhythm is how often a loop runs.
type rhythm struct {
	every  time.Duration // after a good run
	rest   time.Duration // the longest pause after bad ones: it doubles up to this
	within time.Duration // how long one run may take: its context ends then
}

// slack is how much later than it said a loop may be heard of.
const slack = 30 * time.Second

// loop runs f at once and then in a rhythm, until the context ends. A run that panics is a
// bad one, and goes to the log with its stack; the loop goes on.
func loop(ctx context.Context, log zerolog.Logger, r rhythm, f func(context.Context) error) {
	pause := r.every
	for ctx.Err() == nil {
		Beat(ctx, r.within+slack)
		err := runOnce(ctx, r.within, f)
		var panicked *panicError
		if errors.As(err, &panicked) {
			log.Error().Str("panic", panicked.Error()).Bytes("stack", panicked.stack).Msg("a loop panicked and goes on")
		}
		if pause = min(2*pause, r.rest); err == nil {
			pause = r.every
		}
		Beat(ctx, pause+slack)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func runOnce(ctx context.Context, within time.Duration, f func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{kind: fmt.Sprintf("%T", p), stack: debug.Stack()}
		}
	}()
	return f(ctx)
}

// panicError is a panic. What it says is left out: it may quote what the record holds.
type panicError struct {
	kind  string
	stack []byte
}

func (e *panicError) Error() string { return "panic with a " + e.kind }
