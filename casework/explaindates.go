package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// explainDate fills in what the duty's limit is, how it was counted, and to what date it led.
func (x *explaining) explainDate() {
	d := x.duty
	x.Window, x.Limit = x.window(), x.limit()
	x.NotBefore, x.OwedBefore = x.notBefore(), x.owedBefore()
	if !d.LocalDue.IsZero() {
		x.LocalDue = english.Day(d.LocalDue) + ", " + d.Edition.LocalLimit.String() + ": " + d.Edition.LocalSource
		if from, until := lawInForce(d); from != d.Edition.From || until != d.Edition.Until {
			x.LocalDue += " (" + startsBetween(d.Edition.From, d.Edition.Until) + ")"
		}
	}
	switch {
	case d.Limit == nil:
	case d.Limit.Rolling() && d.inHours():
		x.Due, x.Counted, x.Hours = english.Instant(d.DueAt), x.sumOfHours(), x.stays()
	case d.Limit.Rolling():
		x.Due = english.Day(d.Due)
		x.Counted, x.Days = x.sumOfDays()
	case !d.DueAt.IsZero():
		x.Due = english.Instant(d.DueAt)
		x.Counted = "elapsed time from the start, through weekends and clock changes"
	case !d.Due.IsZero():
		first := x.firstDue()
		x.Due, x.Counted, x.Skipped = english.Day(d.Due), x.counted(first), x.skipped(first)
	}
}

// firstDue returns the date to which the count led, before it was extended.
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

// limit returns what the duty may take, in words.
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
		return "none: the law sets no number"
	case e.NotBefore != nil && len(e.Limits) == 0:
		return "none but the day before which it may not be done"
	case len(e.Limits) == 1:
		return x.limitWords(&e.Limits[0])
	default:
		return d.Rule.LimitText()
	}
}

// earliest returns limits of which the earliest date counts.
func (x *explaining) earliest() string {
	var parts []string
	for i := range x.duty.Edition.Limits {
		parts = append(parts, x.limitWords(&x.duty.Edition.Limits[i]))
	}
	return strings.Join(parts, " or ") + ", whichever is first"
}

// limitWords returns a limit with the date that it counts from: "2 working days before the date
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

// anchorDate returns the date that a limit counts from, as its rule says: "the date “for” of meeting.arranged".
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

// lengthAlone returns the length of a limit, wherever it counts from and in whichever direction.
func lengthAlone(l *timescale.Limit) string {
	alone := *l
	alone.From, alone.Back = nil, false
	return alone.String()
}

// skipped returns the days that the duty's count passed over: weekends, bank holidays and what
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

// counted returns how the limit led to a date.
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
	l, to := d.Limit, english.Day(due)
	from := x.countedFrom()
	switch {
	case d.Window != "":
		return "from the first day of the window, " + english.Day(d.Started.Day) + ", to its last, " + to
	case d.DueBy != "":
		return "the day of the event before which it was owed is the date"
	case d.CountedFrom != d.Started.Day && l.From == nil && d.Rule.From == timescale.FromStart:
		return fmt.Sprintf("whole steps of %s from %s, the first start: the next step is %s", l, english.Day(d.CountedFrom), to)
	case l.InHours():
		return fmt.Sprintf("only the day of the start is known, so it runs to the end of day %d after it, %s", due.DaysSince(d.CountedFrom), to)
	case len(d.Pauses) > 0:
		return fmt.Sprintf("%s after %s, the days of a pause left out: %s", lengthAlone(l), from, to)
	default:
		return lengthWords(l, d.CountedFrom, due, from)
	}
}

// lengthWords returns how a length of time leads from one day to another.
func lengthWords(l *timescale.Limit, start, due calendar.Date, from string) string {
	to := english.Day(due)
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

// countedFrom returns the day from which the limit counts, in words.
func (x *explaining) countedFrom() string {
	d := x.duty
	switch {
	case d.Limit.From != nil:
		return english.Day(d.CountedFrom) + ", " + x.anchorWords(d.Limit.From)
	case d.CountedFrom != d.Started.Day:
		return english.Day(d.CountedFrom) + ", when the last was due"
	default:
		return "the day of the start"
	}
}

// dateNotSaid returns the date that the event which started the duty may say, and from which it would
// then count, where it does not; "" if there is none. The end of an order is one.
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

// asFolded returns the duty as the fold had it, so that a limit can be worked out again.
func (x *explaining) asFolded() (*ruleFold, *openDuty) {
	d := x.duty
	f := &ruleFold{timeline: x.line, own: x.line.spans[d.Rule.Period], rule: x.book.byRef[d.Ref]}
	return f, &openDuty{Duty: *d, base: d.Started.Day, opener: x.happenedAs[d.Entry]}
}

// anchorWords names the date that a limit was counted from: "the date “for” of meeting.arranged (e1)".
func (x *explaining) anchorWords(a *timescale.Anchor) string {
	if a.Birthday > 0 {
		return timescale.Birthday(a.Birthday)
	}
	f, open := x.asFolded()
	n := open.opener
	if a.Event != "" {
		n = f.anchored(a.Event, open)
	}
	return dateWords(n.Type+" ("+n.id+")", a.Field)
}

// dateWords names a date that an event holds.
func dateWords(event, field string) string {
	switch {
	case strings.Contains(event, typeBorn):
		return "the date of birth"
	case field == "date":
		return "the date of " + event
	}
	return fmt.Sprintf("the date “%s” of %s", field, event)
}

// window returns the window that the duty is for, with its days.
func (x *explaining) window() string {
	d := x.duty
	if d.Window == "" {
		return ""
	}
	return fmt.Sprintf("%s, from %s to %s", d.Window, english.Day(d.Started.Day), english.Day(d.Due))
}

// startedByBirthday returns which birthday started the duty, and since when the period was open.
func (x *explaining) startedByBirthday(opener *entry) string {
	d := x.duty
	if d.WaitingFor == typeBorn || x.line.born.IsZero() {
		return fmt.Sprintf("%s; it starts on %s, and the date of birth is not known", x.StartedBy, timescale.Birthday(d.Birthday))
	}
	return fmt.Sprintf("%s; the period was opened on %s by %s", timescale.Birthday(d.Birthday), english.Day(opener.At.Day), x.StartedBy)
}

// notBefore returns how soon the thing may be done.
func (x *explaining) notBefore() string {
	d := x.duty
	if d.NotBefore.IsZero() {
		return ""
	}
	l := d.Edition.NotBefore
	f, open := x.asFolded()
	start, _ := f.anchor(l, open)
	from := "the day of the start"
	if l.From != nil {
		from = english.Day(start) + ", " + x.anchorWords(l.From)
	}
	direction := "after"
	if l.Back {
		direction = "before"
	}
	return fmt.Sprintf("%s: %s %s %s", english.Day(d.NotBefore), lengthAlone(l), direction, from)
}

// owedBefore returns the event before which the thing is owed.
func (x *explaining) owedBefore() string {
	d := x.duty
	switch {
	case len(d.Edition.By) == 0:
		return ""
	case d.DueBy != "":
		return "on " + english.Day(d.Due) + " there was " + x.event(d.DueBy)
	case len(d.Edition.By) > 1:
		return byWords(d.Edition.By) + ": not one has happened yet"
	}
	return byWords(d.Edition.By) + ", which has not happened"
}

// byWords names the events before which something is owed.
func byWords(list []timescale.Deadline) string {
	words := make([]string, len(list))
	for i := range list {
		words[i] = deadlineWords(&list[i])
	}
	if len(list) > 1 {
		return strings.Join(words, " or ") + ", whichever is first"
	}
	return words[0]
}

func deadlineWords(by *timescale.Deadline) string {
	if by.Nth == 0 {
		return by.Match.String()
	}
	return fmt.Sprintf("the %s %s since the period opened", english.Ordinal(by.Nth), by.Match)
}

// others returns what the limits would have given that did not give the date.
func (x *explaining) others() string {
	d := x.duty
	byStart := func(s timescale.Start) bool { return len(s.Limits) > 0 }
	if !d.Edition.Earliest && d.DueBy == "" || slices.ContainsFunc(d.Rule.Starts, byStart) {
		return ""
	}
	f, open := x.asFolded()
	var parts []string
	for i := range d.Edition.Limits {
		if l := &d.Edition.Limits[i]; l != d.Limit {
			parts = append(parts, x.other(f, open, l))
		}
	}
	return strings.Join(parts, "; ")
}

func (x *explaining) other(f *ruleFold, open *openDuty, l *timescale.Limit) string {
	from, missing := f.anchor(l, open)
	if missing != "" {
		return fmt.Sprintf("%s cannot be worked out, for %s is not known", x.limitWords(l), dateWords(missing, l.From.Field))
	}
	return fmt.Sprintf("%s would be %s, which is no earlier", x.limitWords(l), english.Day(l.Due(x.calendar, from)))
}

// sumOfHours returns how a rolling sum of hours led to its instant.
func (x *explaining) sumOfHours() string {
	l := x.duty.Limit
	if !x.duty.DueAt.After(x.duty.Started.Start()) {
		return fmt.Sprintf("in the %s up to its start the %d hours were up already; the hours that count are named below", l.In, l.N)
	}
	return fmt.Sprintf("in the %s up to then the %d hours are up, if this goes on; the hours that count are named below", l.In, l.N)
}

// stays returns the stretches that count in a rolling sum at its instant, with their hours.
func (x *explaining) stays() []string {
	f, open := x.asFolded()
	due, begun := x.duty.DueAt, x.duty.Started.Start()
	from := daysBefore(due, x.duty.Limit.In.N)
	var list []string
	for _, s := range f.stretches(open, from) {
		list = append(list, stayWords(s, from))
	}
	if !due.After(begun) {
		return list
	}
	return append(list, fmt.Sprintf("%s until %s, if this goes on: %s", english.Instant(begun), english.Instant(due), hoursWords(due.Sub(begun))))
}

func stayWords(s stretch, from time.Time) string {
	words := english.Instant(s.begun) + " until " + english.Instant(s.ended)
	if s.begun.Before(from) {
		return fmt.Sprintf("%s: %s since %s", words, hoursWords(s.ended.Sub(from)), english.Instant(from))
	}
	return words + ": " + hoursWords(s.ended.Sub(s.begun))
}

// hoursWords returns a length of time in hours and minutes.
func hoursWords(d time.Duration) string {
	d = d.Round(time.Minute)
	words := english.Count(int(d/time.Hour), "hour")
	if minutes := int(d % time.Hour / time.Minute); minutes > 0 {
		words += " and " + english.Count(minutes, "minute")
	}
	return words
}

// sumOfDays returns what a rolling sum of days came to, and up to which day it is no more than the
// limit; and which days count: up to when it ended or the day of the explanation, or up to the due
// date while that has not passed. That day need not be the one on which the sum first came to the
// limit: while each new day has one from long ago go, it stays there.
func (x *explaining) sumOfDays() (words string, list []string) {
	d := x.duty
	through := d.closedOn()
	if d.Open() {
		through = max(d.Started.Day, Today(x.plan.AsOf))
	}
	sum, list := x.daysThrough(through, "")
	words = fmt.Sprintf("%s in the %s up to %s", english.Count(sum, "day"), d.Limit.In, english.Day(through))
	lastDay := english.Day(d.Due) + " %s the last day with no more than " + strconv.Itoa(d.Limit.N)
	switch {
	case d.Due < d.Started.Day:
		return words + ", named below: the " + english.Count(d.Limit.N, "day") + " were used up before it began", list
	case !d.Open() && sum <= d.Limit.N:
		return words + ", named below: had it gone on, " + fmt.Sprintf(lastDay, "would have been"), list
	case through > d.Due:
		return words + ", named below: " + fmt.Sprintf(lastDay, "was"), list
	}
	_, list = x.daysThrough(d.Due, ", if this goes on")
	return words + "; if this goes on, " + fmt.Sprintf(lastDay, "is") + ", by the days named below", list
}

// daysThrough returns the stretches of days that count up to a day, the duty's own among them.
func (x *explaining) daysThrough(through calendar.Date, goingOn string) (sum int, list []string) {
	f, open := x.asFolded()
	from := open.Limit.SumFrom(through)
	sum, earlier := f.daysOpen(open, from).since(from)
	for _, s := range earlier {
		list = append(list, daysWords(s, from, ""))
	}
	own := dayRange{from: open.Started.Day, until: through}
	return sum + own.until.DaysSince(max(own.from, from)) + 1, append(list, daysWords(own, from, goingOn))
}

// daysWords returns a stretch of days with how many of them count from a day on.
func daysWords(s dayRange, from calendar.Date, goingOn string) string {
	words := english.Day(s.from)
	if s.until > s.from {
		words += " to " + english.Day(s.until)
	}
	words += goingOn + ": " + english.Count(s.until.DaysSince(max(s.from, from))+1, "day")
	if s.from < from {
		words += " since " + english.Day(from)
	}
	return words
}
