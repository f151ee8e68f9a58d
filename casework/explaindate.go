package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/timescale"
)

// explainDate says what the duty's limit is, how it was counted, and to what date it led.
func (x *explaining) explainDate() {
	d := x.duty
	x.Window, x.Limit = x.window(), x.limit()
	x.NotBefore, x.OwedBefore = x.notBefore(), x.owedBefore()
	if !d.LocalDue.IsZero() {
		x.LocalDue = longDay(d.LocalDue) + ", " + d.Edition.LocalLimit.String() + ": " + d.Edition.LocalSource
		if from, until := lawStands(d); from != d.Edition.From || until != d.Edition.Until {
			x.LocalDue += " (" + startsBetween(d.Edition.From, d.Edition.Until) + ")"
		}
	}
	switch {
	case d.Limit == nil:
	case d.Limit.Rolling() && d.inHours():
		x.Due, x.Counted, x.Hours = longInstant(d.DueAt), x.sumOfHours(), x.stays()
	case d.Limit.Rolling():
		x.Due = longDay(d.Due)
		x.Counted, x.Days = x.sumOfDays()
	case !d.DueAt.IsZero():
		x.Due = longInstant(d.DueAt)
		x.Counted = "elapsed time from the start, through weekends and clock changes"
	case !d.Due.IsZero():
		first := x.firstDue()
		x.Due, x.Counted, x.Skipped = longDay(d.Due), x.counted(first), x.skipped(first)
	}
}

// firstDue is the date to which the count led, before it was extended.
func (x *explaining) firstDue() calendar.Date {
	d := x.duty
	switch {
	case len(d.Extensions) == 0:
		return d.Due
	case len(d.Moves) == 0:
		return d.Extensions[0].From
	default:
		return d.Limit.Due(x.calendar, d.CountedFrom)
	}
}

// limit is what the duty may take, in words.
func (x *explaining) limit() string {
	d := x.duty
	e := d.Edition
	switch {
	case d.Window != "":
		return "by the last day of the window; the windows are the " + string(d.Rule.Windows)
	case e.Earliest && d.DueBy == "":
		return x.earliest()
	case d.DueBy != "" || d.Limit == nil && len(e.By) > 0:
		return "before " + byWords(e.By)
	case d.Limit != nil && d.Limit.When != nil:
		return x.limitWords(d.Limit) + ", " + d.Limit.When.String()
	case d.Limit != nil:
		return x.limitWords(d.Limit)
	case e.NoLimit:
		return "none: the duty has no number"
	case e.NotBefore != nil && len(e.Limits) == 0:
		return "none but the day before which it may not be done"
	case len(e.Limits) == 1:
		return x.limitWords(&e.Limits[0])
	default:
		return d.Rule.LimitText()
	}
}

// earliest are limits of which the earliest date counts.
func (x *explaining) earliest() string {
	var parts []string
	for i := range x.duty.Edition.Limits {
		parts = append(parts, x.limitWords(&x.duty.Edition.Limits[i]))
	}
	return strings.Join(parts, " or ") + ", whichever is first"
}

// limitWords is a limit with the date that it counts from: "2 working days before the date
// “for” of meeting.arranged".
func (x *explaining) limitWords(l *timescale.Limit) string {
	if l.From == nil {
		return l.String()
	}
	date := x.anchorDate(l.From)
	length := lengthAlone(l)
	switch {
	case l.N == 0:
		return "on " + date
	case l.Back:
		return length + " before " + date
	default:
		return length + " after " + date
	}
}

// anchorDate is the date that a limit counts from, as its rule says: "the date “for” of meeting.arranged".
func (x *explaining) anchorDate(a *timescale.Anchor) string {
	if a.Birthday > 0 {
		return timescale.Birthday(a.Birthday)
	}
	event := "the latest " + a.Event
	if n := x.entry(x.duty.Entry); a.Event == "" && n != nil {
		event = n.Type
	}
	return dateWords(event, a.Field)
}

// lengthAlone is the length of a limit, wherever it counts from and in whichever direction.
func lengthAlone(l *timescale.Limit) string {
	alone := *l
	alone.From, alone.Back = nil, false
	return alone.String()
}

// skipped are the days that the duty's count passed over: weekends, bank holidays and what
// else its calendar has closed where it is of working days, and those of pauses.
func (x *explaining) skipped(due calendar.Date) []calendar.Skipped {
	d := x.duty
	var list []calendar.Skipped
	inWorkingDays := d.Limit.Unit == timescale.WorkingDays
	if inWorkingDays {
		list = x.calendar.Skipped(d.CountedFrom, due)
	}
	for _, p := range d.Pauses {
		for day := max(p.From.Day, d.CountedFrom.AddDays(1)); day < min(p.Until.Day, due); day = day.AddDays(1) {
			if !inWorkingDays || x.calendar.IsWorkingDay(day) {
				list = append(list, calendar.Skipped{Date: day, Why: "paused: " + p.Reason})
			}
		}
	}
	slices.SortFunc(list, func(x, y calendar.Skipped) int { return cmp.Compare(x.Date, y.Date) })
	return list
}

// counted says how the limit led to a date.
func (x *explaining) counted(due calendar.Date) string {
	d := x.duty
	words := x.countWords(due)
	if d.Window == "" && d.DueBy == "" && d.Limit.Unit != timescale.WorkingDays && d.Limit.N > 0 {
		words += "; weekends and bank holidays make no difference"
	}
	if others := x.others(); others != "" {
		words += "; " + others
	}
	if len(d.Extensions) > 0 {
		words += "; then it was extended"
	}
	return words
}

func (x *explaining) countWords(due calendar.Date) string {
	d := x.duty
	l, to := d.Limit, longDay(due)
	from := x.countedFrom()
	switch {
	case d.Window != "":
		return "from the first day of the window, " + longDay(d.Started.Day) + ", to its last, " + to
	case d.DueBy != "":
		return "the day of the event before which it was owed is the date"
	case d.CountedFrom != d.Started.Day && l.From == nil && d.Rule.From == timescale.FromStart:
		return fmt.Sprintf("whole steps of %s from %s, the first start: the next step is %s", l, longDay(d.CountedFrom), to)
	case l.InHours():
		return fmt.Sprintf("only the day of the start is known, so it runs to the end of day %d after it, %s", due.DaysSince(d.CountedFrom), to)
	case len(d.Pauses) > 0:
		return fmt.Sprintf("%s after %s, the days of a pause left out: %s", lengthAlone(l), from, to)
	default:
		return lengthWords(l, d.CountedFrom, due, from)
	}
}

// lengthWords says how a length of time leads from one day to another.
func lengthWords(l *timescale.Limit, start, due calendar.Date, from string) string {
	to := longDay(due)
	after, subject := "after", from
	if l.Back {
		after = "before"
	}
	if strings.Contains(from, ",") {
		subject += ","
	}
	switch {
	case l.N == 0:
		return subject + " is itself the date"
	case l.BeginningWith:
		return fmt.Sprintf("%s is day 1: the last day is %s", subject, to)
	case l.Unit == timescale.WorkingDays:
		return fmt.Sprintf("%s is day 0: working day %d %s it is %s", subject, l.N, after, to)
	case l.Unit != timescale.Months && l.Unit != timescale.Years:
		return fmt.Sprintf("%d days %s %s: %s", max(due.DaysSince(start), start.DaysSince(due)), after, from, to)
	}
	words := fmt.Sprintf("the corresponding date %s %s %s is %s", lengthAlone(l), after, subject, to)
	if day := start.Format("2"); day != due.Format("2") {
		words += ", the last day of a month without a day " + day
	}
	return words
}

// countedFrom is the day from which the limit counts, in words.
func (x *explaining) countedFrom() string {
	d := x.duty
	switch {
	case d.Limit.From != nil:
		return longDay(d.CountedFrom) + ", " + x.anchorWords(d.Limit.From)
	case d.CountedFrom != d.Started.Day:
		return longDay(d.CountedFrom) + ", when the last was due"
	default:
		return "the day of the start"
	}
}

// dateNotSaid is the date that the event which started the duty may say, and from which it would
// then count, where it does not; "" where there is none. The end of an order is one.
func (x *explaining) dateNotSaid() string {
	n := x.entry(x.duty.Entry)
	if n == nil || n.Event == nil {
		return ""
	}
	for i := range x.duty.Rule.Starts {
		s := &x.duty.Rule.Starts[i]
		for j := range s.Limits {
			from := s.Limits[j].From
			if from != nil && from.Event == "" && s.Event == n.Type && !n.Data.Filled(from.Field) && asksFor(s.Where, from.Field) {
				return from.Field
			}
		}
	}
	return ""
}

// asksFor reports whether tests ask that a field holds something.
func asksFor(tests []timescale.Test, field string) bool {
	return slices.ContainsFunc(tests, func(t timescale.Test) bool { return t.Field == field && t.Filled != nil && *t.Filled })
}
