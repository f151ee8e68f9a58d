package timescale_test

import (
	"testing"
	"time"

	"longstop/timescale"
)

// usual returns terms by month and day.
func usual() []timescale.Term {
	term := func(name string, from time.Month, until time.Month, last int) timescale.Term {
		return timescale.Term{Name: name, FromMonth: from, FromDay: 1, UntilMonth: until, UntilDay: last}
	}
	return []timescale.Term{
		term("autumn term", time.September, time.December, 31), term("spring term", time.January, time.March, 31),
		term("summer term", time.April, time.July, 31),
	}
}

func dated(t *testing.T, name, first, last string) timescale.Term {
	t.Helper()
	return timescale.Term{Name: name, First: date(t, first), Last: date(t, last)}
}

func TestTheFirstWindowThatBeginsOnADayOrLater(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, day string
		kind      timescale.Windows
		terms     []timescale.Term
		want      string // "" for none
	}{
		{"a month that begins on the day", "2026-11-01", timescale.CalendarMonths, nil, "November 2026 2026-11-01 2026-11-30"},
		{"the next month from its second day on", "2026-11-02", timescale.CalendarMonths, nil, "December 2026 2026-12-01 2026-12-31"},
		{"January of the next year", "2026-12-31", timescale.CalendarMonths, nil, "January 2027 2027-01-01 2027-01-31"},
		{"February of a leap year", "2028-01-02", timescale.CalendarMonths, nil, "February 2028 2028-02-01 2028-02-29"},

		{"a usual term that begins on the day", "2026-09-01", timescale.SchoolTerms, usual(), "autumn term 2026 2026-09-01 2026-12-31 provisional"},
		{"the next usual term, in the next year", "2026-09-02", timescale.SchoolTerms, usual(), "spring term 2027 2027-01-01 2027-03-31 provisional"},
		{"a usual term with a summer between", "2026-04-02", timescale.SchoolTerms, usual(), "autumn term 2026 2026-09-01 2026-12-31 provisional"},

		{
			"a dated term replaces the usual one where it lies", "2026-08-01", timescale.SchoolTerms,
			append(usual(), dated(t, "autumn 2026", "2026-09-03", "2026-12-18")), "autumn 2026 2026-09-03 2026-12-18",
		},
		{
			"once it has begun, the next usual one", "2026-09-04", timescale.SchoolTerms,
			append(usual(), dated(t, "autumn 2026", "2026-09-03", "2026-12-18")), "spring term 2027 2027-01-01 2027-03-31 provisional",
		},
		{
			"a dated one that begins before the usual one would", "2026-08-01", timescale.SchoolTerms,
			append(usual(), dated(t, "autumn 2026", "2026-08-25", "2026-12-18")), "autumn 2026 2026-08-25 2026-12-18",
		},
		{
			"of two halves of a term, the second", "2026-09-04", timescale.SchoolTerms,
			append(usual(), dated(t, "autumn, first half", "2026-09-03", "2026-10-23"), dated(t, "autumn, second half", "2026-11-02", "2026-12-18")),
			"autumn, second half 2026-11-02 2026-12-18",
		},
		{
			"dated ones in whatever order they stand", "2026-08-01", timescale.SchoolTerms,
			[]timescale.Term{dated(t, "spring 2027", "2027-01-05", "2027-03-26"), dated(t, "autumn 2026", "2026-09-03", "2026-12-18")},
			"autumn 2026 2026-09-03 2026-12-18",
		},
		{
			"a dated one that lies years ahead", "2026-08-01", timescale.SchoolTerms,
			[]timescale.Term{dated(t, "autumn 2030", "2030-09-03", "2030-12-18")},
			"autumn 2030 2030-09-03 2030-12-18",
		},
		{
			"dated ones that are over do not count", "2027-08-01", timescale.SchoolTerms,
			[]timescale.Term{dated(t, "autumn 2026", "2026-09-03", "2026-12-18")},
			"",
		},
		{"without terms there is no window", "2026-08-01", timescale.SchoolTerms, nil, ""},
		{"without a kind there is no window", "2026-08-01", "", usual(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pack := timescale.Pack{Terms: tt.terms}
			got := ""
			if w, ok := pack.WindowAfter(tt.kind, date(t, tt.day)); ok {
				got = w.Name + " " + w.First.String() + " " + w.Last.String()
				if w.Provisional {
					got += " provisional"
				}
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
