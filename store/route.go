package store

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/notify/letter"
	"longstop/timescale"
)

// route is whom a notice goes to.
type route struct {
	staff    string
	role     timescale.Role  // the role for which this person was found
	standing letter.Standing // why it is this person and not the holder of the role named
}

// find finds who is told in a role: who holds it, their cover while they are away, else
// the next role up. Those in skip cannot be reached. Where everybody at every level is away,
// it is left with the holder all the same, since a letter keeps. ok is false where nobody at
// any level works here and can be reached.
func (d *directory) find(role timescale.Role, a allocation, day calendar.Date, skip []string) (r route, ok bool) {
	from := max(0, slices.Index(timescale.Roles, role))
	why := letter.InRole
	for _, level := range timescale.Roles[from:] {
		holder := d.holder(level, a)
		who, covered := d.present(holder, day, skip)
		if who == "" {
			why = reasonPassed(holder, skip)
			continue
		}
		if covered && why == letter.InRole {
			why = letter.Cover
		}
		return route{staff: who, role: level, standing: why}, true
	}
	return d.leftWith(timescale.Roles[from:], a, skip)
}

// leftWith finds the first holder of a role, from the lowest up, who is away, works here and
// can be reached.
func (d *directory) leftWith(levels []timescale.Role, a allocation, skip []string) (r route, ok bool) {
	why := letter.InRole
	for _, level := range levels {
		holder := d.holder(level, a)
		if d.people[holder].employed() && !slices.Contains(skip, holder) {
			return route{staff: holder, role: level, standing: why}, true
		}
		why = reasonPassed(holder, skip)
	}
	return route{}, false
}

// reasonPassed says why a level was passed over.
func reasonPassed(holder string, skip []string) letter.Standing {
	if slices.Contains(skip, holder) {
		return letter.Refused
	}
	return letter.Nobody
}

// present follows the covers of somebody who is away until it finds somebody who is here
// and can be reached; "" where there is none. Covers that run in a circle lead to nobody.
func (d *directory) present(ref string, day calendar.Date, skip []string) (who string, covered bool) {
	seen := map[string]bool{}
	for ref != "" && !seen[ref] {
		seen[ref] = true
		if slices.Contains(skip, ref) {
			return "", false
		}
		if d.here(ref, day) {
			return ref, covered
		}
		p, ok := d.people[ref]
		if !ok || !p.employed() {
			return "", false
		}
		ref, covered = p.absent.cover, true
	}
	return "", false
}

// reachable returns a function that reports of a notice of a case whether anybody could be
// told. Those in skip cannot be reached.
func (d *directory) reachable(a allocation, at time.Time, skip []string) func(*noticeRow) bool {
	return func(r *noticeRow) bool {
		_, ok := d.find(timescale.Role(r.Role), a, today(at), skip)
		return ok
	}
}
