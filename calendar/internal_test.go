package calendar

import (
	"testing"
	"time"
)

func TestAProgramWithoutItsDataStopsAtOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		load func()
	}{
		{"the time zone", func() { mustLoad("Europe/Nowhere") }},
		{"the bank holidays", func() { mustParse([]byte("{}")) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("it went on")
				}
			}()
			tc.load()
		})
	}
}

func TestTheTablesSpanWholeYears(t *testing.T) {
	t.Parallel()
	if want := NewDate(tableFirstYear, time.January, 1); tableFirst != want {
		t.Errorf("they begin on %s, want %s", tableFirst, want)
	}
	if want := NewDate(tableLastYear, time.December, 31); tableLast != want {
		t.Errorf("they end on %s, want %s", tableLast, want)
	}
}
