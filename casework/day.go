package casework

import (
	"cmp"
	"slices"
	"time"

	"longstop/calendar"
)

// day takes one day: what starts, what extends, what meets, what ends, with the exceptions
// of rules.md, section 3, "Order".
func (f *ruleFold) day(day calendar.Date, events []*entry) {
	f.running = slices.DeleteFunc(f.running, func(d *openDuty) bool { return !d.Open() })
	var parts [][]*entry
	parts, f.known = f.partsOf(events)
	var taken []*entry
	if !f.known {
		taken = f.takeFirst(day, events)
	}
	f.moveEditions(day)
	f.startWithPeriod(day)
	f.startWindow(day)
	f.startOnBirthday(day)
	if f.rule.inHours {
		f.byInstant(day, events, taken)
	} else {
		for _, part := range parts {
			f.bySteps(day, part, taken)
		}
	}
	f.endWithSpans(day, false)
	if f.endsAtAdulthood() && day == f.birthday {
		f.endAtBirthday(day)
	}
}

// partsOf are the parts of a day of a timescale without a period on which it starts and its case is
// closed, where the instants of all its starts and of the closings are known: each but the last up
// to a closing after which it starts again. What is known by its day alone belongs to the last; a
// death is the last of all. known is false where the day is taken whatever the hour: it has the one
// part. An ending that closes nothing, such as a decision, is taken after the starts of its part.
func (f *ruleFold) partsOf(events []*entry) (parts [][]*entry, known bool) {
	whole := [][]*entry{events}
	if len(events) < 2 || f.rule.inHours || f.rule.Period != "" {
		return whole, false
	}
	var starts, ends []*entry
	for _, n := range events {
		switch {
		case n.isDeath():
			continue
		case f.ends(n) && n.kind.endsCase:
			ends = append(ends, n)
		case f.onlyStarts(n):
			starts = append(starts, n)
		default:
			continue
		}
		if n.At.DayOnly() || n.goesFirst() {
			return whole, false
		}
	}
	if len(starts) == 0 || len(ends) == 0 || f.restartsBeforeEnding(starts, ends) {
		return whole, false
	}
	var cuts []time.Time
	for _, n := range ends {
		for _, s := range starts {
			switch {
			case s.At.Instant.Equal(n.At.Instant): // no order
				return whole, false
			case mayEnd(n, s) && s.At.Instant.After(n.At.Instant):
				cuts = append(cuts, n.At.Instant)
			}
		}
	}
	return cutAfter(events, cuts), true
}

// restartsBeforeEnding reports whether a duty that was open before a day ends on it only after the
// timescale has started again.
func (f *ruleFold) restartsBeforeEnding(starts, ends []*entry) bool {
	earlier := func(x, y *entry) int { return x.At.Instant.Compare(y.At.Instant) }
	if earlier(slices.MinFunc(ends, earlier), slices.MinFunc(starts, earlier)) < 0 {
		return false
	}
	return slices.ContainsFunc(f.running, func(d *openDuty) bool {
		return d.Open() && slices.ContainsFunc(ends, func(n *entry) bool { return f.touchedByEnd(n, d) })
	})
}

// cutAfter cuts the events of a day after some instants.
func cutAfter(events []*entry, cuts []time.Time) [][]*entry {
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	parts := make([][]*entry, len(cuts)+1)
	for _, n := range events {
		i := len(cuts)
		if !n.At.DayOnly() && !n.isDeath() {
			i, _ = slices.BinarySearchFunc(cuts, n.At.Instant, time.Time.Compare)
		}
		parts[i] = append(parts[i], n)
	}
	return parts
}

// bySteps takes a day of a limit in days, whatever the hour.
func (f *ruleFold) bySteps(day calendar.Date, events, taken []*entry) {
	for _, n := range events {
		if !f.meets(n) {
			f.start(n, day)
		}
	}
	for _, n := range events {
		f.extend(n, day)
		f.pause(n, day)
	}
	for _, n := range events {
		f.meetAndStart(n, day, taken)
	}
	for _, n := range events {
		if f.ends(n) && !slices.Contains(taken, n) {
			f.end(n, day)
		}
	}
}

// byInstant takes a day of a limit in hours, in the order of the instants; at one instant
// what starts, what meets, what ends. Of what is known by its day alone, a start is taken
// at the start of the day and the rest at its end.
func (f *ruleFold) byInstant(day calendar.Date, events, taken []*entry) {
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(x, y *entry) int {
		return cmp.Or(f.moment(x).Compare(f.moment(y)), f.stepOf(x)-f.stepOf(y))
	})
	for _, n := range ordered {
		f.pause(n, day)
		if !f.meets(n) {
			f.start(n, day)
		}
		f.meetAndStart(n, day, taken)
		if f.ends(n) && !slices.Contains(taken, n) {
			f.end(n, day)
		}
	}
}

// moment places an event within a day of a limit in hours.
func (f *ruleFold) moment(n *entry) time.Time {
	switch {
	case n.isDeath():
		return n.At.Day.End()
	case n.At.DayOnly() && f.onlyStarts(n):
		return n.At.Start()
	}
	return n.At.End()
}

// stepOf orders events of one instant.
func (f *ruleFold) stepOf(n *entry) int {
	switch {
	case f.ends(n):
		return 2
	case f.meets(n):
		return 1
	default:
		return 0
	}
}

// onlyStarts says whether an event starts the timescale and does not meet it.
func (f *ruleFold) onlyStarts(n *entry) bool { return !f.meets(n) && f.startOf(n) != nil }
