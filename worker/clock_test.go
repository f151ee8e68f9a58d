package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/internal/program"
	"longstop/internal/temporaltest"
	"longstop/pathway"
	"longstop/store"
)

// machine is a machine's clock, which may be wrong.
type machine struct{ ahead atomic.Int64 }

func (m *machine) now() time.Time { return casetime.WallNow().Add(time.Duration(m.ahead.Load())) }

func TestAWorkerOnAMachineWhoseClockIsWrongDoesNotStart(t *testing.T) {
	stack := temporaltest.Shared(t)
	t.Setenv("TEMPORAL_ADDRESS", stack.Temporal)
	t.Setenv("LONGSTOP_DATABASE_URL", stack.DatabaseURL)
	t.Setenv("LONGSTOP_METRICS_ADDRESS", freeAddress(t))
	t.Setenv("LONGSTOP_NOTICES", "log")
	for said, ahead := range map[string]time.Duration{
		"1h0m0s ahead of": time.Hour, "1h0m0s behind": -time.Hour, "365 days ahead of": 365 * 24 * time.Hour, "365 days behind": -365 * 24 * time.Hour,
	} {
		m := &machine{}
		m.ahead.Store(int64(ahead))
		code, text := ranBy(t.Context(), t, m.now)
		if code != program.Failed || !strings.Contains(text, said+" the database's") {
			t.Errorf("%s: exit code %d, and said %s", said, code, text)
		}
	}
}

// The whole of it but Temporal: a clock that goes wrong while the worker runs, and is mended.
func TestWhileTheClockIsWrongNothingIsSentAndTheWorkerIsNotReady(t *testing.T) {
	t.Parallel()
	m := &machine{}
	record := pgtest.Open(t, store.Options{WallNow: m.now})
	metrics, err := newMetrics("test")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	watch := &clockWatch{compare: record.CompareClocks, apart: metrics.apart, log: zerolog.New(&log)}
	outbox := timely{record, watch}
	send := func(_ context.Context, nudges []pathway.Nudge) []error { return make([]error, len(nudges)) }

	watch.look(t.Context())
	if err := watch.err(); err != nil {
		t.Fatal(err)
	}
	if _, err := outbox.SweepOutbox(t.Context(), 1, send); err != nil {
		t.Error(err)
	}

	m.ahead.Store(int64(-time.Hour))
	watch.look(t.Context())
	watch.look(t.Context())
	if err := watch.err(); !errors.Is(err, store.ErrClocksApart) {
		t.Errorf("not ready because of: %v", err)
	}
	if _, err := outbox.SweepOutbox(t.Context(), 1, send); !errors.Is(err, store.ErrClocksApart) {
		t.Errorf("the sweep: %v", err)
	}
	if got := gathered(t, metrics, "longstop_clock_offset_seconds"); got > -3599 || got < -3601 {
		t.Errorf("the offset is shown as %f seconds", got)
	}

	m.ahead.Store(0)
	watch.look(t.Context())
	if err := watch.err(); err != nil {
		t.Errorf("mended: %v", err)
	}
	if _, err := outbox.SweepOutbox(t.Context(), 1, send); err != nil {
		t.Error(err)
	}
	if said := log.String(); strings.Count(said, "nothing is planned") != 1 || strings.Count(said, "agree again") != 1 {
		t.Errorf("the log says\n%s", said)
	}
}

func gathered(t *testing.T, m *metrics, name string) float64 {
	t.Helper()
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
