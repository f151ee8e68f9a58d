package load

import (
	"strconv"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

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
		"phrase":    r.textInto("phrase", &p.Phrase),
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

// calendar reads a calendar of a council's or a pack's own.
func (r *reader) calendar(v *value) (timescale.OwnCalendar, bool) {
	r = r.named("calendar", v)
	var c timescale.OwnCalendar
	ok := r.mapping(v, "a calendar", keys{
		"name":       r.textInto("name", &c.Name),
		"incomplete": r.flagInto("incomplete", &c.Incomplete),
		"closed":     listOf(r, "closed", &c.Closed, r.closed),
	})
	if ok && v.get("name") == nil {
		r.fault(v, "a calendar needs a name")
	}
	r.known.origins["calendar "+c.Name] = origin{file: r.file, line: v.line}
	return c, ok && c.Name != ""
}

// maxClosed bounds a stretch of closed days: no summer is as long.
const maxClosed = 120

func (r *reader) closed(v *value) (calendar.Closed, bool) {
	var c calendar.Closed
	ok := r.mapping(v, "a stretch of closed days", keys{
		"from":  r.dateInto("from", &c.From),
		"until": r.dateInto("until", &c.Until),
		"why":   r.textInto("why", &c.Why),
	})
	switch {
	case !ok:
	case v.get("from") == nil || v.get("until") == nil || v.get("why") == nil:
		r.fault(v, "a stretch of closed days needs from, until (both are closed) and why")
		ok = false
	case c.From.IsZero() || c.Until.IsZero(): // which was told
		ok = false
	case c.Until < c.From || c.Until.DaysSince(c.From) > maxClosed:
		r.fault(v, "closed from %s until %s: the last day comes after the first, and at most %d days after", c.From, c.Until, maxClosed)
		ok = false
	}
	return c, ok
}

// term reads a school term: {name, from, until}, with dates, or by month and day ("09-01")
// for every year without dated ones.
func (r *reader) term(v *value) (timescale.Term, bool) {
	var t timescale.Term
	ok := r.mapping(v, "a term", keys{
		"name":  r.textInto("name", &t.Name),
		"from":  r.dayOfTerm(&t.First, &t.FromMonth, &t.FromDay),
		"until": r.dayOfTerm(&t.Last, &t.UntilMonth, &t.UntilDay),
	})
	if !ok {
		return t, false
	}
	usual := t.FromMonth != 0 && t.UntilMonth != 0 && t.First.IsZero() && t.Last.IsZero()
	dated := t.FromMonth == 0 && t.UntilMonth == 0 && !t.First.IsZero() && !t.Last.IsZero()
	switch {
	case v.get("name") == nil || v.get("from") == nil || v.get("until") == nil:
		r.fault(v, "a term needs name, from and until")
	case dated && t.Last > t.First,
		usual && (t.UntilMonth > t.FromMonth || t.UntilMonth == t.FromMonth && t.UntilDay > t.FromDay):
		return t, true
	case dated || usual:
		r.fault(v, "the term ends before it begins")
	default:
		r.fault(v, "a term has two dates (2026-09-02), or two days of every year (09-01)")
	}
	return t, false
}

// dayOfTerm reads a date, or a day of every year.
func (r *reader) dayOfTerm(date *calendar.Date, month *time.Month, day *int) func(*value) {
	return func(v *value) {
		m, d, ok := strings.Cut(v.text, "-")
		if v.kind != scalar || !ok || len(v.text) != len("09-01") {
			r.dateInto("a day of a term", date)(v)
			return
		}
		monthNumber, errMonth := strconv.Atoi(m)
		dayNumber, errDay := strconv.Atoi(d)
		// 29 February is not in every year.
		if errMonth != nil || errDay != nil || monthNumber < 1 || monthNumber > 12 || dayNumber < 1 ||
			dayNumber > time.Date(2025, time.Month(monthNumber)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
			r.fault(v, "%q is no day of every year: write it like 09-01", v.text)
			return
		}
		*month, *day = time.Month(monthNumber), dayNumber
	}
}
