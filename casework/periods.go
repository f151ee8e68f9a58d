package casework

import (
	"slices"
	"time"

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
	episode   string   // "" if the opening event carried none
	ended     calendar.Date
	ender     *entry // nil while it is open
	endsFirst bool   // on the day of its end the ending is taken before everything else
	reopens   bool   // on the day of its end the period opens again after it
}

func (s *span) open() bool { return s.ender == nil }

// covers reports whether the period was open on a day. Where the ending was taken first, what
// else happened on that day came after it.
func (s *span) covers(day calendar.Date) bool {
	return s.opened <= day && (s.open() || day < s.ended || day == s.ended && !s.endsFirst)
}

// within reports whether an event with an episode (or none) belongs to the span: one without
// touches all, and of a period that a child has one at a time it does not matter.
func (s *span) within(episode string) bool {
	return episode == "" || s.period.Single || s.episode == "" || s.episode == episode
}

// spansOf returns the spans of a period from a day on, where those before it are known. The spans
// of the one that it ends with have been found before.
func (t *timeline) spansOf(p *period, spans []*span, from calendar.Date) []*span {
	if !slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return len(t.eventsOfType(o.Event)) > 0 }) {
		return spans
	}
	over := 0 // how many of them, from the first on, had ended before the day: nothing of it touches these
	for day, events := range byDay(t.eventsOf(p, from)) {
		for over < len(spans) && !spans[over].open() && spans[over].ended < day {
			over++
		}
		l := spanDay{timeline: t, period: p.Period, day: day, spans: spans[over:], events: events, enders: t.enders(p.Period, day, events)}
		if turns := l.inOrder(); turns != nil {
			l.applyInOrder(turns)
		} else {
			l.apply(openers(p.Period, l.spans, day, events), l.enders)
		}
		l.endByDeath()
		spans = append(spans[:over], l.spans...)
	}
	return spans
}

// rewind takes back what was laid of the days from one on.
func rewind(spans []*span, day calendar.Date) []*span {
	spans = slices.DeleteFunc(spans, func(s *span) bool { return s.opened >= day })
	for _, s := range spans {
		if !s.open() && s.ended >= day {
			s.ended, s.ender, s.endsFirst, s.reopens = 0, nil, false, false
		}
		s.openings = slices.DeleteFunc(s.openings, func(n *entry) bool { return n.At.Day >= day })
	}
	return spans
}

// spanDay lays the spans of one day.
type spanDay struct {
	*timeline
	period *timescale.Period
	day    calendar.Date
	spans  []*span
	events []*entry
	enders []ending
}

// apply takes what opens and ends the period at one time: the day, or where they are known an instant.
func (l *spanDay) apply(openers []*entry, enders []ending) {
	before := l.spans
	var rest []ending
	for _, x := range enders {
		if !x.endFirst(before, openers, l.day) {
			rest = append(rest, x)
		}
	}
	for _, o := range openers {
		l.spans = openSpan(l.period, l.spans, o, l.day)
	}
	for _, x := range rest {
		x.endRest(l.spans, len(before), l.day)
	}
}

// instantOfDay is what opens and ends a period at one instant.
type instantOfDay struct {
	at      time.Time
	openers []*entry // by themselves
	instead []*entry // where nothing else has opened it
	enders  []ending
}

// inOrder returns the turns of a day, in order; nil if there is but one, or where one of them is
// known by its day alone, and the day is taken whatever the hour.
func (l *spanDay) inOrder() []instantOfDay {
	var turns []instantOfDay
	known := true
	at := func(n *entry) *instantOfDay {
		known = known && !n.At.DayOnly()
		for i := range turns {
			if turns[i].at.Equal(n.At.Instant) {
				return &turns[i]
			}
		}
		turns = append(turns, instantOfDay{at: n.At.Instant})
		return &turns[len(turns)-1]
	}
	opened := false
	for _, n := range l.events {
		if openedBy(l.period, n.Event, false) {
			x := at(n)
			x.openers, opened = append(x.openers, n), true
		}
	}
	for _, n := range l.events {
		if openedBy(l.period, n.Event, true) && (!opened || !n.At.DayOnly()) {
			x := at(n)
			x.instead = append(x.instead, n)
		}
	}
	for _, e := range l.enders {
		known = known && !e.goesFirst()
		if !e.isDeath() {
			x := at(e.entry)
			x.enders = append(x.enders, e)
		}
	}
	if !known || len(turns) < 2 {
		return nil
	}
	slices.SortFunc(turns, func(a, b instantOfDay) int { return a.at.Compare(b.at) })
	return turns
}

// applyInOrder takes the turns of a day one after the other. What was open before the day and opens
// again on it ends before everything else of the day of which the hour is not known.
func (l *spanDay) applyInOrder(turns []instantOfDay) {
	before := len(l.spans)
	for i, x := range turns {
		openers := x.openers
		later := slices.ContainsFunc(turns[i:], func(x instantOfDay) bool { return len(x.openers) > 0 })
		if !later && !slices.ContainsFunc(l.spans, (*span).open) {
			openers = x.instead
		}
		l.apply(openers, x.enders)
	}
	for i, s := range l.spans {
		if s.open() || s.ended != l.day {
			continue
		}
		s.reopens = slices.ContainsFunc(l.spans[max(before, i+1):], func(o *span) bool { return s.within(o.episode) })
		end := endOf(l.period, s.ender.Event)
		s.endsFirst = i < before && (s.reopens || end != nil && end.TakenFirst)
	}
}

// endByDeath takes a death last, whatever else happened on its day.
func (l *spanDay) endByDeath() {
	for _, x := range l.enders {
		if x.isDeath() {
			x.end(l.spans, l.day, false)
		}
	}
}

// eventsOf returns the events that can open or end a period, in order.
func (t *timeline) eventsOf(p *period, from calendar.Date) []*entry {
	list := t.eventsOfTypes(p.concerns, from)
	for _, s := range t.spans[p.EndsWith] {
		if !s.open() && s.ended >= from {
			list = append(slices.Clip(list), s.ender)
		}
	}
	slices.SortFunc(list, byPlace)
	return slices.Compact(list)
}

// openedBy reports whether an event opens a period: by itself, or where nothing else has.
func openedBy(p *timescale.Period, e *Event, onlyIfNone bool) bool {
	for i := range p.Opens {
		if o := &p.Opens[i]; o.OnlyIfNone == onlyIfNone && matches(&o.Match, e) {
			return true
		}
	}
	return false
}

// openers returns the events of a day that open the period or would, were it not open.
func openers(p *timescale.Period, spans []*span, day calendar.Date, events []*entry) []*entry {
	var list, instead []*entry
	for _, n := range events {
		switch {
		case openedBy(p, n.Event, false):
			list = append(list, n)
		case openedBy(p, n.Event, true):
			instead = append(instead, n)
		}
	}
	if len(list) > 0 || slices.ContainsFunc(spans, func(s *span) bool { return s.covers(day) }) {
		return list
	}
	return instead
}

// ending is an event that ends a period on a day.
type ending struct {
	*entry
	ofParent bool // it ends the period that this one ends with
	// first says that it is taken before all else of its day: the period says so, or that of the
	// parent was, or it opened again after it.
	first bool
}

// enders returns the events of a day that end the period, those of the case and of the period
// that it ends with among them.
func (t *timeline) enders(p *timescale.Period, day calendar.Date, events []*entry) []ending {
	var list []ending
	for _, n := range events {
		end := endOf(p, n.Event)
		if n.closing != nil || end != nil {
			list = append(list, ending{entry: n, first: end != nil && end.TakenFirst})
		}
	}
	for _, s := range t.spans[p.EndsWith] {
		if whole := s.ender != nil && s.ender.closing != nil && s.ender.closing.whole; !s.open() && s.ended == day && !whole {
			list = append(list, ending{entry: s.ender, ofParent: true, first: s.endsFirst || s.reopens})
		}
	}
	return list
}

// endOf returns the way in which an event ends a period; nil if it does not.
func endOf(p *timescale.Period, e *Event) *timescale.Ending {
	for i := range p.Ends {
		if matches(&p.Ends[i].Match, e) {
			return &p.Ends[i]
		}
	}
	return nil
}

func endsPeriod(p *timescale.Period, e *Event) bool { return endOf(p, e) != nil }

func matchesAny(list []timescale.Match, e *Event) bool {
	for i := range list {
		if matches(&list[i], e) {
			return true
		}
	}
	return false
}

// endFirst takes the ending of what was open before, where it opens again at the same time, and
// reports whether the ending is used up by that. The end of the period that this one ends with is
// taken when that one's was.
func (x ending) endFirst(before []*span, openers []*entry, day calendar.Date) bool {
	if x.isDeath() {
		return false
	}
	first := x.ofParent && x.first
	for _, s := range before {
		if !x.ofParent && s.open() && x.touches(s) && (x.first || opensAgain(s, openers)) {
			first = true
		}
	}
	if c := x.closing; c != nil && c.whole && c.first {
		first = true
	}
	if first {
		x.end(before, day, true)
		return true
	}
	for _, s := range before {
		if s.open() && !x.ofParent && x.touches(s) && x.closesFirst(s.episode) {
			s.end(x.entry, day, true)
		}
	}
	return false
}

// endRest takes an ending after everything else: what opened only now came after an ending that is
// taken first.
func (x ending) endRest(spans []*span, before int, day calendar.Date) {
	for i, s := range spans {
		if s.open() && x.touches(s) && (i < before || x.ofParent || !x.closesFirst(s.episode)) {
			s.end(x.entry, day, false)
		}
	}
}

// touches reports whether the ending ends a span: what ends the period that it ends with does,
// whatever the episode, and what ends the case does as far as it closes it.
func (x ending) touches(s *span) bool {
	switch {
	case x.ofParent:
		return true
	case x.closing != nil:
		return x.closes(s.episode)
	default:
		return s.period.EndsAll || x.Episode == "" || x.Episode == s.episode
	}
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
		if s.open() && x.touches(s) {
			s.end(x.entry, day, first)
		}
	}
}

func (s *span) end(n *entry, day calendar.Date, first bool) {
	s.ended, s.ender, s.endsFirst = day, n, first
	n.used = true
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
	o.used = true
	return append(spans, &span{period: p, opened: day, opener: o, openings: []*entry{o}, episode: o.Episode})
}

// openedOn returns those of some spans that opened on a day.
func openedOn(spans []*span, day calendar.Date) []*span {
	first := firstOpened(spans, day)
	last := first
	for last < len(spans) && spans[last].opened == day {
		last++
	}
	return spans[first:last]
}

// firstOpened returns the place among some spans of the first that opened on a day or later.
func firstOpened(spans []*span, day calendar.Date) int {
	i, _ := slices.BinarySearchFunc(spans, day, func(s *span, day calendar.Date) int { return int(s.opened) - int(day) })
	return i
}

// spanFor returns the span of a period that an event on a day belongs to: the one opened last;
// nil if none is open.
func (t *timeline) spanFor(period string, day calendar.Date, episode string) *span {
	var found *span
	for _, s := range t.spans[period] {
		if s.covers(day) && s.within(episode) && (found == nil || s.opened >= found.opened) {
			found = s
		}
	}
	return found
}

// spanOf returns the span of a period that an event belongs to: where several were open on its day, the
// one that was open at its instant, as far as the instants are known; else the one opened last.
func (t *timeline) spanOf(period string, n *entry) *span {
	last := t.spanFor(period, n.At.Day, n.Episode)
	if last == nil || n.At.DayOnly() || last.openedBy(n) {
		return last
	}
	for _, s := range slices.Backward(t.spans[period]) {
		if s.covers(n.At.Day) && s.within(n.Episode) && s.openedBy(n) {
			return s
		}
	}
	return last
}

// openedBy reports whether the span had been opened when an event of a known instant happened.
func (s *span) openedBy(n *entry) bool {
	return s.opened < n.At.Day || s.opener.At.DayOnly() || !s.opener.At.Instant.After(n.At.Instant)
}

// isPeriodOpen reports whether a period was open on a day.
func (t *timeline) isPeriodOpen(period string, day calendar.Date) bool {
	return t.spanFor(period, day, "") != nil
}
