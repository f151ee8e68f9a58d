package casework

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// span is one stretch for which a period was open: the whole of the days on which it
// opened and ended.
type span struct {
	period    *timescale.Period
	opened    calendar.Date
	opener    *entry
	openings  []*entry // the opener, and what would have opened it while it was open
	episode   string   // "" where the opening event carried none
	ended     calendar.Date
	ender     *entry // nil while it is open
	endsFirst bool   // on the day of its end the ending is taken before everything else
}

func (s *span) open() bool { return s.ender == nil }

// covers says whether the period was open on a day. Where the ending was taken first, what
// else happened on that day came after it.
func (s *span) covers(day calendar.Date) bool {
	return s.opened <= day && (s.open() || day < s.ended || day == s.ended && !s.endsFirst)
}

// within says whether an event with an episode (or none) belongs to the span: one without
// touches all, and of a period that a child has one at a time it does not matter.
func (s *span) within(episode string) bool {
	return episode == "" || s.period.Single || s.episode == "" || s.episode == episode
}

// layPeriod finds the spans of a period. The spans of the one that it ends with have been
// found before.
func (t *timeline) layPeriod(p *period) []*span {
	if !slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return len(t.of(o.Event)) > 0 }) {
		return nil
	}
	var spans []*span
	for day, events := range byDay(t.eventsOf(p)) {
		openers := openers(p.Period, spans, day, events)
		enders := t.enders(p.Period, day, events)
		if len(openers) == 0 && len(enders) == 0 {
			continue
		}
		rest := t.endFirst(spans, openers, enders, day)
		for _, o := range openers {
			spans = openSpan(p.Period, spans, o, day)
		}
		for _, x := range rest {
			x.end(spans, day, false)
		}
	}
	return spans
}

// eventsOf are the events that can open or end a period, in order.
func (t *timeline) eventsOf(p *period) []*entry {
	list := t.gather(p.concerns)
	for _, s := range t.spans[p.EndsWith] {
		if !s.open() {
			list = append(slices.Clip(list), s.ender)
		}
	}
	slices.SortFunc(list, byPlace)
	return slices.Compact(list)
}

// openers are the events of a day that open the period or would, were it not open.
func openers(p *timescale.Period, spans []*span, day calendar.Date, events []*entry) []*entry {
	var list, fallback []*entry
	for _, n := range events {
		for i := range p.Opens {
			o := &p.Opens[i]
			switch {
			case !matches(&o.Match, n.Event):
			case o.OnlyIfNone:
				fallback = append(fallback, n)
			default:
				list = append(list, n)
			}
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, s := range spans {
		if s.covers(day) {
			return nil
		}
	}
	return fallback
}

// ending is an event that ends a period on a day.
type ending struct {
	*entry
	ofCase   bool // it ends the case
	ofParent bool // it ends the period that this one ends with
	first    bool // that period's end was taken first
}

// enders are the events of a day that end the period, those of the case and of the period
// that it ends with among them.
func (t *timeline) enders(p *timescale.Period, day calendar.Date, events []*entry) []ending {
	var list []ending
	for _, n := range events {
		switch {
		case n.kind.endsCase:
			list = append(list, ending{entry: n, ofCase: true, first: slices.Contains(t.reopened, day)})
		case matchesAny(p.Ends, n.Event):
			list = append(list, ending{entry: n})
		}
	}
	for _, s := range t.spans[p.EndsWith] {
		if !s.open() && s.ended == day && !s.ender.kind.endsCase {
			list = append(list, ending{entry: s.ender, ofParent: true, first: s.endsFirst})
		}
	}
	return list
}

func matchesAny(list []timescale.Match, e *Event) bool {
	for i := range list {
		if matches(&list[i], e) {
			return true
		}
	}
	return false
}

// endFirst takes the endings of what was open before the day where it opens again on it,
// and returns the endings that are left for the end of the day. The end of the period that
// this one ends with is taken when that one's was.
func (t *timeline) endFirst(spans []*span, openers []*entry, enders []ending, day calendar.Date) []ending {
	var rest []ending
	for _, x := range enders {
		first := x.first
		for _, s := range spans {
			if !x.ofParent && s.open() && s.opened < day && x.touches(s) && opensAgain(s, openers) {
				first = true
			}
		}
		if first {
			x.end(spans, day, true)
			continue
		}
		rest = append(rest, x)
	}
	return rest
}

// touches says whether the ending ends a span: what ends the case or the period that it
// ends with does, whatever the episode.
func (x ending) touches(s *span) bool {
	return x.ofCase || x.ofParent || s.period.EndsAll || x.Episode == "" || x.Episode == s.episode
}

func opensAgain(s *span, openers []*entry) bool {
	for _, o := range openers {
		if s.within(o.Episode) {
			return true
		}
	}
	return false
}

func (x ending) end(spans []*span, day calendar.Date, first bool) {
	for _, s := range spans {
		if s.open() && x.touches(s) && (!first || s.opened < day) {
			s.ended, s.ender, s.endsFirst = day, x.entry, first
		}
	}
}

// openSpan opens the period unless it is open; a period that replaces ends the one before.
func openSpan(p *timescale.Period, spans []*span, o *entry, day calendar.Date) []*span {
	for _, s := range spans {
		switch {
		case !s.open():
		case p.Replaces:
			s.ended, s.ender, s.endsFirst = day, o, true
		case s.within(o.Episode):
			s.openings = append(s.openings, o)
			return spans
		}
	}
	return append(spans, &span{period: p, opened: day, opener: o, openings: []*entry{o}, episode: o.Episode})
}

// spanFor is the span of a period that an event on a day belongs to: the one opened last;
// nil where none is open.
func (t *timeline) spanFor(period string, day calendar.Date, episode string) *span {
	var found *span
	for _, s := range t.spans[period] {
		if s.covers(day) && s.within(episode) && (found == nil || s.opened >= found.opened) {
			found = s
		}
	}
	return found
}

// during says whether a period was open on a day.
func (t *timeline) during(period string, day calendar.Date) bool {
	return t.spanFor(period, day, "") != nil
}
