package sample_test

import (
	"io"
	"testing"

	"longstop/internal/sample"
)

func BenchmarkDistrict(b *testing.B) { benchmark(b, 60) }

func BenchmarkCounty(b *testing.B) { benchmark(b, 3000) }

func benchmark(b *testing.B, children int) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		s, err := sample.Make(sample.Options{Day: date(b, "2026-11-20"), Children: children})
		if err != nil {
			b.Fatal(err)
		}
		for _, write := range []func(io.Writer) error{s.WriteReturn, s.WriteEvents, s.WritePeople} {
			if err := write(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	}
}
