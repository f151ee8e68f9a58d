package casework

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// windowDays are the first days of the windows that begin while the timescale's period is
// open, up to the day of the fold. The next one, which will begin by itself, is noted.
func (f *ruleFold) windowDays() []calendar.Date {
	if f.rule.Windows == "" {
		return nil
	}
	var days []calendar.Date
	for _, s := range f.own {
		for from := s.opened; ; {
			w, ok := f.windowAfter(from)
			if !ok || !s.open() && w.First > s.ended {
				break
			}
			f.turn(w.First)
			if w.First > f.asOf {
				f.windowAhead(w.First)
				break
			}
			days, from = append(days, w.First), w.First.AddDays(1)
		}
	}
	return days
}

// windowAfter is the first window from a day on that can start a duty; ok is false where
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

func (f *ruleFold) windowAhead(day calendar.Date) {
	if f.windows == nil {
		f.windows = map[string]calendar.Date{}
	}
	if next, ok := f.windows[f.rule.Pathway]; !ok || day < next {
		f.windows[f.rule.Pathway] = day
	}
}

// startWindow opens the duty of each window that begins on a day while the period is open.
func (f *ruleFold) startWindow(day calendar.Date) {
	if f.rule.Windows == "" || slices.ContainsFunc(f.rule.NotWhile, func(name string) bool { return f.during(name, day) }) {
		return
	}
	w, ok := f.windowAfter(day)
	if !ok || w.First != day {
		return
	}
	edition := f.rule.EditionOn(day)
	for _, s := range f.own {
		if !s.covers(day) {
			continue
		}
		d := f.room.duty()
		d.span, d.opener, d.base = s, s.opener, day
		d.Duty = Duty{
			ID: f.rule.Ref + ":" + s.opener.id + "." + day.String(), Ref: f.rule.Ref, Pathway: f.rule.Pathway, Entry: s.opener.id,
			Rule: f.rule.Timescale, Edition: edition, Started: OnDay(day), Local: edition.Local, Episode: s.episode,
			Window: w.Name, Limit: windowLimit(f.rule.Windows, w), CountedFrom: day, Due: w.Last, Provisional: w.Provisional,
		}
		f.duties, f.running = append(f.duties, d), append(f.running, d)
	}
}

// windowLimit is the length of a window, by which its duty takes a ladder.
func windowLimit(kind timescale.Windows, w timescale.Window) *timescale.Limit {
	if kind == timescale.CalendarMonths {
		return &timescale.Limit{N: 1, Unit: timescale.Months, BeginningWith: true}
	}
	return &timescale.Limit{N: w.Last.DaysSince(w.First) + 1, Unit: timescale.Days, BeginningWith: true}
}
