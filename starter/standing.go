package main

import (
	"time"

	"longstop/casework"
)

// held is an event that the record holds, as it stands.
type held struct {
	casework.Event // as last corrected; its id is that of the correction
	first          string
	voided         bool
}

// standingOf finds the entry that an event belongs to among all events of its case from its
// source; nil where there is no such event, and where it is a void. Of a voided entry it holds
// what stood last.
func standingOf(events []casework.Event, id string) *held {
	h, ok := casework.HistoryOf(events, id, time.Time{})
	if !ok || h.IsVoid(id) {
		return nil
	}
	stood := h.Stands()
	for i := len(h.Revisions) - 1; stood == nil; i-- {
		stood = h.Revisions[i].Was
	}
	return &held{Event: *stood, first: h.ID(), voided: h.Voided()}
}
