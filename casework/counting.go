package casework

import (
	"cmp"
	"slices"

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

// anchor is the day from which a limit counts, or the type of the event that is missing
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

// anchored is the latest event of a type that concerns a duty; nil where there is none.
func (f *ruleFold) anchored(eventType string, d *openDuty) *entry {
	for _, n := range slices.Backward(f.ofAnyDay(eventType)) {
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

// deadline is the first event before which the duty is owed; nil while none has happened.
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
	for _, n := range since(f.ofAnyDay(by.Event), from) {
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

// openedWith says whether an event is the one that opened the duty, or its twin.
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

// followed is the duty that the start of this one met; one without a date where there is
// none.
func (f *ruleFold) followed(d *openDuty) *openDuty {
	for _, o := range f.running {
		if o.MetBy == d.Entry && o.span == d.span && o.Episode == d.Episode {
			return o
		}
	}
	return &openDuty{}
}

// chooseLimit is the first limit whose condition holds; nil, with the type of the missing
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
	case c.NotHeldSince != "" && d.span != nil && f.takenBack(c, d):
		return false
	case c.BeforeBirthday > 0 && l.Due(f.rule.calendar, d.base) >= f.born.Birthday(c.BeforeBirthday):
		return false
	}
	return true
}

// takenBack says whether what must not have happened since the period opened has; where something
// must have happened too, since the latest of it: what was agreed, withdrawn and agreed again is agreed.
func (f *ruleFold) takenBack(c *timescale.Condition, d *openDuty) bool {
	latest := func(eventType string) *entry {
		var last *entry
		for _, n := range since(f.of(eventType), d.span.opened) {
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
