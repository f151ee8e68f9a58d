package main

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/clocks"
)

// watched is a health whose loops go by a clock that the test sets.
type watched struct {
	*health
	log    *bytes.Buffer
	now    atomic.Int64 // seconds since 9 o'clock
	failed chan error
}

func newWatched() *watched {
	w := &watched{health: &health{detail: func() string { return "" }}, log: &bytes.Buffer{}, failed: make(chan error, 1)}
	nine := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w.loops.log = zerolog.New(zerolog.SyncWriter(w.log))
	w.loops.now = func() time.Time { return nine.Add(time.Duration(w.now.Load()) * time.Second) }
	w.loops.fail = func(err error) { w.failed <- err }
	w.polling.Store(true)
	return w
}

func (w *watched) says(t *testing.T, path string, code int, part string) {
	t.Helper()
	if got, said := w.asked(t, path); got != code || !strings.Contains(said, part) {
		t.Errorf("%s: %d %q, want %d with %q", path, got, said, code, part)
	}
}

func TestAWorkerWhoseLoopPanicsIsNotAliveAndEnds(t *testing.T) {
	t.Parallel()
	w := newWatched()
	w.loops.start(t.Context(), "outbox", func(context.Context) { panic("Ada Example") })
	if err := <-w.failed; err == nil || !strings.Contains(err.Error(), `"outbox" has ended`) {
		t.Errorf("the worker ends with %v", err)
	}
	w.loops.running.Wait()
	for _, path := range []string{"/healthz", "/readyz"} {
		w.says(t, path, http.StatusServiceUnavailable, "the loop outbox has ended")
	}
	if log := w.log.String(); !strings.Contains(log, "a loop panicked") || strings.Contains(log, "Ada") {
		t.Errorf("logged %s", log)
	}
}

func TestAWorkerIsNotAliveWhileALoopHangs(t *testing.T) {
	t.Parallel()
	w := newWatched()
	ctx, stop := context.WithCancel(t.Context())
	beat, beaten := make(chan time.Duration), make(chan struct{})
	w.loops.start(ctx, "replan", func(ctx context.Context) {
		for {
			select {
			case within := <-beat:
				clocks.Beat(ctx, within)
				beaten <- struct{}{}
			case <-ctx.Done():
				return
			}
		}
	})
	beat <- 10 * time.Minute
	<-beaten
	w.now.Store(600)
	w.says(t, "/healthz", http.StatusOK, "alive")
	w.says(t, "/readyz", http.StatusOK, "ready")
	w.now.Store(601)
	w.says(t, "/healthz", http.StatusServiceUnavailable, "the loop replan has not been heard of for 10m1s")
	w.says(t, "/readyz", http.StatusServiceUnavailable, "the loop replan")
	beat <- time.Minute
	<-beaten
	w.says(t, "/healthz", http.StatusOK, "alive")
	stop() // a worker that is stopped has lost no loop
	w.loops.running.Wait()
	w.says(t, "/healthz", http.StatusOK, "alive")
}
