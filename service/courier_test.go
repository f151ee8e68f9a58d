package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"longstop/api"
	"longstop/internal/temporal"
	"longstop/pathway"
)

// outbox remembers what was taken out of it.
type outbox struct {
	mu   sync.Mutex
	sent []string
	err  error
}

func (o *outbox) DeleteSent(_ context.Context, sent []pathway.Nudge) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range sent {
		o.sent = append(o.sent, n.CaseKey)
	}
	return o.err
}

func nudgeOf(key string, open bool) pathway.Nudge {
	return pathway.Nudge{CaseKey: key, Pathway: pathway.Assessment, Open: open}
}

func TestWhatIsSentLeavesTheOutboxAndTheRestWaits(t *testing.T) {
	t.Parallel()
	box := &outbox{}
	refused := errors.New("no such attribute")
	c := &courier{record: box, open: map[string]bool{}, send: func(_ context.Context, list []pathway.Nudge) []error {
		errs := make([]error, len(list))
		for i := range list {
			if list[i].CaseKey == "b" {
				errs[i] = refused
			}
		}
		return errs
	}}
	c.Deliver(t.Context(), []pathway.Nudge{nudgeOf("a", true), nudgeOf("b", true), nudgeOf("c", false)})
	c.Deliver(t.Context(), []pathway.Nudge{nudgeOf("a", true)}) // a clock that moves twice is one clock
	c.Deliver(t.Context(), nil)
	if got := c.delivered(); got != (api.Clocks{Told: 1, Ended: 1, Waiting: 1, Why: refused}) {
		t.Errorf("%+v", got)
	}
	if !slices.Equal(box.sent, []string{"a", "c", "a"}) {
		t.Errorf("taken out of the outbox: %v", box.sent)
	}
}

func TestOnceTemporalIsDownNothingMoreIsTried(t *testing.T) {
	t.Parallel()
	tries := 0
	c := &courier{record: &outbox{}, open: map[string]bool{}, send: func(_ context.Context, list []pathway.Nudge) []error {
		tries++
		return slices.Repeat([]error{fmt.Errorf("nudging: %w", temporal.ErrUnreachable)}, len(list))
	}}
	for range 3 {
		c.Deliver(t.Context(), []pathway.Nudge{nudgeOf("a", true), nudgeOf("b", true)})
	}
	if got := c.delivered(); tries != 1 || got.Waiting != 6 {
		t.Errorf("%d tries, %+v", tries, got)
	}
}

func TestAnOutboxThatCannotBeEmptiedIsSaid(t *testing.T) {
	t.Parallel()
	gone := errors.New("Postgres went away")
	c := &courier{record: &outbox{err: gone}, open: map[string]bool{}, send: func(_ context.Context, list []pathway.Nudge) []error {
		return make([]error, len(list))
	}}
	c.Deliver(t.Context(), []pathway.Nudge{nudgeOf("a", true)})
	if why := c.delivered().Why; !errors.Is(why, gone) {
		t.Errorf("%v", why)
	}
}

func TestWhatIsHandedOverInTheBackgroundIsDeliveredBeforeItEnds(t *testing.T) {
	t.Parallel()
	box := &outbox{}
	c := &courier{record: box, open: map[string]bool{}, send: func(_ context.Context, list []pathway.Nudge) []error { return make([]error, len(list)) }}
	b := inBackground(c)
	for i := range 20 {
		b.Deliver(t.Context(), []pathway.Nudge{nudgeOf(fmt.Sprint(i), true)})
	}
	b.end()
	if got := c.delivered(); got.Told != 20 || len(box.sent) != 20 {
		t.Errorf("%+v, %d sent", got, len(box.sent))
	}
}
