package admission

import (
	"encoding/json"
	"fmt"
	"time"

	"longstop/casework"
)

// MostEvents bounds the events of one case that stand. A child who is visited every week of eighteen years in care, and moved,
// reviewed and missing all the time, has some 1,400 timescales (casework.MaxDuties) and some 3,000 events; this is an event
// and a half for each day of the eighteen years. A case with more is not one child's, and each of its events is read and
// folded whenever another comes, and whenever it is planned.
const MostEvents = 10_000

// mostBytes bounds the data of the events that stand, as JSON: 1,600 bytes for each of MostEvents, where one has some 200.
const mostBytes = 16 << 20

// allOfThem is how many times as much a case may hold with what was corrected and voided, so that what a program has
// done wrong can be taken back, and the case goes on.
const allOfThem = 3

// room is what one case may hold.
type room struct{ events, bytes int }

// take returns those of some events for which a case has room, and refuses the others. What only takes something back
// is taken in any case.
func (r room) take(out *Admission, history []casework.Event, pending []Event) []Event {
	if n := len(history) + len(pending); n <= r.events && n*maxData <= r.bytes {
		return pending // as of nearly every case
	}
	all := used(history)
	if r.fits(all, used(eventsOf(pending))) {
		return pending
	}
	of, standing := entriesOf(history)
	most := room{allOfThem * r.events, allOfThem * r.bytes}
	var taken []Event
	for _, e := range pending {
		size := room{1, dataBytes(&e.Event)}
		adds := size
		if old := of[e.Corrects]; e.Corrects != "" && old != nil { // it stands in place of another
			adds = room{size.events - old.events, size.bytes - old.bytes}
		}
		switch {
		case e.Voids != "":
		case !adds.isNone() && !r.fits(standing, adds):
			out.refuse(e.N, e.Refuse("case", casework.CodeCaseFull, r.why()))
			continue
		case !most.fits(all, size):
			out.refuse(e.N, e.Refuse("case", casework.CodeCaseFull, most.whyAll()))
			continue
		}
		all = all.plus(size)
		taken = append(taken, e)
		if e.Voids != "" {
			continue
		}
		standing = standing.plus(adds)
		if entry := of[e.Corrects]; e.Corrects != "" && entry != nil {
			*entry, of[e.ID] = size, entry
		} else {
			of[e.ID] = &size
		}
	}
	return taken
}

// entriesOf returns how much room what stands of each entry takes, by the ids of its events, and all of them together.
func entriesOf(history []casework.Event) (of map[string]*room, sum room) {
	of = make(map[string]*room, len(history))
	for _, h := range casework.Histories(history, time.Time{}) {
		entry := &room{}
		if e := h.Stands(); e != nil {
			*entry = room{1, dataBytes(e)}
		}
		sum = sum.plus(*entry)
		of[h.ID()] = entry
		for i := range h.Revisions {
			of[h.Revisions[i].Event.ID] = entry
		}
	}
	return of, sum
}

// used returns how much room some events take.
func used(events []casework.Event) (sum room) {
	for i := range events {
		sum = sum.plus(room{1, dataBytes(&events[i])})
	}
	return sum
}

func eventsOf(list []Event) []casework.Event {
	events := make([]casework.Event, len(list))
	for i := range list {
		events[i] = list[i].Event
	}
	return events
}

func (r room) plus(o room) room { return room{r.events + o.events, r.bytes + o.bytes} }

// isNone reports whether it takes no room: as a correction does that takes as much as what it corrects, or less.
func (r room) isNone() bool { return r.events <= 0 && r.bytes <= 0 }

// fits reports whether there is room for more.
func (r room) fits(used, more room) bool {
	sum := used.plus(more)
	return sum.events <= r.events && sum.bytes <= r.bytes
}

func (r room) why() string {
	return fmt.Sprintf("its case would have more than %d events, or %d MB of data, which no child has: several may share its reference, "+
		"or a program sends one thing again and again under new ids; stop that, and void what does not belong there", r.events, r.bytes>>20)
}

func (r room) whyAll() string {
	return fmt.Sprintf("with what was corrected and voided its case would have more than %d events, or %d MB of data, and takes nothing but voids any more: "+
		"a program corrects or voids again and again; stop that, and tell whoever runs Longstop", r.events, r.bytes>>20)
}

// dataBytes returns the size of an event's data as JSON. What cannot be written was refused before.
func dataBytes(e *casework.Event) int {
	if len(e.Data) == 0 {
		return 0
	}
	text, err := json.Marshal(e.Data)
	if err != nil {
		return maxData
	}
	return len(text)
}
