package casework

import (
	"cmp"
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// startOf finds the way in which an event starts the timescale, by its type and data; nil
// where it does not.
func (f *ruleFold) startOf(n *entry) *timescale.Start {
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if !s.PeriodOpens && s.OrBefore == nil && matches(&s.Match, n.Event) {
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
		if s.PeriodOpens || s.OrBefore != nil || !matches(&s.Match, n.Event) {
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
		for _, span := range f.own {
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
	for _, s := range f.own {
		if s.opener == n { // which another of the same day may have replaced
			return s, true
		}
	}
	if matchesAny(f.rule.openings, n.Event) { // it was open: what would open it again opens nothing
		return nil, false
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
	case s.NoneSameDay != "" && len(on(f.of(s.NoneSameDay), day)) > 0,
		s.SameDay != "" && !f.happenedWith(s.SameDay, n, day),
		s.PrecededBy != nil && !f.preceded(s.PrecededBy, n, day),
		s.Aged != nil && !f.aged(s.Aged, day):
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
	cal := f.rule.calendar
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
	for _, n := range f.of(eventType) {
		if n.At.Day >= from && n.At.Day <= through {
			return true
		}
	}
	return false
}

// happenedWith says whether an event of a type happened on the day of another, in its episode.
func (f *ruleFold) happenedWith(eventType string, n *entry, day calendar.Date) bool {
	return slices.ContainsFunc(on(f.of(eventType), day), func(o *entry) bool { return sameEpisode(o, n) })
}

// sameEpisode says whether two events can be of one episode.
func sameEpisode(a, b *entry) bool {
	return a.Episode == "" || b.Episode == "" || a.Episode == b.Episode
}

// preceded says whether enough happened in the time up to and including a day. Of events of
// one type on that day those recorded later come later; others count whatever the hour.
func (f *ruleFold) preceded(p *timescale.Precedent, n *entry, day calendar.Date) bool {
	from := p.Within.Before(f.rule.calendar, day)
	count := 0
	for _, o := range f.of(p.Event) {
		later := o.At.Day > day || o.At.Day == day && o.Type == n.Type && o.place > n.place
		if o.At.Day >= from && !later && matches(&p.Match, o.Event) {
			count++
		}
	}
	return count >= p.Times
}

// aged says whether a child is of an age on a day; where the birth is not known, it may be.
func (f *ruleFold) aged(a *timescale.Ages, day calendar.Date) bool {
	if f.born.IsZero() {
		return true
	}
	return day >= f.born.Birthday(a.From) && (a.Before == 0 || day < f.born.Birthday(a.Before))
}

// isNth counts the days on which such an event happened since the period opened: of
// several on one day the first recorded counts.
func (f *ruleFold) isNth(s *timescale.Start, n *entry, day calendar.Date, in *span) bool {
	if s.NthIn != "" {
		in = f.spanFor(s.NthIn, day, n.Episode)
	}
	if in == nil {
		return false
	}
	count := 0
	var last *entry
	for _, other := range f.of(n.Type) {
		if other.At.Day < in.opened || other.At.Day > day || last != nil && other.At.Day == last.At.Day ||
			!matches(&s.Match, other.Event) || !in.within(other.Episode) {
			continue
		}
		count, last = count+1, other
	}
	return last == n && count >= s.Nth.From && (s.Nth.To == 0 || count <= s.Nth.To)
}

// open opens a duty unless one of the timescale and episode is running, and says whether
// it did.
func (f *ruleFold) open(s *timescale.Start, n *entry, day calendar.Date, span *span) bool {
	edition := f.rule.EditionOn(day)
	if edition == nil || f.blocked(n, span) {
		return false
	}
	d := f.room.duty()
	d.span, d.opener, d.by, d.base = span, n, s, day
	d.Duty = Duty{
		ID: f.rule.Ref + ":" + f.nameOf(s, n, span), Ref: f.rule.Ref, Pathway: f.rule.Pathway, Entry: n.id,
		Rule: f.rule.Timescale, Edition: edition, Started: n.At, Local: edition.Local, Episode: n.Episode,
	}
	if d.Episode == "" && span != nil {
		d.Episode = span.episode
	}
	f.limit(s, d)
	f.duties, f.running = append(f.duties, d), append(f.running, d)
	f.meetFromBefore(d)
	return true
}

// nameOf is the entry that a duty is named after: the one that opened it. An event from
// before the period that has opened a duty in an earlier one gives its name to that; the
// next goes by the event that opened the period.
func (f *ruleFold) nameOf(s *timescale.Start, n *entry, span *span) string {
	if s.OrBefore != nil && slices.ContainsFunc(f.duties, func(d *openDuty) bool { return d.opener == n }) {
		return span.opener.id
	}
	return n.id
}

func (f *ruleFold) blocked(n *entry, span *span) bool {
	return slices.ContainsFunc(f.running, func(d *openDuty) bool {
		return d.span == span && (d.opener == n || !f.rule.Each && d.Open() && touches(n.Episode, &d.Duty))
	})
}

// limit works out the duty's date.
func (f *ruleFold) limit(s *timescale.Start, d *openDuty) {
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
	case l.From.Event == "":
		from, missing = d.opener.Data.Day(l.From.Field), d.opener.Type
	default:
		missing = l.From.Event
		for _, n := range f.of(l.From.Event) {
			if !touches(n.Episode, &d.Duty) {
				continue
			}
			from = n.Data.Day(l.From.Field) // of several the last
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

// deadline is the event before which the duty is owed; nil while it has not happened.
func (f *ruleFold) deadline(d *openDuty) *entry {
	by := d.Edition.By
	if by == nil {
		return nil
	}
	from := d.Started.Day
	if by.Nth > 0 {
		from = d.span.opened
	}
	count := 0
	var last *entry
	for _, n := range f.of(by.Event) {
		if n.At.Day < from || d.span != nil && !d.span.covers(n.At.Day) ||
			!matches(&by.Match, n.Event) || !touches(n.Episode, &d.Duty) || last != nil && last.At.Day == n.At.Day {
			continue
		}
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
	case d.Limit.In > 0:
		d.DueAt = f.rolling(d)
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
		if due := l.Due(cal, d.first.base); due > max(last, d.base) {
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
	case c.NotHeldSince != "" && d.span != nil && f.happenedIn(c.NotHeldSince, d.span.opened, d.base):
		return false
	case c.BeforeBirthday > 0 && l.Due(f.rule.calendar, d.base) >= f.born.Birthday(c.BeforeBirthday):
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
		if n := f.latestBefore(&m.Match, m.OrBefore, d.Started.Day, d.Episode); n != nil && n.At.Day >= d.NotBefore {
			d.meet(n, d.Started)
			return
		}
	}
}

// latestBefore is the latest matching event from the limit before a day up to that day; of
// several on one day the first recorded.
func (f *ruleFold) latestBefore(m *timescale.Match, span *timescale.Limit, day calendar.Date, episode string) *entry {
	var latest *entry
	from := span.Before(f.rule.calendar, day)
	for _, n := range f.of(m.Event) {
		if n.At.Day < from || n.At.Day > day || !matches(m, n.Event) || n.Episode != "" && n.Episode != episode {
			continue
		}
		if latest == nil || n.At.Day > latest.At.Day {
			latest = n
		}
	}
	return latest
}
