package english

import (
	"time"

	"longstop/calendar"
)

// The layouts of a day, as prose, lists and letters write it.
const (
	prose   = "2 January 2006"
	list    = "Mon 2 Jan 2006"
	aligned = "Mon 02 Jan 2006"
	letter  = "Monday 2 January 2006"
)

// Date returns a day in prose: "15 April 2013".
func Date(d calendar.Date) string { return d.Format(prose) }

// DayOfYear returns a day of every year: "1 September".
func DayOfYear(month time.Month, day int) string {
	return calendar.NewDate(2000, month, day).Format("2 January") // a leap year has them all
}

// Day returns a day with its weekday, short: "Mon 5 Jan 2026".
func Day(d calendar.Date) string { return d.Format(list) }

// AlignedDay is [Day] with two digits, for lists in columns: "Mon 05 Jan 2026".
func AlignedDay(d calendar.Date) string { return d.Format(aligned) }

// LongDay returns a day with its weekday in full: "Monday 5 January 2026".
func LongDay(d calendar.Date) string { return d.Format(letter) }

// Time returns the time of day of an instant in London: "09:30".
func Time(t time.Time) string { return calendar.InLondon(t).Format("15:04") }

// Minute returns an instant in London to the minute, with its zone: "Sat 24 Oct 2026 10:00 BST".
func Minute(t time.Time) string { return calendar.InLondon(t).Format(list + " 15:04 MST") }

// Second is [Minute] to the second.
func Second(t time.Time) string { return calendar.InLondon(t).Format(list + " 15:04:05 MST") }

// Instant is [Minute], with the seconds where there are any, because they can decide.
func Instant(t time.Time) string {
	if t.Truncate(time.Second).Second() != 0 {
		return Second(t)
	}
	return Minute(t)
}

// Short returns an instant in London as rows of a list write it: "2026-10-24 10:00".
func Short(t time.Time) string { return calendar.InLondon(t).Format("2006-01-02 15:04") }
