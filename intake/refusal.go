package intake

import (
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
)

// Refusal says why one row of a return is not loaded. It never holds the child's id, nor a date that
// says who a child is (a birth or a death); it may hold the dates of events.
type Refusal struct { //nolint:errname // what is refused is called a refusal throughout
	Child   int    // the child's place in the file, from 1
	Element string // the element that is refused
	Line    int    // of the file, from 1
	Reason  string // what is wrong, one line
}

// Error returns one line that begins with the place.
func (r *Refusal) Error() string {
	return fmt.Sprintf("child %d, line %d: %s %s", r.Child, r.Line, r.Element, r.Reason)
}

// Query is something odd in a return that is loaded all the same.
type Query struct {
	Code    string // the rule behind it, such as "8841" of the validator, or [CodeLayout]
	Child   int    // the child's place in the file, from 1; 0 for the header
	Element string
	Line    int // of the file, from 1
	Words   string
}

// CodeLayout is the code of a query with no rule of a validator behind it: a value that is not on its
// list, an element that stands twice.
const CodeLayout = "layout"

// String returns one line that begins with the place.
func (q Query) String() string {
	where := "header"
	if q.Child > 0 {
		where = fmt.Sprintf("child %d", q.Child)
	}
	return fmt.Sprintf("%s, line %d: %s %s (%s)", where, q.Line, q.Element, q.Words, q.Code)
}

// InFileOrder sorts what was found of a child by line.
func (c *Child) InFileOrder() {
	slices.SortStableFunc(c.Refused, func(a, b Refusal) int { return a.Line - b.Line })
	slices.SortStableFunc(c.Queries, func(a, b Query) int { return a.Line - b.Line })
}

// RefusedRows holds the elements of which rows were refused, each with the line of the first. Of such
// an element nobody knows which of the other rows was which, and none is missing.
type RefusedRows map[string]int

// Note adds a refused row.
func (r RefusedRows) Note(element string, line int) {
	if first, ok := r[element]; !ok || line < first {
		r[element] = line
	}
}

// Has reports whether a row of an element was refused.
func (r RefusedRows) Has(element string) bool {
	_, ok := r[element]
	return ok
}

// Dated is one date of a return and where it stands. Its day is zero where the element is missing,
// empty or refused.
type Dated struct {
	Element string
	Line    int
	Day     calendar.Date
	Refused bool
	Was     calendar.Date // the day of a date that was refused though it can be read
	Against []*Dated      // the dates that were refused because they go against this one
}

// Valid reports whether there is a date and it can be loaded.
func (d Dated) Valid() bool { return !d.Day.IsZero() }

// RowDay returns the element and day of the date.
func (d Dated) RowDay() RowDay { return RowDay{d.Element, d.Day} }

// Faults refuses the dates of one child that cannot stand. Call it in an order in which what is
// refused refuses nothing else.
type Faults struct {
	Child  *Child
	Layout *Layout
	Period Period
	Today  calendar.Date // zero: not known
}

// Date reads a date written YYYY-MM-DD in a line of the file; an empty text is a date that does not
// stand. One that is not a date, or not one of a child's case, is refused.
func (f *Faults) Date(element, text string, line int) Dated {
	d := Dated{Element: element, Line: line}
	if text == "" {
		return d
	}
	day, fault := f.Layout.ReadDate(element, text)
	if fault != "" {
		f.Child.Refused = append(f.Child.Refused, Refusal{Child: f.Child.Place, Element: element, Line: line, Reason: fault})
		d.Refused = true
		return d
	}
	d.Day = day
	return d
}

// Refuse takes out a date that stands.
func (f *Faults) Refuse(d *Dated, reason string) {
	if !d.Valid() {
		return
	}
	f.Child.Refused = append(f.Child.Refused, Refusal{Child: f.Child.Place, Element: d.Element, Line: d.Line, Reason: reason})
	d.Was, d.Day, d.Refused = d.Day, 0, true
}

// TooLate refuses a date that the return cannot know.
func (f *Faults) TooLate(d *Dated) {
	switch {
	case d.Valid() && d.Day > f.Period.To:
		f.Refuse(d, "is after the reference date of the return, "+f.Period.To.String()+f.ItIs(d))
	case d.Valid() && !f.Today.IsZero() && d.Day > f.Today:
		f.Refuse(d, "is later than today, "+f.Today.String()+f.ItIs(d))
	}
}

// Before refuses a date that lies before another that stands; what says in words what the other is.
func (f *Faults) Before(d, first *Dated, what string) {
	if d.Valid() && d.Day < first.Day {
		f.Refuse(d, "is before "+what+f.ItIs(d)+f.place(d, *first))
		first.Against = append(first.Against, d)
	}
}

// After refuses a date that lies after another that stands; what says in words what the other is.
func (f *Faults) After(d, last *Dated, what string) {
	if d.Valid() && last.Valid() && d.Day > last.Day {
		f.Refuse(d, "is after "+what+f.ItIs(d)+f.place(d, *last))
		last.Against = append(last.Against, d)
	}
}

// ItIs shows the date of an event: ": it is 2026-03-31"; "" where it says who the child is.
func (f *Faults) ItIs(d *Dated) string {
	if f.Layout.Private[d.Element] {
		return ""
	}
	return ": it is " + d.Day.String()
}

// place says where the date stands that another goes against.
func (f *Faults) place(d *Dated, other Dated) string {
	if f.Layout.Private[other.Element] {
		return ""
	}
	if other.Line == d.Line {
		return fmt.Sprintf(", and %s is %s", other.Element, other.Day)
	}
	return fmt.Sprintf(", and %s in line %d is %s", other.Element, other.Line, other.Day)
}

// ReadDate returns the day that a text of an element names, or why it cannot be loaded.
func (l *Layout) ReadDate(element, text string) (day calendar.Date, fault string) {
	day, err := calendar.ParseDate(text)
	if err != nil {
		return 0, l.notADate(element, text)
	}
	why := casework.DateFault(day)
	if element == l.Born {
		why = casework.BirthFault(day)
	}
	if why != "" {
		return 0, "is " + why
	}
	return day, ""
}

// notADate says that a text is not a date. It shows the text where that is made of what dates are made
// of and says nothing about who a child is.
func (l *Layout) notADate(element, text string) string {
	shown := ""
	foreign := func(r rune) bool { return !strings.ContainsRune("0123456789-/.:TZ+ ", r) }
	if !l.Private[element] && len(text) <= 30 && !strings.ContainsFunc(text, foreign) {
		shown = " (" + text + ")"
	}
	return "is not a date" + shown + ": dates are written YYYY-MM-DD, such as 2026-03-31"
}
