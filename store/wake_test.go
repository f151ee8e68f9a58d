package store

import (
	"testing"
	"time"

	"longstop/internal/casetime"
	"longstop/pathway"
)

func TestAnAcceleratedClockNeverWakesTooEarly(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 12, 0, 0, 123456789, time.UTC)
	from := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	const factor = 7919
	s := &Store{clock: casetime.Accelerated(from, at, factor)}
	for hours := range 500 {
		wake := from.Add(time.Duration(hours)*time.Hour + 17*time.Second)
		wall := s.wall(wake)
		// Case time at the wall instant, as the clock works it out.
		shown := from.Add(time.Duration(float64(wall.Sub(at)) * factor))
		if shown.Before(wake.Add(-time.Microsecond)) {
			t.Fatalf("at %v the clock shows %v, before %v", wall, shown, wake)
		}
		if wall.Nanosecond()%int(time.Millisecond) != 0 {
			t.Fatalf("%v is finer than what is kept everywhere", wall)
		}
	}
	if !s.wall(time.Time{}).IsZero() {
		t.Error("nothing to wake for is nothing on the wall either")
	}
}

func TestDisplaysThatSayTheSameAreTheSame(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.FixedZone("", 3600))
	a := pathway.Display{Label: "x", DueAt: at, OverdueRefs: []string{"A"}}
	b := pathway.Display{Label: "x", DueAt: at.UTC(), OverdueRefs: []string{"A"}}
	if !sameDisplay(a, b) {
		t.Error("the same instant in another zone is no other display")
	}
	b.OverdueRefs = nil
	if sameDisplay(a, b) {
		t.Error("another list of overdue refs is another display")
	}
}
