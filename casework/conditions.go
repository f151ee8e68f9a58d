package casework

import (
	"longstop/calendar"
	"longstop/timescale"
)

// fits checks the conditions of a way of starting.
func (f *ruleFold) fits(s *timescale.Start, n *entry, day calendar.Date, span *span) bool {
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
	switch {
	case !passes(s.PeriodWhere, span.opener.Data):
		return false
	case s.NoneSince != "" && f.happenedIn(s.NoneSince, span.opened, day):
		return false
	}
	return true
}

// isWithin says whether a day lies so long after a period opened, that of the timescale or the
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
	for _, n := range f.of(eventType) {
		if n.At.Day >= from && n.At.Day <= through {
			n.used = true
			return true
		}
	}
	return false
}

// happenedWith says whether an event of a type happened on the day of another, in its episode.
func (f *ruleFold) happenedWith(eventType string, n *entry, day calendar.Date) bool {
	for _, o := range on(f.of(eventType), day) {
		if sameEpisode(o, n) {
			o.used = true
			return true
		}
	}
	return false
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
		later := o.At.Day > day || o.At.Day == day && n.At.Day == day && o.Type == n.Type && o.place > n.place
		if o.At.Day >= from && !later && matches(&p.Match, o.Event) {
			count++
			o.used = true
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
		other.used = true
	}
	return last == n && count >= s.Nth.From && (s.Nth.To == 0 || count <= s.Nth.To)
}
