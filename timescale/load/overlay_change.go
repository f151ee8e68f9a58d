package load

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// change reads what an overlay says of a rule of the pack: limits of the council's own, or
// that it does not apply here.
func (o *overlay) change(r *reader, v *value, i int) {
	t := o.pack.Timescales[i]
	t.File, t.Line = r.file, v.line
	var all []laid
	remove, on := false, false
	known := keys{
		"ref":      func(*value) {},
		"editions": listOf(r, "editions", &all, r.laid),
		"remove":   r.flagInto("remove", &remove),
		"on":       r.flagInto("on", &on),
	}
	for _, e := range v.entries {
		if known[e.key] == nil {
			known[e.key] = func(*value) {
				r.found.add(r.file, e.line, r.rule, "an overlay may not change %s of a timescale of the pack, only its limits: "+
					"to count differently, add a timescale of the council's own", e.key)
			}
		}
	}
	r.mapping(v, "a change to a timescale", known)
	r.checkAnchors(&t)
	switch {
	case on && t.Off == "":
		r.fault(v, "it is in force already: leave out on")
		return
	case t.Off != "" && !on:
		if said := v.get("on"); said == nil || said.isBool { // else it was told that it is no flag
			r.fault(v, "it is not in force (%s): switch it on with on: true", t.Off)
		}
		return
	}
	t.Off = ""
	switch {
	case on && !remove && v.get("editions") == nil:
		o.pack.Timescales[i] = t
	case remove == (v.get("editions") != nil):
		r.fault(v, "say either editions, with limits of the council's own, or remove: true")
	case remove && !local(&t):
		r.fault(v, "it cannot be removed: its limit is not a local one (%s: %s)", t.Editions[0].Status, t.Editions[0].Source)
	case remove:
		o.pack.Timescales = slices.Delete(o.pack.Timescales, i, i+1)
	default:
		r.layAll(&t, all)
		o.pack.Timescales[i] = t
	}
}

// local says whether no edition of a rule is more than local.
func local(t *timescale.Timescale) bool {
	return !slices.ContainsFunc(t.Editions, func(e timescale.Edition) bool { return e.Status != timescale.StatusLocal })
}

// laid is a limit of the council's own, for a stretch of time.
type laid struct {
	from, until calendar.Date
	limit       *timescale.Limit // in the place of the pack's own local one
	beside      *timescale.Limit // beside a national one
	source      string
	line        int
}

func (r *reader) laid(v *value) (laid, bool) {
	l := laid{line: v.line}
	ok := r.mapping(v, "an edition of an overlay", keys{
		"from":  r.dateInto("from", &l.from),
		"until": r.dateInto("until", &l.until),
		"limit": func(v *value) {
			if own, ok := r.limitFrom(v); ok {
				l.limit = &own
			}
		},
		"local_limit": r.limitInto(&l.beside),
		"source":      r.textInto("source", &l.source),
	})
	if !ok {
		return l, false
	}
	if (v.get("limit") == nil) == (v.get("local_limit") == nil) {
		r.fault(v, "say local_limit for a limit beside a national one, or limit where the pack's own is local")
		return l, false
	}
	if v.get("source") == nil {
		r.fault(v, "the edition has no source: name the council's procedure and its paragraph")
	}
	if !l.from.IsZero() && !l.until.IsZero() && l.until <= l.from {
		r.fault(v, "the edition is in force from %s until %s, which is never", l.from, l.until)
		return l, false
	}
	return l, l.limit != nil || l.beside != nil
}

// faultAt notes a fault of one line of the file.
func (r *reader) faultAt(line int, format string, args ...any) {
	r.found.add(r.file, line, r.rule, format, args...)
}

// layAll puts limits of the council's own into every edition that is in force in their time.
func (r *reader) layAll(t *timescale.Timescale, all []laid) {
	for i, l := range all {
		for _, other := range all[:i] {
			if l.overlaps(other) {
				r.faultAt(l.line, "two editions of the overlay are in force on one day: end the one before with until")
				return
			}
		}
		t.Editions = splitAt(splitAt(t.Editions, l.from), l.until)
		applied := false
		for i := range slices.Backward(t.Editions) { // of several at fault the one in force now is told
			e := &t.Editions[i]
			if !l.covers(e) {
				continue
			}
			applied = true
			before := len(*r.found)
			if r.lay(t, e, l); len(*r.found) > before {
				break // the other editions would say the same
			}
		}
		if !applied {
			r.faultAt(l.line, "the timescale is not in force in that time")
		}
	}
}

func (l laid) overlaps(other laid) bool {
	return (other.until.IsZero() || l.from < other.until) && (l.until.IsZero() || other.from < l.until)
}

// covers says whether an edition lies in the time of a limit. Editions are cut at its
// bounds, so one lies in it wholly or not at all.
func (l laid) covers(e *timescale.Edition) bool {
	return e.From >= l.from && (l.until.IsZero() || !e.Until.IsZero() && e.Until <= l.until)
}

// splitAt cuts the edition in force on a day into the part before it and the part from it
// on. What it returns shares nothing with what it was given.
func splitAt(editions []timescale.Edition, day calendar.Date) []timescale.Edition {
	var parts []timescale.Edition
	for _, e := range editions {
		if inside := e.From < day && (e.Until.IsZero() || day < e.Until); !inside {
			parts = append(parts, e)
			continue
		}
		earlier, later := e, e
		earlier.Until, later.From = day, day
		parts = append(parts, earlier, later)
	}
	return parts
}

// lay puts a limit of the council's own into one edition.
func (r *reader) lay(t *timescale.Timescale, e *timescale.Edition, l laid) {
	national := limitsOf(t, e)
	switch {
	case e.NoLimit && l.limit != nil:
		number(e, l)
	case e.NoLimit:
		r.faultAt(l.line, "no law gives it a number, so there is none to stand beside: set one with limit")
	case len(national) == 0:
		r.faultAt(l.line, "the timescale has no limit, only %s: an overlay cannot give it one", inTheLimitsPlace(t, e))
	case l.limit != nil && len(e.Limits) == 0:
		r.faultAt(l.line, "each of its starts brings a limit of its own: to count differently, add a timescale of the council's own")
	case l.limit != nil && !e.Local:
		r.faultAt(l.line, "its limit is not a local one (%s: %s), so it stands: put a local_limit beside it", e.Status, e.Source)
	case l.limit != nil:
		e.Limits, e.Earliest, e.Source, e.Unverified = []timescale.Limit{*l.limit}, false, l.source, false
	case e.Local:
		r.faultAt(l.line, "its only limit is local: change it with limit, there is no national one to stand beside")
	default:
		r.stricter(e, national, l)
		e.LocalLimit, e.LocalSource = l.beside, l.source
	}
	e.Line = l.line
}

// number gives an edition for which the law has no number the council's own. The duty stays
// what it was; that the number is local is said of it.
func number(e *timescale.Edition, l laid) {
	if e.Status == timescale.StatusLocal {
		e.Source, e.Unverified = l.source, false
	} else {
		e.Source += "; the number: " + l.source
	}
	e.Limits, e.NoLimit, e.Local = []timescale.Limit{*l.limit}, false, true
}

// inTheLimitsPlace says what an edition has that is no length of time.
func inTheLimitsPlace(t *timescale.Timescale, e *timescale.Edition) string {
	switch {
	case t.Windows != "":
		return "windows"
	case e.By != nil:
		return "an event before which it is owed"
	case e.NotBefore != nil:
		return "a day before which it may not be done"
	}
	return "alarms"
}

// limitsOf is every limit that a duty of an edition may have.
func limitsOf(t *timescale.Timescale, e *timescale.Edition) []timescale.Limit {
	all := slices.Clone(e.Limits)
	for _, s := range t.Starts {
		all = append(all, s.Limits...)
	}
	return all
}

// stricter refuses a local limit that could fall due after a national one: a limit of law
// is never loosened, nor is a date shown that lies behind it.
func (r *reader) stricter(e *timescale.Edition, national []timescale.Limit, l laid) {
	for _, n := range national {
		if !l.beside.NeverLonger(n, calendar.Published()) {
			r.faultAt(l.line, "the local limit of %s can fall due later than the national one of %s (%s: %s): a council may be stricter, never looser",
				l.beside, n, e.Status, e.Source)
		}
	}
}
