package store

import (
	"cmp"
	"time"

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

// entries are what stands of each entry of a case, with everything known, in the order of
// their first records.
func entries(events []casework.Event) []entry {
	var list []entry
	for _, h := range casework.Histories(events, time.Time{}) {
		if e := h.Stands(); e != nil {
			list = append(list, entry{id: h.ID(), Event: *e})
		}
	}
	return list
}
