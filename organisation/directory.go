package organisation

import (
	"cmp"
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
	Returned  = "staff.returned"
	Formed    = "team.formed"
	Ended     = "team.ended"
	Vacated   = "team.vacancy" // a post in a team that nobody holds
)

// IsStaffType reports whether an event type is about people and teams, known or not.
func IsStaffType(t string) bool {
	return strings.HasPrefix(t, "staff.") || strings.HasPrefix(t, "team.")
}

func isOfStaff(e *casework.Event) bool { return IsStaffType(e.Type) }

// Directory is who works where. It does not change once it is made.
type Directory struct {
	people map[string]*Person
	teams  map[string]Team
	staff  []string // the references of people, sorted
}

// NewDirectory folds staff events, in any order, with their corrections and voids. Of one
// person, and of one team, the latest event of a type counts, but of absences each.
func NewDirectory(events []casework.Event) *Directory { return DirectoryOn(events, 0) }

// DirectoryOn folds the staff events that had happened by the end of a day, and the absences that had
// been recorded ahead; all of them when it is zero.
func DirectoryOn(events []casework.Event, day calendar.Date) *Directory {
	d := &Directory{people: map[string]*Person{}, teams: map[string]Team{}}
	for _, e := range casework.StandingInOrder(events, isOfStaff) {
		if day.IsZero() || e.At.Day <= day || e.Type == Absent {
			d.apply(e)
		}
	}
	for ref := range d.people {
		d.staff = append(d.staff, ref)
	}
	slices.Sort(d.staff)
	return d
}

// Latest returns the last of those staff events that stand and match; nil where none does.
func Latest(events []casework.Event, match func(*casework.Event) bool) *casework.Event {
	for _, e := range slices.Backward(casework.StandingInOrder(events, isOfStaff)) {
		if match(e) {
			return e
		}
	}
	return nil
}

func (d *Directory) apply(e *casework.Event) {
	switch e.Type {
	case Formed:
		d.form(e)
		return
	case Ended:
		d.end(e)
		return
	case Vacated:
		d.vacate(e)
		return
	}
	ref := e.Data.Text("worker")
	p := d.people[ref]
	if p == nil {
		p = &Person{Ref: ref}
		d.people[ref] = p
	}
	switch e.Type {
	case Appointed:
		p.appoint(e)
		d.fill(p)
	case Left:
		p.leave(e.At.Day)
	case Absent:
		p.goAway(absence{from: e.At.Day, until: e.Data.Day("until"), recorded: e.Recorded, cover: e.Data.Text("cover")})
	case Returned:
		p.comeBack(e.At.Day)
	}
}

// nobody stands for a reference that the events do not mention.
var nobody = &Person{}

// person returns the person of a staff reference; nobody, who is not employed, where the events tell of
// none.
func (d *Directory) person(ref string) *Person {
	if p := d.people[ref]; p != nil {
		return p
	}
	return nobody
}

// Person returns the person of a staff reference, or a team's inbox under its own (see [InboxRef]); the
// zero Person, who is not employed, where the events tell of nobody.
func (d *Directory) Person(ref string) Person {
	team, isInbox := strings.CutPrefix(ref, inboxOf)
	if t, known := d.teams[team]; isInbox && known {
		return Person{
			Ref: ref, Name: cmp.Or(t.Name, t.Ref), Email: t.Inbox, Role: timescale.Worker, Team: t.Ref, HoldsCases: true,
			Left: t.Ended || t.Inbox == "",
		}
	}
	return *d.person(ref)
}

// NameOf returns somebody's name; their reference where no name is recorded, "" of nobody.
func (d *Directory) NameOf(ref string) string { return cmp.Or(d.Person(ref).Name, ref) }

// Staff returns the references of all people, sorted. Callers must not change it.
func (d *Directory) Staff() []string { return d.staff }

// Recipients returns the references of all who can be told: the people, and the inboxes of teams.
func (d *Directory) Recipients() []string {
	list := slices.Clone(d.staff)
	for _, ref := range d.Teams() {
		if t := d.teams[ref]; t.Inbox != "" {
			list = append(list, InboxRef(ref))
		}
	}
	return list
}

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

// present reports whether somebody works here and is not away on a day.
func (d *Directory) present(ref string, day calendar.Date) bool {
	p := d.Person(ref)
	return p.Employed() && !p.Away(day)
}

// TeamOf returns the team that a case is with: the allocation's own, else its worker's, and in place
// of one that has ended the one that goes on with its cases; "" when none is known.
func (d *Directory) TeamOf(a Allocation) string {
	own := a.Team
	if own == "" {
		own = d.person(a.Worker).Team
	}
	ref := own
	for range len(d.teams) {
		t := d.teams[ref]
		if !t.Ended || t.Into == "" {
			return ref
		}
		ref = t.Into
	}
	return own // each of them goes on as another: that is a mistake, and they are told in the first
}

// Holder returns who holds a level for a case; "" when nobody does.
func (d *Directory) Holder(role timescale.Role, a Allocation) string {
	if role == timescale.Worker {
		return a.Worker
	}
	first := ""
	for _, s := range d.ladder(a) {
		if s.level != role || s.staff == "" {
			continue
		}
		if d.person(s.staff).Employed() {
			return s.staff
		}
		first = cmp.Or(first, s.staff)
	}
	return first
}

// HolderOf returns who holds a case and works here: its worker, or the inbox of a team that holds it
// together; "" when nobody does.
func (d *Directory) HolderOf(a Allocation) string {
	if holder := d.ladder(a)[0].staff; d.Person(holder).Employed() {
		return holder
	}
	return ""
}

// appointedTo returns who was appointed to a level in a team and works here; "" when nobody was.
func (d *Directory) appointedTo(team string, level timescale.Role) string {
	for _, who := range d.staff {
		if p := d.people[who]; p.Role == level && p.Team == team && p.Employed() {
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
	for _, s := range slices.Backward(d.ladder(Allocation{Team: team})) {
		listed := slices.ContainsFunc(list, func(m Manager) bool { return m.Ref == s.staff })
		if s.level != timescale.Worker && s.staff != "" && !listed && d.person(s.staff).Employed() {
			list = append(list, Manager{s.staff, s.level})
		}
	}
	return list
}

// Manages reports whether somebody holds one of the roles for a case, or stands in on a day
// for who does.
func (d *Directory) Manages(ref string, roles []timescale.Role, a Allocation, day calendar.Date) bool {
	if !d.person(ref).Employed() {
		return false
	}
	return slices.ContainsFunc(d.ladder(a), func(s step) bool {
		if !slices.Contains(roles, s.level) {
			return false
		}
		found := d.find(s, d.TeamOf(a), day, nil)
		return s.staff == ref || found.staff == ref
	})
}
