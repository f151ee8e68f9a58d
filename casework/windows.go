package casework

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

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
// hangs on when things were recorded.
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
