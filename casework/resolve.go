package casework

import (
	"cmp"
	"slices"
	"time"
)

// eventKey names an event: ids are unique within a source.
type eventKey struct{ source, id string }

func keyOf(e *Event) eventKey { return eventKey{e.Source, e.ID} }

// chain finds the first event of the entry that each event belongs to, by following what
// it corrects or voids. An event whose chain is broken or runs in a circle has none: so a
// change that is known before what it changes waits for it.
type chain map[eventKey]*Event

// newChain is of what was known at an instant; a zero instant knows everything.
func newChain(events []Event, knownAt time.Time) chain {
	c := make(chain, len(events))
	for i := range events {
		if known(events[i].Recorded, knownAt) {
			c[keyOf(&events[i])] = &events[i]
		}
	}
	return c
}

func (c chain) first(e *Event) *Event {
	for range len(c) + 1 {
		target := cmp.Or(e.Corrects, e.Voids)
		if target == "" {
			return e
		}
		next, ok := c[eventKey{e.Source, target}]
		if !ok {
			return nil
		}
		e = next
	}
	return nil
}

// undone is an event that stood from when it was recorded until it was corrected or voided.
type undone struct {
	*Event
	until time.Time
}

// entries resolves what was known at an instant into what stands: first everything
// recorded later is dropped, then corrections and voids are applied (rules.md, section 3,
// "Two times"). A zero instant knows everything. What stood for a time comes beside it.
func entries(events []Event, knownAt time.Time) (stands []*entry, passed []undone) {
	room := make([]entry, 0, len(events))
	all := make([]*entry, 0, len(events))
	for i := range events {
		e := &events[i]
		if e.Corrects != "" || e.Voids != "" || !known(e.Recorded, knownAt) {
			continue
		}
		room = append(room, entry{id: e.ID, recorded: e.Recorded, Event: e})
		all = append(all, &room[len(room)-1])
	}
	list := changes(events, knownAt)
	if len(list) == 0 {
		return all, nil
	}
	voided, passed := applyChanges(newChain(events, knownAt), all, list)
	return slices.DeleteFunc(all, func(n *entry) bool { return voided[n] }), passed
}

func known(recorded, at time.Time) bool { return at.IsZero() || !recorded.After(at) }

// changes are the corrections and voids known at an instant, in the order in which they
// were recorded.
func changes(events []Event, knownAt time.Time) []*Event {
	var list []*Event
	for i := range events {
		e := &events[i]
		if (e.Corrects != "" || e.Voids != "") && known(e.Recorded, knownAt) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *Event) int {
		return cmp.Or(a.Recorded.Compare(b.Recorded), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// applyChanges puts the last recorded correction in each entry's place and says which
// entries are voided, and what stood for a time.
func applyChanges(c chain, all []*entry, list []*Event) (voided map[*entry]bool, passed []undone) {
	found := make(map[eventKey]*entry, len(all))
	for _, n := range all {
		found[keyOf(n.Event)] = n
	}
	voided = map[*entry]bool{}
	for _, e := range list {
		first := c.first(e)
		if first == nil {
			continue
		}
		n := found[keyOf(first)]
		if n == nil {
			continue
		}
		if !voided[n] {
			passed = append(passed, undone{n.Event, e.Recorded})
		}
		if e.Voids != "" {
			voided[n] = true
			continue
		}
		n.earlier, n.Event = append(n.earlier, n.Event), e
	}
	return voided, passed
}
