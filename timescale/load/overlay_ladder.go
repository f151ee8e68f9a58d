package load

import (
	"slices"
	"strings"

	"longstop/timescale"
)

// ladder reads the rungs that a council has in the place of a ladder's own. Reminders may
// be added, moved and dropped, but the worker keeps one before the date has passed; every
// escalation stays, at its moment or sooner: drift is never told later than it would be.
func (o *overlay) ladder(r *reader, v *value) {
	name := strings.TrimSpace(v.textOf("name"))
	r = r.named("ladder", v)
	i := slices.IndexFunc(o.pack.Ladders, func(l timescale.Ladder) bool { return l.Name == name })
	switch {
	case i < 0 && v.get("for") != nil && (v.get("for").kind != list || len(v.get("for").items) > 0):
		r.fault(v, "which limits take a ladder is the pack's to say: leave out for, and name the ladder in timescales of the council's own")
		return
	case i < 0:
		if l, ok := r.ladder(v); ok {
			o.pack.Ladders = append(o.pack.Ladders, l)
		}
		return
	}
	changed := o.pack.Ladders[i]
	ok := r.mapping(v, "a ladder of an overlay", keys{
		"name": func(*value) {},
		"rungs": func(v *value) {
			changed.Rungs = r.rungs(v, len(changed.For) > 0 && changed.For[0].Unit == timescale.Hours)
		},
	})
	if !ok || v.get("rungs") == nil {
		r.fault(v, "a ladder of an overlay needs name and rungs")
		return
	}
	o.kept(r, v, o.pack.Ladders[i], changed)
	o.pack.Ladders[i] = changed
	r.known.origins["ladder "+name] = origin{file: r.file, line: v.line}
}

// kept checks that a changed ladder tells everybody whom the pack's own tells.
func (o *overlay) kept(r *reader, v *value, own, changed timescale.Ladder) {
	for _, g := range own.Rungs {
		for _, to := range g.Roles {
			if to.Escalation && !tells(changed, to, g.Moment()) {
				r.fault(v, "the escalation to the %s at %s is gone or comes later: it may only come sooner", spoken(to.Role), g.Label)
			}
		}
	}
	if !tells(changed, timescale.RungRole{Role: timescale.Worker}, 0) {
		r.fault(v, "the worker is not reminded on or before the day: keep one reminder")
	}
}

// tells says whether a ladder tells a role no later than a moment.
func tells(l timescale.Ladder, to timescale.RungRole, moment int) bool {
	return slices.ContainsFunc(l.Rungs, func(g timescale.Rung) bool {
		return g.Moment() <= moment && slices.Contains(g.Roles, to)
	})
}

func spoken(role timescale.Role) string { return strings.ReplaceAll(string(role), "_", " ") }
