package sample

import (
	"time"

	"longstop/calendar"
)

// frame is the window that a return shows: its period, and the day it is made on.
type frame struct {
	cal  *calendar.Calendar
	day  calendar.Date // the return is made early on this day
	ref  calendar.Date // its reference date: the day before, the last that is complete
	from calendar.Date // the first day of its period
}

// newFrame frames a return made on a day. The reference date is the day before: a day that
// is not over cannot be reported, and what fell due on the day itself still runs. The
// period begins on the last 1 April before it (census.md).
func newFrame(cal *calendar.Calendar, day calendar.Date) frame {
	ref := day.AddDays(-1)
	from := calendar.NewDate(ref.Year(), time.April, 1)
	if from >= ref {
		from = calendar.NewDate(ref.Year()-1, time.April, 1)
	}
	return frame{cal: cal, day: day, ref: ref, from: from}
}

// collectionYear is the year in which the period ends, by which a collection is named.
func (f frame) collectionYear() int { return f.from.Year() + 1 }

// periodDays is how many days of the period have passed.
func (f frame) periodDays() int { return f.ref.DaysSince(f.from) + 1 }

// wd is the nth working day after a day; for 0 the first on or after it.
func (f frame) wd(d calendar.Date, n int) calendar.Date {
	if n == 0 {
		return f.cal.OnOrAfter(d)
	}
	return f.cal.AddWorkingDays(d, n)
}

// workday is the last working day on or before a day, but after another.
func (f frame) workday(d, after calendar.Date) calendar.Date {
	if before := f.cal.OnOrBefore(d); before > after {
		return before
	}
	return f.cal.OnOrAfter(after.AddDays(1))
}
