package casework_test

import (
	"fmt"
	"slices"
	"testing"

	"longstop/calendar"
	"longstop/casework"
)

// childhood returns eighteen years of a child's case: about 400 events in every pathway of the
// core pack.
func childhood() []casework.Event {
	var events []casework.Event
	add := func(day calendar.Date, eventType string, data casework.Data) {
		at := casework.OnDay(day)
		events = append(events, casework.Event{
			ID: fmt.Sprintf("e%d", len(events)), Case: "C1", Type: eventType, At: at, Recorded: at.End(), Data: data,
		})
	}
	born := calendar.NewDate(2008, 2, 29)
	add(born, "person.born", casework.Data{"date": born.String()})
	for year := range 17 {
		start := born.AddYears(year).AddDays(40)
		add(start, "referral.received", nil)
		add(start.AddDays(1), "referral.decided", casework.Data{"outcome": "assessment"})
		add(start.AddDays(50), "assessment.completed", nil)
		add(start.AddDays(20), "strategy_discussion.held", casework.Data{"s47": true})
		add(start.AddDays(35), "icpc.held", casework.Data{"outcome": "plan"})
		add(start.AddDays(35), "cp_plan.started", nil)
		for i := range 8 {
			add(start.AddDays(50+30*i), "cp_visit.made", casework.Data{"seen": true})
		}
		for i := range 5 {
			add(start.AddDays(45+40*i), "core_group.held", nil)
		}
		add(start.AddDays(120), "cp_review.held", nil)
		add(start.AddDays(300), "cp_plan.ended", nil)
		add(start.AddDays(310), "case.closed", nil)
	}
	for i := range 20 {
		add(born.AddYears(16).AddDays(30*i), "lac_visit.made", casework.Data{"seen": true})
	}
	return events
}

func BenchmarkFoldOfEighteenYears(b *testing.B) {
	events := childhood()
	m := casework.Moment{AsOf: calendar.NewDate(2026, 1, 1).End()}
	b.ReportAllocs()
	b.ReportMetric(float64(len(events)), "events")
	for b.Loop() {
		book.Fold(events, m)
	}
}

func BenchmarkAgendaOfEighteenYears(b *testing.B) {
	events := childhood()
	told := book.Notices(events, calendar.NewDate(2008, 1, 1), calendar.NewDate(2024, 1, 1))
	now := calendar.NewDate(2024, 1, 2).At(9, 0)
	b.ReportAllocs()
	for b.Loop() {
		book.Agenda(events, told, now)
	}
}

// A year of a child in need of protection, as a county has thousands of.
func BenchmarkNoticesOfAYear(b *testing.B) {
	events := slices.DeleteFunc(childhood(), func(e casework.Event) bool {
		return e.At.Day < calendar.NewDate(2020, 4, 1) || e.At.Day > calendar.NewDate(2021, 3, 1)
	})
	b.ReportMetric(float64(len(events)), "events")
	b.ReportAllocs()
	for b.Loop() {
		book.Notices(events, calendar.NewDate(2020, 4, 1), calendar.NewDate(2021, 4, 1))
	}
}

func BenchmarkNoticesOfEighteenYears(b *testing.B) {
	events := childhood()
	b.ReportAllocs()
	for b.Loop() {
		book.Notices(events, calendar.NewDate(2008, 1, 1), calendar.NewDate(2026, 1, 1))
	}
}
