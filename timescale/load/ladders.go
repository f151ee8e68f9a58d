package load

import (
	"strconv"
	"strings"

	"longstop/timescale"
)

// ladders reads the ladders of a file.
func (r *reader) ladders(v *value) []timescale.Ladder {
	var ladders []timescale.Ladder
	listOf(r, "ladders", &ladders, r.ladder)(v)
	return ladders
}

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
	r.known.origins["ladder "+l.Name] = origin{file: r.file, line: v.line}
	return l, true
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
	for _, item := range items {
		if role, ok := r.role(item); ok {
			g.Roles = append(g.Roles, timescale.RungRole{Role: role, Escalation: escalation})
		}
	}
}
