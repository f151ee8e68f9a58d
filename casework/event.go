// Package casework turns what happened in a child's case into what is owed: it folds
// events with a rule pack and a calendar into duties, and duties into the rungs that
// are due to be sent.
//
// It is pure: no clock, context, SQL or Temporal. The same functions serve the
// workflows, the offline commands, the what-if and the tests. It imports the standard
// library, longstop/calendar and longstop/timescale only. The semantics are those of
// docs/rules.md.
package casework

import (
	"cmp"
	"time"

	"longstop/calendar"
)

// Event is something that happened in a child's case. Events are never changed: one
// may correct or void another.
type Event struct {
	ID       string    // unique within its source
	Source   string    // who says so; "" in a file of one source
	Case     string    // the source's own reference, or the opaque case key
	Type     string    // thing.happened; "" only in a line that voids
	At       When      // when it happened
	Recorded time.Time // when it was recorded; UTC
	Data     Data
	Episode  string
	Corrects string // the id of the event that this one replaces
	Voids    string // the id of the event that this one takes back
	By       string // who recorded it; kept, never interpreted
	Line     int    // of the file that it was read from, from 1; 0 where it was not read from one

	// Backlog marks an event of a council's first load (rules.md, section 6): what
	// was already overdue then sends no rungs for five working days. It is set by
	// the record, never read from a file of events.
	Backlog bool
}

// When is the moment at which something happened: a London civil day, and the instant
// where more than the day is known.
type When struct {
	Day     calendar.Date
	Instant time.Time // zero where only the day is known; UTC
}

// OnDay is a When of which only the day is known.
func OnDay(d calendar.Date) When { return When{Day: d} }

// AtInstant is a When known to the instant, to the second.
func AtInstant(t time.Time) When { return When{Day: calendar.DateOf(t), Instant: ToSecond(t)} }

// ToSecond is an instant without its fraction of a second, in UTC; the zero time stays zero. No
// fraction is ever shown, so none may decide: every instant of an event, and when it was
// recorded, is cut by this where it is read from a file, stamped by the record or read from it.
func ToSecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// DayOnly says that only the day is known.
func (w When) DayOnly() bool { return w.Instant.IsZero() }

// Start is the first instant at which it can have happened.
func (w When) Start() time.Time {
	if w.DayOnly() {
		return w.Day.Start()
	}
	return w.Instant
}

// End is the last instant at which it can have happened: the end of the day where only
// the day is known, to the second.
func (w When) End() time.Time {
	if w.DayOnly() {
		return w.Day.End().Truncate(time.Second)
	}
	return w.Instant
}

// String is YYYY-MM-DD, or the instant in UTC to the second.
func (w When) String() string {
	if w.DayOnly() {
		return w.Day.String()
	}
	return w.Instant.UTC().Format(time.RFC3339)
}

// Data is what an event says besides that it happened: flags, words, texts, dates and
// lists of names, as the vocabulary of the pack defines them for its type.
type Data map[string]any

// Flag is the value of a yes-or-no field; false where it is absent.
func (d Data) Flag(name string) bool {
	b, _ := d[name].(bool)
	return b
}

// Text is the value of a text, word or date field; "" where it is absent.
func (d Data) Text(name string) string {
	s, _ := d[name].(string)
	return s
}

// Day is the value of a date field; the zero Date where it is absent or no date.
func (d Data) Day(name string) calendar.Date {
	day, err := calendar.ParseDate(d.Text(name))
	if err != nil {
		return 0
	}
	return day
}

// Filled says whether a field holds anything: a text that is not empty, a list with an
// entry, a flag that is given.
func (d Data) Filled(name string) bool {
	switch v := d[name].(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case []string:
		return len(v) > 0
	default:
		return true
	}
}

// Names is the value of a list field; nil where it is absent.
func (d Data) Names(name string) []string {
	switch list := d[name].(type) {
	case []string:
		return list
	case []any:
		names := make([]string, 0, len(list))
		for _, v := range list {
			if s, ok := v.(string); ok {
				names = append(names, s)
			}
		}
		return names
	}
	return nil
}

// entry is an event together with its corrections and voids, as known at some moment:
// what stands, under the id and the recording time of the first.
type entry struct {
	id       string    // of its first event
	recorded time.Time // when its first event was recorded
	place    int       // in the order of the days, and within each of the recording
	kind     *eventType
	closing  *closing // what it closes; nil where it does not end the case
	askedBy  *rule    // which timescale asked last whether it meets it
	meets    bool     // the answer
	used     bool     // something came of it
	noted    bool     // a timescale has noted why it did not count
	// countedFrom says that the date of a duty counts from a date of it.
	countedFrom bool
	since       time.Time // since when the event that stands now has stood
	earlier     []Value   // what stood before it, in that order
	*Event                // what stands now, in the slice that was handed in
}

// byRecorded orders entries within a step of a day: by when the entry was first
// recorded, then its id.
func byRecorded(a, b *entry) int {
	return cmp.Or(a.recorded.Compare(b.recorded), cmp.Compare(a.id, b.id))
}
