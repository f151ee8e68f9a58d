package calendar

import "time"

// standingHolidays is how many bank holidays a year has in England and Wales
// when nothing out of the ordinary is proclaimed.
const standingHolidays = 8

// holiday is one bank holiday as a screen names it.
type holiday struct {
	date  Date
	title string
}

// substitute marks a holiday given on another day than its own.
const substitute = " (substitute day)"

// standing returns the bank holidays of a year, in order of date, by the rules
// of an ordinary year: the Banking and Financial Dealings Act 1971, Schedule 1;
// Good Friday and Christmas Day, which are holidays by common law; and what is
// proclaimed under the Act each year alike, New Year's Day, the first Monday of
// May and the substitute days. All eight always fall on a Monday to Friday of
// the year itself, which standingUpTo relies on.
func standing(year int) [standingHolidays]holiday {
	const (
		newYear   = "New Year’s Day"
		christmas = "Christmas Day"
		boxing    = "Boxing Day"
	)
	first := holiday{NewDate(year, time.January, 1), newYear}
	switch first.date.Weekday() {
	case time.Saturday:
		first = holiday{first.date.AddDays(2), newYear + substitute}
	case time.Sunday:
		first = holiday{first.date.AddDays(1), newYear + substitute}
	default: // it stands
	}

	eve := NewDate(year, time.December, 24)
	late := [2]holiday{{eve + 1, christmas}, {eve + 2, boxing}}
	switch eve.Weekday() {
	case time.Thursday: // Boxing Day is a Saturday
		late[1] = holiday{eve + 4, boxing + substitute}
	case time.Friday: // a Saturday and a Sunday
		late = [2]holiday{{eve + 3, christmas + substitute}, {eve + 4, boxing + substitute}}
	case time.Saturday: // Christmas Day is a Sunday and gives way to Boxing Day
		late = [2]holiday{{eve + 2, boxing}, {eve + 3, christmas + substitute}}
	default: // both stand
	}

	easter := easterSunday(year)
	return [standingHolidays]holiday{
		first,
		{easter - 2, "Good Friday"},
		{easter + 1, "Easter Monday"},
		{firstMonday(year, time.May), "Early May bank holiday"},
		{lastMonday(year, time.May), "Spring bank holiday"},
		{lastMonday(year, time.August), "Summer bank holiday"},
		late[0],
		late[1],
	}
}

// standingUpTo returns how many working days there are by the standing rules
// from the first day of year 1 to d, which must be a date or no date.
func standingUpTo(d Date) int {
	if d == 0 {
		return 0
	}
	n := int(d)
	year := d.Year()
	// Day 1 is a Monday, so the weeks are whole from there.
	count := n/7*5 + min(n%7, 5) - (year-1)*standingHolidays
	for _, h := range standing(year) {
		if h.date <= d {
			count--
		}
	}
	return count
}

// firstMonday returns the first Monday of a month.
func firstMonday(year int, month time.Month) Date {
	seventh := NewDate(year, month, 7)
	return seventh - daysAfterMonday(seventh)
}

// lastMonday returns the last Monday of a month.
func lastMonday(year int, month time.Month) Date {
	last := NewDate(year, month, daysIn(year, int(month)))
	return last - daysAfterMonday(last)
}

// daysAfterMonday returns how many days d is after the Monday of its week.
func daysAfterMonday(d Date) Date { return (d - 1) % 7 }

// easterSunday returns Easter Sunday in the Gregorian calendar by the anonymous
// computus of 1876 (Meeus, Jones and Butcher); the letters are its own. It gives
// the same dates as the tables of the Calendar (New Style) Act 1750.
func easterSunday(year int) Date {
	a := year % 19
	b, c := year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return NewDate(year, time.Month(n/31), n%31+1)
}
