package main

import (
	"cmp"
	"slices"

	"longstop/casework"
)

// held is an event that the record holds, as it stands.
type held struct {
	casework.Event // as last corrected; its id is that of the correction
	first          string
	voided         bool
}

// standingOf finds the entry that an event belongs to among all events of its case from its
// source; nil where there is no such event.
func standingOf(events []casework.Event, id string) *held {
	byID := make(map[string]*casework.Event, len(events))
	for i := range events {
		byID[events[i].ID] = &events[i]
	}
	first := firstOf(byID, id)
	if first == nil || byID[id].Voids != "" {
		return nil
	}
	h := &held{Event: *first, first: first.ID}
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(a, b casework.Event) int {
		return cmp.Or(a.Recorded.Compare(b.Recorded), cmp.Compare(a.ID, b.ID))
	})
	for i := range ordered {
		e := &ordered[i]
		if e.ID == first.ID || firstOf(byID, e.ID) != first {
			continue
		}
		if e.Voids != "" {
			h.voided = true
		} else {
			h.Event = *e
		}
	}
	return h
}

// firstOf is the first event of the entry that an event belongs to; nil where there is no
// such event, or its chain is broken.
func firstOf(byID map[string]*casework.Event, id string) *casework.Event {
	for range len(byID) {
		e := byID[id]
		if e == nil {
			return nil
		}
		target := cmp.Or(e.Corrects, e.Voids)
		if target == "" {
			return e
		}
		id = target
	}
	return nil
}
