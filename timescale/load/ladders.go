package load

import (
	"slices"
	"strconv"
	"strings"

	"longstop/timescale"
)

// ladder reads a ladder: {name, for, rungs}.
func (r *reader) ladder(v *value) (timescale.Ladder, bool) {
	r = r.named("ladder", v)
	l := timescale.Ladder{}
	ok := r.mapping(v, "a ladder", keys{
		"name":  r.textInto("name", &l.Name),
		"for":   listOf(r, "for", &l.For, r.band),
		"rungs": func(*value) {}, // after the bands, which say whether they are in hours
	})
	if !ok {
		return l, false
	}
	if v.get("name") == nil || v.get("rungs") == nil {
		r.fault(v, "a ladder needs name and rungs")
		return l, false
	}
	l.Rungs = r.rungs(v.get("rungs"), len(l.For) > 0 && l.For[0].Unit == timescale.Hours)
	if remindsPartsAlone(&l) {
		r.fault(v, "the ladder reminds parts of a case alone: name a role as well, since nobody is escalated to in a part")
	}
	r.known.origins["ladder "+l.Name] = origin{file: r.file, line: v.line}
	return l, true
}

// remindsPartsAlone reports whether no step of a ladder tells anybody but in a part.
func remindsPartsAlone(l *timescale.Ladder) bool {
	for _, g := range l.Rungs {
		for _, to := range g.Roles {
			if slices.Contains(timescale.Roles, to.Role) {
				return false
			}
		}
	}
	return slices.ContainsFunc(l.Rungs, func(g timescale.Rung) bool { return len(g.Roles) > 0 })
}

func (r *reader) band(v *value) (timescale.Band, bool) {
	var b timescale.Band
	ok := r.mapping(v, "a band of limits", keys{
		"unit": func(v *value) {
			unit, _ := r.oneOf(v, "the unit of a band", []string{
				string(timescale.WorkingDays), string(timescale.Days), string(timescale.Months), string(timescale.Hours),
			})
			b.Unit = timescale.Unit(unit)
		},
		"from": r.numberInto("from", 0, maxLimit*12, &b.From),
		"to":   r.numberInto("to", 1, maxLimit*12, &b.To),
	})
	if ok && (v.get("unit") == nil || v.get("from") == nil) {
		r.fault(v, "a band of limits needs unit and from")
		return b, false
	}
	return b, ok
}

func (r *reader) rungs(v *value, inHours bool) []timescale.Rung {
	var rungs []timescale.Rung
	listOf(r, "rungs", &rungs, func(v *value) (timescale.Rung, bool) { return r.rung(v, inHours) })(v)
	return rungs
}

// rung reads {at: -10wd, remind: worker} or {at: 75%, remind: worker, escalate: team_manager}.
func (r *reader) rung(v *value, inHours bool) (timescale.Rung, bool) {
	g := timescale.Rung{InHours: inHours}
	placed := false
	ok := r.mapping(v, "a rung", keys{
		"at":       func(v *value) { placed = r.moment(v, &g) },
		"remind":   func(v *value) { r.roles(v, &g, false) },
		"escalate": func(v *value) { r.roles(v, &g, true) },
	})
	if ok && v.get("at") == nil {
		r.fault(v, "a rung needs at")
	}
	if ok && v.get("remind") == nil && v.get("escalate") == nil {
		r.fault(v, "a rung goes to nobody: it needs remind or escalate")
	}
	return g, ok && placed
}

// moment reads where a rung stands: "-10wd", "+1wd" or "0" on a ladder in working days,
// "50%", "0" or "+4h" on one in hours.
func (r *reader) moment(v *value, g *timescale.Rung) bool {
	s, ok := r.text(v, "at")
	if !ok {
		return false
	}
	number, into := s, (*int)(nil)
	for suffix, place := range map[string]*int{"wd": &g.Days, "%": &g.Percent, "h": &g.Hours} {
		if cut, ok := strings.CutSuffix(s, suffix); ok {
			number, into = cut, place
		}
	}
	n, err := strconv.Atoi(number)
	after := strings.HasPrefix(number, "+")
	signed := after || strings.HasPrefix(number, "-")
	fits := false
	switch into {
	case nil:
		fits = s == "0"
	case &g.Days:
		fits = !g.InHours && signed && n != 0 && n >= -maxLimit && n <= maxLimit
	case &g.Percent:
		fits = g.InHours && !signed && n >= 1 && n <= 99
	case &g.Hours:
		fits = g.InHours && after && n >= 1 && n <= maxLimit
	}
	if err != nil || !fits {
		r.fault(v, "a rung at %q: it is like -5wd, 0 or +1wd for limits in days, like 50%%, 0 or +4h for limits in hours", s)
		return false
	}
	if into != nil {
		*into = n
	}
	g.Label = s
	return true
}

// roles reads one role or a list of them.
func (r *reader) roles(v *value, g *timescale.Rung, escalation bool) {
	items := []*value{v}
	if v.kind == list {
		items = v.items
	}
	if len(items) == 0 {
		r.fault(v, "a rung goes to no roles: name one")
	}
	may := timescale.Told
	if escalation {
		may = timescale.Roles
	}
	for _, item := range items {
		if escalation && slices.Contains(timescale.Parts, timescale.Role(item.text)) {
			r.fault(item, "nobody is escalated to as %s: a part of a case is reminded, and escalations go up the levels", spoken(timescale.Role(item.text)))
			continue
		}
		if role, ok := r.roleAmong(item, may); ok {
			g.Roles = append(g.Roles, timescale.RungRole{Role: role, Escalation: escalation})
		}
	}
}

// parts reads one part of a case or a list of them.
func (r *reader) parts(v *value) []timescale.Role {
	items := []*value{v}
	if v.kind == list {
		items = v.items
	}
	if len(items) == 0 {
		r.fault(v, "nobody is reminded with the worker: name a part, or leave remind out")
	}
	var parts []timescale.Role
	for _, item := range items {
		role, ok := r.roleAmong(item, timescale.Parts)
		switch {
		case !ok:
		case slices.Contains(parts, role):
			r.fault(item, "the %s is named twice", spoken(role))
		default:
			parts = append(parts, role)
		}
	}
	return parts
}

// ladder reads the rungs that a council has instead of a ladder's own. Reminders may
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

// kept checks that a changed ladder tells everybody that the pack's own tells.
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

// tells reports whether a ladder tells a role no later than a moment.
func tells(l timescale.Ladder, to timescale.RungRole, moment int) bool {
	return slices.ContainsFunc(l.Rungs, func(g timescale.Rung) bool {
		return g.Moment() <= moment && slices.Contains(g.Roles, to)
	})
}

func spoken(role timescale.Role) string { return strings.ReplaceAll(string(role), "_", " ") }
