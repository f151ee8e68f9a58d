package organisation

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// Route is who is told.
type Route struct {
	Staff string
	Role  timescale.Role // the role for which they were found
	Why   Why            // why it is this person and not the holder of the role asked for
}

// Why is why this person is told, and not the holder of the role that a step names.
type Why string

// The values are stored with each notice.
const (
	InRole  Why = ""        // they hold the role
	Cover   Why = "cover"   // they cover for its holder, who is away
	Vacant  Why = "nobody"  // nobody holds a lower role, or nobody covers for its holder
	Refused Why = "refused" // messages to the holder of a lower role are refused
)

// Route finds who is told in a role of a case: its holder, their cover while they are away,
// else the next role up. Those in unreachable are passed over. When everybody at every level is
// away, the message goes to the lowest holder all the same: a letter keeps. ok is false when
// nobody at any level works here and can be reached.
func (d *Directory) Route(role timescale.Role, a Allocation, day calendar.Date, unreachable []string) (r Route, ok bool) {
	from := max(0, slices.Index(timescale.Roles, role))
	why := InRole
	for _, level := range timescale.Roles[from:] {
		holder := d.Holder(level, a)
		who, covers := d.standIn(holder, day, unreachable)
		if who == "" {
			why = whyPassed(holder, unreachable)
			continue
		}
		if covers && why == InRole {
			why = Cover
		}
		return Route{Staff: who, Role: level, Why: why}, true
	}
	return d.routeToAbsent(timescale.Roles[from:], a, unreachable)
}

// routeToAbsent finds the lowest holder of one of the roles who works here and can be reached,
// though they are away.
func (d *Directory) routeToAbsent(levels []timescale.Role, a Allocation, unreachable []string) (r Route, ok bool) {
	why := InRole
	for _, level := range levels {
		holder := d.Holder(level, a)
		if d.people[holder].Employed() && !slices.Contains(unreachable, holder) {
			return Route{Staff: holder, Role: level, Why: why}, true
		}
		why = whyPassed(holder, unreachable)
	}
	return Route{}, false
}

// whyPassed returns why the holder of a role was passed over.
func whyPassed(holder string, unreachable []string) Why {
	if slices.Contains(unreachable, holder) {
		return Refused
	}
	return Vacant
}

// standIn returns somebody who is present on a day and can be reached: the person asked for, or
// while they are away their cover, or the cover's cover; "" when there is nobody, or when the
// covers run in a circle. covers reports whether it is a cover.
func (d *Directory) standIn(ref string, day calendar.Date, unreachable []string) (who string, covers bool) {
	seen := map[string]bool{}
	for ref != "" && !seen[ref] {
		seen[ref] = true
		if slices.Contains(unreachable, ref) {
			return "", false
		}
		if d.present(ref, day) {
			return ref, covers
		}
		p := d.people[ref]
		if !p.Employed() {
			return "", false
		}
		ref, covers = p.absent.cover, true
	}
	return "", false
}

// RouteToManager finds who gets what is addressed to one manager about some teams: the manager;
// their cover while they are away; the manager all the same when nobody covers, since it
// keeps; and when they have left or cannot be reached, whoever is told in their role of the
// first of the teams that has somebody.
func (d *Directory) RouteToManager(m Manager, teams []string, day calendar.Date, unreachable []string) (r Route, ok bool) {
	if d.people[m.Ref].Employed() && !slices.Contains(unreachable, m.Ref) {
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
