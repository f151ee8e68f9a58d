package store

import (
	"cmp"
	"slices"

	"longstop/casework"
)

// eventID names an event in the whole record.
type eventID struct{ source, id string }

func idOf(e *casework.Event) eventID { return eventID{e.Source, e.ID} }

func targetOf(e *casework.Event) string { return cmp.Or(e.Corrects, e.Voids) }

// entry is an event as it stands, and the id of the first event of its entry.
type entry struct {
	id string
	casework.Event
}

// standing are the events of a case that stand: see entries.
func standing(events []casework.Event) []casework.Event {
	found := entries(events)
	list := make([]casework.Event, len(found))
	for i := range found {
		list[i] = found[i].Event
	}
	return list
}

// entries resolves corrections and voids: the events of a case that stand, each as it was
// last corrected, in the order of their first records. It follows rules.md, section 3,
// "Corrections and voids", with everything known.
func entries(events []casework.Event) []entry {
	byID := make(map[eventID]*casework.Event, len(events))
	for i := range events {
		byID[idOf(&events[i])] = &events[i]
	}
	latest := make(map[eventID]*casework.Event, len(events))
	voided := map[eventID]bool{}
	for _, e := range inOrderRecorded(events) {
		root, ok := rootOf(byID, e)
		switch {
		case !ok:
		case e.Voids != "":
			voided[root] = true
		default:
			latest[root] = e
		}
	}
	var list []entry
	for i := range events {
		id := idOf(&events[i])
		if targetOf(&events[i]) == "" && !voided[id] && latest[id] != nil {
			list = append(list, entry{id: id.id, Event: *latest[id]})
		}
	}
	return list
}

func inOrderRecorded(events []casework.Event) []*casework.Event {
	list := make([]*casework.Event, len(events))
	for i := range events {
		list[i] = &events[i]
	}
	slices.SortStableFunc(list, func(a, b *casework.Event) int {
		return cmp.Or(
			a.Recorded.Compare(b.Recorded),
			// What is corrected comes before its correction, also where both were
			// recorded at one instant.
			cmp.Compare(depth(a), depth(b)),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return list
}

func depth(e *casework.Event) int {
	if targetOf(e) == "" {
		return 0
	}
	return 1
}

// rootOf is the first event of the entry that an event belongs to; ok is false where the
// chain is broken.
func rootOf(byID map[eventID]*casework.Event, e *casework.Event) (root eventID, ok bool) {
	for range len(byID) + 1 {
		target := targetOf(e)
		if target == "" {
			return idOf(e), true
		}
		next := byID[eventID{e.Source, target}]
		if next == nil {
			return eventID{}, false
		}
		e = next
	}
	return eventID{}, false
}
