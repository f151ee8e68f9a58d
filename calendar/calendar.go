package calendar

import "slices"

// Calendar knows the working days of England and Wales from one edition of the
// published bank holidays: Monday to Friday less those holidays (Banking and
// Financial Dealings Act 1971). It never changes once made. The days on which a
// council closes its offices are working days in it.
//
// In years the edition lacks the standing rules hold; see [Calendar.Provisional].
// Counting takes the same few nanoseconds for any number of days from 1900 to
// 2199 and some microseconds beyond. Counting from no date, or to a day outside
// the years 1 to 9999, gives no date.
type Calendar struct {
	edition     string
	first, last int
	published   []holiday // in order of date
	closed      []Closed  // of a calendar of somebody's own; see With
	incomplete  bool
	tables      tables
}

// Skipped is a day that a count of working days passes over, and why.
type Skipped struct {
	Date Date `json:"date" doc:"The day." format:"date" example:"2026-12-25"`
	// Why is "weekend", or the name of the bank holiday.
	Why string `json:"why" doc:"Why it was not counted: weekend, or the name of the bank holiday." example:"Christmas Day"`
}

// newCalendar builds a calendar from holidays in order of date, each in a year
// of the tables.
func newCalendar(published []holiday) *Calendar {
	c := &Calendar{
		first:     published[0].date.Year(),
		last:      published[len(published)-1].date.Year(),
		published: published,
	}
	c.edition = editionName(c.first, c.last, published)
	var off []Date
	for year := tableFirstYear; year <= tableLastYear; year++ {
		for _, h := range c.holidays(year) {
			off = append(off, h.date)
		}
	}
	c.tables.fill(off)
	return c
}

// Edition returns the short name of the published file this calendar was made
// from, such as "England and Wales bank holidays 2012–2028 (3f2a9c01)". The
// figures in brackets are a hash of the dates, so two files with the same dates
// are the same edition and any other date makes another.
func (c *Calendar) Edition() string { return c.edition }

// FirstYear returns the first year the edition covers.
func (c *Calendar) FirstYear() int { return c.first }

// LastYear returns the last year the edition covers.
func (c *Calendar) LastYear() int { return c.last }

// IsWorkingDay reports whether d is a working day. The zero date is not one.
func (c *Calendar) IsWorkingDay(d Date) bool {
	return d.valid() && c.tables.count(d) != c.tables.count(d-1)
}

// Holiday returns the name of the bank holiday on d, if there is one, with
// " (substitute day)" where it is given in place of another day.
func (c *Calendar) Holiday(d Date) (name string, ok bool) {
	if !d.valid() {
		return "", false
	}
	for _, h := range c.holidays(d.Year()) {
		if h.date == d {
			return h.title, true
		}
	}
	return "", false
}

// AddWorkingDays returns the nth working day after d, where d is day 0 even if
// it is not a working day itself; with a negative n the nth working day before d;
// and with 0 d itself, working day or not.
func (c *Calendar) AddWorkingDays(d Date, n int) Date {
	if n == 0 || !d.valid() {
		return d
	}
	if n > 0 {
		return c.tables.date(c.tables.count(d) + n)
	}
	return c.tables.date(c.tables.count(d-1) + 1 + n)
}

// WorkingDaysBetween returns how many working days there are after a up to and
// including b; where b is before a, minus the number after b up to and
// including a. It is 0 if either is no date.
func (c *Calendar) WorkingDaysBetween(a, b Date) int {
	if !a.valid() || !b.valid() {
		return 0
	}
	return c.tables.count(b) - c.tables.count(a)
}

// OnOrAfter returns the first working day on or after d.
func (c *Calendar) OnOrAfter(d Date) Date {
	if !d.valid() {
		return 0
	}
	return c.tables.date(c.tables.count(d-1) + 1)
}

// OnOrBefore returns the last working day on or before d.
func (c *Calendar) OnOrBefore(d Date) Date {
	if !d.valid() {
		return 0
	}
	return c.tables.date(c.tables.count(d))
}

// Provisional reports whether a count of working days from one date through
// another rests on a year that the published file lacks, before its years or
// after them. The days looked at are those a count steps on: after from up to
// and including through; or, where through is the earlier, before from back to
// and including through.
func (c *Calendar) Provisional(from, through Date) bool {
	low, high := stepped(from, through)
	return low <= high && (c.incomplete || low.Year() < c.first || high.Year() > c.last)
}

// Skipped returns, in order of date, each day that is not a working day among
// those a count steps on from one date through another: after from up to and
// including through; or, where through is the earlier, before from back to and
// including through. It is nil if there are none.
func (c *Calendar) Skipped(from, through Date) []Skipped {
	var days []Skipped
	low, high := stepped(from, through)
	for d := low; d <= high; d++ {
		if c.IsWorkingDay(d) {
			continue
		}
		why := "weekend"
		if !weekend(d) {
			if why, _ = c.Holiday(d); why == "" {
				why = c.closedOn(d)
			}
		}
		days = append(days, Skipped{d, why})
	}
	return days
}

// stepped returns the first and the last of the days that a count steps on. If
// there are none the first is after the last.
func stepped(from, through Date) (low, high Date) {
	switch {
	case !from.valid() || !through.valid():
		return 1, 0
	case through < from:
		return through, from - 1
	default:
		return from + 1, through
	}
}

// holidays returns the bank holidays of a year in order of date.
func (c *Calendar) holidays(year int) []holiday {
	if year < c.first || year > c.last {
		h := standing(year)
		return h[:]
	}
	start, end := NewDate(year, 1, 1), NewDate(year, 12, 31)
	from, _ := slices.BinarySearchFunc(c.published, start, byDate)
	to, _ := slices.BinarySearchFunc(c.published, end+1, byDate)
	return c.published[from:to]
}

func byDate(h holiday, d Date) int { return h.date.DaysSince(d) }
