package organisation_test

import (
	"testing"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
)

// What was corrected is resolved before it is asked what had happened by a day: somebody whose first day
// was recorded too late, and corrected, is known from the day that stands.
func TestADirectoryOfADayGoesByWhatStands(t *testing.T) {
	t.Parallel()
	day := func(d int) calendar.Date { return calendar.NewDate(2026, time.March, d) }
	appointed := func(id, corrects string, on int) casework.Event {
		return casework.Event{
			ID: id, Type: organisation.Appointed, At: casework.OnDay(day(on)), Recorded: day(20).At(12, 0), Corrects: corrects,
			Data: casework.Data{"worker": "W1", "name": "Carys Plover", "role": "worker"},
		}
	}
	events := []casework.Event{appointed("a", "", 12), appointed("b", "a", 2)}
	for on, name := range map[calendar.Date]string{day(1): "", day(2): "Carys Plover", day(5): "Carys Plover", 0: "Carys Plover"} {
		if got := organisation.DirectoryOn(events, on).Person("W1").Name; got != name {
			t.Errorf("on %s W1 is %q, want %q", on, got, name)
		}
	}
}
