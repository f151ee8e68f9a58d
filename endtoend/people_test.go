package endtoend_test

import (
	"fmt"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime/casetimetest"
)

// longAgo is when everybody began to work here.
var longAgo = casework.OnDay(calendar.NewDate(2020, time.January, 6))

// managers are team T1 with its managers TM1, SM1 and HS1.
func managers() []casework.Event {
	return append([]casework.Event{
		appointed("HS1", "head_of_service"), appointed("SM1", "service_manager"), appointed("TM1", "team_manager"),
	}, casework.Event{
		ID: "team-T1", Type: "team.formed", At: longAgo,
		Data: casework.Data{"team": "T1", "name": "North", "team_manager": "TM1", "service_manager": "SM1", "head_of_service": "HS1"},
	})
}

// appointed is somebody of team T1 who is written to at address(ref).
func appointed(ref, role string) casework.Event {
	return casework.Event{
		ID: "staff-" + ref, Type: "staff.appointed", At: longAgo,
		Data: casework.Data{"worker": ref, "name": "Person " + ref, "email": address(ref), "role": role, "team": "T1"},
	}
}

func address(ref string) string { return fmt.Sprintf("person.%s@council.example", ref) }

// The rungs of police protection, which lasts 72 hours (Children Act 1989, section 46(6)),
// go at any hour: at half of it the worker is told, at three quarters the team manager too.
// So a test need not wait for a morning.
const (
	half          = 36 * time.Hour
	threeQuarters = 54 * time.Hour
)

// protected is a child taken into police protection so long ago, with the worker who holds
// the case.
func protected(ref, worker string, ago time.Duration) []casework.Event {
	at := casework.AtInstant(casetimetest.Now().Add(-ago).Truncate(time.Second))
	return []casework.Event{
		{ID: ref + "-allocated", Case: ref, Type: "worker.allocated", At: at, Data: casework.Data{"worker": worker, "team": "T1"}},
		{ID: ref + "-protected", Case: ref, Type: "police_protection.started", At: at},
	}
}
