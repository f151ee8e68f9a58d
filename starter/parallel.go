package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"longstop/service"
)

// eachCase works on every case, on all processors, and returns the results in the order
// of the cases. done is called after each, from several goroutines. It returns the
// context's error at once when that ends, and leaves to themselves those cases that are
// being worked on: the work looks at no context.
func eachCase[Case, Result any](ctx context.Context, cases []Case, work func(Case) Result, done func()) ([]Result, error) {
	results := make([]Result, len(cases))
	var next atomic.Int64
	var fault atomic.Pointer[service.PanicError]
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(cases)) {
		workers.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					fault.CompareAndSwap(nil, &service.PanicError{Value: p, Stack: debug.Stack()})
				}
			}()
			for i := next.Add(1) - 1; i < int64(len(cases)) && ctx.Err() == nil && fault.Load() == nil; i = next.Add(1) - 1 {
				results[i] = work(cases[i])
				done()
			}
		})
	}
	finished := make(chan struct{})
	go func() {
		workers.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if f := fault.Load(); f != nil {
		return nil, f
	}
	return results, ctx.Err()
}
