package stage_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"longstop/internal/demo/stage"
)

var monday = time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC)

// sixWeeks is a clock that hurries through six weeks in 110 seconds.
func sixWeeks() (clock stage.Clock, until time.Time, lasts time.Duration) {
	until, lasts = monday.AddDate(0, 0, 42), 110*time.Second
	return stage.Between(monday, until, noon, lasts), until, lasts
}

var noon = time.Date(2026, time.November, 29, 12, 0, 0, 0, time.UTC)

func TestAClockBetweenTwoInstantsTakesItsTime(t *testing.T) {
	t.Parallel()
	setting, until, lasts := sixWeeks()
	read, err := stage.Parse(setting.String())
	if err != nil || read != setting {
		t.Fatalf("%s is read as %+v, %v", setting, read, err)
	}
	clock := read.Clock()
	if got := clock.Case(noon); !got.Equal(monday) {
		t.Errorf("at first it shows %v", got)
	}
	if off := clock.Wall(until).Sub(noon.Add(lasts)).Abs(); off > time.Millisecond {
		t.Errorf("its end is off by %v", off)
	}
}

// A notice of 09:00 goes on that day or waits for the next, so the hours until 20:00 must last
// long enough for it to be planned, claimed and sent.
func TestTheHoursInWhichNoticesGoLastTwoSecondsAndMore(t *testing.T) {
	t.Parallel()
	setting, _, _ := sixWeeks()
	clock := setting.Clock()
	for _, first := range []time.Time{
		time.Date(2026, time.December, 1, 9, 0, 0, 0, time.UTC), // a Tuesday in winter
		time.Date(2026, time.July, 3, 8, 0, 0, 0, time.UTC),     // a Friday in summer
	} {
		if lasts := clock.Wall(first.Add(11 * time.Hour)).Sub(clock.Wall(first)); lasts < 2*time.Second {
			t.Errorf("%v lasts %v", first, lasts)
		}
	}
	friday := time.Date(2026, time.December, 4, 20, 0, 0, 0, time.UTC)
	if lasts := clock.Wall(friday.Add(60 * time.Hour)).Sub(clock.Wall(friday)); lasts > 2*time.Second {
		t.Errorf("a weekend lasts %v", lasts)
	}
}

func TestAClockThatHurriesNeverGoesBackAndIsItsOwnInverse(t *testing.T) {
	t.Parallel()
	setting, _, _ := sixWeeks()
	clock := setting.Clock()
	rapid.Check(t, func(t *rapid.T) {
		wall := noon.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "wall")))
		later := wall.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "later")))
		if clock.Case(later).Before(clock.Case(wall)) {
			t.Fatalf("it goes back between %v and %v", wall, later)
		}
		if off := clock.Wall(clock.Case(wall)).Sub(wall).Abs(); off > time.Millisecond {
			t.Fatalf("%v comes back as off by %v", wall, off)
		}
	})
}
