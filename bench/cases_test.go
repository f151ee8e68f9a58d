package bench_test

import (
	"fmt"

	"longstop/calendar"
	"longstop/casework"
)

const source = "bench"

// reference is what the source calls a case.
func reference(i int) string { return fmt.Sprintf("BENCH-%04d", i) }

// staff are a team and those who work in it.
func staff(today calendar.Date) []casework.Event {
	at := casework.OnDay(today.AddYears(-2))
	var list []casework.Event
	add := func(kind string, data casework.Data) {
		list = append(list, casework.Event{ID: fmt.Sprint("staff-", len(list)), Type: kind, At: at, Data: data})
	}
	add("team.formed", casework.Data{
		"team": "T1", "name": "First team", "team_manager": "M1", "service_manager": "M2", "head_of_service": "M3",
	})
	for ref, role := range map[string]string{"W1": "worker", "M1": "team_manager", "M2": "service_manager", "M3": "head_of_service"} {
		add("staff.appointed", casework.Data{"worker": ref, "name": "Example " + ref, "email": ref + "@example.org", "role": role, "team": "T1"})
	}
	return list
}

// planned are the events of a child on a protection plan for five months in which all was
// in time: one pathway, in which the next thing due is the visit.
func planned(i int, today calendar.Date) []casework.Event {
	var list []casework.Event
	add := func(daysAgo int, kind string, data casework.Data) {
		list = append(list, casework.Event{
			ID: fmt.Sprintf("%s-%d", reference(i), len(list)), Case: reference(i), Type: kind,
			At: casework.OnDay(today.AddDays(-daysAgo)), Data: data,
		})
	}
	seen := casework.Data{"seen": true}
	add(150, "worker.allocated", casework.Data{"worker": "W1", "team": "T1"})
	add(150, "icpc.held", casework.Data{"outcome": "plan"})
	add(150, "cp_plan.started", nil)
	add(142, "core_group.held", nil)
	add(125, "cp_visit.made", seen)
	add(105, "core_group.held", nil)
	add(100, "cp_visit.made", seen)
	add(75, "cp_visit.made", seen)
	add(68, "core_group.held", nil)
	add(65, "cp_review.held", nil)
	add(50, "cp_visit.made", seen)
	add(31, "core_group.held", nil)
	add(beforeFirst, "cp_visit.made", seen)
	add(1, "core_group.held", nil)
	return list
}

// beforeFirst is how many days ago the last visit is that is not measured.
const beforeFirst = 22

// visitDays are the days of the visits that are measured, at most so many: each moves the
// reminder of the next visit to another working day.
func visitDays(today calendar.Date, most int) []calendar.Date {
	reminder := func(d calendar.Date) calendar.Date { return calendar.Published().AddWorkingDays(d.AddMonths(1), -5) }
	last := reminder(today.AddDays(-beforeFirst))
	var days []calendar.Date
	for d := today.AddDays(1 - beforeFirst); d <= today && len(days) < most; d++ {
		if at := reminder(d); at > last {
			last, days = at, append(days, d)
		}
	}
	return days
}

// visit is the event that is measured, the n-th of its case.
func visit(i, n int, on calendar.Date) casework.Event {
	return casework.Event{
		ID: fmt.Sprintf("%s-visit-%d", reference(i), n), Case: reference(i), Type: "cp_visit.made",
		At: casework.OnDay(on), Data: casework.Data{"seen": true},
	}
}
