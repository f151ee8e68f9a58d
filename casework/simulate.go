package casework

import (
	"slices"
	"time"

	"longstop/calendar"
)

// Notices works out what is sent about one case between two London dates, both included,
// given its accepted events and when each was recorded. What was sent before is worked out
// from the whole record.
func (b *Book) Notices(events []Event, from, to calendar.Date) []Notice {
	r := newLadderRun(b, events, nil)
	end := to.End()
	learned := r.learned[:r.knownAt(end)]
	for i, t := range learned {
		until := end.Add(1)
		if i+1 < len(learned) {
			until = learned[i+1]
		}
		r.play(t, until)
	}
	list := slices.DeleteFunc(r.sent, func(n Notice) bool { return calendar.DateOf(n.At) < from })
	SortNotices(list)
	return list
}

// play says what is due from an instant at which something was recorded until the next.
func (r *ladderRun) play(t, until time.Time) {
	first := r.book.morningFrom(t)
	for t.Before(until) {
		plan := r.planAt(t)
		if r.book.lastMorning(t).Equal(t) {
			r.mornings(plan, t)
		}
		r.hours(plan, t)
		next := r.wakes(plan, t).first()
		if first.After(t) && (next.IsZero() || first.Before(next)) {
			next = first
		}
		if next.IsZero() {
			return
		}
		t = next
	}
}
