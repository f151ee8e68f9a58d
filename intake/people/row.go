package people

import (
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/organisation"
)

// Kind is what a row is about.
type Kind string

// The kinds of row, by what they have.
const (
	Person  Kind = "person"  // a worker
	Absence Kind = "absence" // a worker again, with nothing but an absence
	Team    Kind = "team"    // a team and no worker
	Vacancy Kind = "vacancy" // a team, and since when a post in it is vacant
	Move    Kind = "case"    // a case
)

// Row is one row of a file, as far as it can be used.
type Row struct {
	Line int
	Kind Kind
	// Fields are those that the row gives, as events hold them: texts, flags, lists. One that is there and
	// nil takes away what the record holds.
	Fields map[string]any
}

// Reference returns the reference of the person, team or case that a row is about.
func (r *Row) Reference() string { return r.ref() }

func (r *Row) text(name string) string {
	s, _ := r.Fields[name].(string)
	return s
}

func (r *Row) day(name string) calendar.Date {
	day, err := calendar.ParseDate(r.text(name))
	if err != nil {
		return 0
	}
	return day
}

// Fault is what is wrong in a row, where it stands, and what to do.
type Fault struct {
	Line   int
	Column string // "" of all of the row
	Reason string
}

// File is what a file holds.
type File struct {
	Rows   []Row
	Faults []Fault // of rows that are not among Rows
	// Unnamed counts the faulty rows that may be about anybody.
	Unnamed int
	faulty  map[string]bool // the references of people and teams in faulty rows
}

// own are the columns of each kind of row, beyond the fields of its event.
var own = map[Kind][]string{
	Person:  {"from", "left", "absent", "until", "cover"},
	Absence: {"worker", "absent", "until", "cover"},
	Team:    {"from", "ended", "into"},
	Vacancy: {"vacant", "from"},
	Move:    {"case", "worker", "team", "supervisor", "part", "reason", "from"},
}

// eventOf is the event whose fields the rows of a kind have.
var eventOf = map[Kind]string{Person: organisation.Appointed, Team: organisation.Formed, Vacancy: organisation.Vacated}

// columnsOf returns the columns that a row of a kind may have.
func columnsOf(k Kind) []string {
	return append(slices.Clone(own[k]), organisation.FieldsOf(eventOf[k])...)
}

// Columns returns the names of all columns that a file may have, sorted.
func Columns() []string {
	var list []string
	for k := range own {
		list = append(list, columnsOf(k)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// days are the columns that hold a date.
var days = []string{"from", "left", "absent", "until", "ended", "vacant"}

// kindOf returns what a row is about; "" where it names nothing.
func kindOf(fields map[string]any) Kind {
	has := func(name string) bool { return casework.Data(fields).Filled(name) }
	switch {
	case has("case"):
		return Move
	case has("worker"):
		for name := range fields {
			if has(name) && !slices.Contains(own[Absence], name) {
				return Person
			}
		}
		if has("absent") {
			return Absence
		}
		return Person
	case has("team") && has("vacant"):
		return Vacancy
	case has("team"):
		return Team
	}
	return ""
}

// add judges a row and keeps it, or what is wrong with it.
func (f *File) add(line int, fields map[string]any) {
	r := Row{Line: line, Kind: kindOf(fields), Fields: fields}
	column, reason := r.fault()
	if reason == "" {
		f.Rows = append(f.Rows, r)
		return
	}
	f.Faults = append(f.Faults, Fault{line, column, reason})
	switch {
	case r.text("worker") != "" && r.Kind != Move:
		f.faulty["worker "+r.text("worker")] = true
	case r.text("team") != "":
		f.faulty["team "+r.text("team")] = true
	default:
		f.Unnamed++
	}
}

// fault returns what is wrong with a row, and in which column; "" where nothing is.
func (r *Row) fault() (column, reason string) {
	if r.Kind == "" {
		return "worker", "the row names nobody: give the reference of a person in worker, of a team in team, or of a case in case"
	}
	may := columnsOf(r.Kind)
	for _, name := range sortedKeys(r.Fields) {
		if casework.Data(r.Fields).Filled(name) && !slices.Contains(may, name) {
			return name, "a row of a " + string(r.Kind) + " has no " + name + ": leave it empty; such a row may have " + english.And(may)
		}
	}
	for _, name := range days {
		if s := r.text(name); s != "" {
			if _, err := calendar.ParseDate(s); err != nil {
				return name, "it must be a date (YYYY-MM-DD)"
			}
		}
	}
	for _, pair := range [][2]string{{"until", "absent"}, {"cover", "absent"}, {"into", "ended"}} {
		if r.Kind != Vacancy && r.text(pair[0]) != "" && r.text(pair[1]) == "" {
			return pair[1], "the row has " + pair[0] + ", which belongs to " + pair[1] + ": give the day on which that begins"
		}
	}
	if r.Kind == Move && r.text("worker") == "" && r.text("team") == "" {
		return "worker", "the row does not say who takes the case: give worker, team or both"
	}
	return r.eventFault()
}

// eventFault returns what is wrong with what the row would be recorded as, as far as that hangs on the
// row alone.
func (r *Row) eventFault() (column, reason string) {
	if t, ok := eventOf[r.Kind]; ok {
		e := casework.Event{Type: t, At: casework.OnDay(r.day("vacant")), Data: r.data(organisation.FieldsOf(t))}
		if r.Kind == Person && e.Data.Text("level") == "" && e.Data.Text("role") == "" {
			e.Data["level"] = "worker" // the record may have it: see changes.person
		}
		if column, reason = organisation.FieldFault(&e); reason != "" {
			return column, reason
		}
	}
	if r.text("absent") != "" {
		e := casework.Event{Type: organisation.Absent, At: casework.OnDay(r.day("absent")), Data: r.data(organisation.FieldsOf(organisation.Absent))}
		if column, reason = organisation.FieldFault(&e); reason != "" {
			return column, reason
		}
	}
	if r.Kind == Move {
		e := casework.Event{Type: organisation.Allocated, Data: r.data([]string{"worker", "team", "supervisor", "part"})}
		if refused := organisation.CheckPart(&e, nil); refused != nil {
			return "supervisor", strings.ReplaceAll(refused.Reason, "data.", "")
		}
		if part := r.text("part"); part != "" && !slices.Contains(organisation.Parts, organisation.Part(part)) {
			return "part", "unknown part: it is one of those in docs/people.md, or empty where the row says who holds the case"
		}
	}
	return "", ""
}

// data returns the fields of a row that an event has, as its data.
func (r *Row) data(names []string) casework.Data {
	d := casework.Data{}
	for _, name := range names {
		if casework.Data(r.Fields).Filled(name) {
			d[name] = r.Fields[name]
		}
	}
	return d
}

func sortedKeys(m map[string]any) []string {
	list := make([]string, 0, len(m))
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
