package store_test

import (
	"fmt"
	"runtime"
	"testing"

	"longstop/casework"
	"longstop/store"
)

// BenchmarkRecord records one event a time in cases of fifteen events.
func BenchmarkRecord(b *testing.B) {
	r := newRecord(b, "2026-11-02 10:00")
	for _, c := range county(20) {
		if _, err := r.Record(b.Context(), source, c.Events); err != nil {
			b.Fatal(err)
		}
	}
	i := 0
	for b.Loop() {
		ref := fmt.Sprintf("C%05d", i%20)
		e := event(fmt.Sprint("x", i), ref, "cp_visit.made", fmt.Sprintf("2026-10-%02d", 1+i/20%28), "seen=true")
		if got, err := r.Record(b.Context(), source, []casework.Event{e}); err != nil || got.New != 1 {
			b.Fatal(got, err)
		}
		i++
	}
}

// BenchmarkLoad loads a county: 3,000 cases of fifteen events.
func BenchmarkLoad(b *testing.B) {
	cases := county(3000)
	for b.Loop() {
		b.StopTimer()
		r := newRecord(b, "2026-11-02 10:00")
		r.mustRecord(people()...)
		id, _, err := r.BeginLoad(b.Context(), store.Load{Source: source, Kind: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for batch := range chunked(cases, 500) {
			got, err := r.LoadCases(b.Context(), id, batch)
			if err != nil || len(got.Refused) > 0 {
				b.Fatal(got.Refused, err)
			}
		}
		if err := r.CompleteLoad(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MB")
	b.ReportMetric(45000/(b.Elapsed().Seconds()/float64(b.N)), "events/s")
}

func chunked[T any](list []T, n int) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			k := min(n, len(list))
			if !yield(list[:k]) {
				return
			}
			list = list[k:]
		}
	}
}

// BenchmarkSummary counts a county.
func BenchmarkSummary(b *testing.B) {
	r := newRecord(b, "2026-11-02 10:00")
	id, _, err := r.BeginLoad(b.Context(), store.Load{Source: source, Kind: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := r.LoadCases(b.Context(), id, county(1000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.Summary(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
