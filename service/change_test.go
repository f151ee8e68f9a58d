package service

import (
	"testing"
	"time"

	"longstop/casework"
)

func TestAnEventStandsAsItWasLastCorrected(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 11, 2, 9, minute, 0, 0, time.UTC) }
	events := []casework.Event{
		{ID: "c2", Corrects: "c1", Recorded: at(2), Type: "second"},
		{ID: "a", Recorded: at(0), Type: "first"},
		{ID: "c1", Corrects: "a", Recorded: at(1), Type: "correction"},
		{ID: "b", Recorded: at(3), Type: "other"},
		{ID: "v", Voids: "b", Recorded: at(4)},
		{ID: "lost", Corrects: "nothing", Recorded: at(5)},
		{ID: "x", Corrects: "y", Recorded: at(6)},
		{ID: "y", Corrects: "x", Recorded: at(6)},
	}
	for _, id := range []string{"a", "c1", "c2"} {
		if h := standingOf(events, id); h == nil || h.Type != "second" || h.first != "a" || h.voided {
			t.Errorf("%s: %+v", id, h)
		}
	}
	if h := standingOf(events, "b"); h == nil || !h.voided {
		t.Errorf("b: %+v", h)
	}
	for _, id := range []string{"v", "lost", "x", "none"} {
		if h := standingOf(events, id); h != nil {
			t.Errorf("%s: %+v", id, h)
		}
	}
}
