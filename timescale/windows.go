package timescale

import (
	"time"

	"longstop/calendar"
)

// Windows is a kind of stretch that follow each other.
type Windows string

// The kinds of windows.
const (
	CalendarMonths Windows = "calendar months"
	SchoolTerms    Windows = "school terms"
)

// length returns how long a window is, about; ok is false for a kind that is not known.
func (w Windows) length() (l Limit, ok bool) {
	switch w {
	case CalendarMonths:
		return Limit{N: 1, Unit: Months}, true
	case SchoolTerms:
		return Limit{N: 13, Unit: Weeks}, true
	}
	return Limit{}, false
}

// Shortest returns a time than which no window of the kind follows another sooner.
func (w Windows) Shortest() time.Duration {
	if w == CalendarMonths {
		return 28 * 24 * time.Hour
	}
	return 24 * time.Hour // terms are a pack's own, and each begins on another day
}

// isKnown reports whether there are windows of the kind; an unknown kind was reported when it was read.
func (w Windows) isKnown() bool {
	_, ok := w.length()
	return ok
}

// Window is one stretch of days, both included.
type Window struct {
	Name  string // "November 2026", "autumn term 2026"
	First calendar.Date
	Last  calendar.Date
	// Provisional says that the dates are the pack's usual ones, and not published ones.
	Provisional bool
}

// Term is a school term: with dates, or by month and day in every year that no dated one
// touches.
type Term struct {
	Name        string
	First, Last calendar.Date // dated; zero if it is by month and day
	FromMonth   time.Month
	FromDay     int
	UntilMonth  time.Month
	UntilDay    int
}

func (t Term) dated() bool { return !t.First.IsZero() }

// WindowAfter returns the first window of a kind that begins on a day or later; ok is false
// if there is none.
func (p *Pack) WindowAfter(kind Windows, day calendar.Date) (w Window, ok bool) {
	switch kind {
	case CalendarMonths:
		w = monthFrom(day)
		return w, !w.First.IsZero() && !w.Last.IsZero()
	case SchoolTerms:
		return p.termFrom(day)
	}
	return Window{}, false
}

func monthFrom(day calendar.Date) Window {
	year, month, dayOfMonth := day.Split()
	if dayOfMonth > 1 {
		month++
	}
	first := calendar.NewDate(year, month, 1)
	return Window{Name: first.Format("January 2006"), First: first, Last: first.AddMonths(1).AddDays(-1)}
}

// termFrom looks at every dated term, and at the usual ones of two years, in which each of
// them begins once at least.
func (p *Pack) termFrom(day calendar.Date) (next Window, ok bool) {
	for i := range p.Terms {
		for year := day.Year(); year <= day.Year()+1; year++ {
			w := p.Terms[i].in(year)
			if w.First < day || w.Provisional && p.replaced(w) || ok && w.First >= next.First {
				continue
			}
			next, ok = w, true
		}
	}
	return next, ok
}

// in returns the term as it is in a year; a dated one is as it is.
func (t Term) in(year int) Window {
	if t.dated() {
		return Window{Name: t.Name, First: t.First, Last: t.Last}
	}
	return Window{
		Name: t.Name + calendar.NewDate(year, 1, 1).Format(" 2006"), Provisional: true,
		First: calendar.NewDate(year, t.FromMonth, t.FromDay), Last: calendar.NewDate(year, t.UntilMonth, t.UntilDay),
	}
}

// replaced reports whether dated terms lie where a usual one would.
func (p *Pack) replaced(w Window) bool {
	for i := range p.Terms {
		t := &p.Terms[i]
		if t.dated() && t.First <= w.Last && w.First <= t.Last {
			return true
		}
	}
	return false
}

// OwnCalendar is a calendar of the pack's own: the bank holidays and further closed days.
type OwnCalendar struct {
	Name       string
	Closed     []calendar.Closed
	Incomplete bool // further closed days are to be expected, so what is counted is provisional
}
