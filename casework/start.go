package casework

import (
	"longstop/calendar"
	"longstop/timescale"
)

// startOf finds the way in which an event starts the timescale, by its type and data; nil
// where it does not.
func (f *ruleFold) startOf(n *entry) *timescale.Start {
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if !s.PeriodOpens && s.OrBefore == nil && matches(&s.Match, &n.Event) {
			return s
		}
	}
	return nil
}

// start opens a duty where the event starts one: in force, in its period, its conditions
// met, and none of the episode running.
func (f *ruleFold) start(n *entry, day calendar.Date) {
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if s.PeriodOpens || s.OrBefore != nil || !matches(&s.Match, &n.Event) {
			continue
		}
		span, ok := f.periodFor(n, day)
		if ok && f.fits(s, n, day, span) && f.open(s, n, day, span) {
			return
		}
	}
}

// startWithPeriod opens the duties that start with their period, and those that an event
// before it starts.
func (f *ruleFold) startWithPeriod(day calendar.Date) {
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if !s.PeriodOpens && s.OrBefore == nil {
			continue
		}
		for _, span := range f.spans[f.rule.Period] {
			if span.opened != day {
				continue
			}
			n := span.opener
			if s.OrBefore != nil {
				n = f.latestBefore(&s.Match, s.OrBefore, day, span.episode)
			}
			if n != nil && f.fits(s, n, day, span) {
				f.open(s, n, n.At.Day, span)
			}
		}
	}
}

// periodFor is the open period that an event on a day belongs to; ok is false where the
// timescale has a period and none is open.
func (f *ruleFold) periodFor(n *entry, day calendar.Date) (*span, bool) {
	if f.rule.Period == "" {
		return nil, true
	}
	s := f.spanFor(f.rule.Period, day, n.Episode)
	return s, s != nil
}

// fits checks the conditions of a way of starting.
func (f *ruleFold) fits(s *timescale.Start, n *entry, day calendar.Date, span *span) bool {
	switch {
	case !s.From.IsZero() && day < s.From, !s.Until.IsZero() && day >= s.Until:
		return false
	case f.endsAtAdulthood() && day > f.birthday:
		return false
	case s.NoneSameDay != "" && len(on(f.byType[s.NoneSameDay], day)) > 0:
		return false
	case s.Nth != nil && !f.isNth(s, n, day, span):
		return false
	case span != nil && !f.fitsPeriod(s, day, span):
		return false
	}
	for _, name := range f.rule.NotWhile {
		if f.during(name, day) {
			return false
		}
	}
	return true
}

func (f *ruleFold) fitsPeriod(s *timescale.Start, day calendar.Date, span *span) bool {
	cal := f.book.calendar
	switch {
	case !passes(s.PeriodWhere, span.opener.Data):
		return false
	case s.Within != nil && s.Within.From != nil && day < s.Within.From.Due(cal, span.opened):
		return false
	case s.Within != nil && s.Within.Before != nil && day >= s.Within.Before.Due(cal, span.opened):
		return false
	case s.NoneSince != "" && f.happenedIn(s.NoneSince, span.opened, day):
		return false
	}
	return true
}

func (f *ruleFold) happenedIn(eventType string, from, through calendar.Date) bool {
	for _, n := range f.byType[eventType] {
		if n.At.Day >= from && n.At.Day <= through {
			return true
		}
	}
	return false
}

// isNth counts the days on which such an event happened since the period opened: twins
// count once.
func (f *ruleFold) isNth(s *timescale.Start, n *entry, day calendar.Date, in *span) bool {
	if s.NthIn != "" {
		in = f.spanFor(s.NthIn, day, n.Episode)
	}
	if in == nil {
		return false
	}
	count, last := 0, calendar.Date(0)
	for _, other := range f.byType[n.Type] {
		if other.At.Day < in.opened || other.At.Day > day || other.At.Day == last ||
			!matches(&s.Match, &other.Event) || !in.within(other.Episode) {
			continue
		}
		count, last = count+1, other.At.Day
	}
	return count >= s.Nth.From && (s.Nth.To == 0 || count <= s.Nth.To)
}

// open opens a duty unless one of the timescale and episode is running, and says whether
// it did.
func (f *ruleFold) open(s *timescale.Start, n *entry, day calendar.Date, span *span) bool {
	edition := f.rule.EditionOn(day)
	if edition == nil || f.blocked(n, span) {
		return false
	}
	d := &openDuty{span: span, opener: n, base: day}
	d.Duty = Duty{
		ID: f.rule.Ref + ":" + n.id, Ref: f.rule.Ref, Pathway: f.rule.Pathway, Entry: n.id,
		Rule: f.rule.Timescale, Edition: edition, Started: n.At, Local: edition.Local, Episode: n.Episode,
	}
	if d.Episode == "" && span != nil {
		d.Episode = span.episode
	}
	f.limit(s, d)
	f.duties = append(f.duties, d)
	f.meetFromBefore(d)
	return true
}

func (f *ruleFold) blocked(n *entry, span *span) bool {
	for _, d := range f.duties {
		if d.opener == n {
			return true
		}
		if f.rule.Each || !d.Open() || d.span != span {
			continue
		}
		if touches(n.Episode, &d.Duty) {
			return true
		}
	}
	return false
}

// limit works out the duty's date.
func (f *ruleFold) limit(s *timescale.Start, d *openDuty) {
	limits := d.Edition.Limits
	if len(s.Limits) > 0 {
		limits = s.Limits
	}
	if len(limits) == 0 {
		return
	}
	l, missing := f.chooseLimit(limits, d)
	if l == nil {
		d.WaitingFor = missing
		return
	}
	d.Limit = l
	f.date(d)
}

// date applies the duty's limit, from where the timescale counts.
func (f *ruleFold) date(d *openDuty) {
	cal := f.book.calendar
	if d.Limit.InHours() && (f.rule.DateAsDays == 0 || !d.Started.DayOnly()) {
		d.DueAt = d.Limit.DueAt(d.Started.Start())
		return
	}
	l := *d.Limit
	if l.InHours() {
		l = timescale.Limit{N: f.rule.DateAsDays, Unit: timescale.Days}
	}
	base := f.countFrom(d)
	d.Due = l.Due(cal, base)
	d.Provisional = l.Unit == timescale.WorkingDays && cal.Provisional(base, d.Due)
	if d.Edition.LocalLimit != nil {
		d.LocalDue = d.Edition.LocalLimit.Due(cal, base)
	}
}

// countFrom is the day from which a limit counts: the start, or for a recurring duty that
// says so the day on which the last was due, or the last whole step from the first start.
func (f *ruleFold) countFrom(d *openDuty) calendar.Date {
	if f.rule.From == timescale.FromDone || f.rule.From == "" {
		return d.base
	}
	last := f.lastOf(d)
	if last == nil {
		return d.base
	}
	if f.rule.From == timescale.FromDue {
		return last.Due
	}
	return f.wholeSteps(last, d)
}

// lastOf is the duty of the timescale before this one in its period and episode.
func (f *ruleFold) lastOf(d *openDuty) *openDuty {
	for i := len(f.duties) - 1; i >= 0; i-- {
		if o := f.duties[i]; o.span == d.span && o.Episode == d.Episode && !o.Due.IsZero() {
			return o
		}
	}
	return nil
}

// wholeSteps counts from the first start in whole limits: the last step on or before the
// day on which this duty starts.
func (f *ruleFold) wholeSteps(last, d *openDuty) calendar.Date {
	first := last
	for _, o := range f.duties {
		if o.span == d.span && o.Episode == d.Episode {
			first = o
			break
		}
	}
	l := *d.Limit
	for n := 1; ; n++ {
		l.N = n * d.Limit.N
		if l.Due(f.book.calendar, first.base) > d.base {
			l.N -= d.Limit.N
			return l.Due(f.book.calendar, first.base)
		}
	}
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
	case c.NotHeldSince != "" && d.span != nil && f.happenedIn(c.NotHeldSince, d.span.opened, d.base):
		return false
	case c.BeforeBirthday > 0 && l.Due(f.book.calendar, d.base) >= f.born.Birthday(c.BeforeBirthday):
		return false
	}
	return true
}

// meetFromBefore lets the latest event in the time up to the start meet the duty on the
// day it starts, where the timescale says "or before".
func (f *ruleFold) meetFromBefore(d *openDuty) {
	for i := range f.rule.MetBy {
		m := &f.rule.MetBy[i]
		if m.OrBefore == nil {
			continue
		}
		if n := f.latestBefore(&m.Match, m.OrBefore, d.Started.Day, d.Episode); n != nil {
			d.meet(n, d.Started)
			return
		}
	}
}

// latestBefore is the latest matching event from the limit before a day up to that day; of
// several on one day the first recorded.
func (f *ruleFold) latestBefore(m *timescale.Match, span *timescale.Limit, day calendar.Date, episode string) *entry {
	var latest *entry
	from := span.Before(f.book.calendar, day)
	for _, n := range f.byType[m.Event] {
		if n.At.Day < from || n.At.Day > day || !matches(m, &n.Event) || n.Episode != "" && n.Episode != episode {
			continue
		}
		if latest == nil || n.At.Day > latest.At.Day {
			latest = n
		}
	}
	return latest
}
