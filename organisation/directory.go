package organisation

import (
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

// The events by which people and teams are recorded. They belong to no case.
const (
	Appointed = "staff.appointed"
	Left      = "staff.left"
	Absent    = "staff.absent"
	Formed    = "team.formed"
)

// IsStaffType reports whether an event type is about people and teams, known or not.
func IsStaffType(t string) bool {
	return strings.HasPrefix(t, "staff.") || strings.HasPrefix(t, "team.")
}

// Directory is who works where. It does not change once it is made.
type Directory struct {
	people map[string]Person
	teams  map[string]Team
	staff  []string // the references of people, sorted
}

// Person is somebody in the staff events.
type Person struct {
	Ref, Name, Email string
	Role             timescale.Role // "" where nothing but an absence is recorded
	Team             string
	Left             bool
	absent           absence
}

type absence struct {
	from, until calendar.Date // both included; until zero: until further notice
	cover       string
}

// Team is a team and the people it names as its managers, by their roles.
type Team struct {
	Ref, Name string
	Managers  map[timescale.Role]string
}

// NewDirectory folds staff events, in any order, with their corrections and voids. Of one
// person, and of one team, the latest event of a type counts.
func NewDirectory(events []casework.Event) *Directory { return DirectoryOn(events, 0) }

// DirectoryOn folds the staff events that had happened by the end of a day; all of them when it
// is zero.
func DirectoryOn(events []casework.Event, day calendar.Date) *Directory {
	d := &Directory{people: map[string]Person{}, teams: map[string]Team{}}
	var stand []*casework.Event
	for _, e := range casework.Standing(events) {
		if day.IsZero() || e.At.Day <= day {
			stand = append(stand, e)
		}
	}
	slices.SortStableFunc(stand, compareTimes)
	for _, e := range stand {
		d.apply(e)
	}
	for ref := range d.people {
		d.staff = append(d.staff, ref)
	}
	slices.Sort(d.staff)
	return d
}

func (d *Directory) apply(e *casework.Event) {
	if e.Type == Formed {
		d.teams[e.Data.Text("team")] = teamFrom(e)
		return
	}
	ref := e.Data.Text("worker")
	p := d.people[ref]
	p.Ref = ref
	switch e.Type {
	case Appointed:
		p.Name, p.Email, p.Team = e.Data.Text("name"), e.Data.Text("email"), e.Data.Text("team")
		p.Role, p.Left = timescale.Role(e.Data.Text("role")), false
	case Left:
		p.Left = true
	case Absent:
		p.absent = absence{from: e.At.Day, until: e.Data.Day("until"), cover: e.Data.Text("cover")}
	}
	d.people[ref] = p
}

func teamFrom(e *casework.Event) Team {
	t := Team{Ref: e.Data.Text("team"), Name: e.Data.Text("name"), Managers: map[timescale.Role]string{}}
	for _, role := range timescale.Roles {
		if role != timescale.Worker {
			t.Managers[role] = e.Data.Text(string(role))
		}
	}
	return t
}

// Person returns the person of a staff reference; the zero Person, who is not employed, where
// the events tell of nobody.
func (d *Directory) Person(ref string) Person { return d.people[ref] }

// Staff returns the references of all people, sorted. Callers must not change it.
func (d *Directory) Staff() []string { return d.staff }

// Knows reports whether the events tell of somebody of a staff reference.
func (d *Directory) Knows(ref string) bool {
	_, ok := d.people[ref]
	return ok
}

// Team returns the team of a reference.
func (d *Directory) Team(ref string) (t Team, ok bool) {
	t, ok = d.teams[ref]
	return t, ok
}

// Teams returns the references of all teams, sorted.
func (d *Directory) Teams() []string {
	refs := make([]string, 0, len(d.teams))
	for ref := range d.teams {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return refs
}

// Employed reports whether somebody works here: not who has left, nor somebody in whose events only
// an absence is recorded.
func (p Person) Employed() bool { return !p.Left && p.Role != "" }

// Away reports whether somebody is absent on a day.
func (p Person) Away(day calendar.Date) bool {
	a := p.absent
	return !a.from.IsZero() && a.from <= day && (a.until.IsZero() || day <= a.until)
}

// present reports whether somebody works here and is not away on a day.
func (d *Directory) present(ref string, day calendar.Date) bool {
	p := d.people[ref]
	return p.Employed() && !p.Away(day)
}

// TeamOf returns the team that a case is with: the allocation's own, else its worker's; ""
// when neither is known.
func (d *Directory) TeamOf(a Allocation) string {
	if a.Team != "" || a.Worker == "" {
		return a.Team
	}
	return d.people[a.Worker].Team
}

// Holder returns who holds a role for a case; "" when nobody does.
func (d *Directory) Holder(role timescale.Role, a Allocation) string {
	if role == timescale.Worker {
		return a.Worker
	}
	ref := d.TeamOf(a)
	if ref == "" {
		return ""
	}
	if named := d.teams[ref].Managers[role]; named != "" {
		return named
	}
	for _, who := range d.staff {
		if p := d.people[who]; p.Role == role && p.Team == ref && p.Employed() {
			return who
		}
	}
	return ""
}

// Manager is somebody who manages a team, and the role in which they do.
type Manager struct {
	Ref  string
	Role timescale.Role
}

// ManagersOf returns a team's managers who work here, the most senior first, each once and in
// their most senior role.
func (d *Directory) ManagersOf(team string) []Manager {
	var list []Manager
	if team == "" {
		return nil
	}
	for _, role := range slices.Backward(timescale.Roles) {
		if role == timescale.Worker {
			continue
		}
		ref := d.Holder(role, Allocation{Team: team})
		listed := slices.ContainsFunc(list, func(m Manager) bool { return m.Ref == ref })
		if ref != "" && !listed && d.people[ref].Employed() {
			list = append(list, Manager{ref, role})
		}
	}
	return list
}

// Manages reports whether somebody holds one of the roles for a case, or stands in on a day
// for who does.
func (d *Directory) Manages(ref string, roles []timescale.Role, a Allocation, day calendar.Date) bool {
	if !d.people[ref].Employed() {
		return false
	}
	return slices.ContainsFunc(roles, func(role timescale.Role) bool {
		holder := d.Holder(role, a)
		in, _ := d.standIn(holder, day, nil)
		return holder == ref || in == ref
	})
}
