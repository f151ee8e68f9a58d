package main

import (
	"context"
	"sync"

	"longstop/api"
	"longstop/pathway"
)

// Couriers at once, and the batches that may wait for them: so few that a load does not
// run so far ahead of its clocks that the sweep of the outbox sends them as well.
const (
	couriers     = 2
	batchesAhead = 1
)

// background delivers nudges while a load goes on.
type background struct {
	nudges  chan []pathway.Nudge
	workers sync.WaitGroup
}

func inBackground(ctx context.Context, c *courier) *background {
	b := &background{nudges: make(chan []pathway.Nudge, batchesAhead)}
	for range couriers {
		b.workers.Go(func() {
			for nudges := range b.nudges {
				c.Deliver(ctx, nudges)
			}
		})
	}
	return b
}

// Deliver hands nudges over; it blocks while too many wait.
func (b *background) Deliver(_ context.Context, nudges []pathway.Nudge) { b.nudges <- nudges }

// wait ends when all that was handed over has been api.Clocks.
func (b *background) wait() {
	close(b.nudges)
	b.workers.Wait()
}

// planAgain plans every case that waits for it and moves the clocks that follow. It tells what was
// done of how many, and returns what became of the clocks and why nudges wait.
func (s *session) planAgain(what string, of int, done func(cases int)) (moved api.Clocks, why, err error) {
	sending := s.connected()
	delivery := inBackground(s.app.ctx, sending)
	p := s.app.progress(what, of)
	err = s.record.PlanAgain(s.app.ctx, func(cases int, nudges []pathway.Nudge) {
		done(cases)
		delivery.Deliver(s.app.ctx, nudges)
		p.Add(cases)
	})
	delivery.wait()
	p.End()
	moved, why = sending.clocks()
	return moved, why, err
}
