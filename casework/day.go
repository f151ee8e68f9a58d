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
	taken := f.takeFirst(day, events)
	f.moveEditions(day)
	f.startWithPeriod(day)
	f.startWindow(day)
	if f.rule.inHours {
		f.byInstant(day, events, taken)
	} else {
		f.bySteps(day, events, taken)
	}
	f.endWithSpans(day, false)
	if f.endsAtAdulthood() && day == f.birthday {
		f.endAtBirthday(day)
	}
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
	if n.At.DayOnly() && f.onlyStarts(n) {
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
