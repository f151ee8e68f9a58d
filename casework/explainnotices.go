package casework

import (
	"strings"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Telling is a notice as an explanation lists it: what was said to whom, and what became of it.
type Telling struct {
	At   string         `json:"at"` // in UTC
	Kind string         `json:"kind"`
	Rung string         `json:"rung,omitempty"`
	Role timescale.Role `json:"role"` // whom the rung names
	Due  string         `json:"due,omitempty"`

	// Of a notice that the record holds.
	ID      string `json:"id,omitempty"`
	To      string `json:"to,omitempty"`   // a staff reference
	Name    string `json:"name,omitempty"` // and role, where they are known
	State   string `json:"state,omitempty"`
	SentAt  string `json:"sent_at,omitempty"`
	Channel string `json:"channel,omitempty"`
	Reason  string `json:"reason,omitempty"`

	Text string `json:"text"`
}

func (t Telling) line() string { return t.Text }

// telling is a notice as an explanation lists it, as far as the notice itself says.
func (b *Book) telling(n *Notice) Telling {
	return Telling{
		At: n.At.UTC().Format(time.RFC3339), Kind: string(n.Kind), Rung: n.Rung, Role: n.Role, Due: n.Due,
		Text: longInstant(n.At) + "  " + b.NoticeWords(n, roleName(n.Role)) + ".",
	}
}

// NoticeWords is what a notice says to whom it is addressed: "escalation to the team manager, 1
// working day after it was due on Sat 5 Dec 2026".
func (b *Book) NoticeWords(n *Notice, to string) string {
	words := noticeKind(n.Kind) + " to " + to
	switch n.Kind {
	case Resolved:
		return words + " that nothing more is to be done"
	case Moved:
		if n.Due == "" {
			return words + " that the date no longer stands"
		}
		return words + " that it is now due on " + longDue(n.Due)
	default:
	}
	words += ", " + b.rungWords(n)
	if len(n.Missed) > 0 {
		words += ", also in the place of what had not been sent: " + strings.Join(missedWords(n), "; ")
	}
	return words
}

// noticeKind is a kind of notice as people say it.
func noticeKind(k Kind) string {
	switch k {
	case Resolved, Moved:
		return "message"
	case Drift:
		return "drift alarm"
	default:
		return string(k)
	}
}

// missedWords are the rungs for which a notice makes up.
func missedWords(n *Notice) []string {
	list := make([]string, len(n.Missed))
	for i, label := range n.Missed {
		list[i] = rungLabel(label, n)
	}
	return list
}

// rungWords says which rung went, and of which date: "10 working days before it is due on Tue
// 16 Feb 2027". Where the ladder is counted from another day, because the date was not known by
// then or a promise held it, it says which step it was.
func (b *Book) rungWords(n *Notice) string {
	label := rungLabel(n.Rung, n)
	due, err := ParseWhen(n.Due)
	switch {
	case n.Rung == waitingRung || n.Kind == Drift || err != nil:
		return label
	case !due.DayOnly() || strings.HasSuffix(n.Rung, "%"):
		return label + ", due " + longWhen(due)
	}
	on, number := calendar.DateOf(n.At), numberIn(n.Rung)
	onTime := number == 0 && (on == due.Day || on == b.calendar.OnOrBefore(due.Day)) ||
		number != 0 && b.calendar.AddWorkingDays(due.Day, number) == on
	switch {
	case number == 0 && on == due.Day:
		return "on the due date, " + longDay(due.Day)
	case number == 0 && onTime:
		return "on the last working day up to the due date, " + longDay(due.Day)
	case onTime:
		return label + " the due date, " + longDay(due.Day)
	}
	if number == 0 {
		label = "on"
	}
	return "the step “" + label + " the due date”, later than that day; due " + longDay(due.Day)
}

// rungLabel is the label of a rung in words: "10 working days before", "after 9 months".
func rungLabel(label string, n *Notice) string {
	number := numberIn(label)
	switch {
	case label == waitingRung:
		return "because a date cannot be worked out and something is missing"
	case n.Kind == Drift:
		return alarmWords(label)
	case strings.HasSuffix(label, "%"):
		return "when " + strings.TrimSuffix(label, "%") + " per cent of the time was gone"
	case strings.HasSuffix(label, "h"):
		return hourWords(number)
	case label == "0" && strings.Contains(n.Due, "T"):
		return hourWords(0)
	case number == 0:
		return "the day itself"
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
