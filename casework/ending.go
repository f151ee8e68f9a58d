package casework

import "longstop/calendar"

// byBirthday stands in EndedBy for the child's 18th birthday.
const byBirthday = "birthday"

// endBefore takes the endings of what was open before the day, where it ends and opens
// again on it, and returns the endings that are left for the end of the day.
func (f *ruleFold) endBefore(day calendar.Date, events []*entry) []*entry {
	f.endWithSpans(day, true)
	starts := f.pureStarts(events)
	var rest []*entry
	for _, n := range events {
		if !f.ends(n) {
			continue
		}
		if f.takenFirst(n, day, starts) {
			f.endWhere(n, day, func(d *openDuty) bool { return d.Started.Day < day })
			continue
		}
		rest = append(rest, n)
	}
	return rest
}

// pureStarts are the events of a day that start the timescale and do not meet it.
func (f *ruleFold) pureStarts(events []*entry) []*entry {
	var list []*entry
	for _, n := range events {
		if !f.meets(n) && f.startOf(n) != nil {
			list = append(list, n)
		}
	}
	return list
}

// ends says whether an event ends duties of the timescale by itself; the end of its own
// period does so through the span.
func (f *ruleFold) ends(n *entry) bool {
	return f.book.caseEnd[n.Type] || matchesAny(f.rule.EndedBy, &n.Event) || f.endsWithEvent(&n.Event)
}

// takenFirst says whether something that the event ends was open before the day and opens
// again on it: a duty of the timescale, the case, or a period that the duty ends with.
func (f *ruleFold) takenFirst(n *entry, day calendar.Date, starts []*entry) bool {
	if f.book.caseEnd[n.Type] && f.reopened[day] {
		return true
	}
	if f.rule.Period == "" && len(starts) > 0 {
		for _, d := range f.duties {
			if d.Open() && d.Started.Day < day && f.touchedByEnd(n, d) {
				return true
			}
		}
	}
	return f.periodReopens(n, day)
}

func (f *ruleFold) periodReopens(n *entry, day calendar.Date) bool {
	for _, name := range f.rule.EndsWith {
		for _, s := range f.spans[name] {
			if s.ender == n && s.ended == day && s.endsFirst {
				return true
			}
		}
	}
	return false
}

func (f *ruleFold) touchedByEnd(n *entry, d *openDuty) bool {
	return f.book.caseEnd[n.Type] || f.endsAll(n) || touches(n.Episode, &d.Duty)
}

// endsAll says whether the event ends a period whatever the episode (the end of care).
func (f *ruleFold) endsAll(n *entry) bool {
	for _, name := range f.rule.EndsWith {
		if p := f.book.pack.Period(name); p != nil && p.EndsAll && matchesAny(p.Ends, &n.Event) {
			return true
		}
	}
	return false
}

func (f *ruleFold) end(n *entry, day calendar.Date) {
	f.endWhere(n, day, func(*openDuty) bool { return true })
}

func (f *ruleFold) endWhere(n *entry, day calendar.Date, which func(*openDuty) bool) {
	for _, d := range f.duties {
		if d.Open() && d.Started.Day <= day && f.touchedByEnd(n, d) && which(d) {
			d.endBy(n, day)
		}
	}
}

func (d *openDuty) endBy(n *entry, day calendar.Date) {
	d.Ended, d.EndedOn, d.EndedAt, d.EndedBy = true, day, n.At.Instant, n.id
}

// endWithSpans ends the duties whose period ended on the day: first, those opened before
// it where the ending is taken first; else whatever is left.
func (f *ruleFold) endWithSpans(day calendar.Date, first bool) {
	for _, d := range f.duties {
		if !d.Open() || d.span == nil || d.span.open() || d.span.ended != day {
			continue
		}
		if !first || d.span.endsFirst && d.Started.Day < day {
			d.endBy(d.span.ender, day)
		}
	}
}

// leavingCare goes on after the 18th birthday.
const leavingCare = "LeavingCare"

// endsAtAdulthood says whether the 18th birthday ends the timescale's duties: those limited
// in days, in every pathway but LeavingCare, where the birth is known.
func (f *ruleFold) endsAtAdulthood() bool {
	return !f.birthday.IsZero() && f.rule.Pathway != leavingCare && !f.rule.InHours()
}

func (f *ruleFold) endAtBirthday(day calendar.Date) {
	for _, d := range f.duties {
		if d.Open() && d.Started.Day <= day {
			d.Ended, d.EndedOn, d.EndedBy = true, day, byBirthday
		}
	}
}
