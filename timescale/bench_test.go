package timescale_test

import (
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"

	"longstop/calendar"
	"longstop/timescale"
)

var (
	assessment = timescale.Limit{N: 45, Unit: timescale.WorkingDays}
	firstDay   = calendar.NewDate(1948, 7, 5)
	lastDay    = calendar.NewDate(2100, 12, 31)
)

// BenchmarkDueDate is the due date of an assessment (45 working days) that starts on each
// day from 1948 to 2100 in turn.
func BenchmarkDueDate(b *testing.B) {
	days := calendar.Published()
	b.ReportAllocs()
	day := firstDay
	for b.Loop() {
		if due := assessment.Due(days, day); due <= day {
			b.Fatal(due)
		}
		if day++; day > lastDay {
			day = firstDay
		}
	}
}

// BenchmarkDueDateWithRickarCal is the same sum done with another library, whose calendar
// lacks the bank holidays that were moved and proclaimed.
func BenchmarkDueDateWithRickarCal(b *testing.B) {
	for name, cached := range map[string]bool{"as it comes": false, "with its cache": true} {
		b.Run(name, func(b *testing.B) {
			business := cal.NewBusinessCalendar()
			business.Cacheable = cached
			business.AddHoliday(gb.Holidays...)
			b.ReportAllocs()
			first := time.Date(1948, 7, 5, 12, 0, 0, 0, time.UTC)
			day, n := first, 0
			for b.Loop() {
				if due := business.WorkdaysFrom(day, assessment.N); !due.After(day) {
					b.Fatal(due)
				}
				if day, n = day.AddDate(0, 0, 1), n+1; n > lastDay.DaysSince(firstDay) {
					day, n = first, 0
				}
			}
		})
	}
}
