package load

import (
	"strconv"
	"strings"

	"longstop/timescale"
)

// maxLimit bounds the number of a limit: no timescale of the law comes near it.
const maxLimit = 1000

var units = map[string]timescale.Unit{
	"working day": timescale.WorkingDays, "working days": timescale.WorkingDays,
	"day": timescale.Days, "days": timescale.Days,
	"week": timescale.Weeks, "weeks": timescale.Weeks,
	"month": timescale.Months, "months": timescale.Months,
	"year": timescale.Years, "years": timescale.Years,
	"hour": timescale.Hours, "hours": timescale.Hours,
}

const beginningWith = " beginning with the day"

// limit reads a length of time as people write it: "45 working days", "1 month",
// "72 hours", "26 weeks beginning with the day".
func (r *reader) limit(v *value) (timescale.Limit, bool) {
	s, ok := r.text(v, "a limit")
	if !ok {
		return timescale.Limit{}, false
	}
	var l timescale.Limit
	plain, inclusive := strings.CutSuffix(s, beginningWith)
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
	if inclusive && l.InHours() {
		r.fault(v, "the limit %q: hours run from an instant and do not begin with a day", s)
		return l, false
	}
	return l, true
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
		l, _ := r.limit(v)
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
	var l timescale.Limit
	var when *timescale.Condition
	ok := r.mapping(v, "one of the limits", keys{
		"limit": func(v *value) { l, _ = r.limit(v) },
		"when":  func(v *value) { when = r.condition(v, period) },
	})
	if ok && v.get("limit") == nil {
		r.fault(v, "one of the limits has no limit")
	}
	l.When = when
	return l, true
}

func (r *reader) condition(v *value, period string) *timescale.Condition {
	c := &timescale.Condition{}
	r.mapping(v, "when", keys{
		"period_where":    func(v *value) { c.PeriodWhere = r.periodTests(v, period) },
		"held_since":      r.eventInto(&c.HeldSince),
		"not_held_since":  r.eventInto(&c.NotHeldSince),
		"before_birthday": r.numberInto("before_birthday", 1, 25, &c.BeforeBirthday),
	})
	if v.kind == mapping && len(v.entries) == 0 {
		r.fault(v, "when holds no condition: leave it out")
	}
	return c
}
