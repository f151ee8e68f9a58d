package casework

import (
	"slices"
	"strconv"

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
		for _, span := range openedOn(f.own, day) {
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
	s := f.spanOf(f.rule.Period, n)
	return s, s != nil
}

// open opens a duty unless one of the timescale and episode is running, and says whether
// it did.
func (f *ruleFold) open(s *timescale.Start, n *entry, day calendar.Date, span *span) bool {
	edition := f.rule.EditionOn(day)
	if edition == nil || f.blocked(s, n, span) || f.isFull() {
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

// nameOf is the entry that a duty is named after: the one that opened it. An event from
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
