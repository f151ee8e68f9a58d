package intake

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"longstop/calendar"
	"longstop/casework"
)

// Fact is one event that a return states: a row of it, and what is inferred from that row.
type Fact struct {
	Element string
	Type    string        // of the event
	Day     calendar.Date // zero: the row does not stand
	Data    casework.Data // the rest of what the event says, without the element

	// Inferred is the event that is inferred from the row, or nil. It moves with the row and goes with it.
	Inferred *Fact

	Unread         []string // fields of Data that the return holds and that could not be read: the record's stay
	InferredUnread bool     // what decides on Inferred could not be read
}

// The fields of an event's data that this package reads and writes.
const (
	FieldElement  = "element"
	FieldInferred = "inferred"
	FieldReason   = "reason"

	fieldAttachment = "attachment" // of a source.attached: it stands for what the source as a whole reports; the record writes these
	fieldAuthority  = "authority"  // of a source.attached: of which authority's return it speaks
)

// TypeSource is the event that says what a source reports, and of which days.
const TypeSource = "source.attached"

// reasonField is where a correction says why: case.closed has a reason of its own, that of the closure.
func reasonField(eventType string) string {
	if eventType == "case.closed" {
		return "correction_reason"
	}
	return FieldReason
}

// Infer adds to a fact the event that is inferred from it, on its day.
func (f *Fact) Infer(eventType string, data casework.Data) {
	stated := casework.Data{FieldInferred: true}
	maps.Copy(stated, data)
	f.Inferred = &Fact{Element: f.Element, Type: eventType, Day: f.Day, Data: stated}
}

// On returns the same fact on another day.
func (f *Fact) On(day calendar.Date) *Fact {
	moved := *f
	moved.Day = day
	return &moved
}

// Words returns what the fact says in one fixed form, to compare and to sort by.
func (f *Fact) Words() string {
	return f.Day.String() + f.Element + words(f.Data) + f.inferredWords()
}

// InOrder drops the facts that do not stand and sorts the rest by what they say, so that the order of
// the file does not matter.
func (l *Layout) InOrder(list []*Fact) []*Fact {
	standing := slices.DeleteFunc(slices.Clone(list), func(f *Fact) bool { return f.Day.IsZero() })
	slices.SortStableFunc(standing, l.compareFacts)
	return standing
}

func (l *Layout) compareFacts(a, b *Fact) int {
	if n := cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(l.Order[a.Type], l.Order[b.Type])); n != 0 {
		return n
	}
	return cmp.Or(cmp.Compare(words(a.Data), words(b.Data)), cmp.Compare(a.inferredWords(), b.inferredWords()),
		slices.Compare(a.Unread, b.Unread), cmp.Compare(strconv.FormatBool(a.InferredUnread), strconv.FormatBool(b.InferredUnread)))
}

func (f *Fact) inferredWords() string {
	if f.Inferred == nil {
		return ""
	}
	return f.Inferred.Type + words(f.Inferred.Data)
}

// unreadParts is how much of a fact could not be read: of several rows of one day those that could be
// read find their own first, and the others are what is left.
func (f *Fact) unreadParts() int {
	if f.InferredUnread {
		return len(f.Unread) + 1
	}
	return len(f.Unread)
}

// asHeld returns a fact in which what could not be read is as the record holds it.
func (f *Fact) asHeld(e *Entry) *Fact {
	if len(f.Unread) == 0 {
		return f
	}
	filled := *f
	filled.Data = maps.Clone(f.Data)
	if filled.Data == nil {
		filled.Data = casework.Data{}
	}
	for _, field := range f.Unread {
		delete(filled.Data, field)
		if value, ok := e.Stated.Data[field]; ok {
			filled.Data[field] = value
		}
	}
	return &filled
}

// says reports whether an event says the same as a fact.
func (f *Fact) says(e casework.Event) bool {
	return e.Type == f.Type && e.At.Day == f.Day && words(StatedData(e)) == words(f.Data)
}

// Says reports whether the return stated the fact of a row last.
func (f *Fact) Says(e *Entry) bool { return f.asHeld(e).says(e.Stated) }

// StatedData returns what a return stated in an event, without what every event of a return carries.
func StatedData(e casework.Event) casework.Data {
	data := casework.Data{}
	for key, value := range e.Data {
		if key == FieldElement || key == reasonField(e.Type) && e.Corrects != "" || value == nil {
			continue
		}
		data[key] = value
	}
	return data
}

// words are data in one fixed form, to compare and to sort by.
func words(data casework.Data) string {
	if len(data) == 0 {
		return ""
	}
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(data)) {
		b.WriteString(key)
		b.WriteString("=")
		switch value := data[key].(type) {
		case string:
			b.WriteString(value)
		case bool:
			b.WriteString(strconv.FormatBool(value))
		default:
			fmt.Fprint(&b, value) // only what a person wrote by hand
		}
		b.WriteString(";")
	}
	return b.String()
}
