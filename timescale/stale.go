package timescale

import (
	"fmt"
	"strings"

	"longstop/calendar"
)

// freshFor is for how many calendar months a check of the law may be relied on, the
// corresponding date included: a check of 29 November 2026 to 29 May 2028.
const freshFor = 18

// Stale is a check of the law that is to be made again.
type Stale struct {
	Rule    *Timescale
	Edition *Edition      // that is in force, with its check
	Since   calendar.Date // the first day on which it is stale
	Why     string        // a clause: "the check is older than eighteen months"
}

// Stale lists the checks that are stale on a day, in the pack's order: those that are older
// than eighteen months, or than an edition that came since. Only the edition of a rule that
// is in force on the day is looked at, in rules that are off too: what an earlier one said
// does not change any more. Where there is more than one reason the first to come counts.
func (p *Pack) Stale(day calendar.Date) []Stale {
	var all []Stale
	for i := range p.Timescales {
		t := &p.Timescales[i]
		e := t.EditionOn(day)
		if e == nil || e.Checked.On.IsZero() {
			continue
		}
		if s := p.staleOf(e); s.Since <= day {
			s.Rule = t
			all = append(all, s)
		}
	}
	return all
}

// staleOf is when the check of an edition grows stale, and why.
func (p *Pack) staleOf(e *Edition) Stale {
	on := e.Checked.On
	s := Stale{Edition: e, Since: on.AddMonths(freshFor).AddDays(1), Why: "the check is older than eighteen months"}
	sooner := func(since calendar.Date, why string, args ...any) {
		if since > on && since < s.Since {
			s.Since, s.Why = since, fmt.Sprintf(why, args...)
		}
	}
	sooner(e.From, "the edition came into force on %s, after it", e.From.Format("2 January 2006"))
	for _, pub := range p.Publications {
		if !strings.Contains(e.Source, pub.Name) {
			continue
		}
		for _, out := range pub.Editions {
			sooner(out, "%s came out anew on %s, after it", pub.Name, out.Format("2 January 2006"))
		}
	}
	return s
}
