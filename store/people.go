package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
)

// The events by which people and teams are recorded. They belong to no case.
const (
	typeAppointed = "staff.appointed"
	typeLeft      = "staff.left"
	typeAbsent    = "staff.absent"
	typeFormed    = "team.formed"
)

// directory is who works where, folded from the staff events. It is immutable.
type directory struct {
	people map[string]person
	teams  map[string]team
	all    []string // staff references, sorted
}

type person struct {
	ref, name, email string
	role             timescale.Role
	team             string
	left             bool
	absent           absence
}

type absence struct {
	from, until calendar.Date // both included; until zero: until further notice
	cover       string
}

type team struct {
	ref, name string
	managers  map[timescale.Role]string
}

// newDirectory folds staff events that stand, in any order: of one person, and of one
// team, the latest event of a type counts.
func newDirectory(stands []casework.Event) *directory {
	d := &directory{people: map[string]person{}, teams: map[string]team{}}
	ordered := slices.Clone(stands)
	slices.SortStableFunc(ordered, func(a, b casework.Event) int {
		switch {
		case later(&a, &b):
			return 1
		case later(&b, &a):
			return -1
		default:
			return 0
		}
	})
	for i := range ordered {
		d.apply(&ordered[i])
	}
	for ref := range d.people {
		d.all = append(d.all, ref)
	}
	slices.Sort(d.all)
	return d
}

func (d *directory) apply(e *casework.Event) {
	if e.Type == typeFormed {
		d.teams[e.Data.Text("team")] = teamOf(e)
		return
	}
	ref := e.Data.Text("worker")
	p := d.people[ref]
	p.ref = ref
	switch e.Type {
	case typeAppointed:
		p.name, p.email, p.team = e.Data.Text("name"), e.Data.Text("email"), e.Data.Text("team")
		p.role, p.left = timescale.Role(e.Data.Text("role")), false
	case typeLeft:
		p.left = true
	case typeAbsent:
		p.absent = absence{from: e.At.Day, until: e.Data.Day("until"), cover: e.Data.Text("cover")}
	}
	d.people[ref] = p
}

func teamOf(e *casework.Event) team {
	t := team{ref: e.Data.Text("team"), name: e.Data.Text("name"), managers: map[timescale.Role]string{}}
	for _, role := range timescale.Roles {
		if role != timescale.Worker {
			t.managers[role] = e.Data.Text(string(role))
		}
	}
	return t
}

// here says whether somebody works here and is not away on a day.
func (d *directory) here(ref string, today calendar.Date) bool {
	p, ok := d.people[ref]
	return ok && p.employed() && !p.away(today)
}

// employed is false for somebody who has left, and for somebody of whom only an absence is
// known.
func (p person) employed() bool { return !p.left && p.role != "" }

func (p person) away(today calendar.Date) bool {
	a := p.absent
	return !a.from.IsZero() && a.from <= today && (a.until.IsZero() || today <= a.until)
}

// teamOfCase is the team that a case is with: the allocation's own, else its worker's.
func (d *directory) teamOfCase(a allocation) string {
	if a.team != "" || a.worker == "" {
		return a.team
	}
	return d.people[a.worker].team
}

// holder is who holds a role for a case; "" where nobody does.
func (d *directory) holder(role timescale.Role, a allocation) string {
	if role == timescale.Worker {
		return a.worker
	}
	ref := d.teamOfCase(a)
	if ref == "" {
		return ""
	}
	if named := d.teams[ref].managers[role]; named != "" {
		return named
	}
	for _, who := range d.all {
		if p := d.people[who]; p.role == role && p.team == ref && p.employed() {
			return who
		}
	}
	return ""
}

// namedIn are the staff references that staff events speak of.
func namedIn(events []casework.Event) []string {
	var staff []string
	for i := range events {
		if ref := events[i].Data.Text("worker"); ref != "" {
			staff = append(staff, ref)
		}
	}
	return staff
}

// isStaffType says whether a type is one of people and teams.
func isStaffType(t string) bool {
	return strings.HasPrefix(t, "staff.") || strings.HasPrefix(t, "team.")
}

func today(now time.Time) calendar.Date { return calendar.DateOf(now) }

// manager is somebody who manages a team, and in which role.
type manager struct {
	ref  string
	role timescale.Role
}

// managersOf are a team's managers who work here, each once, in their most senior role.
func (d *directory) managersOf(team string) []manager {
	var list []manager
	if team == "" {
		return nil
	}
	for _, role := range slices.Backward(timescale.Roles) {
		if role == timescale.Worker {
			continue
		}
		ref := d.holder(role, allocation{team: team})
		known := slices.ContainsFunc(list, func(m manager) bool { return m.ref == ref })
		if ref != "" && !known && d.people[ref].employed() {
			list = append(list, manager{ref, role})
		}
	}
	return list
}

// Employed says whether somebody of a staff reference is known to work here.
func (s *Store) Employed(ctx context.Context, ref string) (bool, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return false, explain(err)
	}
	return dir.people[ref].employed(), nil
}

// Team says whether a team of a reference is known.
func (s *Store) Team(ctx context.Context, ref string) (bool, error) {
	dir, err := s.latestDirectory(ctx, s.pool)
	if err != nil {
		return false, explain(err)
	}
	_, formed := dir.teams[ref]
	return formed, nil
}
