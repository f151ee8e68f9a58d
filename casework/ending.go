package casework

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// byBirthday stands in EndedBy for the child's 18th birthday.
const byBirthday = "birthday"

// takeFirst takes the endings of what was open before the day, where it ends and opens
// again on it, and returns the events that it took: they are used up. One that also meets
// the timescale (proceedings are concluded, and issued again that day) meets first.
func (f *ruleFold) takeFirst(day calendar.Date, events []*entry) []*entry {
	var taken []*entry
	for _, n := range events {
		if n.closing != nil && (!f.rule.inHours || n.At.DayOnly()) {
			f.endWhere(n, day, func(d *openDuty) bool { return d.Started.Day < day && n.closesFirst(d.Episode) })
		}
		if !f.takenFirst(n, day, events) {
			continue
		}
		taken = append(taken, n)
		if f.meets(n) {
			f.meetThrough(n, day.AddDays(-1))
		}
		if f.ends(n) {
			f.endWhere(n, day, func(d *openDuty) bool { return d.Started.Day < day })
		}
	}
	f.endWithSpans(day, true)
	return taken
}

// ends says whether an event ends duties of the timescale by itself; the end of its own
// period does so through the span.
func (f *ruleFold) ends(n *entry) bool {
	return n.closing != nil || matchesAny(f.rule.EndedBy, n.Event) || f.endsWithEvent(n.Event)
}

// endsWithEvent says whether an event ends one of the periods whose end ends the duty.
func (f *ruleFold) endsWithEvent(e *Event) bool { return matchesAny(f.rule.endEvents, e) }

// takenFirst says whether something that the event ends was open before the day and opens
// again on it: a period that the duty ends with, or a duty of the timescale.
func (f *ruleFold) takenFirst(n *entry, day calendar.Date, events []*entry) bool {
	switch {
	case n.isDeath(), f.rule.inHours && !n.At.DayOnly(): // the last, and by its instant
		return false
	case f.periodReopens(n, day):
		return true
	case f.rule.Period != "" || len(f.running) == 0 || !f.ends(n):
		return false
	}
	return slices.ContainsFunc(f.running, func(d *openDuty) bool {
		return d.Open() && d.Started.Day < day && f.touchedByEnd(n, d)
	}) && slices.ContainsFunc(events, func(o *entry) bool { return f.onlyStarts(o) && mayEnd(n, o) })
}

// mayEnd reports whether an ending can touch what an event of its day starts.
func mayEnd(n, start *entry) bool {
	return n.closes(start.Episode) || n.closing == nil && sameEpisode(n, start)
}

func (f *ruleFold) periodReopens(n *entry, day calendar.Date) bool {
	return slices.ContainsFunc(f.endsWith, func(s *span) bool { return s.ender == n && s.ended == day && s.endsFirst })
}

// touchedByEnd reports whether an ending touches a duty. What ends the case touches one that has a
// period through that, whatever episode the event carried that started it.
func (f *ruleFold) touchedByEnd(n *entry, d *openDuty) bool {
	switch {
	case n.closing != nil && d.span != nil:
		return d.span.ender == n
	case n.closing != nil:
		return n.closes(d.Episode)
	default:
		return f.endsAll(n) || touches(n.Episode, &d.Duty)
	}
}

// endsAll says whether the event ends a period whatever the episode (the end of care).
func (f *ruleFold) endsAll(n *entry) bool {
	for _, name := range f.rule.EndsWith {
		if p := f.book.pack.Period(name); p != nil && p.EndsAll && endsPeriod(p, n.Event) {
			return true
		}
	}
	return false
}

// end takes an ending after everything else of the day, or of the part of it that the instants
// give: what started on the day came after a closing that is taken first.
func (f *ruleFold) end(n *entry, day calendar.Date) {
	f.endWhere(n, day, func(d *openDuty) bool {
		return f.known || d.Started.Day < day || !n.closesFirst(d.Episode)
	})
}

func (f *ruleFold) endWhere(n *entry, day calendar.Date, which func(*openDuty) bool) {
	for _, d := range f.running {
		if d.Open() && d.Started.Day <= day && f.touchedByEnd(n, d) && which(d) {
			f.endBy(d, n, day)
		}
	}
}

func (f *ruleFold) endBy(d *openDuty, n *entry, day calendar.Date) {
	f.change(d)
	at := n.At
	if at.Start().Before(d.Started.Start()) { // of the same day: a death, by which all of it ends
		at = d.Started
	}
	f.runOn(d, at)
	d.Ended, d.EndedOn, d.EndedAt, d.EndedBy = true, day, at.Instant, n.id
	n.used = true
}

// endWithSpans ends the duties whose period ended on the day: first, those opened before
// it where the ending is taken first; else whatever is left.
func (f *ruleFold) endWithSpans(day calendar.Date, first bool) {
	for _, d := range f.running {
		if !d.Open() || d.span == nil || d.span.open() || d.span.ended != day {
			continue
		}
		if !first || d.span.endsFirst && d.Started.Day < day {
			f.endBy(d, d.span.ender, day)
		}
	}
}

// endsAtAdulthood says whether the 18th birthday ends the timescale's duties: those limited
// in days, in every pathway but LeavingCare, where the birth is known.
func (f *ruleFold) endsAtAdulthood() bool {
	return !f.birthday.IsZero() && f.rule.Pathway != timescale.LeavingCare && !f.rule.inHours
}

func (f *ruleFold) endAtBirthday(day calendar.Date) {
	for _, d := range f.running {
		if d.Open() && d.Started.Day <= day {
			f.change(d)
			f.runOn(d, OnDay(day))
			d.Ended, d.EndedOn, d.EndedBy = true, day, byBirthday
		}
	}
}
