package casework

import (
	"slices"
	"strconv"
	"time"

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

// opening is a window that starts a duty, and the entry that the duty is named after.
type opening struct {
	timescale.Window
	span  *span
	entry *entry
	// passed says that it had ended before it was known that its period was open.
	passed bool
}

// windowDays returns the first days of the windows that start a duty, up to the day of the fold.
// A fold that goes on because only time has passed knows those before a day: what is found of one
// depends on when things were recorded.
func (f *ruleFold) windowDays(first calendar.Date) []calendar.Date {
	if f.rule.Windows == "" {
		return nil
	}
	f.openings = slices.DeleteFunc(f.openings, func(o opening) bool { return o.First >= first })
	for _, s := range f.own {
		switch {
		case first == 0:
			f.openings = append(f.openings, f.windowsOf(s)...)
		case s.open() || s.ended >= first:
			list, _ := f.windowsFrom(s, max(first, s.opened))
			f.openings = append(f.openings, list...)
		}
	}
	days := make([]calendar.Date, len(f.openings))
	for i := range f.openings {
		days[i] = f.openings[i].First
	}
	return days
}

// windowsOf returns the windows of a period that start a duty, in order: each that somebody knew of
// by its last day, and of those that had ended before, only the latest (rules.md, section 6).
func (f *ruleFold) windowsOf(s *span) []opening {
	for back := lookBack; ; back *= 4 {
		from := max(s.opened, f.knownFrom(s).AddDays(-back))
		list, passed := f.windowsFrom(s, from)
		if passed == nil && from > s.opened {
			continue
		}
		if passed != nil {
			list = append(list, *passed)
		}
		return list
	}
}

// lookBack is how many days before a period was first heard of its windows are looked for: more
// than lie between two terms. Where that finds none, it is looked for further back.
const lookBack = 800

// knownFrom returns the first day of which a window of a period may have been known in time.
func (f *ruleFold) knownFrom(s *span) calendar.Date {
	day := f.asOf
	if !s.open() {
		day = min(day, s.ended)
	}
	for _, n := range s.openings {
		day = min(day, calendar.DateOf(n.since))
		for _, v := range n.earlier {
			day = min(day, calendar.DateOf(v.From))
		}
	}
	return max(day, s.opened)
}

// windowsFrom returns the windows from a day on that were known in time, and the latest of those
// that were not; nil if there is none. The next one, which will begin by itself, is noted.
func (f *ruleFold) windowsFrom(s *span, from calendar.Date) (list []opening, passed *opening) {
	for {
		w, ok := f.windowAfter(from)
		if !ok || !s.open() && w.First > s.ended {
			return list, passed
		}
		f.changesOn(w.First)
		if w.First > f.asOf {
			f.ahead = f.ahead.sooner(startAhead{w.First, "a new window begins"})
			return list, passed
		}
		from = w.First.AddDays(1)
		if !s.covers(w.First) || f.mayNotStartOn(w.First) {
			continue
		}
		o := opening{Window: w, span: s, entry: f.knownInTime(s, w)}
		if o.entry == nil {
			o.entry, o.passed = s.opener, true
			passed = &o
			continue
		}
		list = append(list, o)
	}
}

// mayNotStartOn reports whether a period is open on a day while which the timescale does not start.
func (f *ruleFold) mayNotStartOn(day calendar.Date) bool {
	return slices.ContainsFunc(f.rule.NotWhile, func(name string) bool { return f.isPeriodOpen(name, day) })
}

// knownInTime returns the entry from which it was known, before a window had ended, that its period
// was open; nil if nobody knew. Of several it is the one from which that was known first: so a
// duty keeps its name where an older opening is heard of later.
func (f *ruleFold) knownInTime(s *span, w timescale.Window) *entry {
	if f.seemedShut(w) {
		return nil
	}
	var first *entry
	var since time.Time
	for _, n := range s.openings {
		at, ok := f.knownOpen(s, n, w)
		if ok && (first == nil || at.Before(since)) {
			first, since = n, at
		}
	}
	return first
}

// seemedShut reports whether a period while which the timescale does not start was taken for
// open on a window's first day, because nobody knew before the window had ended that it had.
func (f *ruleFold) seemedShut(w timescale.Window) bool {
	return slices.ContainsFunc(f.rule.NotWhile, func(name string) bool {
		return slices.ContainsFunc(f.spans[name], func(s *span) bool {
			return !s.open() && s.ended <= w.First && s.ender.recorded.After(w.Last.End())
		})
	})
}

// knownOpen returns since when an opening had shown, when a window ended, that the period was open on
// its first day: since it was recorded, or since an ending between the two was taken back.
func (f *ruleFold) knownOpen(s *span, n *entry, w timescale.Window) (since time.Time, ok bool) {
	end := w.Last.End()
	since, ok = n.openedSince(s.period, w.First)
	if !ok || since.After(end) {
		return since, false
	}
	for _, u := range f.pastEndings {
		switch {
		case u.From.After(end) || u.At.Day < n.At.Day || u.At.Day >= w.First || !f.couldEnd(s, u.Event):
		case u.Until.After(end):
			return since, false
		case u.Until.After(since):
			since = u.Until
		}
	}
	return since, true
}

// openedSince returns since when an entry has said that it opens a period on a day or earlier:
// before a correction it may have said something else.
func (n *entry) openedSince(p *timescale.Period, day calendar.Date) (since time.Time, ok bool) {
	if n.At.Day > day {
		return time.Time{}, false
	}
	since = n.since
	for _, v := range slices.Backward(n.earlier) {
		if v.At.Day > day || !opensPeriod(p, v.Event) {
			break
		}
		since = v.From
	}
	return since, true
}

func opensPeriod(p *timescale.Period, e *Event) bool {
	return slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return matches(&o.Match, e) })
}

// couldEnd reports whether an event is of those that end a period.
func (t *timeline) couldEnd(s *span, e *Event) bool {
	if kind := t.book.types[e.Type]; kind != nil && kind.endsCase {
		return true
	}
	for p := s.period; p != nil; p = t.book.pack.Period(p.EndsWith) {
		if endsPeriod(p, e) && (p != s.period || (ending{entry: &entry{Event: e}}).touches(s)) {
			return true
		}
	}
	return false
}

// windowAfter returns the first window from a day on that can start a duty; ok is false if
// none will any more: the child is an adult, or the timescale is no longer in force.
func (f *ruleFold) windowAfter(day calendar.Date) (w timescale.Window, ok bool) {
	last := f.rule.Editions[len(f.rule.Editions)-1].Until
	for {
		w, ok = f.book.pack.WindowAfter(f.rule.Windows, day)
		switch {
		case !ok, f.endsAtAdulthood() && w.First > f.birthday, !last.IsZero() && w.First >= last:
			return w, false
		case f.rule.EditionOn(w.First) != nil:
			return w, true
		}
		day = w.First.AddDays(1)
	}
}

// startWindow opens the duties of the windows that begin on a day.
func (f *ruleFold) startWindow(day calendar.Date) {
	for i := range f.openings {
		if o := &f.openings[i]; o.First == day {
			f.openWindow(o)
		}
	}
}

func (f *ruleFold) openWindow(o *opening) {
	if f.caseIsFull() {
		return
	}
	edition := f.rule.EditionOn(o.First)
	d := f.newDuty()
	d.span, d.opener, d.base = o.span, o.span.opener, o.First
	d.Duty = Duty{
		ID: f.rule.Ref + ":" + o.entry.id + "." + o.First.String(), Ref: f.rule.Ref, Pathway: f.rule.Pathway, Entry: o.entry.id,
		Rule: f.rule.Timescale, Edition: edition, Started: OnDay(o.First), Local: edition.Local, Episode: o.span.episode,
		Window: o.Name, WindowPassed: o.passed, Limit: windowLimit(f.rule.Windows, o.Window), CountedFrom: o.First, Due: o.Last, Provisional: o.Provisional,
	}
	f.duties, f.running = append(f.duties, d), append(f.running, d)
	o.entry.used = true
}

// windowLimit returns the length of a window, by which its duty takes a ladder.
func windowLimit(kind timescale.Windows, w timescale.Window) *timescale.Limit {
	if kind == timescale.CalendarMonths {
		return &timescale.Limit{N: 1, Unit: timescale.Months, BeginningWith: true}
	}
	return &timescale.Limit{N: w.Last.DaysSince(w.First) + 1, Unit: timescale.Days, BeginningWith: true}
}
