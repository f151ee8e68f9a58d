package casework

import (
	"slices"
	"strconv"

	"longstop/calendar"
	"longstop/timescale"
)

// startOf returns the way in which an event starts the timescale, by its type and data; nil
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
		if ok && f.mayStart(s, n, day, span) && f.open(s, n, day, span) {
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
		for _, span := range openedOn(f.own, day) {
			n := span.opener
			if s.OrBefore != nil {
				n = f.latestBefore(&s.Match, s.OrBefore, day, span.episode)
			}
			if n != nil && f.mayStart(s, n, day, span) {
				f.open(s, n, n.At.Day, span)
			}
		}
	}
}

// periodFor returns the open period that an event on a day belongs to; ok is false if the
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
	s := f.spanOf(f.rule.Period, n)
	return s, s != nil
}

// open opens a duty unless one of the timescale and episode is running, and reports whether
// it did.
func (f *ruleFold) open(s *timescale.Start, n *entry, day calendar.Date, span *span) bool {
	edition := f.rule.EditionOn(day)
	if edition == nil || f.blocked(s, n, span) || f.caseIsFull() {
		return false
	}
	started := n.At
	if s.Birthday > 0 {
		started = OnDay(day)
	}
	d := f.newDuty()
	d.span, d.opener, d.by, d.base = span, n, s, day
	d.Duty = Duty{
		ID: f.rule.Ref + ":" + f.nameOf(s, n, span), Ref: f.rule.Ref, Pathway: f.rule.Pathway, Entry: n.id,
		Rule: f.rule.Timescale, Edition: edition, Started: started, Local: edition.Local, Episode: n.Episode, Birthday: s.Birthday,
	}
	if d.Episode == "" && span != nil {
		d.Episode = span.episode
	}
	f.limit(s, d)
	f.duties, f.running = append(f.duties, d), append(f.running, d)
	n.used = true
	f.meetFromBefore(d)
	return true
}

// nameOf returns the entry that a duty is named after: the one that opened it. An event from
// before the period that has opened a duty in an earlier one gives its name to that; the
// next goes by the event that opened the period. A birthday is no entry: what it starts is named after
// the opening of the period, and the age.
func (f *ruleFold) nameOf(s *timescale.Start, n *entry, span *span) string {
	if s.Birthday > 0 {
		return n.id + "." + strconv.Itoa(s.Birthday)
	}
	if s.OrBefore != nil && slices.ContainsFunc(f.duties, func(d *openDuty) bool { return d.opener == n }) {
		return span.opener.id
	}
	return n.id
}

func (f *ruleFold) blocked(s *timescale.Start, n *entry, span *span) bool {
	return slices.ContainsFunc(f.running, func(d *openDuty) bool {
		return d.span == span && (d.opener == n && d.Birthday == s.Birthday || !f.rule.Each && d.Open() && touches(n.Episode, &d.Duty))
	})
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

// latestBefore returns the latest matching event from the limit before a day up to that day; of
// several on one day the first recorded.
func (f *ruleFold) latestBefore(m *timescale.Match, span *timescale.Limit, day calendar.Date, episode string) *entry {
	var latest *entry
	from := span.Before(f.rule.calendar, day)
	for _, n := range f.eventsOfType(m.Event) {
		if n.At.Day < from || n.At.Day > day || !matches(m, n.Event) || n.Episode != "" && n.Episode != episode {
			continue
		}
		if latest == nil || n.At.Day > latest.At.Day {
			latest = n
		}
	}
	return latest
}

// mayStart checks the conditions of a way of starting.
func (f *ruleFold) mayStart(s *timescale.Start, n *entry, day calendar.Date, span *span) bool {
	switch {
	case !s.From.IsZero() && day < s.From, !s.Until.IsZero() && day >= s.Until:
		return false
	case f.endsAtAdulthood() && day > f.birthday:
		return false
	case s.NoneSameDay != "" && f.happenedIn(s.NoneSameDay, day, day),
		s.SameDay != "" && !f.happenedWith(s.SameDay, n, day),
		s.PrecededBy != nil && !f.preceded(s.PrecededBy, n, day),
		s.Aged != nil && !f.aged(s.Aged, day):
		return false
	case s.Nth != nil && !f.isNth(s, n, day, span), s.Within != nil && !f.waitsForBirth(s) && !f.isWithin(s.Within, n, day, span):
		return false
	case span != nil && !f.mayStartIn(s, day, span):
		return false
	}
	for _, name := range f.rule.NotWhile {
		if f.isPeriodOpen(name, day) {
			return false
		}
	}
	return true
}

func (f *ruleFold) mayStartIn(s *timescale.Start, day calendar.Date, span *span) bool {
	switch {
	case !passes(s.PeriodWhere, span.opener.Data):
		return false
	case s.NoneSince != "" && f.happenedIn(s.NoneSince, span.opened, day):
		return false
	}
	return true
}

// isWithin reports whether a day lies so long after a period opened, that of the timescale or the
// one named; it does not where that is not open.
func (f *ruleFold) isWithin(w *timescale.Since, n *entry, day calendar.Date, in *span) bool {
	if w.In != "" {
		in = f.spanFor(w.In, day, n.Episode)
	}
	cal := f.rule.calendar
	switch {
	case in == nil:
		return false
	case w.From != nil && day < w.From.Due(cal, in.opened):
		return false
	default:
		return w.Before == nil || day < w.Before.Due(cal, in.opened)
	}
}

func (f *ruleFold) happenedIn(eventType string, from, through calendar.Date) bool {
	for _, n := range f.eventsOfType(eventType) {
		if n.At.Day >= from && n.At.Day <= through {
			n.used = true
			return true
		}
	}
	return false
}

// happenedWith reports whether an event of a type happened on the day of another, in its episode.
func (f *ruleFold) happenedWith(eventType string, n *entry, day calendar.Date) bool {
	for _, o := range on(f.eventsOfType(eventType), day) {
		if sameEpisode(o, n) {
			o.used = true
			return true
		}
	}
	return false
}

// sameEpisode reports whether two events can be of one episode.
func sameEpisode(a, b *entry) bool {
	return a.Episode == "" || b.Episode == "" || a.Episode == b.Episode
}

// preceded reports whether enough happened in the time up to and including a day. Of events of
// one type on that day those recorded later come later; others count whatever the hour.
func (f *ruleFold) preceded(p *timescale.Precedent, n *entry, day calendar.Date) bool {
	from := p.Within.Before(f.rule.calendar, day)
	count := 0
	for _, o := range f.eventsOfType(p.Event) {
		later := o.At.Day > day || o.At.Day == day && n.At.Day == day && o.Type == n.Type && o.place > n.place
		if o.At.Day >= from && !later && matches(&p.Match, o.Event) {
			count++
			o.used = true
		}
	}
	return count >= p.Times
}

// aged reports whether a child is of an age on a day; where the birth is not known, it may be.
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
	for _, other := range f.eventsOfType(n.Type) {
		if other.At.Day < in.opened || other.At.Day > day || last != nil && other.At.Day == last.At.Day ||
			!matches(&s.Match, other.Event) || !in.within(other.Episode) {
			continue
		}
		count, last = count+1, other
		other.used = true
	}
	return last == n && count >= s.Nth.From && (s.Nth.To == 0 || count <= s.Nth.To)
}

// A timescale may start on a birthday of the child, as far as its period is open on it. While the
// birth is not known the duty waits for it, from the opening of the period: nobody can tell whether
// that birthday is over.

// birthdays returns those days of a timescale that lie up to the day of the fold.
func (f *ruleFold) birthdays() []calendar.Date {
	if f.born.IsZero() {
		return nil
	}
	var days []calendar.Date
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if s.Birthday == 0 {
			continue
		}
		day := f.born.Birthday(s.Birthday)
		f.changesOn(day)
		switch {
		case day <= f.asOf:
			days = append(days, day)
		case slices.ContainsFunc(f.own, (*span).open) && f.rule.EditionOn(day) != nil:
			f.ahead = f.ahead.sooner(startAhead{day, "a timescale starts by itself"})
		}
	}
	return days
}

// startOnBirthday opens the duties that a birthday starts, in each period that is open on it; and
// where the birth is not known, those that wait for it.
func (f *ruleFold) startOnBirthday(day calendar.Date) {
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if s.Birthday == 0 {
			continue
		}
		spans := openedOn(f.own, day)
		if !f.waitsForBirth(s) {
			spans = nil
			if day == f.born.Birthday(s.Birthday) {
				spans = f.own
			}
		}
		for _, span := range spans {
			if span.covers(day) && f.mayStart(s, span.opener, day, span) {
				f.open(s, span.opener, day, span)
			}
		}
	}
}

// waitsForBirth reports whether nobody can tell when a way of starting comes, for the birth is not known.
func (f *ruleFold) waitsForBirth(s *timescale.Start) bool { return s.Birthday > 0 && f.born.IsZero() }
