package load

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"unicode"

	"longstop/calendar"
	"longstop/timescale"
)

// maxLimit bounds the number of a limit, and maxYears that of one in years: no timescale of
// the law comes near it, and no date that it gives lies beyond the calendar.
const (
	maxLimit = 1000
	maxYears = 100
)

var units = map[string]timescale.Unit{
	"working day": timescale.WorkingDays, "working days": timescale.WorkingDays,
	"day": timescale.Days, "days": timescale.Days,
	"week": timescale.Weeks, "weeks": timescale.Weeks,
	"month": timescale.Months, "months": timescale.Months,
	"year": timescale.Years, "years": timescale.Years,
	"hour": timescale.Hours, "hours": timescale.Hours,
}

const beginningWith = " beginning with the day"

// sameDay is the limit of what is due on the day itself from which it counts.
const sameDay = "the same day"

// limit reads a length of time as people write it: "45 working days", "1 month",
// "72 hours", "26 weeks beginning with the day", "2 working days before",
// "72 hours in any 28 days", "75 days in any 12 months", "the same day".
func (r *reader) limit(v *value) (timescale.Limit, bool) {
	s, ok := r.text(v, "a limit")
	if !ok {
		return timescale.Limit{}, false
	}
	if s == sameDay {
		return timescale.Limit{Unit: timescale.Days}, true
	}
	if sum, stretch, ok := strings.Cut(s, " in any "); ok {
		return r.rollingLimit(v, s, sum, stretch)
	}
	if why := slipIn(s); why != "" {
		r.fault(v, "the limit %q: %s", s, why)
		return timescale.Limit{}, false
	}
	var l timescale.Limit
	plain, inclusive := strings.CutSuffix(s, beginningWith)
	plain, l.Back = strings.CutSuffix(plain, " before")
	number, unit, _ := strings.Cut(plain, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxLimit {
		r.fault(v, "the limit %q: a limit begins with a whole number from 1 to %d, as in \"45 working days\"", s, maxLimit)
		return l, false
	}
	l.N, l.Unit, l.BeginningWith = n, units[unit], inclusive
	if l.Unit == "" {
		r.fault(v, "the limit %q: the unit %q is not known: it is working days, days, weeks, months, years or hours", s, unit)
		return l, false
	}
	if l.Unit == timescale.Years && n > maxYears {
		r.fault(v, "the limit %q: a limit is at most %d years", s, maxYears)
		return l, false
	}
	if (inclusive || l.Back) && l.InHours() {
		r.fault(v, "the limit %q: hours run from an instant, and neither begin with a day nor lie before one", s)
		return l, false
	}
	if inclusive && l.Back {
		r.fault(v, "the limit %q: what lies before a day does not begin with it", s)
		return l, false
	}
	return l, true
}

// spelt are ways to write a unit that are easily taken for its name.
var spelt = map[string]string{
	"wd": "working days", "wds": "working days", "workdays": "working days", "workday": "working days", "business days": "working days",
	"working-days": "working days", "working": "working days", "hrs": "hours", "hr": "hours", "h": "hours", "d": "days", "w": "weeks",
	"wks": "weeks", "wk": "weeks", "m": "months", "mths": "months", "y": "years", "yrs": "years", "calendar days": "days",
}

// spokenLimits are limits that people write as a word.
var spokenLimits = map[string]string{
	"daily": "1 day", "weekly": "1 week", "fortnightly": "2 weeks", "monthly": "1 month", "quarterly": "3 months", "yearly": "1 year",
	"annually": "1 year", "same day": sameDay,
}

// slipIn says how a limit is written where a common way to write it was meant; "" elsewhere.
func slipIn(s string) string {
	if strings.ContainsFunc(s, func(c rune) bool { return c != ' ' && unicode.IsSpace(c) }) {
		return "it holds a blank that is not an ordinary one, as word processors make them: type it again"
	}
	if strings.ContainsAny(s, "“”‘’\"'") {
		return "it holds quotation marks: leave them out"
	}
	if meant := spokenLimits[strings.ToLower(s)]; meant != "" {
		return "write " + meant
	}
	number := s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
	unit := strings.ToLower(strings.TrimSpace(s[len(number):]))
	switch {
	case number == "":
		return ""
	case unit == "":
		return fmt.Sprintf("it has no unit: write %[1]s working days, %[1]s days, %[1]s weeks, %[1]s months, %[1]s years or %[1]s hours", number)
	case spelt[unit] != "":
		return "write " + number + " " + spelt[unit]
	case units[unit] != "" && s != number+" "+unit:
		return "write " + number + " " + unit
	}
	return ""
}

// inHours is how many hours a unit holds at the least, of those in whose stretches a sum is counted.
var inHours = map[timescale.Unit]int{
	timescale.Days: 24, timescale.Weeks: 7 * 24, timescale.Months: 28 * 24, timescale.Years: 365 * 24,
}

// rollingLimit reads "72 hours in any 28 days" or "75 days in any 12 months".
func (r *reader) rollingLimit(v *value, s, sum, stretch string) (timescale.Limit, bool) {
	of, okOf := length(sum)
	in, okIn := length(stretch)
	hours := of.N // that the sum is of
	switch of.Unit {
	case timescale.Hours:
		okIn = okIn && in.Unit == timescale.Days
	case timescale.Days:
		hours *= 24
	default:
		okOf = false
	}
	if !okOf || !okIn || hours >= in.N*inHours[in.Unit] {
		r.fault(v, "the limit %q: a rolling sum is of hours in any so many days, or of days in any so many days, weeks, months or years, "+
			"and of fewer than fill them: as in \"72 hours in any 28 days\" or \"75 days in any 12 months\"", s)
		return timescale.Limit{}, false
	}
	return timescale.Limit{N: of.N, Unit: of.Unit, In: in}, true
}

// length reads a number and a unit; ok is false for anything else.
func length(s string) (l timescale.Length, ok bool) {
	number, unit, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(number)
	l = timescale.Length{N: n, Unit: units[unit]}
	return l, err == nil && n >= 1 && n <= maxLimit && l.Unit != "" && (l.Unit != timescale.Years || n <= maxYears)
}

// limitFrom reads a limit, which may be a mapping that says from where it counts.
func (r *reader) limitFrom(v *value) (timescale.Limit, bool) {
	if v.kind != mapping {
		return r.limit(v)
	}
	return r.mappedLimit(v, keys{})
}

// mappedLimit reads {limit: …, from: …} with further keys.
func (r *reader) mappedLimit(v *value, more keys) (timescale.Limit, bool) {
	var l timescale.Limit
	var from *timescale.Anchor
	known := keys{
		"limit": func(v *value) { l, _ = r.limit(v) },
		"from":  func(v *value) { from = r.anchor(v) },
	}
	maps.Copy(known, more)
	ok := r.mapping(v, "one of the limits", known)
	if ok && v.get("limit") == nil {
		r.fault(v, "one of the limits has no limit")
	}
	switch {
	case from == nil:
	case l.InHours():
		r.fault(v, "a limit in hours runs from an instant: it has no from")
		from = nil
	case l.Rolling():
		r.fault(v, "a rolling sum runs from the opening of the rule's period: it has no from")
		from = nil
	}
	l.From = from
	return l, ok
}

// anchor reads from which date a limit counts: a field of the event that starts the duty,
// {event, field} of the latest such event, or {birthday} of the child.
func (r *reader) anchor(v *value) *timescale.Anchor {
	if v.kind == scalar {
		field, ok := r.text(v, "from")
		if !ok {
			return nil
		}
		r.anchored = append(r.anchored, anchored{v, field})
		return &timescale.Anchor{Field: field}
	}
	var a timescale.Anchor
	if !r.mapping(v, "from", keys{
		"event": r.eventInto(&a.Event), "field": r.textInto("field", &a.Field),
		"birthday": r.numberInto("birthday", 1, maxBirthday, &a.Birthday),
	}) {
		return nil
	}
	e, ok := r.known.event(a.Event)
	switch named := countKeys(v, "event", "field"); {
	case named == 0 && v.get("birthday") != nil:
	case named < 2 || v.get("birthday") != nil:
		r.fault(v, "from names a date of the event that starts the duty, or has an event and a field, or a birthday alone")
		return nil
	case ok:
		r.checkDate(v, e, a.Field)
	}
	return &a
}

// anchored is a date of the starting event that a limit counts from: which event that is,
// is known once the rule is read.
type anchored struct {
	at    *value
	field string
}

// checkAnchors checks that each event which starts the rule has the dates that its limits
// count from.
func (r *reader) checkAnchors(t *timescale.Timescale) {
	for _, a := range r.anchored {
		found := false
		for _, s := range t.Starts {
			if e, ok := r.known.event(s.Event); ok {
				f, has := fieldOf(e, a.field)
				found = found || has && f.Kind == timescale.Day
			}
		}
		if !found {
			r.fault(a.at, "no event that starts the rule has a date %q", a.field)
		}
	}
}

func (r *reader) checkDate(v *value, e timescale.EventType, field string) {
	if f, ok := fieldOf(e, field); !ok || f.Kind != timescale.Day {
		r.fault(v, "the event %s has no date %q", e.Name, field)
	}
}

func (r *reader) limitInto(into **timescale.Limit) func(*value) {
	return func(v *value) {
		if l, ok := r.limit(v); ok {
			*into = &l
		}
	}
}

// limits reads "limit: …" or "limits: [{limit: …, when: {…}}, {limit: …}]", of which the
// first whose condition holds is the one.
func (r *reader) limits(into *[]timescale.Limit, period string) keys {
	add := func(v *value) {
		// One that cannot be read is kept as a limit of nothing, so that its absence is
		// not told as a second fault.
		l, _ := r.limitFrom(v)
		*into = append(*into, l)
	}
	return keys{
		"limit": add,
		"limits": listOf(r, "limits", into, func(v *value) (timescale.Limit, bool) {
			return r.conditionalLimit(v, period)
		}),
	}
}

func (r *reader) conditionalLimit(v *value, period string) (timescale.Limit, bool) {
	if v.kind == scalar {
		l, _ := r.limit(v)
		return l, true // also a faulty one: see start
	}
	var when *timescale.Condition
	l, _ := r.mappedLimit(v, keys{"when": func(v *value) { when = r.condition(v, period) }})
	l.When = when
	return l, true // also a faulty one: see start
}

func (r *reader) condition(v *value, period string) *timescale.Condition {
	c := &timescale.Condition{}
	r.mapping(v, "when", keys{
		"period_where":    func(v *value) { c.PeriodWhere = r.periodTests(v, period) },
		"held_since":      r.eventInto(&c.HeldSince),
		"not_held_since":  r.eventInto(&c.NotHeldSince),
		"before_birthday": r.numberInto("before_birthday", 1, maxBirthday, &c.BeforeBirthday),
	})
	if v.kind == mapping && len(v.entries) == 0 {
		r.fault(v, "when holds no condition: leave it out")
	}
	return c
}

// exampleChecked is how an edition says how its words are known.
const exampleChecked = "checked: {read: words, in: legislation.gov.uk/ukpga/1989/41/section/47, on: " + exampleFrom + "}"

// checked reads how the words behind an edition are known: {read, in, missing, on}.
func (r *reader) checked(v *value) timescale.Check {
	var c timescale.Check
	before := len(*r.found)
	ok := r.mapping(v, "checked", keys{
		"read":    func(v *value) { c.Read = r.reading(v) },
		"in":      r.textInto("in", &c.In),
		"missing": r.textInto("missing", &c.Missing),
		"on":      r.dateInto("on", &c.On),
	})
	if ok && len(*r.found) == before { // what is missing may be what was misspelt
		if wrong := wrongIn(c); wrong != "" {
			r.fault(v, "%s", wrong)
		}
	}
	return c
}

func (r *reader) reading(v *value) timescale.Reading {
	words := make([]string, len(timescale.Readings))
	for i, reading := range timescale.Readings {
		words[i] = string(reading)
	}
	s, _ := r.oneOf(v, "read", words)
	return timescale.Reading(s)
}

// wrongIn says what a check lacks or has too much, and what to do; "" where it is whole.
func wrongIn(c timescale.Check) string {
	switch {
	case c.Read == "":
		return "checked needs read, what was read, as in " + exampleChecked
	case c.Read == timescale.NotRead && (c.In != "" || c.Missing != ""):
		return "nothing was read, so there is nothing that it was read in or that is missing: leave out in and missing, or say what was read"
	case c.Read == timescale.NotRead:
		return ""
	case c.In == "":
		return "checked needs in, where it was read or the secondary text, as in " + exampleChecked
	case c.On.IsZero():
		return "checked needs on, the day on which it was read, as in " + exampleChecked
	case c.Missing != "" && (c.Read == timescale.OwnWords || c.Read == timescale.Through):
		return "missing says what was not read, and read says that the words were: leave out missing, or say read: part or read: similar"
	}
	return ""
}

// inUse reads a number that councils use: {limit, to, says, who}.
func (r *reader) inUse(v *value) (timescale.InUse, bool) {
	var u timescale.InUse
	before := len(*r.found)
	ok := r.mapping(v, "a number of councils", keys{
		"limit": r.limitInto(&u.Limit),
		"to":    r.limitInto(&u.To),
		"says":  r.textInto("says", &u.Says),
		"who":   r.textInto("who", &u.Who),
	})
	switch {
	case len(*r.found) > before: // what is missing may be what was misspelt
	case v.get("limit") == nil && v.get("to") != nil:
		r.fault(v, "to ends a range, and there is no limit that begins it: add limit")
	case v.get("limit") == nil && v.get("says") == nil:
		r.fault(v, "a number of councils needs limit, or says with words in its place")
	}
	return u, ok
}

// publication reads a text of guidance that comes out in new editions: {name, editions}.
func (r *reader) publication(v *value) (timescale.Publication, bool) {
	var p timescale.Publication
	before := len(*r.found)
	ok := r.mapping(v, "a publication", keys{
		"name":     r.textInto("name", &p.Name),
		"editions": listOf(r, "editions", &p.Editions, r.comesOut),
	})
	switch {
	case !ok || len(*r.found) > before:
		return p, false
	case p.Name == "" || len(p.Editions) == 0:
		r.fault(v, "a publication needs its name, as sources name it, and editions, the days on which it came out")
		return p, false
	}
	for i := 1; i < len(p.Editions); i++ {
		if p.Editions[i] <= p.Editions[i-1] {
			r.fault(v, "the editions are out of order: %s does not come after %s", p.Editions[i], p.Editions[i-1])
			return p, false
		}
	}
	return p, true
}

func (r *reader) comesOut(v *value) (calendar.Date, bool) {
	var day calendar.Date
	r.dateInto("an edition", &day)(v)
	return day, !day.IsZero()
}
