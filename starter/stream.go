package main

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"longstop/casework"
	"longstop/service"
)

// eachOfRecord works on every case of the record on all processors while it is read, so that
// it is never in memory as a whole. work is called from several goroutines. A case with
// which work panics keeps none of the others from being worked on: failed counts those.
func (s *session) eachOfRecord(work func([]casework.Event), done func()) (failed int, err error) {
	cases := make(chan []casework.Event)
	var panics atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for events := range cases {
				if err := service.Guarded(func() error { work(events); return nil }); err != nil {
					panics.Add(1)
				}
				done()
			}
		})
	}
	err = s.record.EachCase(s.app.ctx, func(_ string, events []casework.Event) error {
		if len(events) == 0 {
			return nil
		}
		return hand(s.app.ctx, cases, events)
	})
	close(cases)
	workers.Wait()
	return int(panics.Load()), err
}

func hand[T any](ctx context.Context, to chan<- T, what T) error {
	select {
	case to <- what:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
