package cincensus

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/intake"
)

// county writes a return of many children to a reader, so that only what reading takes is
// in memory.
func county(n int) io.Reader {
	from, to := io.Pipe()
	go func() {
		_, err := io.WriteString(to, "<Message>")
		var b strings.Builder
		headerOf("2026-03-31").write(&b)
		b.WriteString("<Children>")
		for i := range n {
			plans := protected("2025-06-03", "", "2025-08-29", "2026-02-20")
			kid(fmt.Sprintf("LA%07d", i),
				details(referral("2024-01-05"), closure("2024-06-05"), el(elClosureReason, "RC7"), assessed("2024-01-06", "2024-02-20")),
				details(referral("2025-05-01"), assessed("2025-05-02", "2025-06-20"), section47("2025-05-12", conference("2025-06-02")), plans)).write(&b)
			if err == nil {
				_, err = io.WriteString(to, b.String())
			}
			b.Reset()
		}
		if err == nil {
			_, err = io.WriteString(to, "</Children></Message>")
		}
		to.CloseWithError(err)
	}()
	return from
}

func TestACountyTakesLittleMemory(t *testing.T) {
	const n = 5_000
	var least, most uint64
	count := 0
	_, err := read(county(n), options{}, func(intake.Child) error {
		if count++; count%500 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if least == 0 || m.HeapAlloc < least {
				least = m.HeapAlloc
			}
			most = max(most, m.HeapAlloc)
		}
		return nil
	})
	if err != nil || count != n {
		t.Fatalf("%d children, %v", count, err)
	}
	// The ids that were seen are kept, about 50 bytes each.
	if most-least > 4<<20 {
		t.Errorf("the heap grew by %d bytes", most-least)
	}
}

func BenchmarkCheckCounty(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := check(county(3000)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadAndDiffCounty(b *testing.B) {
	b.ReportAllocs()
	day, _ := calendar.ParseDate("2026-11-02")
	period := newPeriod(day, 0)
	for b.Loop() {
		_, err := read(county(3000), options{}, func(c intake.Child) error {
			events := toRecord(period, nil, c, day)
			if len(toRecord(period, events, c, day)) > 0 {
				return fmt.Errorf("child %d says something new", c.Place)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
