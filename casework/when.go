package casework

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"longstop/calendar"
)

// ParseWhen reads a civil date (YYYY-MM-DD), or an instant with its offset from UTC strictly as
// RFC 3339 writes it. Instants are to the second: a fraction is cut off, so that what is shown is
// what decides.
func ParseWhen(s string) (When, error) {
	if strings.HasPrefix(s, "0000-00-00") {
		return When{}, errors.New("0000-00-00 is the null date of MySQL: the source holds no date there; leave the event out")
	}
	if len(s) == lenDate {
		day, err := calendar.ParseDate(s)
		if err != nil {
			return When{}, err
		}
		return OnDay(day), nil
	}
	t, err := parseInstant(s)
	if err != nil {
		return When{}, err
	}
	w := AtInstant(t)
	if w.Day.IsZero() {
		return When{}, errors.New("the instant lies outside of the years 0001 to 9999 in London, as a null date does: " +
			"the source holds no date there; leave the event out")
	}
	return w, nil
}

// The lengths of a date, and of one with a time of day.
const (
	lenDate = len("2026-01-02")
	lenTime = len("2026-01-02T15:04:05")
)

// parseInstant reads an instant. The time package's own reading of RFC 3339 is looser: it takes
// one digit for an hour, a comma for a point, and any two digits for an offset.
func parseInstant(s string) (time.Time, error) {
	wrong := fmt.Errorf("%s is neither a date (YYYY-MM-DD) nor an instant with its offset (2026-11-04T10:00:00Z)", quotedStart(s))
	if len(s) <= lenTime || s[lenDate] != 'T' && s[lenDate] != 't' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, wrong
	}
	day, err := calendar.ParseDate(s[:lenDate])
	if err != nil {
		return time.Time{}, err
	}
	hour, okHour := twoDigits(s[11:13])
	minute, okMinute := twoDigits(s[14:16])
	second, okSecond := twoDigits(s[17:19])
	rest := afterFraction(s[lenTime:])
	offset, okOffset := parseOffset(rest)
	switch {
	case !okHour || !okMinute || !okSecond:
		return time.Time{}, wrong
	case !okOffset && strings.ContainsAny(rest[:min(1, len(rest))], "+-"):
		return time.Time{}, fmt.Errorf("%s ends with no offset from UTC: write Z, or hours and minutes (up to 59) as +01:00", quotedStart(s))
	case offset < leastOffset || offset > greatestOffset:
		return time.Time{}, fmt.Errorf("%s ends with an offset from UTC that no place has: they run from -12:00 to +14:00", quotedStart(s))
	case !okOffset:
		return time.Time{}, wrong
	case hour > 23 || minute > 59:
		return time.Time{}, fmt.Errorf("%s is no time of day: hours run from 00 to 23, and minutes from 00 to 59", quotedStart(s))
	case second > 59:
		return time.Time{}, fmt.Errorf("%s is no time of day here: seconds run from 00 to 59; give a leap second as 59", quotedStart(s))
	}
	year, month, date := day.Split()
	return time.Date(year, month, date, hour, minute, second, 0, time.UTC).Add(-offset), nil
}

// afterFraction is what follows a fraction of a second. One without a digit is left as it is.
func afterFraction(s string) string {
	if s[0] != '.' {
		return s
	}
	rest := strings.TrimLeft(s[1:], "0123456789")
	if len(rest) == len(s)-1 {
		return s
	}
	return rest
}

// The offsets from UTC that a place on Earth has. Beyond them an instant was put together wrongly, and
// may lie on another day than the one that was meant.
const (
	leastOffset    = -12 * time.Hour
	greatestOffset = 14 * time.Hour
)

// parseOffset reads Z, or hours and minutes before or after UTC.
func parseOffset(s string) (offset time.Duration, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+01:00") || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hours, okHours := twoDigits(s[1:3])
	minutes, okMinutes := twoDigits(s[4:6])
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, okHours && okMinutes && minutes <= 59
}

func twoDigits(s string) (n int, ok bool) {
	tens, ones := s[0]-'0', s[1]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

// quotedStart is as much of a text as a reason repeats: what stands there is no date, and may be
// anything.
func quotedStart(s string) string { return fmt.Sprintf("%.40q", s) }
