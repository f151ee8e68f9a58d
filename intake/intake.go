// Package intake turns the returns and feeds of councils into the events of cases, whatever their
// format.
//
// A [Format] knows one kind of file: how it is read and what its fields are called. Everything that
// is the same for all returns is here: the ids of events and how a row is recognised when it is
// loaded again, what a load changes in the record ([Load.Compare]), what it takes back of children
// that are gone ([Load.Absent]) and how much of that needs a person's word ([TooMany]), which days a
// return covers, and how a broken file or a faulty row is refused. docs/formats.md says how to add a
// format.
//
// The package is pure: no clock, context, SQL or Temporal.
//
// # Element
//
// A format calls a field by its own name: an XML element, a column, a key. That name is the
// element here, and each event carries it in data.element.
//
// # How a row is recognised again
//
// An event's id is a prefix of its format, a hash of what the row was when it was first seen, and
// what has happened since:
//
//	cin-aaaaaaaaaaaaaaaa        the row as first seen
//	cin-aaaaaaaaaaaaaaaa+c1     its first correction; +ca10 is the tenth, +cb100 the hundredth
//	cin-aaaaaaaaaaaaaaaa+v      the row is gone
//	cin-aaaaaaaaaaaaaaaa+r      it is back: a new entry
//	cin-aaaaaaaaaaaaaaaa+i      the event inferred from it, which moves with it
//	cin-aaaaaaaaaaaaaaaa+w      the void of one that gave way to a real event
//
// Ids of this form are the format's own. What people correct or void by hand has ids of another
// form, and stands until the return itself says something new; of a feed, whatever it says ([Layout.HandStays]).
package intake

import (
	"io"

	"longstop/calendar"
	"longstop/casework"
)

// Format is one kind of return. Implementations are stateless, and safe for use by several loads.
type Format interface {
	// Name returns the name under which the record keeps loads of this format, such as "cin-census".
	Name() string

	// Check reads a whole file and returns what is in it. It returns a [*BrokenError] where nothing
	// of the file may be loaded: it is damaged, of another kind, or of a period that has not begun
	// today. Any other error is one of reading.
	Check(r io.Reader, today calendar.Date) (*Contents, error)

	// Read reads a file that Check has found whole, and calls each with every child, in file order;
	// children that are refused as a whole are among them. It returns a [*BrokenError] where the file
	// is not the one that was checked, errors of reading, and what each returns, as it is. It holds
	// few children in memory at a time, so that a county's file can be read.
	Read(r io.Reader, checked *Contents, today calendar.Date, each func(Child) error) error

	// Reports returns the event types that a return reports completely for the days it covers: where
	// it does not hold one, it did not happen.
	Reports() []string

	// Gone reports whether a child that the record holds, and the file does not, is gone, so that what
	// the record holds of it in the period is taken back. That is [Record.OfPeriod] for a return that
	// holds every child of its period, and false for a format that sends changes only.
	Gone(l Load, r *Record) bool

	// GivesWay reports whether an event that was inferred from a return of this format gives way to a
	// real one of its type and case, from whatever source: one that would have kept it from being
	// inferred. The record then voids the inferred event, whichever of the two came first.
	GivesWay(inferred, real casework.Event) bool

	// Layout returns what this package has to know about the format's fields. It is not changed.
	Layout() *Layout
}

// Layout is what the common half has to know about the fields of a format.
type Layout struct {
	// Prefix begins the ids of the format's events: small letters, then a hyphen. Stored ids hold it,
	// so it never changes, and no two formats share one.
	Prefix string

	// Order ranks event types: those of one day are recorded in this order.
	Order map[string]int

	// Born is the element of the birth: it may lie further back than other dates. "" if there is none.
	Born string

	// Private are the elements that say who a child is (a birth, a death): no message shows their text.
	Private map[string]bool

	// Opens is the element whose row opens an episode; "" where the format has no episodes.
	Opens string

	// Closes is the element of the row that closes an episode; "" if there is none.
	Closes string

	// Ends says, for each element that starts something lasting, what ends it. A return has to tell of
	// what still goes on in its period, so such starts are corrected though they lie before it.
	Ends map[string]End

	// Inside are the elements, a file's tables or groups, inside which each element stands: an unknown
	// element in the same place may be the one that is missing.
	Inside map[string][]string

	// HandStays says that what somebody has corrected or voided by hand stays whatever the return says later, and is named as kept.
	// It is so for a feed, which says something new each night. Else it stays until the return says something new.
	HandStays bool

	// Flag returns the element whose "yes" an inferred event stands for, "" where it follows from
	// dates; nil where the format has no such elements.
	Flag func(inferred casework.Event) string
}

// End is what ends something that an element starts.
type End struct {
	Element  string // the element of the row that ends it
	Inferred string // the type of the event that, inferred from the start's row, says that it is over at once; "" if none
}

// Rank returns the place of each event type in a list, for [Layout.Order].
func Rank(types ...string) map[string]int {
	ranks := make(map[string]int, len(types))
	for i, t := range types {
		ranks[t] = i
	}
	return ranks
}

// flag returns the element whose "yes" an inferred event stands for, or "".
func (l *Layout) flag(inferred casework.Event) string {
	if l.Flag == nil {
		return ""
	}
	return l.Flag(inferred)
}

// Replaced returns the unknown element that stands where an element stood before, or "". With it the
// loss of even one row is a change of the file and not of the case.
func (l *Layout) Replaced(element string, unknown []Unknown) string {
	for i := range unknown {
		for _, group := range l.Inside[element] {
			if group == unknown[i].Inside {
				return unknown[i].Element
			}
		}
	}
	return ""
}

// Period is the stretch of time of which a return tells.
type Period struct {
	From calendar.Date // the first day
	To   calendar.Date // the reference date
	// Until is the last day that the return covers: To, or the day on which it was made where that is earlier. It is
	// zero for a feed, which goes on telling.
	Until calendar.Date
}

// Holds reports whether a day lies in the period.
func (p Period) Holds(d calendar.Date) bool { return p.From <= d && d <= p.To }

// Header says which return a file is.
type Header struct {
	Authority     string // the authority's number, as written; "" where the file does not say
	ReferenceDate calendar.Date
	Period        Period
	Queries       []Query // what is odd about the header itself
}

// Contents is what [Format.Check] found in a file.
type Contents struct {
	Header     Header
	Children   int       // every child, loadable or not
	References []string  // the ids of the children that can be loaded, in file order: never logged
	Refused    []Refusal // children refused as a whole: no id, or one that came before
	Unknown    []Unknown // elements that the format does not know, passed over
	SHA256     string    // of the file, in hexadecimal
	// Unnamed counts the children whose id is missing or cannot be used: each may be any child that the
	// file does not seem to hold.
	Unnamed int
	// Disputed are the ids of the children that the file holds in copies that differ.
	Disputed map[string]bool
}

// Child is one child of a return: what stands after faulty rows were refused.
type Child struct {
	Place     int    // in the file, from 1
	Line      int    // of the file, from 1
	Reference string // the child's id in the source; "" where the child is refused as a whole

	Refused []Refusal // what is not loaded, and takes nothing back, in file order
	Queries []Query   // what is odd about what stands

	Disputed  bool      // the file holds another copy of the child that says something else
	Statement Statement // nil if the child is refused as a whole

	// Places finds again, in a later body of a feed, what was refused. It is nil in a format whose refusals are for
	// whoever loads it to mend, and load again.
	Places Places
}

// Place is where something stands that a feed told, found by ids: the numbers of lists differ from body to body.
type Place struct {
	Reference string // of the child; "" where it came without one
	Path      string // of the object, a JSON pointer whose items of lists are named by their ids; "" is the child itself
	Element   string // of the object
}

// Places knows where things stand in what a body says of one child.
type Places interface {
	// Refused returns the place of an element that was refused, by its name in a [Refusal]. ok is false where nothing is lost
	// by it.
	Refused(element string) (place Place, ok bool)
	// Child returns the place of the child itself.
	Child() Place
	// Event returns the place that an event was made of.
	Event(e casework.Event) Place
	// Settles reports whether the body puts an earlier refusal right, unless it is refused in it as well: it says the
	// element again, no longer has the item in a list that came whole, or deletes it.
	Settles(p Place) bool
}

// Statement is what a return says about one child.
type Statement interface {
	// Compare tells a comparison what the return says, episode by episode, against what the record
	// holds. It is called once for each comparison, and may be called for several.
	Compare(c *Comparison)
}

// Rows is the statement of a format without episodes: a list of rows that stand, and the elements of
// which rows were refused.
type Rows struct {
	Facts   []*Fact
	Refused RefusedRows
}

// Compare compares the rows by element, date and order.
func (r Rows) Compare(c *Comparison) {
	c.Rows(Group{Facts: c.Format.Layout().InOrder(r.Facts), Held: c.Record().Person, Refused: r.Refused})
}
