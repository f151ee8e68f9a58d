package clocks_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"longstop/clocks"
	"longstop/pathway"
)

// outbox is an outbox in memory: it gives what waits in batches, and ends the test's loop
// once it is empty.
type outbox struct {
	waits []pathway.Nudge
	empty context.CancelFunc
}

func (o *outbox) SweepOutbox(ctx context.Context, limit int, send func(context.Context, []pathway.Nudge) []error) (int, error) {
	batch := o.waits[:min(limit, len(o.waits))]
	for _, err := range send(ctx, batch) {
		if err != nil {
			return 0, err
		}
	}
	o.waits = o.waits[len(batch):]
	if len(o.waits) == 0 {
		o.empty()
	}
	return len(batch), nil
}

func TestTheSweepEmptiesTheOutboxInBatches(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	box := &outbox{empty: cancel}
	for i := range 450 {
		box.waits = append(box.waits, open(string(rune('a'+i)), 1))
	}
	server := &signals{}
	clocks.New(server).Sweep(ctx, box, zerolog.Nop())
	if len(server.started) != 450 || len(box.waits) != 0 {
		t.Errorf("%d were sent, %d wait", len(server.started), len(box.waits))
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
