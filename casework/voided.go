package casework

import (
	"slices"
	"time"

	"longstop/calendar"
)

// What is voided stays so: a void is never voided, and the event is recorded anew (rules.md, section
// 3). So a correction of it, or a second void, that comes after the void changes nothing. Where all is
// known it is refused, and in a record that holds such a change from before it is listed as one that
// did not count.

// voids are the instants from which entries are voided, by the place of their first event.
func (c *chains) voids() map[int]time.Time {
	voids := map[int]time.Time{}
	for i := range c.links {
		l := &c.links[i]
		if c.events[i].Voids == "" || l.first < 0 {
			continue
		}
		if since, is := voids[l.first]; !is || l.since.Before(since) {
			voids[l.first] = l.since
		}
	}
	return voids
}

// AfterVoid says of each of some events, by its place, why it changes nothing beside those that were
// recorded before: it corrects or voids what was voided earlier; nil where it does not. What was
// recorded at the instant of the void was recorded together with it, and stands in its history.
func AfterVoid(history, events []Event) []*Refusal {
	refusals := make([]*Refusal, len(events))
	c := chainsOf(slices.Concat(history, events))
	if !c.any {
		return refusals
	}
	voids := c.voids()
	for i := range events {
		l := &c.links[len(history)+i]
		if since, is := voids[l.first]; is && l.depth > 0 && l.since.After(since) {
			refusals[i] = refuseVoided(events[i], since)
		}
	}
	return refusals
}

// dropVoided refuses what corrects or voids an event after it was voided.
func dropVoided(events []Event) (kept []Event, refused []Refusal) {
	if countChanges(events) == 0 {
		return events, nil
	}
	for i, r := range AfterVoid(nil, events) {
		if r != nil {
			refused = append(refused, *r)
		} else {
			kept = append(kept, events[i])
		}
	}
	return kept, refused
}

// refuseVoided refuses a change of what was voided.
func refuseVoided(e Event, since time.Time) *Refusal {
	day := longDay(calendar.DateOf(since))
	if e.Voids != "" {
		return refuse(e, "the event that it voids was voided already, on %s: leave this void out", day)
	}
	return refuse(e, "the event that it corrects was voided on %s: record the event anew, with an id of its own", day)
}

// listVoided lists the corrections that came after the void of what they correct.
func (t *timeline) listVoided(m Moment) []NotCounted {
	var list []NotCounted
	changes := t.chains.changes(m.KnownAt)
	for i := range t.chains.events {
		if len(changes[i]) < 2 { // a void, and what comes after it
			continue
		}
		first := &t.chains.events[i]
		var voided time.Time
		t.chains.replay(i, changes[i], func(x Revision) {
			switch e := x.Event; {
			case x.IsVoid() && voided.IsZero():
				voided = x.Since
			case x.IsVoid() || x.Was != nil || t.book.types[e.Type] == nil || !t.happened(e.At, m):
			default:
				list = append(list, NotCounted{
					Entry: first.ID, Event: e.ID, Type: e.Type, At: e.At, Nowhere: true,
					Why: "the event that it corrects had been voided, on " + longDay(calendar.DateOf(voided)) + ": it changes nothing",
				})
			}
		})
	}
	return list
}
