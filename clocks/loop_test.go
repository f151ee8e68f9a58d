package clocks_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/clocks"
	"longstop/pathway"
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

func TestNudgesThatFailAreNamedByTheirWorkflowsAndCounted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var log bytes.Buffer
	box := &failing{done: stop}
	for i := range 9 {
		n := open(string(rune('a'+i)), 1)
		n.Pathway = "NoSuchPathway"
		box.waits = append(box.waits, n)
	}
	n := clocks.New(&signals{})
	var counted [2]int
	n.Swept = func(sent, failed int) { counted = [2]int{sent, failed} }
	n.Sweep(ctx, box, zerolog.New(&log))
	if counted != [2]int{0, 9} {
		t.Errorf("counted %v", counted)
	}
	if got := strings.Count(log.String(), "a nudge was not sent"); got != 5 {
		t.Errorf("%d nudges are named", got)
	}
	if !strings.Contains(log.String(), `"failed":9,"of":9`) || !strings.Contains(log.String(), "NoSuchPathway/a") {
		t.Errorf("logged %s", log.String())
	}
}

// failing is an outbox that is swept once.
type failing struct {
	waits []pathway.Nudge
	done  func()
}

func (f *failing) SweepOutbox(ctx context.Context, _ int, send func(context.Context, []pathway.Nudge) []error) (int, error) {
	defer f.done()
	for _, err := range send(ctx, f.waits) {
		if err == nil {
			return 0, errors.New("it was sent")
		}
	}
	return 0, nil
}
