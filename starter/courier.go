package main

import (
	"context"
	"errors"
	"sync"

	"longstop/api"
	"longstop/clocks"
	"longstop/internal/temporal"
	"longstop/pathway"
	"longstop/store"
)

// courier sends the nudges of what was recorded, and leaves to the record's outbox what it
// cannot send. It is safe for concurrent use.
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

func (s *session) courier() *courier {
	return &courier{record: s.record, send: clocks.New(s.temporal).Send, open: map[string]bool{}}
}

// absent is a courier that sends nothing, since Temporal cannot be reached.
func (s *session) absent(why error) *courier {
	return &courier{record: s.record, open: map[string]bool{}, down: true, why: why}
}

// connected is a courier that sends, or that leaves everything to the outbox where
// Temporal does not answer: what is recorded is recorded all the same.
func (s *session) connected() *courier {
	if err := s.dial(); err != nil {
		return s.absent(err)
	}
	// The namespace may be new, and clocks are started with search attributes.
	if err := temporal.RegisterSearchAttributes(s.app.ctx, s.temporal, s.options.Namespace); err != nil {
		return s.absent(err)
	}
	return s.courier()
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

func (c *courier) clocks() (api.Clocks, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return api.Clocks{Told: len(c.open), Ended: c.closed, Waiting: c.waiting}, c.why
}

var _ interface {
	DeleteSent(ctx context.Context, sent []pathway.Nudge) error
} = (*store.Store)(nil)

// printWaiting says what became of the clocks, and why nudges wait.
func printWaiting(a *app, c api.Clocks, why error) {
	c.Why = why
	a.printClocks(c)
}
