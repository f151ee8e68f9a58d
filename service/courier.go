package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"longstop/api"
	"longstop/internal/temporal"
	"longstop/pathway"
)

// courier sends the nudges of what was recorded, and leaves to the record's outbox what it cannot send. It is safe
// for concurrent use.
type courier struct {
	record interface {
		DeleteSent(ctx context.Context, sent []pathway.Nudge) error
	}
	send func(ctx context.Context, nudges []pathway.Nudge) []error

	mu      sync.Mutex
	open    map[string]bool // workflow ids of the clocks that were started or moved
	closed  int             // of pathways that are over
	waiting int
	why     error // why the last one waits
	down    bool  // Temporal does not answer: nothing more is tried
}

// absent is a courier that sends nothing, because of an error where Temporal cannot be reached.
func (s *Service) absent(why error) *courier {
	return &courier{record: s.record, open: map[string]bool{}, down: true, why: why}
}

// connected is a courier that sends, or that leaves everything to the outbox where Temporal does not answer: what is
// recorded is recorded all the same.
func (s *Service) connected(ctx context.Context) *courier {
	if err := s.clocks.Prepare(ctx); err != nil {
		return s.absent(err)
	}
	return &courier{record: s.record, send: s.clocks.Send, open: map[string]bool{}}
}

// Deliver sends nudges. What is not sent waits in the outbox.
func (c *courier) Deliver(ctx context.Context, nudges []pathway.Nudge) {
	if len(nudges) == 0 {
		return
	}
	c.mu.Lock()
	down := c.down
	c.mu.Unlock()
	if down {
		c.note(nudges, nil)
		return
	}
	errs := c.send(ctx, nudges)
	c.note(nudges, errs)
	var sent []pathway.Nudge
	for i, err := range errs {
		if err == nil {
			sent = append(sent, nudges[i])
		}
	}
	if err := c.record.DeleteSent(ctx, sent); err != nil {
		// They are swept and sent again, which changes nothing.
		c.mu.Lock()
		c.why = err
		c.mu.Unlock()
	}
}

// note counts; without errs nothing was sent.
func (c *courier) note(nudges []pathway.Nudge, errs []error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range nudges {
		n := &nudges[i]
		switch {
		case errs == nil:
			c.waiting++
		case errs[i] != nil:
			c.waiting++
			c.why = errs[i]
			c.down = c.down || errors.Is(errs[i], temporal.ErrUnreachable)
		case n.Open:
			c.open[pathway.WorkflowID(n.Pathway, n.CaseKey)] = true
		default:
			c.closed++
		}
	}
}

// delivered returns what became of the clocks.
func (c *courier) delivered() api.Clocks {
	c.mu.Lock()
	defer c.mu.Unlock()
	return api.Clocks{Told: len(c.open), Ended: c.closed, Waiting: c.waiting, Why: c.why}
}

// couriers is how many batches are delivered at once while the next is recorded: so few that a load does not run so
// far ahead of its clocks that the sweep of the outbox sends them as well.
const couriers = 3

// background delivers nudges while a load goes on.
type background struct {
	to    *courier
	group errgroup.Group
}

func inBackground(c *courier) *background {
	b := &background{to: c}
	b.group.SetLimit(couriers)
	return b
}

// Deliver hands nudges over; it blocks while too many batches are under way.
func (b *background) Deliver(ctx context.Context, nudges []pathway.Nudge) {
	b.group.Go(func() error {
		b.to.Deliver(ctx, nudges)
		return nil
	})
}

// end returns what became of the clocks, once all that was handed over has been delivered.
func (b *background) end() api.Clocks {
	b.group.Wait() //nolint:errcheck // what could not be sent waits, and the courier has the reason
	return b.to.delivered()
}

// queued are nudges of what systems have pushed, which wait to be sent. All of them are in the record's outbox as well.
type queued chan []pathway.Nudge

// mostQueued is how many pushes may wait. Beyond, the worker's sweep sends their nudges.
const mostQueued = 1024

// hand leaves nudges to be sent. It never waits.
func (q queued) hand(nudges []pathway.Nudge) {
	if len(nudges) == 0 {
		return
	}
	select {
	case q <- nudges:
	default:
	}
}

// take waits for nudges, and returns all that are there, nil once the context has ended.
func (q queued) take(ctx context.Context) []pathway.Nudge {
	var all []pathway.Nudge
	select {
	case <-ctx.Done():
		return nil
	case all = <-q:
	}
	for {
		select {
		case more := <-q:
			all = append(all, more...)
		default:
			return all
		}
	}
}

// apart is how long nothing is sent after Temporal did not answer. Meanwhile the worker's sweep sends what waits.
const apart = 5 * time.Second

// SendNudges sends the nudges of what systems push, until the context ends: so the clocks move at once. Whatever it
// does not send the worker's sweep does.
func (s *Service) SendNudges(ctx context.Context) {
	for prepared := false; ; {
		nudges := s.nudges.take(ctx)
		if nudges == nil {
			return
		}
		to := &courier{record: s.record, send: s.clocks.Send, open: map[string]bool{}}
		if !prepared {
			to = s.connected(ctx)
		}
		to.Deliver(ctx, nudges)
		if prepared = !to.down; !prepared {
			s.watch.Warn(fmt.Sprintf("nudges wait in the record until the worker program sends them: %v", to.why))
			rest(ctx, apart)
		}
	}
}

// rest waits, or until the context ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// planAgain plans every case that waits for it and moves the clocks that follow. done is told of how many cases that
// was done.
func (s *Service) planAgain(ctx context.Context, what string, of int, done func(cases int)) (api.Clocks, error) {
	delivery := inBackground(s.connected(ctx))
	p := s.watch.Begin(what, of)
	err := s.record.PlanAgain(ctx, func(cases int, nudges []pathway.Nudge) {
		done(cases)
		delivery.Deliver(ctx, nudges)
		p.Add(cases)
	})
	moved := delivery.end()
	p.End()
	return moved, err
}
