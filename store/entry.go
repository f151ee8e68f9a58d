package store

import "longstop/casework"

// eventID names an event in the whole record.
type eventID struct{ source, id string }

func idOf(e *casework.Event) eventID { return eventID{e.Source, e.ID} }

// entry is an event as it stands, and the id of the first event of its entry.
type entry struct {
	id string
	casework.Event
}

// entries are what stands of each entry of a case, with everything known, in the order of
// their first records.
func entries(events []casework.Event) []entry {
	var list []entry
	for id, e := range casework.Standing(events) {
		list = append(list, entry{id: id, Event: *e})
	}
	return list
}
