package people

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// Input is a file, and what the record holds.
type Input struct {
	File    *File
	History []casework.Event // of people and teams
	// Cases are the events of the cases that the file names, by their references; one of which the record
	// knows nothing has none.
	Cases  map[string][]casework.Event
	Source string
	On     calendar.Date // the day of what has changed, where a row does not say
	Now    time.Time
	// Whole says that who and what is not in the file is no longer there: people have left, and where the
	// file has teams, teams have ended.
	Whole bool
}

// What is what a change does.
type What string

// The changes.
const (
	Appointed What = "appointed" // somebody new, or back
	Changed   What = "changed"
	HasLeft   What = "left"
	Away      What = "absence"
	Back      What = "returned"
	Formed    What = "formed"
	Ended     What = "ended"
	Vacated   What = "vacancy"
	Moved     What = "moved" // a case, to another worker or team
	Joined    What = "joined"
)

// Change is one event that the file leads to.
type Change struct {
	Line   int // 0: of somebody, or something, that is not in the file
	Kind   Kind
	Ref    string // of the person, the team or the case
	What   What
	Fields []string // of what has changed: which
	Event  casework.Event
}

// Result is what a file leads to.
type Result struct {
	Changes  []Change
	Faults   []Fault          // all of the file, by line
	Read     map[Kind]int     // rows that could be used
	Same     map[Kind]int     // of those, which say what the record holds
	Missing  []string         // whole lists: people who are taken to have left, and "team " with those that have ended
	Employed int              // people in the record before
	Planned  []PlannedAbsence // absences to come that the file does not have: they stay
	After    *organisation.Directory
}

// PlannedAbsence is an absence by its person and first day.
type PlannedAbsence struct {
	Worker string
	From   calendar.Date
}

// comparison is a file while it is compared.
type comparison struct {
	Input
	*Result

	before *organisation.Directory
	ids    map[string]int // events of this source by the beginning of their ids
	away   map[string]*awayIn
}

// awayIn is what a file says of one person's absences.
type awayIn struct {
	line  int
	said  bool // it has a column for them
	begin []calendar.Date
}

// Compare finds what a file says that the record does not hold.
func Compare(in Input) *Result {
	c := &comparison{
		Input: in, before: organisation.DirectoryOn(in.History, in.On), ids: map[string]int{}, away: map[string]*awayIn{},
		Result: &Result{Read: map[Kind]int{}, Same: map[Kind]int{}, Faults: slices.Clone(in.File.Faults)},
	}
	for i := range in.History {
		c.count(&in.History[i])
	}
	for _, events := range in.Cases {
		for i := range events {
			c.count(&events[i])
		}
	}
	for _, ref := range c.before.Staff() {
		if c.before.Person(ref).Employed() {
			c.Employed++
		}
	}
	for _, r := range c.inTurn() {
		c.Read[r.Kind]++
		before := len(c.Changes) + len(c.Faults)
		c.row(&r)
		if len(c.Changes)+len(c.Faults) == before {
			c.Same[r.Kind]++
		}
	}
	c.backAgain()
	if in.Whole {
		c.missing()
	}
	slices.SortStableFunc(c.Faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	events := slices.Clone(in.History)
	for i := range c.Changes {
		if e := c.Changes[i].Event; e.Case == "" {
			e.Recorded = in.Now
			events = append(events, e)
		}
	}
	c.After = organisation.DirectoryOn(events, in.On)
	return c.Result
}

// inTurn returns the rows that can be used but for what came before in the file under the same name.
func (c *comparison) inTurn() []Row {
	var list []Row
	first := map[string]int{}
	for _, r := range c.File.Rows {
		key := string(r.Kind) + " " + r.ref()
		switch r.Kind {
		case Absence:
			key += " " + r.text("absent")
		case Vacancy:
			key += " " + r.text("level") + " " + r.text("post")
		case Move:
			key += " " + r.text("part")
		default:
		}
		if line, twice := first[key]; twice {
			c.Faults = append(c.Faults, Fault{r.Line, r.refColumn(), fmt.Sprintf("line %d is about the same: keep one of the two", line)})
			continue
		}
		first[key] = r.Line
		list = append(list, r)
	}
	return list
}

func (r *Row) refColumn() string {
	switch r.Kind {
	case Person, Absence:
		return "worker"
	case Move:
		return "case"
	default:
		return "team"
	}
}

func (r *Row) ref() string { return r.text(r.refColumn()) }

func (c *comparison) row(r *Row) {
	switch r.Kind {
	case Person:
		c.person(r)
		c.absence(r)
	case Absence:
		c.absence(r)
	case Team:
		c.team(r)
	case Vacancy:
		c.vacancy(r)
	case Move:
		c.move(r)
	}
}

func (c *comparison) person(r *Row) {
	ref := r.ref()
	p := c.before.Person(ref)
	left := r.day("left")
	leaves := func() {
		c.change(r, HasLeft, nil, casework.Event{Type: organisation.Left, At: casework.OnDay(left), Data: casework.Data{"worker": ref}})
	}
	switch {
	case left.IsZero():
	case p.Employed():
		leaves()
		return
	case c.before.Knows(ref) || r.day("from").IsZero() || r.text("level")+r.text("role") == "":
		return // who has left, or was never here as far as the record knows
	default: // the list tells of somebody who came and went
		defer leaves()
	}
	was := casework.Data{"worker": ref}
	if p.Employed() {
		was = p.Appointment()
	}
	now := r.over(was, organisation.FieldsOf(organisation.Appointed), "level", "role")
	if role, given := now["role"]; given {
		now["level"] = role
		delete(now, "role")
	}
	if holds, given := now["holds_cases"].(bool); given && holds == (now.Text("level") == string(timescale.Worker)) {
		delete(now, "holds_cases") // as it is where nobody says
	}
	if now.Text("level") == "" {
		c.fault(r, "level", "somebody new needs a level: worker, team_manager, service_manager, head_of_service or director")
		return
	}
	fields := differing(was, now)
	if p.Employed() && len(fields) == 0 {
		return
	}
	what, at := Changed, r.since(p.Since, c.On)
	if !p.Employed() {
		what, fields, at = Appointed, nil, cmp.Or(r.day("from"), c.On)
	}
	c.change(r, what, fields, casework.Event{Type: organisation.Appointed, At: casework.OnDay(at), Data: now})
}

// since returns the day from which a row that has changed holds: its own where that lies after what the
// record holds, else that of the file.
func (r *Row) since(held, on calendar.Date) calendar.Date {
	if from := r.day("from"); from > held {
		return from
	}
	return on
}

// over returns data with the fields of a row in place of those of the record. What the row takes away
// goes, but for some that are kept.
func (r *Row) over(was casework.Data, names []string, kept ...string) casework.Data {
	now := casework.Data{}
	for name, value := range was {
		now[name] = value
	}
	for _, name := range names {
		_, given := r.Fields[name]
		switch filled := casework.Data(r.Fields).Filled(name); {
		case filled:
			now[name] = r.Fields[name]
		case given && !slices.Contains(kept, name):
			delete(now, name)
		}
	}
	return now
}

// differing returns the fields that two events' data do not share, sorted.
func differing(a, b casework.Data) []string {
	var list []string
	for _, d := range []casework.Data{a, b} {
		for name := range d {
			if fmt.Sprint(a[name]) != fmt.Sprint(b[name]) {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (c *comparison) absence(r *Row) {
	ref := r.ref()
	a := c.away[ref]
	if a == nil {
		a = &awayIn{line: r.Line}
		c.away[ref] = a
	}
	_, has := r.Fields["absent"]
	a.said = a.said || has
	from := r.day("absent")
	if from.IsZero() {
		return
	}
	a.begin = append(a.begin, from)
	held := organisation.Latest(c.History, func(e *casework.Event) bool {
		return e.Type == organisation.Absent && e.Data.Text("worker") == ref && e.At.Day == from
	})
	if held != nil && held.Data.Text("until") == r.text("until") && held.Data.Text("cover") == r.text("cover") {
		return
	}
	c.change(r, Away, nil, casework.Event{
		Type: organisation.Absent, At: casework.OnDay(from), Data: r.data(organisation.FieldsOf(organisation.Absent)),
	})
}

// backAgain finds who is away in the record, and not in a file that speaks of absences.
func (c *comparison) backAgain() {
	refs := make([]string, 0, len(c.away))
	for ref := range c.away {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	for _, ref := range refs {
		a := c.away[ref]
		if !a.said {
			continue
		}
		back := false
		p := c.before.Person(ref)
		for _, held := range p.AbsencesFrom(c.On) {
			switch {
			case slices.Contains(a.begin, held.From):
			case held.From <= c.On:
				back = true
			default:
				c.Planned = append(c.Planned, PlannedAbsence{ref, held.From})
			}
		}
		if covered := slices.ContainsFunc(a.begin, func(d calendar.Date) bool { return d <= c.On }); back && !covered && p.Employed() {
			c.change(&Row{Line: a.line, Kind: Person, Fields: map[string]any{"worker": ref}}, Back, nil, casework.Event{
				Type: organisation.Returned, At: casework.OnDay(c.On), Data: casework.Data{"worker": ref},
			})
		}
	}
}

func (c *comparison) team(r *Row) {
	ref := r.ref()
	t, known := c.before.Team(ref)
	if ended := r.day("ended"); !ended.IsZero() {
		if known && !t.Ended {
			c.change(r, Ended, nil, casework.Event{
				Type: organisation.Ended, At: casework.OnDay(ended), Data: r.data(organisation.FieldsOf(organisation.Ended)),
			})
		}
		return
	}
	was := casework.Data{"team": ref}
	stands := known && !t.Ended && !t.Since.IsZero()
	if stands {
		was = t.Formation()
	}
	now := r.over(was, organisation.FieldsOf(organisation.Formed))
	chain, four := casework.Data(r.Fields).Filled("chain"), false
	for _, role := range timescale.Roles[1:] {
		four = four || r.text(string(role)) != ""
		if chain {
			delete(now, string(role))
		}
	}
	if four {
		delete(now, "chain")
	}
	fields := differing(was, now)
	if stands && len(fields) == 0 {
		return
	}
	what, at := Changed, r.since(t.Since, c.On)
	if !stands {
		what, fields, at = Formed, nil, cmp.Or(r.day("from"), c.On)
	}
	c.change(r, what, fields, casework.Event{Type: organisation.Formed, At: casework.OnDay(at), Data: now})
}

func (c *comparison) vacancy(r *Row) {
	from := r.day("vacant")
	data := r.data(organisation.FieldsOf(organisation.Vacated))
	held := organisation.Latest(c.History, func(e *casework.Event) bool {
		return e.Type == organisation.Vacated && e.At.Day == from && e.Data.Text("team") == r.ref() &&
			e.Data.Text("level") == data.Text("level") && e.Data.Text("post") == data.Text("post")
	})
	if held != nil && len(differing(held.Data, data)) == 0 {
		return
	}
	c.change(r, Vacated, nil, casework.Event{Type: organisation.Vacated, At: casework.OnDay(from), Data: data})
}

func (c *comparison) move(r *Row) {
	events := c.Cases[r.ref()]
	if len(events) == 0 {
		c.fault(r, "case", "the record has no case of that reference from this source: check it, and --source")
		return
	}
	held := organisation.CaseOf(events)
	at := casework.OnDay(cmp.Or(r.day("from"), c.On))
	if part := organisation.Part(r.text("part")); part != "" {
		has := slices.ContainsFunc(held.In(part, ""), func(a organisation.Assignment) bool {
			return a.Staff == r.text("worker") && (a.Staff != "" || a.Team == r.text("team"))
		})
		if !has {
			c.change(r, Joined, nil, casework.Event{Type: organisation.Joined, Case: r.ref(), At: at, Data: r.data([]string{"worker", "team", "part"})})
		}
		return
	}
	now := organisation.Allocation{Worker: r.text("worker"), Team: r.text("team"), Supervisor: r.text("supervisor")}
	if held.Allocation != now {
		c.change(r, Moved, nil, casework.Event{
			Type: organisation.Allocated, Case: r.ref(), At: at, Data: r.data([]string{"worker", "team", "supervisor", "reason"}),
		})
	}
}

// missing finds who and what a whole list does not have.
func (c *comparison) missing() {
	inFile := map[string]bool{}
	for ref := range c.File.faulty {
		inFile[ref] = true
	}
	teams := false
	for i := range c.File.Rows {
		r := &c.File.Rows[i]
		inFile[r.refColumn()+" "+r.ref()] = true
		teams = teams || r.Kind == Team
	}
	for _, ref := range c.before.Staff() {
		if c.before.Person(ref).Employed() && !inFile["worker "+ref] {
			c.Missing = append(c.Missing, ref)
			c.change(&Row{Kind: Person, Fields: map[string]any{"worker": ref}}, HasLeft, nil, casework.Event{
				Type: organisation.Left, At: casework.OnDay(c.On), Data: casework.Data{"worker": ref},
			})
		}
	}
	for _, ref := range c.before.Teams() {
		if t, _ := c.before.Team(ref); teams && !t.Ended && !inFile["team "+ref] {
			c.Missing = append(c.Missing, "team "+ref)
			c.change(&Row{Kind: Team, Fields: map[string]any{"team": ref}}, Ended, nil, casework.Event{
				Type: organisation.Ended, At: casework.OnDay(c.On), Data: casework.Data{"team": ref},
			})
		}
	}
}

// change keeps an event, unless the record would refuse it.
func (c *comparison) change(r *Row, what What, fields []string, e casework.Event) {
	e.Source, e.Recorded, e.Line = c.Source, c.Now, r.Line
	e.ID = c.newID(&e)
	if e.Case == "" {
		if refused := organisation.Check(&e, nil); refused != nil {
			column, _ := organisation.FieldFault(&e)
			c.fault(r, cmp.Or(column, dayColumn(r, what)), strings.ReplaceAll(refused.Reason, "data.", ""))
			return
		}
	}
	e.Recorded = time.Time{}
	c.Changes = append(c.Changes, Change{r.Line, r.Kind, r.ref(), what, fields, e})
}

// dayColumn returns the column in which the day of a change stands.
func dayColumn(r *Row, what What) string {
	switch what {
	case HasLeft:
		return "left"
	case Away:
		return "absent"
	case Ended:
		return "ended"
	case Vacated:
		return "vacant"
	default:
		return "from"
	}
}

func (c *comparison) fault(r *Row, column, reason string) {
	c.Faults = append(c.Faults, Fault{r.Line, column, reason})
}

// idPrefix begins the ids of what a list of people leads to.
const idPrefix = "people-"

// stem returns the beginning of the id of an event, the same for all events of its type about one person,
// team or case.
func stem(e *casework.Event) string {
	about := cmp.Or(e.Case, e.Data.Text("worker"), "team "+e.Data.Text("team"))
	if e.Case != "" {
		about = "case " + about
	}
	sum := sha256.Sum256([]byte(e.Type + "\x00" + about))
	return idPrefix + hex.EncodeToString(sum[:8])
}

func (c *comparison) count(e *casework.Event) {
	if i := strings.LastIndexByte(e.ID, '-'); e.Source == c.Source && strings.HasPrefix(e.ID, idPrefix) && i > 0 {
		c.ids[e.ID[:i]]++
	}
}

// newID returns the next id of its stem: two who load at once make the same, of which the record takes one.
func (c *comparison) newID(e *casework.Event) string {
	s := stem(e)
	c.ids[s]++
	return fmt.Sprintf("%s-%d", s, c.ids[s])
}
