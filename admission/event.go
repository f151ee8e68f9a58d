package admission

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/casework"
	"longstop/internal/names"
)

// Event is an event that is handed in, and once it is accepted as it is to be written.
type Event struct {
	casework.Event
	N int // its place among those handed in, or ByRecorder
}

// ByRecorder is the place of an event that the recorder made.
const ByRecorder = -1

// Recorder is who wrote an event that the recorder made.
const Recorder = "longstop"

// ID names an event in the whole record.
type ID struct{ Source, ID string }

// IDOf returns the name of an event.
func IDOf(e *casework.Event) ID { return ID{e.Source, e.ID} }

// TargetOf returns the name of the event that one corrects or voids; its ID is "" without one.
func TargetOf(e *casework.Event) ID { return ID{e.Source, e.Target()} }

// sourceRecorded is the field of an event's data that keeps the source's own recording time.
const sourceRecorded = "source_recorded"

// Prepare makes an event ready to be judged: its source and instants as they are kept, and
// the source's own recording time among its data. An event that gives as its recording
// time the default of a file (the end of when it happened) says nothing by it.
func Prepare(e casework.Event, source string) casework.Event {
	e = casework.Clean(e)
	e.Source = cmp.Or(e.Source, names.Clean(source))
	given := e.Recorded
	e.Recorded, e.Backlog = time.Time{}, false
	if _, has := e.Data[sourceRecorded]; !has && !given.IsZero() && !given.Equal(e.At.End()) {
		e.Data = maps.Clone(e.Data)
		if e.Data == nil {
			e.Data = casework.Data{}
		}
		e.Data[sourceRecorded] = given.Format(time.RFC3339)
	}
	return e
}

// The most data that one event may carry, in bytes.
const maxData = 64 << 10

// CheckStorable refuses what Postgres could not hold as it is.
func CheckStorable(e *casework.Event) *casework.Refusal {
	if r := casework.NameFault(e); r != nil {
		return r
	}
	if len(e.Data) == 0 {
		return nil
	}
	for _, field := range []string{"worker", "team"} {
		if len(e.Data.Text(field)) <= names.Longest {
			continue
		}
		return e.Refuse("data."+field, casework.CodeTooMuch, "its worker or team is longer than 200 bytes: give a staff reference")
	}
	if isSmall(e.Data) {
		return nil
	}
	text, err := json.Marshal(e.Data)
	switch {
	case err != nil:
		return e.Refuse("data", casework.CodeForm, "its data cannot be written as JSON")
	case len(text) > maxData:
		return e.Refuse("data", casework.CodeTooMuch, "its data is larger than 64 KB: keep documents where they are, and record where that is")
	case bytes.Contains(text, []byte(`\u0000`)):
		return e.Refuse("data", casework.CodeForm, "its data holds the character U+0000, which a text cannot hold")
	}
	return nil
}

// isSmall reports whether data can be stored, as far as that is seen without writing it: as of nearly every event.
func isSmall(d casework.Data) bool {
	const escaped = 6 // as many bytes of JSON may stand for one of a text
	bytes := 0
	fits := func(text string) bool {
		bytes += escaped*(len(text)+2) + 1
		return strings.IndexByte(text, 0) < 0
	}
	for name, value := range d {
		if !fits(name) {
			return false
		}
		switch v := value.(type) {
		case bool:
			bytes += len("false,")
		case string:
			if !fits(v) {
				return false
			}
		case []string:
			if slices.ContainsFunc(v, func(text string) bool { return !fits(text) }) {
				return false
			}
		default:
			return false
		}
	}
	return bytes <= maxData
}

// sameContent compares all that the source says, leaving out when it was recorded.
func sameContent(a, b casework.Event) bool {
	a.Recorded, b.Recorded = time.Time{}, time.Time{}
	a.Data, b.Data = withoutSourceTime(a.Data), withoutSourceTime(b.Data)
	return casework.Same(a, b)
}

func withoutSourceTime(d casework.Data) casework.Data {
	if _, has := d[sourceRecorded]; !has {
		return d
	}
	d = maps.Clone(d)
	delete(d, sourceRecorded)
	return d
}

// targetsFirst puts what corrects or voids another of some events right after that, where it
// would come before: so all are judged in one go, in whichever order a chain was handed in.
func targetsFirst(list []Event) []Event {
	if !slices.ContainsFunc(list, func(e Event) bool { return e.Target() != "" }) {
		return list
	}
	ahead := make(map[ID]bool, len(list)) // those that are still to come
	for i := range list {
		ahead[IDOf(&list[i].Event)] = true
	}
	ordered, waiting := make([]Event, 0, len(list)), map[ID][]Event{}
	for _, e := range list {
		if target := TargetOf(&e.Event); target.ID != "" && ahead[target] {
			waiting[target] = append(waiting[target], e)
			continue
		}
		for next := []Event{e}; len(next) > 0; {
			e, next = next[0], next[1:]
			id := IDOf(&e.Event)
			ordered, next = append(ordered, e), append(next, waiting[id]...)
			delete(ahead, id)
			delete(waiting, id)
		}
	}
	for _, e := range list { // what runs in a circle is refused
		ordered = append(ordered, waiting[IDOf(&e.Event)]...)
		delete(waiting, IDOf(&e.Event))
	}
	return ordered
}

// entry is an event as it stands, and the id of the first event of its entry.
type entry struct {
	id string
	*casework.Event
}

// entries are what stands of each entry of a case, with everything known, in the order of
// their first records.
func entries(events []casework.Event) []entry {
	list := make([]entry, 0, len(events))
	for id, e := range casework.Standing(events) {
		list = append(list, entry{id: id, Event: e})
	}
	return list
}
