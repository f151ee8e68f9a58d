package casework

import (
	"fmt"
	"strconv"
	"time"

	"longstop/calendar"
)

// sumOfHours says how a rolling sum of hours led to its instant.
func (x *explaining) sumOfHours() string {
	l := x.duty.Limit
	if !x.duty.DueAt.After(x.duty.Started.Start()) {
		return fmt.Sprintf("in the %s up to its start the %d hours were up already; the hours that count are named below", l.In, l.N)
	}
	return fmt.Sprintf("in the %s up to then the %d hours are up, if this goes on; the hours that count are named below", l.In, l.N)
}

// stays are the stretches that count in a rolling sum at its instant, with their hours.
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
	return append(list, fmt.Sprintf("%s until %s, if this goes on: %s", longInstant(begun), longInstant(due), hoursWords(due.Sub(begun))))
}

func stayWords(s stretch, from time.Time) string {
	words := longInstant(s.begun) + " until " + longInstant(s.ended)
	if s.begun.Before(from) {
		return fmt.Sprintf("%s: %s since %s", words, hoursWords(s.ended.Sub(from)), longInstant(from))
	}
	return words + ": " + hoursWords(s.ended.Sub(s.begun))
}

// hoursWords is a length of time in hours and minutes.
func hoursWords(d time.Duration) string {
	d = d.Round(time.Minute)
	words := count(int(d/time.Hour), "hour")
	if minutes := int(d % time.Hour / time.Minute); minutes > 0 {
		words += " and " + count(minutes, "minute")
	}
	return words
}

// sumOfDays says what a rolling sum of days came to, and up to which day it is no more than the
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
	words = fmt.Sprintf("%s in the %s up to %s", count(sum, "day"), d.Limit.In, longDay(through))
	lastDay := longDay(d.Due) + " %s the last day with no more than " + strconv.Itoa(d.Limit.N)
	switch {
	case d.Due < d.Started.Day:
		return words + ", named below: the " + count(d.Limit.N, "day") + " were used up before it began", list
	case !d.Open() && sum <= d.Limit.N:
		return words + ", named below: had it gone on, " + fmt.Sprintf(lastDay, "would have been"), list
	case through > d.Due:
		return words + ", named below: " + fmt.Sprintf(lastDay, "was"), list
	}
	_, list = x.daysThrough(d.Due, ", if this goes on")
	return words + "; if this goes on, " + fmt.Sprintf(lastDay, "is") + ", by the days named below", list
}

// daysThrough are the stretches of days that count up to a day, the duty's own among them.
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

// daysWords is a stretch of days with how many of them count from a day on.
func daysWords(s dayRange, from calendar.Date, goingOn string) string {
	words := longDay(s.from)
	if s.until > s.from {
		words += " to " + longDay(s.until)
	}
	words += goingOn + ": " + count(s.until.DaysSince(max(s.from, from))+1, "day")
	if s.from < from {
		words += " since " + longDay(from)
	}
	return words
}
