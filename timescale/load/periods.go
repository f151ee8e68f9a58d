package load

import "longstop/timescale"

// periods reads the periods of a file. Which of them end with which is checked with the
// whole pack, since they may stand in any order.
func (r *reader) periods(v *value) {
	r.each(v, "periods", func(v *value) {
		p, ok := r.named("period", v).readPeriod(v)
		if ok {
			r.known.periods = append(r.known.periods, p)
			r.known.origins["period "+p.Name] = origin{file: r.file, line: v.line}
		}
	})
}

func (r *reader) readPeriod(v *value) (timescale.Period, bool) {
	var p timescale.Period
	ok := r.mapping(v, "a period", keys{
		"name":      r.textInto("name", &p.Name),
		"opens":     listOf(r, "opens", &p.Opens, r.opening),
		"ends":      listOf(r, "ends", &p.Ends, r.ending),
		"ends_with": r.textInto("ends_with", &p.EndsWith),
		"single":    r.flagInto("single", &p.Single),
		"replaces":  r.flagInto("replaces", &p.Replaces),
		"ends_all":  r.flagInto("ends_all", &p.EndsAll),
		"corrected": listOf(r, "corrected", &p.Corrected, r.correction),
	})
	switch {
	case !ok:
		return p, false
	case !word(p.Name):
		r.fault(v, "a period needs a name, in small letters, digits and _")
		return p, false
	case r.known.period(p.Name) != nil:
		r.fault(v, "two periods have this name: remove one")
		return p, false
	}
	return p, true
}

func (r *reader) opening(v *value) (timescale.Opening, bool) {
	var o timescale.Opening
	o.Match, _ = r.match(v, "opens", keys{"only_if_none": r.flagInto("only_if_none", &o.OnlyIfNone)})
	return o, true // also a faulty one: see start
}

func (r *reader) ending(v *value) (timescale.Ending, bool) {
	var e timescale.Ending
	e.Match, _ = r.match(v, "ends", keys{"taken_first": r.flagInto("taken_first", &e.TakenFirst)})
	return e, true // also a faulty one: see start
}

// correction reads what was put right, of a rule or of a period: {on, was}.
func (r *reader) correction(v *value) (timescale.Correction, bool) {
	var c timescale.Correction
	ok := r.mapping(v, "a correction", keys{"on": r.dateInto("on", &c.On), "was": r.textInto("was", &c.Was)})
	if ok && (v.get("on") == nil || v.get("was") == nil) {
		r.fault(v, "a correction needs on, when it was put right, and was, what was wrong until then")
	}
	return c, ok
}
