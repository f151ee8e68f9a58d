package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// eachCase works on every case, on all processors, and returns the results in the order
// of the cases. done is called after each, from several goroutines.
func eachCase[Case, Result any](cases []Case, work func(Case) Result, done func()) []Result {
	results := make([]Result, len(cases))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(cases)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(cases)); i = next.Add(1) - 1 {
				results[i] = work(cases[i])
				done()
			}
		})
	}
	workers.Wait()
	return results
}
