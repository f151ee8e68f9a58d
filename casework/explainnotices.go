package casework

import (
	"strings"

	"longstop/calendar"
)

// noticeWords is what was said to whom: "Tue 2 Feb 2027 09:00  reminder to the worker,
// 10 working days before, due Tue 16 Feb 2027 (-10wd)".
func (b *Book) noticeWords(n *Notice) string {
	words := longInstant(n.At) + "  "
	switch n.Kind {
	case Resolved:
		return words + roleName(n.Role) + " was told that it is resolved"
	case Moved:
		return words + roleName(n.Role) + " was told the new date, " + longDue(n.Due)
	case Drift:
		words += "drift alarm to " + roleName(n.Role)
	default:
		words += string(n.Kind) + " to " + roleName(n.Role)
	}
	if when := b.rungWords(n); when != "" {
		words += ", " + when
	}
	words += " (" + n.Rung + ")"
	if n.Due != "" {
		words += ", due " + longDue(n.Due)
	}
	if len(n.Missed) > 0 {
		words += ", in the place of " + strings.Join(n.Missed, ", ")
	}
	return words
}

// rungWords says when a rung goes: "10 working days before". It is "" where the rung went
// at another time, because the date was not known by then, or somebody promised to act.
func (b *Book) rungWords(n *Notice) string {
	due, err := ParseWhen(n.Due)
	switch {
	case n.Rung == waitingRung:
		return "because something is missing"
	case n.Kind == Drift:
		return alarmWords(n.Rung)
	case err != nil:
		return ""
	case strings.HasSuffix(n.Rung, "%"):
		return "when " + strings.TrimSuffix(n.Rung, "%") + " per cent of the time was gone"
	case !due.DayOnly():
		return hourWords(numberIn(n.Rung))
	}
	number := numberIn(n.Rung)
	on := calendar.DateOf(n.At)
	switch {
	case number == 0 && on == due.Day:
		return "on the day"
	case number == 0 || b.calendar.AddWorkingDays(due.Day, number) != on:
		return ""
	case number < 0:
		return count(-number, "working day") + " before"
	default:
		return count(number, "working day") + " after"
	}
}

// hourWords is when a rung goes so many hours after the instant.
func hourWords(hours int) string {
	if hours == 0 {
		return "when the time was up"
	}
	return count(hours, "hour") + " after the time was up"
}

// numberIn is the number that the label of a rung holds: -10 of "-10wd".
func numberIn(label string) int {
	number := 0
	for _, c := range label {
		if c >= '0' && c <= '9' {
			number = 10*number + int(c-'0')
		}
	}
	if strings.HasPrefix(label, "-") {
		return -number
	}
	return number
}

// alarmWords is when an alarm of drift goes: "after 9 months".
func alarmWords(label string) string {
	number := numberIn(label)
	if number == 0 {
		return "on the day of the start"
	}
	unit := map[string]string{"wd": "working day", "d": "day", "w": "week", "m": "month", "y": "year"}
	return "after " + count(number, unit[strings.TrimLeft(label, "0123456789")])
}
