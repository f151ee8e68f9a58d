package casework

import (
	"cmp"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// limit works out the duty's date.
func (f *ruleFold) limit(s *timescale.Start, d *openDuty) {
	if f.waitsForBirth(s) {
		d.WaitingFor = typeBorn
		return
	}
	limits, earliest := d.Edition.Limits, d.Edition.Earliest
	if len(s.Limits) > 0 {
		limits, earliest = s.Limits, false
	}
	switch {
	case len(limits) == 0:
	case earliest:
		f.limitEarliest(limits, d)
	default:
		f.limitFirst(limits, d)
	}
	f.limitBy(d)
	f.limitNotBefore(d)
}

// limitNotBefore works out the day before which the thing may not be done. Where that is all
// that the edition says and it cannot be worked out, the duty waits for what is missing.
func (f *ruleFold) limitNotBefore(d *openDuty) {
	l := d.Edition.NotBefore
	if l == nil {
		return
	}
	from, missing := f.anchor(l, d)
	switch {
	case missing == "":
		d.NotBefore = l.Due(f.rule.calendar, from)
	case d.Limit == nil && d.WaitingFor == "":
		d.WaitingFor = missing
	}
}

// limitFirst applies the first limit whose condition holds.
func (f *ruleFold) limitFirst(limits []timescale.Limit, d *openDuty) {
	l, missing := f.chooseLimit(limits, d)
	if l == nil {
		d.WaitingFor = missing
		return
	}
	f.apply(l, d)
}

// apply gives the duty a limit, and from it its date.
func (f *ruleFold) apply(l *timescale.Limit, d *openDuty) {
	from, missing := f.anchor(l, d)
	if missing != "" {
		d.WaitingFor = missing
		return
	}
	d.base, d.Limit = from, l
	f.date(d)
}

// limitEarliest applies the limit that gives the earliest date of those that give one.
func (f *ruleFold) limitEarliest(limits []timescale.Limit, d *openDuty) {
	var first *timescale.Limit
	var due calendar.Date
	for i := range limits {
		l := &limits[i]
		from, missing := f.anchor(l, d)
		switch on := l.Due(f.rule.calendar, from); {
		case missing != "":
			d.WaitingFor = missing
		case first == nil || on < due:
			first, due = l, on
		}
	}
	if first != nil {
		d.WaitingFor = ""
		f.apply(first, d)
	}
}

// anchor returns the day from which a limit counts, or the type of the event that is missing
// for it.
func (f *ruleFold) anchor(l *timescale.Limit, d *openDuty) (from calendar.Date, missing string) {
	switch {
	case l.From == nil:
		return d.base, ""
	case l.From.Birthday > 0 && f.born.IsZero():
		return 0, typeBorn
	case l.From.Birthday > 0:
		return f.born.Birthday(l.From.Birthday), ""
	case l.From.Event == "":
		from, missing = d.opener.Data.Day(l.From.Field), d.opener.Type
	default:
		missing = l.From.Event
		if n := f.anchored(l.From.Event, d); n != nil {
			from = n.Data.Day(l.From.Field)
			if n.Type == typeBorn {
				from = cmp.Or(from, n.At.Day)
			}
		}
	}
	if from.IsZero() {
		return 0, missing
	}
	return from, ""
}

// anchored returns the latest event of a type that concerns a duty; nil if there is none.
func (f *ruleFold) anchored(eventType string, d *openDuty) *entry {
	for _, n := range slices.Backward(f.eventsOfAnyDay(eventType)) {
		if touches(n.Episode, &d.Duty) {
			n.used, n.countedFrom = true, true
			return n
		}
	}
	return nil
}

// onTheDay is the limit of what is owed before an event, once that has happened.
var onTheDay = timescale.Limit{Unit: timescale.Days}

// limitBy gives a duty that is owed before an event the day of the event as its date, where
// no limit gives an earlier one.
func (f *ruleFold) limitBy(d *openDuty) {
	n := f.deadline(d)
	if n == nil || !d.Due.IsZero() && d.Due <= n.At.Day {
		return
	}
	d.Limit, d.CountedFrom, d.Due, d.DueBy, d.WaitingFor, d.Provisional = &onTheDay, n.At.Day, n.At.Day, n.id, "", false
}

// deadline returns the first event before which the duty is owed; nil while none has happened.
func (f *ruleFold) deadline(d *openDuty) *entry {
	var first *entry
	for i := range d.Edition.By {
		n := f.deadlineBy(&d.Edition.By[i], d)
		if n != nil && (first == nil || n.At.Day < first.At.Day) {
			first = n
		}
	}
	return first
}

func (f *ruleFold) deadlineBy(by *timescale.Deadline, d *openDuty) *entry {
	from := d.Started.Day
	if by.Nth > 0 {
		from = d.span.opened
	}
	f.openAnyDay = f.openAnyDay || d.span != nil
	count := 0
	var last *entry
	for _, n := range since(f.eventsOfAnyDay(by.Event), from) {
		if d.span != nil && !d.span.covers(n.At.Day) ||
			!matches(&by.Match, n.Event) || !touches(n.Episode, &d.Duty) || last != nil && last.At.Day == n.At.Day {
			continue
		}
		n.used = true
		if count, last = count+1, n; count >= by.Nth && !d.openedWith(n) {
			return n
		}
	}
	return nil
}

// openedWith reports whether an event is the one that opened the duty, or its twin.
func (d *openDuty) openedWith(n *entry) bool {
	return n == d.opener || n.Type == d.opener.Type && n.At.Day == d.opener.At.Day
}

// date applies the duty's limit, from where the timescale counts.
func (f *ruleFold) date(d *openDuty) {
	switch {
	case d.Limit.Rolling() && d.Limit.InHours():
		d.DueAt = f.rolling(d)
		return
	case d.Limit.Rolling():
		d.CountedFrom, d.Due = d.Started.Day, f.lastDay(d)
		return
	case d.Limit.InHours() && (f.rule.DateAsDays == 0 || !d.Started.DayOnly()):
		d.DueAt = d.Limit.DueAt(d.Started.Start())
		return
	}
	l := *d.Limit
	if l.InHours() {
		l = timescale.Limit{N: f.rule.DateAsDays, Unit: timescale.Days}
	}
	last := f.followed(d)
	d.first = cmp.Or(last.first, d)
	d.CountedFrom, d.Due = f.counted(d, l, last.Due)
	d.Provisional = d.Provisional || l.Unit == timescale.WorkingDays && f.rule.calendar.Provisional(d.CountedFrom, d.Due)
	if d.Edition.LocalLimit != nil {
		_, d.LocalDue = f.counted(d, *d.Edition.LocalLimit, last.LocalDue)
	}
}

// counted applies a limit, and says from which day: the start, or for a recurring duty that
// says so the day on which the last was due, or the first start, of which it is then the
// next whole step after the last was due and this one started.
func (f *ruleFold) counted(d *openDuty, l timescale.Limit, last calendar.Date) (from, due calendar.Date) {
	cal := f.rule.calendar
	switch {
	case l.From != nil || last.IsZero() || f.rule.From != timescale.FromDue && f.rule.From != timescale.FromStart:
		return d.base, l.Due(cal, d.base)
	case f.rule.From == timescale.FromDue:
		return last, l.Due(cal, last)
	}
	for step := l.N; ; l.N += step {
		if due := l.Due(cal, d.first.base); due > max(last, d.base) || due.IsZero() { // beyond the year 9999
			return d.first.base, due
		}
	}
}

// followed returns the duty that the start of this one met; if there is none, one without
// a date.
func (f *ruleFold) followed(d *openDuty) *openDuty {
	for _, o := range f.running {
		if o.MetBy == d.Entry && o.span == d.span && o.Episode == d.Episode {
			return o
		}
	}
	return &openDuty{}
}

// chooseLimit returns the first limit whose condition holds; nil, with the type of the missing
// event, where that cannot be told.
func (f *ruleFold) chooseLimit(limits []timescale.Limit, d *openDuty) (*timescale.Limit, string) {
	for i := range limits {
		l := &limits[i]
		if l.When == nil {
			return l, ""
		}
		if l.When.BeforeBirthday > 0 && f.born.IsZero() {
			return nil, typeBorn
		}
		if f.conditionHolds(l, d) {
			return l, ""
		}
	}
	return nil, ""
}

func (f *ruleFold) conditionHolds(l *timescale.Limit, d *openDuty) bool {
	c := l.When
	switch {
	case len(c.PeriodWhere) > 0 && (d.span == nil || !passes(c.PeriodWhere, d.span.opener.Data)):
		return false
	case c.HeldSince != "" && (d.span == nil || !f.happenedIn(c.HeldSince, d.span.opened, d.base)):
		return false
	case c.NotHeldSince != "" && d.span != nil && f.wasWithdrawn(c, d):
		return false
	case c.BeforeBirthday > 0 && l.Due(f.rule.calendar, d.base) >= f.born.Birthday(c.BeforeBirthday):
		return false
	}
	return true
}

// wasWithdrawn reports whether what must not have happened since the period opened has; where something
// must have happened too, since the latest of it: what was agreed, withdrawn and agreed again is agreed.
func (f *ruleFold) wasWithdrawn(c *timescale.Condition, d *openDuty) bool {
	latest := func(eventType string) *entry {
		var last *entry
		for _, n := range since(f.eventsOfType(eventType), d.span.opened) {
			if n.At.Day <= d.base {
				last = n
			}
		}
		return last
	}
	n := latest(c.NotHeldSince)
	if n == nil {
		return false
	}
	n.used = true
	held := latest(c.HeldSince)
	return held == nil || n.place > held.place
}

// rolling returns the instant at which the hours for which the timescale's period was open,
// within the consecutive days up to it, reach the limit, if it stays open. What was open
// before counts for as long as it lies in those days.
//
// While the first of those days still lies in an earlier stretch, an hour leaves the sum for
// each that comes to it: nothing is reached before that stretch has gone out of them, but
// for the hour that comes twice when the clocks go back.
func (f *ruleFold) rolling(d *openDuty) time.Time {
	limit := time.Duration(d.Limit.N) * time.Hour
	begun := d.Started.Start()
	earlier := f.stretches(d, daysBefore(begun, d.Limit.In.N))
	at := begun
	for {
		sum, gone := sumBefore(earlier, at, d.Limit.In.N)
		missing := limit - at.Sub(begun) - sum
		if missing <= 0 {
			return at
		}
		at = at.Add(missing)
		if almost := gone.Add(-time.Hour); at.Before(almost) {
			at = almost
		}
	}
}

// sumBefore returns for how long some stretches lasted within so many days up to an instant; and where
// one of them is going out of the days, the instant at which it has gone.
func sumBefore(stretches []stretch, at time.Time, days int) (sum time.Duration, gone time.Time) {
	from := daysBefore(at, days)
	for _, s := range stretches {
		begun := s.begun
		if begun.Before(from) {
			begun, gone = from, daysBefore(s.ended, -days)
		}
		sum += max(0, s.ended.Sub(begun))
	}
	return sum, gone
}

// stretch is a time for which a period was open.
type stretch struct{ begun, ended time.Time }

// stretches returns those for which the period was open before the duty's own, up to its start,
// as far as they end after an instant. What lies in two of them counts in the first.
func (f *ruleFold) stretches(d *openDuty, after time.Time) []stretch {
	var list []stretch
	var until time.Time // up to which it has been counted
	for _, s := range f.openBefore(d, calendar.DateOf(after)) {
		x := stretch{begun: s.opener.At.Start(), ended: d.Started.Start()}
		if !s.open() && s.ender.At.End().Before(x.ended) {
			x.ended = s.ender.At.End()
		}
		if x.begun.Before(until) {
			x.begun = until
		}
		if x.ended.After(after) && x.ended.After(x.begun) {
			list, until = append(list, x), x.ended
		}
	}
	return list
}

// lastDay returns the last day on which the days for which the timescale's period was open, within the
// time up to it, are no more than the limit, if it stays open. Where they are more on the day of
// the start already, it is the day before.
func (f *ruleFold) lastDay(d *openDuty) calendar.Date {
	begun := d.Started.Day
	earlier := f.daysOpen(d, d.Limit.SumFrom(begun))
	for day := begun; ; {
		var before int
		before, earlier = earlier.since(d.Limit.SumFrom(day))
		left := d.Limit.N - before - (day.DaysSince(begun) + 1)
		if left < 0 {
			return day.AddDays(-1)
		}
		day = day.AddDays(left + 1) // each day adds one at the most
	}
}

// daysOpen are stretches of whole days, in order and apart.
type daysOpen []dayRange

// daysOpen returns the days for which the period was open before the duty's own, each counted once
// and up to the day before its start, of the stretches that last until a day or longer.
func (f *ruleFold) daysOpen(d *openDuty, from calendar.Date) daysOpen {
	before := f.openBefore(d, from)
	list := make(daysOpen, 0, len(before))
	last := from.AddDays(-1) // up to which they have been counted or do not count
	for _, s := range before {
		x := dayRange{from: s.opened, until: d.Started.Day.AddDays(-1)}
		if !s.open() {
			x.until = min(x.until, s.ended)
		}
		if len(list) > 0 {
			x.from = max(x.from, last.AddDays(1))
		}
		if x.until > last && x.until >= x.from {
			list, last = append(list, x), x.until
		}
	}
	return list
}

// since returns how many of the days lie on a day or later, and the stretches in which they lie.
func (list daysOpen) since(day calendar.Date) (count int, rest daysOpen) {
	for len(list) > 0 && list[0].until < day {
		list = list[1:]
	}
	for _, s := range list {
		count += s.until.DaysSince(max(s.from, day)) + 1
	}
	return count, list
}

// openBefore returns the stretches of the timescale's period that opened before the duty's own and of
// which one lasted until a day or longer, in order: those before them had all ended.
func (f *ruleFold) openBefore(d *openDuty, until calendar.Date) []*span {
	own := firstOpened(f.own, d.Started.Day)
	for own < len(f.own) && f.own[own].opener != d.opener {
		own++
	}
	if len(f.lasted) != len(f.own) {
		f.lasted = lastOpen(f.own)
	}
	first := own
	for first > 0 && f.lasted[first-1] >= until {
		first--
	}
	return f.own[first:own]
}

// lastOpen returns for each of some spans the last day on which it, or one before it, was open.
func lastOpen(spans []*span) []calendar.Date {
	list := make([]calendar.Date, len(spans))
	last := calendar.Date(0)
	for i, s := range spans {
		if last = max(last, s.ended); s.open() {
			last = noDay
		}
		list[i] = last
	}
	return list
}

// daysBefore returns the same hour in London so many days earlier.
func daysBefore(t time.Time, n int) time.Time {
	return calendar.InLondon(t).AddDate(0, 0, -n)
}

// movingDays returns the days on which an edition takes over duties that run, up to the day of
// the fold.
func (f *ruleFold) movingDays() []calendar.Date {
	var days []calendar.Date
	for i := range f.rule.Editions {
		if e := &f.rule.Editions[i]; e.Moves {
			f.changesOn(e.From)
			if e.From <= f.asOf {
				days = append(days, e.From)
			}
		}
	}
	return days
}

// moveEditions gives the running duties the edition that takes over on a day: its limit,
// from their own start. A date that was extended stands where it is later; days of a pause
// are left out as before; and a clock that stands still keeps the edition that it has.
func (f *ruleFold) moveEditions(day calendar.Date) {
	for i := range f.rule.Editions {
		e := &f.rule.Editions[i]
		if !e.Moves || e.From != day {
			continue
		}
		for _, d := range f.running {
			if d.Open() && d.Started.Day < day && !d.paused() && d.Edition != e {
				f.moveTo(d, day, i)
			}
		}
	}
}

// takenOverNext returns the next day after another on which an edition takes the duty over; zero
// where none does.
func (d *Duty) takenOverNext(after calendar.Date) calendar.Date {
	for i := range d.Rule.Editions {
		if e := &d.Rule.Editions[i]; e.Moves && e.From > after {
			return e.From
		}
	}
	return 0
}

// takenOverOn returns the day on which the duty took the edition that it has; zero if it has
// that since its start.
func (d *Duty) takenOverOn() calendar.Date {
	if len(d.Moves) == 0 {
		return 0
	}
	return d.Moves[len(d.Moves)-1].On
}

func (f *ruleFold) moveTo(d *openDuty, day calendar.Date, edition int) {
	f.saveBefore(d)
	e := &f.rule.Editions[edition]
	moved := TakenOver{On: day, From: d.DueText(), Replaced: d.Edition}
	d.Edition, d.Local = e, e.Local
	if d.Window == "" { // a window's last day is the same in each edition
		f.limitAgain(d)
	}
	moved.Until = d.DueText()
	d.Moves = append(d.Moves, moved)
}

// limitAgain works out the dates of a duty by the edition that it has now.
func (f *ruleFold) limitAgain(d *openDuty) {
	extended := d.Due
	d.Limit, d.base, d.CountedFrom = nil, d.Started.Day, 0
	d.Due, d.LocalDue, d.DueAt, d.NotBefore = 0, 0, time.Time{}, 0
	d.DueBy, d.WaitingFor, d.Provisional = "", "", false
	f.limit(d.by, d)
	for i := range d.Pauses {
		f.leaveOut(d, &d.Pauses[i], dates{due: d.Due, local: d.LocalDue, at: d.DueAt})
	}
	if len(d.Extensions) > 0 && !d.Due.IsZero() {
		d.Due = max(d.Due, extended)
	}
}
