package casework

import (
	"slices"
	"time"

	"longstop/calendar"
)

// A duty is owed again where a later record took back what had met or ended it: a void, a
// correction, a closing that turns out to have been that of another episode, a source that reports
// after all. Whoever should have acted was right to take it for done. So its ladder is counted from
// when that record was made, whoever had been told what before (rules.md, section 6).
//
// It is owed again only where somebody could have seen that it was not owed: at a 09:00 at which its
// ladder would have been climbed, or, of a limit in hours, at any time. A visit that is recorded at
// noon and voided at one puts off no alarm.

// owedAgain is the instant at which a duty that is owed at an instant came to be owed again, last and
// after another instant; zero where it was owed whenever its ladder could be climbed since.
func (r *ladderRun) owedAgain(d *Duty, after, t time.Time) time.Time {
	turns := r.mayReopen(d, after, t)
	for i := len(turns) - 1; i >= 0; i-- {
		look := r.lookBefore(d, turns[i])
		if look.Before(after) {
			look = after
		}
		if r.owedThen(d, look, t) || !r.wasThere(d, after, look, t) {
			continue
		}
		for i > 0 && turns[i-1].After(look) {
			i--
		}
		for _, at := range turns[i:] {
			if r.owedThen(d, at, t) {
				return at
			}
		}
	}
	return time.Time{}
}

// lookBefore is the last instant before another at which a duty's ladder may have been climbed.
func (r *ladderRun) lookBefore(d *Duty, t time.Time) time.Time {
	before := t.Add(-time.Nanosecond)
	if d.inHours() && d.Due.IsZero() {
		return before
	}
	return r.book.lastMorning(before)
}

// mayReopen are the instants after one and up to another at which a duty that was not owed may have
// come to be so.
func (r *ladderRun) mayReopen(d *Duty, after, t time.Time) []time.Time {
	if past := r.past(d.Ref); past != nil {
		return past.turns(d.ID, after, t)
	}
	rule := r.book.byRef[d.Ref]
	return slices.DeleteFunc(slices.Clone(r.turns(d, after, t)), func(at time.Time) bool {
		k, recorded := slices.BinarySearchFunc(r.learned, at, time.Time.Compare)
		return recorded && rule != nil && r.book.inForce(at.Add(-time.Nanosecond)) == r.book && !r.reopens(rule, k)
	})
}

// owedThen says whether a duty was owed at an instant with what was known then.
func (r *ladderRun) owedThen(d *Duty, at, t time.Time) bool {
	var then *Duty
	if past := r.past(d.Ref); past != nil {
		then = past.at(d.ID, at)
	} else if kept := r.duesAt(d.Ref, at, t); kept != nil {
		then = kept.open[d.ID]
	}
	return then != nil && (then.EndedBy != byBirthday || calendar.DateOf(at) < then.EndedOn) && rings(then, at)
}

// wasThere says whether a duty was known at one of two instants, so that it can have been met or
// ended: one that was not is no duty that is owed again.
func (r *ladderRun) wasThere(d *Duty, first, second, t time.Time) bool {
	if past := r.past(d.Ref); past != nil {
		return past.at(d.ID, first) != nil || past.at(d.ID, second) != nil
	}
	for _, at := range [...]time.Time{second, first} {
		if kept := r.duesAt(d.Ref, at, t); kept != nil {
			if _, there := kept.due[d.ID]; there {
				return true
			}
		}
	}
	return false
}

// reopens says whether what was recorded at one of the instants may have reopened a duty of a
// timescale that was met or ended.
func (r *ladderRun) reopens(rule *rule, k int) bool {
	m := &r.reopening()[k]
	return m.all || len(m.places) > 0 && (rule.looksAhead || rule.asksMore) ||
		slices.ContainsFunc(m.places, func(place int) bool { return rule.concerns[place] })
}

// reopening is what may have reopened duties: all of them, or those of the timescales that look at
// some types of events.
type reopening struct {
	all    bool
	places []int // of the types
}

// reopening works out once what may have reopened a duty at each of the instants. Whatever is
// recorded may have: also an event that is later than all that was known can show that a duty is owed.
func (r *ladderRun) reopening() []reopening {
	if r.reopened != nil {
		return r.reopened
	}
	marks := make([]reopening, len(r.learned))
	chains := chainsOf(r.events)
	entries := chains.reopening(r.book)
	for i := range r.events {
		of := entries[chains.first(i)]
		if of == nil {
			continue
		}
		m := &marks[r.knownAt(r.events[i].Recorded)-1]
		m.all = m.all || of.all
		m.places = append(m.places, of.places...)
	}
	r.reopened = marks
	return marks
}

// reopening is what the events of each entry, as they ever were, may reopen, by its first event.
func (c *chains) reopening(b *Book) map[*Event]*reopening {
	list := map[*Event]*reopening{}
	turned := c.lastTurned(b)
	for i := range c.events {
		e := &c.events[i]
		first, kind := c.first(i), b.types[e.Type]
		if first == nil || kind == nil {
			continue
		}
		of := list[first]
		if of == nil {
			of = &reopening{}
			list[first] = of
		}
		of.all = of.all || kind.shows || kind.bounds || b.begins(e) ||
			e.Type == typeSource || e.Type == typeBorn || e.Type == typeResumed ||
			!kind.Marks && e.At.Day < turned
		if !slices.Contains(of.places, kind.place) {
			of.places = append(of.places, kind.place)
		}
	}
	return list
}

// lastTurned is the last day on which a case was ever said both to end and to open; zero where there
// is none. Whatever was work on the case before such a day shows that it was open, so that its ending
// is taken first, and what opens on the day stays open.
func (c *chains) lastTurned(b *Book) calendar.Date {
	ended := map[calendar.Date]bool{}
	for i := range c.events {
		if kind := b.types[c.events[i].Type]; kind != nil && kind.endsCase {
			ended[c.events[i].At.Day] = true
		}
	}
	var last calendar.Date
	for i := range c.events {
		if kind := b.types[c.events[i].Type]; kind != nil && kind.opens && ended[c.events[i].At.Day] {
			last = max(last, c.events[i].At.Day)
		}
	}
	return last
}
