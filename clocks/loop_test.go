package clocks_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/clocks"
)

// queue is a record whose cases are planned by a function.
type queue func(ctx context.Context) (more bool, err error)

func (q queue) PlanQueued(ctx context.Context) (bool, error) { return q(ctx) }

func TestALoopGoesOnAfterAPanicAndSaysThatItLives(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var pulses []time.Duration
	ctx = clocks.WithPulse(ctx, func(within time.Duration) { pulses = append(pulses, within) })
	runs := 0
	clocks.Replan(ctx, queue(func(ctx context.Context) (bool, error) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a run has no end")
		}
		if runs++; runs == 1 {
			panic("Ada Example")
		}
		stop()
		return false, nil
	}), zerolog.New(&log))
	if runs != 2 || len(pulses) < 4 {
		t.Errorf("%d runs, pulses %v", runs, pulses)
	}
	if said := log.String(); !strings.Contains(said, "a loop panicked and goes on") || !strings.Contains(said, "loop_test.go") || strings.Contains(said, "Ada") {
		t.Errorf("logged %s", said)
	}
}

func TestCasesArePlannedAgainWithoutARestWhileThereAreMore(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	left := 5
	clocks.Replan(ctx, queue(func(context.Context) (bool, error) {
		if left--; left == 0 {
			stop()
		}
		return left > 0, nil
	}), zerolog.Nop())
	if left != 0 {
		t.Errorf("%d are left", left)
	}
}
