package organisation

import (
	"cmp"
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// Route is who is told.
type Route struct {
	Staff string         // of a person, or of a team's inbox (see [IsInbox])
	Role  timescale.Role // the level, or the part, for which they were found
	Why   Why            // why it is this person and not the holder of the role asked for
}

// Why is why this person is told, and not the holder of the role that a step names.
type Why string

// The values are stored with each notice.
const (
	InRole   Why = ""         // they hold the role
	Cover    Why = "cover"    // they cover for its holder, who is away
	Acting   Why = "acting"   // they act in its post, which is vacant
	Vacant   Why = "nobody"   // nobody holds a lower role, or nobody covers for its holder
	Refused  Why = "refused"  // messages to the holder of a lower role are refused
	NoLevel  Why = "no_level" // their team has no such level, and theirs is the next
	OwnCase  Why = "own_case" // the holder of a lower role holds the case, and is not escalated to about it
	Alone    Why = "alone"    // they hold the case, and nobody else manages it who could be told in their place
	NoPart   Why = "no_part"  // nobody has the part in the case that a step is for
	Together Why = "together" // the team holds the case together, and this is its inbox

	// Those told with somebody else.
	Supervises Why = "supervisor" // they supervise the worker, who is not qualified as a social worker
	OnDuty     Why = "duty_team"  // they are the emergency duty team, and it is out of hours
)

// Question is a step of a case, of which somebody is to be told.
type Question struct {
	Role        timescale.Role // a level, or a part
	Pathway     string         // of the step: parts may be for one pathway
	Day         calendar.Date
	OutOfHours  bool     // a limit in hours, at a time at which the emergency duty team works
	Unreachable []string // the references of those whose messages are refused
}

// Told returns who is told of a step of a case: first the one that it is for, then those told with
// them, each once. It is empty when nobody works here who can be reached.
func (d *Directory) Told(q Question, c Case) []Route {
	var told []Route
	add := func(r Route, ok bool) {
		if ok && !slices.ContainsFunc(told, func(o Route) bool { return o.Staff == r.Staff }) {
			told = append(told, r)
		}
	}
	if part := q.Role; slices.Contains(Parts, part) {
		add(d.routeToPart(q, part, c))
	} else {
		add(d.Route(q.Role, c.Allocation, q.Day, q.Unreachable))
	}
	if q.Role == timescale.Worker {
		add(d.supervisorOf(c, q))
	}
	if q.OutOfHours {
		add(d.onDuty(c.Allocation, q))
	}
	return told
}

// Route finds who is told at a level of a case: its holder, their cover while they are away,
// else the next level up. Those in unreachable are passed over, and above the worker who holds the
// case: nobody is escalated to about their own. When everybody at every level is
// away, the message goes to the lowest holder all the same: a letter keeps. Who holds the case and alone
// manages it is told as its manager, which is better than nobody. ok is false when
// nobody at any level works here and can be reached.
func (d *Directory) Route(role timescale.Role, a Allocation, day calendar.Date, unreachable []string) (r Route, ok bool) {
	from := max(0, slices.Index(timescale.Roles, role))
	steps := slices.DeleteFunc(d.ladder(a), func(s step) bool { return slices.Index(timescale.Roles, s.level) < from })
	team := d.TeamOf(a)
	present := func(s step) found { return d.find(s, team, day, unreachable) }
	employed := func(s step) found { // though they are away
		if !d.Person(s.staff).Employed() || slices.Contains(unreachable, s.staff) {
			return found{}
		}
		return found{staff: s.staff, why: s.why}
	}
	for _, find := range []func(step) found{present, employed} {
		if r, ok := pick(steps, timescale.Roles[from], a, unreachable, find); ok {
			return r, true
		}
	}
	for _, find := range []func(step) found{present, employed} {
		for _, s := range steps {
			f := find(s)
			switch {
			case f.staff == "":
			case a.Holds(f.staff):
				return Route{Staff: f.staff, Role: s.level, Why: Alone}, true
			default:
				return Route{Staff: f.staff, Role: s.level, Why: f.why}, true
			}
		}
	}
	return Route{}, false
}

// pick returns the first of some steps, from a level up, at which somebody is found who is not
// escalated to about a case of their own, nor about one that they hold as cover for its manager.
func pick(steps []step, from timescale.Role, a Allocation, unreachable []string, find func(step) found) (r Route, ok bool) {
	why := InRole
	for _, s := range steps {
		f := find(s)
		switch {
		case f.staff == "":
			why = whyPassed(s.staff, unreachable)
		case s.level != timescale.Worker && (a.Holds(f.staff) || f.why == Cover && a.Holds(s.staff)):
			why = OwnCase
		default:
			if why == InRole {
				why = f.why
			}
			if why == InRole && s.level != from {
				why = NoLevel
			}
			return Route{Staff: f.staff, Role: s.level, Why: why}, true
		}
	}
	return Route{}, false
}

// step is one step of a case's own ladder.
type step struct {
	level timescale.Role
	staff string // "" where nobody holds it
	why   Why    // where it is not simply its holder
}

// ladder returns the steps of a case from its holder up.
func (d *Directory) ladder(a Allocation) []step {
	ref := d.TeamOf(a)
	t := d.teams[ref]
	holder := step{level: timescale.Worker, staff: a.Worker}
	if a.Worker == "" && t.Kind.holdsTogether() && t.Inbox != "" {
		holder = step{timescale.Worker, InboxRef(ref), Together}
	}
	steps := []step{holder}
	if t.Levels {
		for _, r := range t.Chain {
			steps = append(steps, step{level: r.Level, staff: r.Staff})
		}
		return steps
	}
	for _, level := range timescale.Roles {
		if level == timescale.Worker {
			continue
		}
		named := ""
		if i := slices.IndexFunc(t.Chain, func(r Rung) bool { return r.Level == level }); i >= 0 {
			named = t.Chain[i].Staff
		}
		if named == "" && ref != "" {
			named = d.appointedTo(ref, level)
		}
		steps = append(steps, step{level: level, staff: named})
	}
	return steps
}

// found is who was found for a step, and why.
type found struct {
	staff string
	why   Why
}

// find returns who is told at a step of a team on a day: who acts in its post where that is vacant, else
// its holder or who stands in for them; staff is "" for nobody.
func (d *Directory) find(s step, team string, day calendar.Date, unreachable []string) found {
	if v, vacant := d.vacant(team, s.level, day); vacant && s.level != timescale.Worker { // a case has its own worker
		who, _ := d.standIn(v.Cover, day, unreachable)
		return found{who, Acting}
	}
	who, covers := d.standIn(s.staff, day, unreachable)
	if covers {
		return found{who, Cover}
	}
	return found{who, s.why}
}

// whyPassed returns why the holder of a role was passed over.
func whyPassed(holder string, unreachable []string) Why {
	if slices.Contains(unreachable, holder) {
		return Refused
	}
	return Vacant
}

// standIn returns somebody who is present on a day and can be reached: the person asked for, or
// while they are away one of their covers, or a cover's cover; "" when there is nobody, or when the
// covers run in a circle. covers reports whether it is a cover. Of somebody whose messages are
// refused no cover is asked: they are not away.
func (d *Directory) standIn(ref string, day calendar.Date, unreachable []string) (who string, covers bool) {
	seen := map[string]bool{}
	var look func(ref string) string
	look = func(ref string) string {
		p := d.Person(ref)
		if ref == "" || seen[ref] || !p.Employed() || slices.Contains(unreachable, ref) {
			return ""
		}
		seen[ref] = true
		if !p.Away(day) {
			return ref
		}
		for _, cover := range p.covers(day) {
			if who := look(cover); who != "" {
				return who
			}
		}
		return ""
	}
	who = look(ref)
	return who, who != ref && who != ""
}

// RouteToManager finds who gets what is addressed to one manager about some teams: the manager;
// their cover while they are away; the manager all the same when nobody covers, since it
// keeps; and when they have left or cannot be reached, whoever is told in their role of the
// first of the teams that has somebody.
func (d *Directory) RouteToManager(m Manager, teams []string, day calendar.Date, unreachable []string) (r Route, ok bool) {
	if d.person(m.Ref).Employed() && !slices.Contains(unreachable, m.Ref) {
		if who, covers := d.standIn(m.Ref, day, unreachable); who != "" && covers {
			return Route{Staff: who, Role: m.Role, Why: Cover}, true
		}
		return Route{Staff: m.Ref, Role: m.Role}, true
	}
	passed := append(slices.Clone(unreachable), m.Ref)
	for _, team := range teams {
		if r, ok := d.Route(m.Role, Allocation{Team: team}, day, passed); ok {
			return r, true
		}
	}
	return Route{}, false
}

// routeToPart finds who is told in a part of a case: who has it, their cover while they are away, else
// whoever is next up in their own team, who has to find somebody else. Where that is nobody, as where the events do not tell of
// somebody, the case's own managers are told, who have to see to it; and of a part
// that nobody has, whoever holds the case.
func (d *Directory) routeToPart(q Question, part Part, c Case) (r Route, ok bool) {
	why := Vacant
	list := c.In(part, q.Pathway)
	for _, a := range list {
		ref := cmp.Or(a.Staff, InboxRef(a.Team))
		switch who, covers := d.standIn(ref, q.Day, q.Unreachable); {
		case who == "":
			why = whyPassed(ref, q.Unreachable)
		case covers:
			return Route{who, q.Role, Cover}, true
		default:
			return Route{who, q.Role, InRole}, true
		}
	}
	for _, a := range list {
		own := Allocation{Worker: a.Staff, Team: cmp.Or(a.Team, d.person(a.Staff).Team)}
		if own.Team == "" {
			continue
		}
		if r, ok := d.Route(timescale.TeamManager, own, q.Day, q.Unreachable); ok {
			r.Why = why
			return r, true
		}
	}
	levels := []timescale.Role{timescale.TeamManager, timescale.Worker}
	if len(list) == 0 {
		why, levels = NoPart, []timescale.Role{timescale.Worker}
	}
	for _, level := range levels {
		if r, ok := d.Route(level, c.Allocation, q.Day, q.Unreachable); ok {
			r.Why = why
			return r, true
		}
	}
	return Route{}, false
}

// supervisorOf finds who is told with the holder of a case that is not qualified as a social worker: the
// supervisor that the allocation names, else the case's own or the worker's, or who covers for them;
// and where none of these can be told, the next up of the case.
func (d *Directory) supervisorOf(c Case, q Question) (r Route, ok bool) {
	holder := d.person(c.Worker)
	if c.Worker == "" || !holder.Employed() || holder.Qualification.SocialWork() {
		return Route{}, false
	}
	named := []string{c.Supervisor}
	for _, a := range c.In(Supervisor, q.Pathway) {
		named = append(named, a.Staff)
	}
	for _, ref := range append(named, holder.Supervisor) {
		if who, _ := d.standIn(ref, q.Day, q.Unreachable); who != "" && who != c.Worker && d.person(who).Qualification.SocialWork() {
			return Route{who, timescale.Worker, Supervises}, true
		}
	}
	r, ok = d.Route(timescale.TeamManager, c.Allocation, q.Day, q.Unreachable)
	r.Why = Supervises
	return r, ok
}

// onDuty finds the emergency duty team that serves a case's council: at its inbox, else its managers.
func (d *Directory) onDuty(a Allocation, q Question) (r Route, ok bool) {
	of := d.teams[d.TeamOf(a)]
	for _, ref := range d.Teams() {
		t := d.teams[ref]
		if t.Kind != EmergencyDutyTeam || t.Ended || !t.serves(of.Councils) {
			continue
		}
		inbox := InboxRef(ref)
		if d.present(inbox, q.Day) && !slices.Contains(q.Unreachable, inbox) {
			return Route{inbox, timescale.Worker, OnDuty}, true
		}
		if r, ok := d.Route(timescale.TeamManager, Allocation{Team: ref}, q.Day, q.Unreachable); ok {
			r.Why = OnDuty
			return r, true
		}
	}
	return Route{}, false
}

// serves reports whether a team serves one of some councils; where either does not say which, it does.
func (t *Team) serves(councils []string) bool {
	if len(t.Councils) == 0 || len(councils) == 0 {
		return true
	}
	return slices.ContainsFunc(councils, func(c string) bool { return slices.Contains(t.Councils, c) })
}
