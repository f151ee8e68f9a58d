package calendar_test

import (
	"bytes"
	"os"
	"testing"

	"longstop/calendar"
)

// sink keeps results alive, so that the compiler cannot leave the work out.
var sink calendar.Date

// someDates returns spread over decades, so that the tables are not always at hand
// in the processor's cache.
func someDates() (dates [1024]calendar.Date) {
	first := calendar.NewDate(2000, 1, 1)
	for i := range dates {
		dates[i] = first.AddDays(i * 7919 % 14000)
	}
	return dates
}

func BenchmarkAddWorkingDays(b *testing.B) {
	c, dates := calendar.Published(), someDates()
	for _, bc := range []struct {
		name string
		n    int
	}{{"1 after", 1}, {"45 after", 45}, {"10000 after", 10000}, {"15 before", -15}} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				sink = c.AddWorkingDays(dates[i%len(dates)], bc.n)
			}
		})
	}
	b.Run("45 after, beyond the tables", func(b *testing.B) {
		b.ReportAllocs()
		d := calendar.NewDate(2500, 5, 5)
		for b.Loop() {
			sink = c.AddWorkingDays(d, 45)
		}
	})
}

func BenchmarkWorkingDaysBetween(b *testing.B) {
	c, dates := calendar.Published(), someDates()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink = calendar.Date(c.WorkingDaysBetween(dates[i%len(dates)], dates[(i+1)%len(dates)]))
	}
}

func BenchmarkSkipped(b *testing.B) {
	c, d := calendar.Published(), calendar.NewDate(2026, 12, 10)
	b.ReportAllocs()
	for b.Loop() {
		sink = c.Skipped(d, d+68)[0].Date
	}
}

func BenchmarkDate(b *testing.B) {
	d := calendar.NewDate(2026, 12, 10)
	text, start := d.String(), d.Start()
	for _, bc := range []struct {
		name string
		do   func()
	}{
		{"NewDate", func() { sink = calendar.NewDate(2026, 12, 10) }},
		{"Split", func() { _, _, n := d.Split(); sink = calendar.Date(n) }},
		{"AddDays", func() { sink = d.AddDays(42) }},
		{"AddMonths", func() { sink = d.AddMonths(3) }},
		{"Birthday", func() { sink = d.Birthday(18) }},
		{"ParseDate", func() { sink, _ = calendar.ParseDate(text) }},
		{"String", func() { sink = calendar.Date(len(d.String())) }},
		{"DateOf", func() { sink = calendar.DateOf(start) }},
		{"Start", func() { sink = calendar.Date(d.Start().Nanosecond()) }},
		{"End", func() { sink = calendar.Date(d.End().Nanosecond()) }},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bc.do()
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	text, err := os.ReadFile("bank-holidays.json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := calendar.Parse(bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
