package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Date is a civil date in the proleptic Gregorian calendar: a count of days in
// which 1 is 1 January of year 1, a Monday. The zero Date is "no date".
//
// Dates run from year 1 to year 9999, so that each has exactly one written
// form. Arithmetic on no date, and arithmetic that leaves those years, gives
// no date. Dates compare with the usual operators; no date sorts first.
type Date int32

// lastDate is 31 December 9999, the last day that YYYY-MM-DD can write.
const lastDate Date = 3652059

// farAway bounds arguments before they are multiplied, so that no sum can
// overflow. It is more than there are days in the years 1 to 9999.
const farAway = 10_000_000

// NewDate returns the date of a year, month and day. Values outside their
// usual ranges are carried over as [time.Date] does: 32 October is
// 1 November. A result outside the years 1 to 9999 is no date.
func NewDate(year int, month time.Month, day int) Date {
	if tooFar(year) || tooFar(int(month)) || tooFar(day) {
		return 0
	}
	months := year*12 + int(month) - 1
	year = floorDiv(months, 12)
	return checked(dayNumber(year, months-year*12+1) + day)
}

// ParseDate reads a date written strictly as YYYY-MM-DD. The error repeats at
// most the first few characters of the text it was given.
func ParseDate(s string) (Date, error) {
	year, okYear := digits(s, 0, 4)
	month, okMonth := digits(s, 5, 7)
	day, okDay := digits(s, 8, 10)
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' || !okYear || !okMonth || !okDay {
		return 0, fmt.Errorf("%s is not a date: write year, month and day as YYYY-MM-DD, such as 2026-11-30", excerpt(s))
	}
	if year == 0 {
		return 0, fmt.Errorf("%s is not a date: years start at 0001", excerpt(s))
	}
	if month < 1 || month > 12 {
		return 0, fmt.Errorf("%s is not a date: months run from 01 to 12", excerpt(s))
	}
	if n := daysIn(year, month); day < 1 || day > n {
		return 0, fmt.Errorf("%s is not a date: %s %d has days 01 to %d", excerpt(s), time.Month(month), year, n)
	}
	return Date(dayNumber(year, month) + day), nil
}

// IsZero reports whether d is no date. It makes the omitzero option of
// encoding/json work.
func (d Date) IsZero() bool { return d == 0 }

// String returns the date as YYYY-MM-DD, and nothing for no date.
func (d Date) String() string {
	if !d.valid() {
		return ""
	}
	year, month, day := d.Split()
	return string([]byte{
		byte('0' + year/1000), byte('0' + year/100%10), byte('0' + year/10%10), byte('0' + year%10), '-',
		byte('0' + int(month)/10), byte('0' + int(month)%10), '-',
		byte('0' + day/10), byte('0' + day%10),
	})
}

// Split returns the year, month and day of d, all zero for no date.
func (d Date) Split() (year int, month time.Month, day int) {
	if !d.valid() {
		return 0, 0, 0
	}
	// Years are taken to begin on 1 March: the leap day is then the last of
	// its year, and the months have lengths that one division can undo.
	n := uint32(d) + daysMarchToJanuary - 1
	century := (4*n + 3) / daysIn400Years
	n -= century * daysIn400Years / 4
	y := (4*n + 3) / daysIn4Years
	n -= y * daysIn4Years / 4
	m := (5*n + 2) / 153
	day = int(n-(153*m+2)/5) + 1
	year = int(100*century + y)
	if m < 10 {
		return year, time.Month(m + 3), day
	}
	return year + 1, time.Month(m - 9), day
}

// Year returns the year of d, 0 for no date.
func (d Date) Year() int {
	year, _, _ := d.Split()
	return year
}

// Weekday returns the day of the week of d. That of no date means nothing.
func (d Date) Weekday() time.Weekday { return time.Weekday(uint32(d) % 7) }

// AddDays returns the date n days after d, or before it where n is negative.
// N weeks are 7N days.
func (d Date) AddDays(n int) Date {
	if !d.valid() || tooFar(n) {
		return 0
	}
	return checked(int(d) + n)
}

// AddMonths returns the corresponding date n calendar months after d, or
// before it where n is negative; where that month has no such date, its last
// day: 30 November and three months is 28 or 29 February. The source is the
// corresponding-date rule (Dodds v Walker, 1981), with "month" a calendar month
// by the Interpretation Act 1978, Schedule 1.
func (d Date) AddMonths(n int) Date {
	if !d.valid() || tooFar(n) {
		return 0
	}
	year, month, day := d.Split()
	months := year*12 + int(month) - 1 + n
	year = floorDiv(months, 12)
	m := months - year*12 + 1
	return checked(dayNumber(year, m) + min(day, daysIn(year, m)))
}

// AddYears returns the corresponding date n years after d, by the rule of
// [Date.AddMonths]: from 29 February it is 28 February in a common year. For a
// person's age use [Date.Birthday].
func (d Date) AddYears(n int) Date {
	if tooFar(n) {
		return 0
	}
	return d.AddMonths(12 * n)
}

// Birthday returns the nth birthday of someone born on d, the day at whose
// beginning that age is reached (Family Law Reform Act 1969, section 9). Someone
// born on 29 February has the birthday on 1 March in a common year.
func (d Date) Birthday(n int) Date {
	if !d.valid() || tooFar(n) {
		return 0
	}
	year, month, day := d.Split()
	return NewDate(year+n, month, day)
}

// DaysSince returns how many days d is after e, negative where d is before e.
// Both must be dates: with no date the number means nothing.
func (d Date) DaysSince(e Date) int { return int(d) - int(e) }

// Format returns d in a layout of package time, such as "Mon 2 Jan 2006", and
// nothing for no date.
func (d Date) Format(layout string) string {
	if !d.valid() {
		return ""
	}
	return time.Unix(d.unixMidnight(), 0).UTC().Format(layout)
}

// MarshalText writes d as YYYY-MM-DD and no date as nothing. It fails only for
// a number that is not a date of this package, one outside the years 1 to 9999.
func (d Date) MarshalText() ([]byte, error) {
	if d != 0 && !d.valid() {
		return nil, fmt.Errorf("day number %d lies outside the years 0001 to 9999", int32(d))
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what [Date.MarshalText] writes, as strictly as
// [ParseDate]. On error d keeps its value.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

const (
	daysIn400Years     = 146097
	daysIn4Years       = 1461
	daysMarchToJanuary = 306 // from 1 March of year 0 to 1 January of year 1
)

// valid reports whether d is a date: neither no date nor a number that only a
// conversion from an integer can have made.
func (d Date) valid() bool { return d >= 1 && d <= lastDate }

// checked turns a day number into a date, or into no date if it is out of range.
func checked(n int) Date {
	if n < 1 || n > int(lastDate) {
		return 0
	}
	return Date(n)
}

// dayNumber returns the number of the day before the 1st of a month, which must
// be 1 to 12; adding a day of the month gives the number of that day.
func dayNumber(year, month int) int {
	// As in Split, years begin on 1 March.
	if month < 3 {
		year, month = year-1, month+9
	} else {
		month -= 3
	}
	return 365*year + floorDiv(year, 4) - floorDiv(year, 100) + floorDiv(year, 400) +
		(153*month+2)/5 - daysMarchToJanuary
}

// daysIn returns the number of days in a month, which must be 1 to 12.
func daysIn(year, month int) int {
	switch time.Month(month) {
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	default:
		return 31
	}
}

func tooFar(n int) bool { return n < -farAway || n > farAway }

func floorDiv(n, by int) int {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}

// digits reads s[from:to] as a decimal number without sign or space.
func digits(s string, from, to int) (n int, ok bool) {
	if len(s) < to {
		return 0, false
	}
	for _, c := range []byte(s[from:to]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// excerpt quotes the beginning of a text that was refused. It is short because
// what people paste into a date field may be anything, names included.
func excerpt(s string) string {
	const most = 16
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q...", strings.ToValidUTF8(s[:most], ""))
}
