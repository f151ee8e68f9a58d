package casework

import (
	"slices"
	"time"
)

// news is what is known of one entry from an instant on.
type news struct {
	at     time.Time
	first  *Event // of the entry
	entry  *entry
	stands *Event // nil where it stands no more, or does not yet
	since  time.Time
	passed []Value // what stood before
}

// newsOf are the news of a case, in the order in which they came: what entries resolves at one
// instant, at every instant.
func newsOf(events []Event) []news {
	c := chainsOf(events)
	changes := c.changes(time.Time{})
	var list []news
	for i := range events {
		if !c.isFirst(i, time.Time{}) {
			continue
		}
		e := &events[i]
		n := &entry{id: e.ID, recorded: e.Recorded}
		begin := len(list)
		list = append(list, news{at: e.Recorded, first: e, entry: n, stands: e, since: e.Recorded})
		h := standingOf(e)
		c.replay(i, changes[i], func(x Revision) {
			h.take(x)
			if last := &list[len(list)-1]; x.Since.After(last.at) {
				list = append(list, news{at: x.Since, first: e, entry: n})
			}
			last := &list[len(list)-1]
			last.stands, last.since, last.passed = h.stands, h.since, slices.Clip(h.earlier)
		})
		list = append(list[:begin], happening(list[begin:])...)
	}
	slices.SortStableFunc(list, func(a, b news) int { return a.at.Compare(b.at) })
	return list
}

// happening leaves out what changes nothing, and puts off what was recorded before it happened.
func happening(list []news) []news {
	var out []news
	for i, x := range list {
		if i > 0 && x.stands == list[i-1].stands {
			continue
		}
		if x.stands != nil && x.stands.At.Start().After(x.at) {
			later := x
			later.at = x.stands.At.Start()
			x.stands = nil
			out = append(out, x)
			if i+1 < len(list) && !list[i+1].at.After(later.at) {
				continue
			}
			x = later
		}
		out = append(out, x)
	}
	return out
}
