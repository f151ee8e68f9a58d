package load

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/timescale"
)

// changed is what an overlay says of a rule of the pack.
type changed struct {
	v         *value
	editions  []laid
	on        bool
	remove    bool
	confirmed bool
	from      calendar.Date // the first day on which it is on, or does not apply
	source    string        // of a number that is confirmed
}

// change reads what an overlay says of a rule of the pack: limits of the council's own, that
// its number is the council's, that it is on, or that it does not apply here.
func (o *overlay) change(r *reader, v *value, i int) {
	t := o.pack.Timescales[i]
	t.Editions = slices.Clone(t.Editions) // those of the pack beneath stay as they are
	t.File, t.Line = r.file, v.line
	c := changed{v: v}
	known := keys{
		"ref":       func(*value) {},
		"editions":  listOf(r, "editions", &c.editions, r.laid),
		"remove":    r.flagInto("remove", &c.remove),
		"on":        r.flagInto("on", &c.on),
		"confirmed": r.flagInto("confirmed", &c.confirmed),
		"from":      r.dateInto("from", &c.from),
		"source":    r.textInto("source", &c.source),
	}
	before := len(*r.found)
	for _, e := range v.entries {
		if known[e.key] == nil {
			known[e.key] = func(*value) { r.misplaced(e) }
		}
	}
	if slices.ContainsFunc(v.entries, func(e entry) bool { return editionKeys[e.key] }) {
		known["from"], known["source"] = func(*value) {}, func(*value) {} // they belong to the same edition
	}
	r.mapping(v, "a change to a timescale", known)
	r.checkAnchors(&t)
	if wrong := c.wrong(&t); wrong != "" {
		if len(*r.found) == before { // else it was told what is wrong
			r.fault(v, "%s", wrong)
		}
		return
	}
	o.apply(r, &t, &c, i)
}

// editionKeys are keys of an edition, which newcomers write alongside the ref.
var editionKeys = map[string]bool{"limit": true, "local_limit": true, "until": true, "limits": true}

// misplaced says what to do about a key that a change cannot have.
func (r *reader) misplaced(e entry) {
	reason := "an overlay may not change %[1]s of a timescale of the pack, only its limits: to count differently, add a timescale of the council's own, with %[2]s"
	switch {
	case e.key == "off":
		reason = "an overlay may not change %[1]s of a timescale of the pack: on: true switches on what the pack ships off, remove: true takes away a local timescale"
	case editionKeys[e.key]:
		reason = "put %[1]s under editions:, as in " + exampleEdition
	case e.key == "edition":
		reason = "%[1]s is written editions:, and is a list, as in " + exampleEdition
	case e.key == "ladder":
		reason = "an overlay may not change %[1]s of a timescale of the pack: change the steps of its ladder under ladders:, which changes them for all that take it"
	case e.key == "enabled" || e.key == "disabled":
		reason = "%[1]s is not a key of an overlay: on: true switches on what the pack ships off, remove: true takes away a local timescale"
	case near(e.key, []string{"editions", "remove", "confirmed", "source"}) != "":
		reason = "a change to a timescale has no key %[1]s" + near(e.key, []string{"editions", "remove", "confirmed", "source"})
	}
	// Not every reason speaks of both.
	r.found.add(r.file, e.line, r.rule, "%s", strings.NewReplacer("%[1]s", e.key, "%[2]s", ownNeeds).Replace(reason))
}

// exampleEdition is an edition of an overlay on one line.
const exampleEdition = `editions: [{from: ` + exampleFrom + `, limit: 20 working days, source: "Anytown procedures, 4.1"}]`

// wrong says why what is asked cannot be done, and what to do; "" where it can.
func (c *changed) wrong(t *timescale.Timescale) string {
	editions, last := c.v.get("editions") != nil, t.Editions[len(t.Editions)-1]
	switch {
	case c.on && c.remove:
		return "remove takes the timescale away, and on puts it in force: leave out one"
	case c.on && t.Off == "":
		return "it is in force already: leave out on"
	case t.Off != "" && !c.on:
		return fmt.Sprintf("it is not in force (%s): switch it on with on: true", t.Off)
	case c.confirmed && (editions || c.remove || c.on):
		return "confirmed says that the council works by the number as it stands: leave out confirmed, or the rest"
	case c.confirmed && !hasDefault(t):
		return fmt.Sprintf("there is nothing to confirm: its limit is not a default of Longstop (%s: %s)", last.Status, last.Source)
	case c.confirmed && c.v.get("from") != nil:
		return "confirmed has no from: it changes no date"
	case c.v.get("source") != nil && !c.confirmed:
		return "source stands alongside confirmed: true, or in an edition: put it under editions:, as in " + exampleEdition
	case c.v.get("from") != nil && !c.on && !c.remove:
		return "from stands alongside on: true or remove: true, or in an edition: put it under editions:, as in " + exampleEdition
	case c.remove && editions:
		return "remove takes the timescale away: leave out remove, or the rest"
	case !editions && !c.remove && !c.on && !c.confirmed:
		return "it changes nothing: give editions, as in " + exampleEdition + ", or one of confirmed: true, remove: true and on: true"
	case c.remove && !local(t):
		return fmt.Sprintf("it cannot be removed: its limit is not a local one (%s: %s)", last.Status, last.Source)
	}
	return ""
}

// apply does what is asked.
func (o *overlay) apply(r *reader, t *timescale.Timescale, c *changed, i int) {
	switch {
	case c.remove:
		o.removeFrom(r, t, c, i)
		return
	case c.confirmed:
		confirm(t, c.source)
	case c.on:
		o.switchOn(r, t, c)
	}
	o.warnOfEditions(r, t, c)
	r.layAll(t, c.editions)
	noteWhatIsSet(t)
	o.pack.Timescales[i] = *t
}

// noteWhatIsSet notes with each default of the pack from when on the council has set another number.
func noteWhatIsSet(t *timescale.Timescale) {
	for i := range t.Editions {
		e := &t.Editions[i]
		e.SetFrom, e.SetTo = 0, nil
		later := slices.IndexFunc(t.Editions[i:], func(x timescale.Edition) bool { return x.Local && !x.Default && len(x.Limits) == 1 })
		if e.Default && later >= 0 {
			e.SetFrom, e.SetTo = t.Editions[i+later].From, &t.Editions[i+later].Limits[0]
		}
	}
}

// switchOn puts a rule in force, from a day on: what started before it opens no duty.
func (o *overlay) switchOn(r *reader, t *timescale.Timescale, c *changed) {
	t.Off = ""
	if c.from.IsZero() {
		o.warnOfNoFrom(r, c.v.line, "on: true", wasNone)
		return
	}
	t.Editions = slices.DeleteFunc(splitAt(t.Editions, c.from), func(e timescale.Edition) bool { return e.From < c.from })
	if len(t.Editions) == 0 {
		r.fault(c.v, "the timescale is not in force from %s on: give an earlier from", c.from)
	}
}

// removeFrom takes a rule away, from a day on: what started before it stays.
func (o *overlay) removeFrom(r *reader, t *timescale.Timescale, c *changed, i int) {
	if c.from.IsZero() {
		o.warnOfNoFrom(r, c.v.line, "remove: true", wasThere)
	} else {
		t.Editions = slices.DeleteFunc(splitAt(t.Editions, c.from), func(e timescale.Edition) bool { return e.From >= c.from })
	}
	if c.from.IsZero() || len(t.Editions) == 0 {
		o.pack.Timescales = slices.Delete(o.pack.Timescales, i, i+1)
		return
	}
	o.pack.Timescales[i] = *t
}

// hasDefault reports whether a number of the rule is one that no council has set.
func hasDefault(t *timescale.Timescale) bool {
	return slices.ContainsFunc(t.Editions, func(e timescale.Edition) bool { return e.Default })
}

// confirm says that the numbers of a rule are the council's own.
func confirm(t *timescale.Timescale, source string) {
	for i := range t.Editions {
		e := &t.Editions[i]
		if e.Default && source != "" {
			e.Source, e.Checked = source, timescale.Check{}
		}
		e.Default, e.Confirmed = false, e.Confirmed || e.Default
	}
}

// warnOfEditions warns of editions without a first day that change what is over.
func (o *overlay) warnOfEditions(r *reader, t *timescale.Timescale, c *changed) {
	for _, l := range c.editions {
		if !l.dated && !c.on && !l.repeats(t) { // with on, that was told of the rule
			o.warnOfNoFrom(r, l.line, "the edition", wasInTime)
		}
	}
}

// repeats reports whether a limit is the one that the rule has already.
func (l laid) repeats(t *timescale.Timescale) bool {
	return l.limit != nil && !slices.ContainsFunc(t.Editions, func(e timescale.Edition) bool {
		return len(e.Limits) != 1 || !reflect.DeepEqual(e.Limits[0], *l.limit)
	})
}

// local reports whether no edition of a rule is more than local.
func local(t *timescale.Timescale) bool {
	return !slices.ContainsFunc(t.Editions, func(e timescale.Edition) bool { return e.Status != timescale.StatusLocal })
}

// laid is a limit of the council's own, for a stretch of time.
type laid struct {
	from, until calendar.Date
	limit       *timescale.Limit // instead of the pack's own local one
	alongside   *timescale.Limit // alongside a national one
	source      string
	line        int
	dated       bool // it has a from
}

func (r *reader) laid(v *value) (laid, bool) {
	l := laid{line: v.line, dated: v.get("from") != nil}
	before := len(*r.found)
	known := keys{
		"from":  r.dateInto("from", &l.from),
		"until": r.dateInto("until", &l.until),
		"limit": func(v *value) {
			if own, ok := r.limitFrom(v); ok {
				l.limit = &own
			}
		},
		"local_limit": r.limitInto(&l.alongside),
		"source":      r.textInto("source", &l.source),
	}
	if v.get("status") != nil { // which no edition of an overlay has
		known["status"] = func(v *value) { r.fault(v, "what an overlay sets is local: leave out status") }
	}
	ok := r.mapping(v, "an edition of an overlay", known)
	if !ok || len(*r.found) > before { // what else is missing may be what was misspelt
		return l, false
	}
	if (v.get("limit") == nil) == (v.get("local_limit") == nil) {
		r.fault(v, "say local_limit for a limit alongside a national one, or limit where the pack's own is local")
		return l, false
	}
	if v.get("source") == nil {
		r.fault(v, "the edition has no source: name the council's procedure and its paragraph")
	}
	if !l.from.IsZero() && !l.until.IsZero() && l.until <= l.from {
		r.fault(v, "the edition is in force from %s until %s, which is never", l.from, l.until)
		return l, false
	}
	return l, l.limit != nil || l.alongside != nil
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
				r.faultAt(l.line, "%s", l.clash(other))
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

// clash says of two limits that are in force on one day which of them to change, and how.
func (l laid) clash(other laid) string {
	before, after := other, l
	if l.from < other.from {
		before, after = l, other
	}
	switch {
	case after.from.IsZero():
		return fmt.Sprintf("two editions of the overlay have no from, this one and that of line %d, and only one can be in force on a day: "+
			"say from which day on the later one holds, and end the other with until: that day", other.line)
	case after.from == before.from:
		return fmt.Sprintf("two editions of the overlay begin on %s, this one and that of line %d, and only one can be in force on a day: "+
			"leave one out, or give it another from", l.from, other.line)
	default:
		return fmt.Sprintf("two editions of the overlay are in force on one day: end that of line %d with until: %s", before.line, after.from)
	}
}

func (l laid) overlaps(other laid) bool {
	return (other.until.IsZero() || l.from < other.until) && (l.until.IsZero() || other.from < l.until)
}

// covers reports whether an edition lies in the time of a limit. Editions are cut at its
// bounds, so one lies in it wholly or not at all.
func (l laid) covers(e *timescale.Edition) bool {
	return e.From >= l.from && (l.until.IsZero() || !e.Until.IsZero() && e.Until <= l.until)
}

// splitAt cuts the edition in force on a day into the part before it and the part from it
// on. It returns a list of its own, whose editions share their limits with those it was given.
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
		r.faultAt(l.line, "no law gives it a number, so there is none to stand alongside: set one with limit")
	case len(national) == 0:
		r.faultAt(l.line, "the timescale has no limit, only %s: an overlay cannot give it one", inTheLimitsPlace(t, e))
	case l.limit != nil && len(e.Limits) == 0:
		r.faultAt(l.line, "each of its starts brings a limit of its own: to count differently, add a timescale of the council's own")
	case l.limit != nil && !e.Local && e.Status == timescale.StatusPractice && e.Checked.Unread():
		ownNumber(e, l)
	case l.limit != nil && !e.Local:
		r.faultAt(l.line, "its limit is not a local one (%s: %s), so it stands: put a local_limit alongside it", e.Status, e.Source)
	case l.limit != nil:
		ownNumber(e, l)
	case e.Local:
		r.faultAt(l.line, "its only limit is local: change it with limit, there is no national one to stand alongside")
	default:
		r.stricter(e, national, l)
		e.LocalLimit, e.LocalSource = l.alongside, l.source
	}
	e.Line = l.line
}

// ownNumber puts the council's own number instead of one that no law sets: a local one, or one of
// national practice whose words nobody has read.
func ownNumber(e *timescale.Edition, l laid) {
	e.Limits, e.Earliest, e.Source, e.Checked, e.Default = []timescale.Limit{*l.limit}, false, l.source, timescale.Check{}, false
	e.Status, e.Local = timescale.StatusLocal, true
}

// number gives an edition for which the law has no number the council's own. The duty stays
// what it was; the edition is marked as local.
func number(e *timescale.Edition, l laid) {
	if e.Status == timescale.StatusLocal {
		e.Source, e.Checked = l.source, timescale.Check{}
	} else {
		e.Source += "; the number: " + l.source
	}
	e.Limits, e.NoLimit, e.Local = []timescale.Limit{*l.limit}, false, true
}

// inTheLimitsPlace says what an edition has that is not a length of time.
func inTheLimitsPlace(t *timescale.Timescale, e *timescale.Edition) string {
	switch {
	case t.Windows != "":
		return "windows"
	case len(e.By) > 0:
		return "an event before which it is owed"
	case e.NotBefore != nil:
		return "a day before which it may not be done"
	}
	return "alarms"
}

// limitsOf is every limit that a duty of an edition may have, those that starts bring once.
func limitsOf(t *timescale.Timescale, e *timescale.Edition) []timescale.Limit {
	all := slices.Clone(e.Limits)
	for _, s := range t.Starts {
		for _, l := range s.Limits {
			if !slices.ContainsFunc(all, func(x timescale.Limit) bool { return x.String() == l.String() }) {
				all = append(all, l)
			}
		}
	}
	return all
}

// stricter refuses a local limit that could fall due after a national one: a limit of law
// is never loosened, nor is a date shown that lies behind it.
func (r *reader) stricter(e *timescale.Edition, national []timescale.Limit, l laid) {
	for _, n := range national {
		if !l.alongside.NeverLonger(n, calendar.Published()) {
			r.faultAt(l.line, "the local limit of %s can fall due later than the national one of %s (%s: %s): a council may be stricter, never looser",
				l.alongside, n, e.Status, e.Source)
		}
	}
}
