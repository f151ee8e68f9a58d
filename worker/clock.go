package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"longstop/clocks"
	"longstop/pathway"
	"longstop/store"
)

// compareEvery is how often the clocks are compared: a clock that is set wrong stops the
// worker, and one that is set right lets it go on, before a case notices.
const compareEvery = 5 * time.Second

// compareWithin is how soon the comparison is heard of again.
const compareWithin = time.Minute

// clockWatch compares the worker's clock with Postgres' again and again. While they differ
// the worker is not ready, sends no nudges and no lists, and the record plans nothing for it.
type clockWatch struct {
	compare func(context.Context) (time.Duration, error) // Store.CompareClocks
	apart   prometheus.Gauge                             // seconds
	log     zerolog.Logger

	off atomic.Pointer[store.ClockError] // nil while the clocks agree
}

// run compares until the context ends. Where Postgres does not answer, what was found last
// stands: others report that.
func (w *clockWatch) run(ctx context.Context) {
	again := time.NewTicker(compareEvery)
	defer again.Stop()
	for {
		clocks.Beat(ctx, compareWithin)
		w.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

func (w *clockWatch) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	apart, err := w.compare(ctx)
	var off *store.ClockError
	if err != nil && !errors.As(err, &off) {
		return
	}
	w.apart.Set(apart.Seconds())
	was := w.off.Swap(off)
	switch {
	case off != nil && was == nil:
		w.log.Error().Err(off).Dur("apart", apart).Msg("nothing is planned or told until the clocks agree")
	case off == nil && was != nil:
		w.log.Info().Dur("apart", apart).Msg("the clocks agree again: planning goes on")
	}
}

// err returns a *store.ClockError while the clocks differ.
func (w *clockWatch) err() error {
	if off := w.off.Load(); off != nil {
		return off
	}
	return nil
}

// timely is the record as the loops see it: while the clocks differ there is nothing to send.
type timely struct {
	*store.Store
	watch *clockWatch
}

// SweepOutbox is Store.SweepOutbox while the clocks agree.
func (t timely) SweepOutbox(
	ctx context.Context, limit int, send func(context.Context, []pathway.Nudge) []error,
) (sent int, err error) {
	if err := t.watch.err(); err != nil {
		return 0, err
	}
	return t.Store.SweepOutbox(ctx, limit, send)
}
