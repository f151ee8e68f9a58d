package timescale

import (
	"slices"

	"longstop/calendar"
)

// timescale checks one rule.
func (s *soundness) timescale(t *Timescale) {
	s.named(t)
	if len(t.Starts) == 0 {
		s.fault(t.fault(), "nothing starts it: say what does in starts")
	}
	if len(t.MetBy) == 0 && len(t.Drift) == 0 {
		s.fault(t.fault(), "nothing can meet it: say what does in met_by")
	}
	for _, p := range t.NotWhile {
		if p == t.Period {
			s.fault(t.fault(), "it can never start: its period %s is also in not_while", p)
		}
	}
	for i := range t.Starts {
		s.start(t, &t.Starts[i])
	}
	for _, m := range t.MetBy {
		if m.OrBefore != nil && m.OrBefore.InHours() {
			s.fault(t.fault(), "or_before is counted in days, weeks or months, not in hours")
		}
	}
	s.editions(t)
	s.limits(t)
	s.drift(t)
	s.hours(t)
}

func (s *soundness) named(t *Timescale) {
	for _, part := range []struct{ name, is string }{
		{"ref", t.Ref}, {"title", t.Title}, {"todo", t.Todo}, {"pathway", t.Pathway},
	} {
		if part.is == "" {
			s.fault(t.fault(), "it has no %s", part.name)
		}
	}
	if !isRef(t.Ref) {
		s.fault(t.fault(), "a ref is of capital letters, digits and hyphens, like AS-01: it becomes part of every duty's name")
	}
}

// isRef keeps what separates the parts of a duty's and a notice's name out of a ref.
func isRef(s string) bool {
	for _, c := range s {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// start checks that what a start speaks of is there.
func (s *soundness) start(t *Timescale, st *Start) {
	if t.Period == "" {
		s.needsPeriod(t, st)
	}
	for _, l := range []*Limit{st.OrBefore, st.since().From, st.since().Before} {
		if l != nil && l.InHours() {
			s.fault(t.fault(), "or_before and within are counted in days, weeks or months, not in hours")
		}
	}
	if empty(st.From, st.Until) {
		s.fault(t.fault(), "a start is in force from %s until %s, which is never", st.From, st.Until)
	}
}

func (s *soundness) needsPeriod(t *Timescale, st *Start) {
	for _, part := range []struct {
		name string
		used bool
	}{
		{"nth (without nth_in)", st.Nth != nil && st.NthIn == ""},
		{"within", st.Within != nil},
		{"period_opens", st.PeriodOpens},
		{"period_where", len(st.PeriodWhere) > 0},
		{"none_since", st.NoneSince != ""},
		{"or_before of a start", st.OrBefore != nil},
	} {
		if part.used {
			s.fault(t.fault(), "%s counts from the opening of the rule's period, and it has none: name one", part.name)
		}
	}
	if st.NthIn != "" && st.Nth == nil {
		s.fault(t.fault(), "nth_in says where nth counts, and there is no nth")
	}
}

func (st *Start) since() Since {
	if st.Within == nil {
		return Since{}
	}
	return *st.Within
}

// empty says whether a stretch of time holds no day.
func empty(from, until calendar.Date) bool {
	return !from.IsZero() && !until.IsZero() && until <= from
}

// editions checks that each has its source, and that on any day one at most is in force.
func (s *soundness) editions(t *Timescale) {
	if len(t.Editions) == 0 {
		s.fault(t.fault(), "it has no editions: the limit, its status and its source stand there")
	}
	for i := range t.Editions {
		e := &t.Editions[i]
		if e.Source == "" {
			s.fault(e.faultOf(t), "the edition has no source: name the law, guidance or procedure and its paragraph")
		}
		if e.Status == "" {
			s.fault(e.faultOf(t), "the edition has no status: statute, regulation, statutory guidance, … or local")
		}
		if empty(e.From, e.Until) {
			s.fault(e.faultOf(t), "the edition is in force from %s until %s, which is never", e.From, e.Until)
		}
		if i > 0 {
			s.follows(t, &t.Editions[i-1], e)
		}
	}
}

func (s *soundness) follows(t *Timescale, before, e *Edition) {
	switch {
	case e.From.IsZero(), !before.From.IsZero() && e.From <= before.From:
		s.fault(e.faultOf(t), "the editions are out of order: each begins after the one before it")
	case before.Until.IsZero() || e.From < before.Until:
		s.fault(e.faultOf(t), "two editions are in force on %s: the one before it needs until: %s", e.From, e.From)
	}
}

// limits checks that every duty of the rule finds exactly one limit, and that one a ladder.
func (s *soundness) limits(t *Timescale) {
	for i := range t.Editions {
		e := &t.Editions[i]
		s.choice(t, e.faultOf(t), e.Limits)
		if len(e.Limits) == 0 && len(t.Drift) == 0 && s.startWithoutLimit(t) {
			s.fault(e.faultOf(t), "the edition has no limit, and not every start brings its own")
		}
		if e.LocalLimit != nil {
			s.choice(t, e.faultOf(t), []Limit{*e.LocalLimit})
			if e.LocalLimit.InHours() {
				s.fault(e.faultOf(t), "a local limit beside a national one gives a day, so it is not counted in hours")
			}
		}
	}
	for i := range t.Starts {
		s.choice(t, t.fault(), t.Starts[i].Limits)
	}
	if t.Extend != nil && t.Extend.Most.InHours() {
		s.fault(t.fault(), "an extension is to a day, so most is not counted in hours")
	}
}

func (s *soundness) startWithoutLimit(t *Timescale) bool {
	return slices.ContainsFunc(t.Starts, func(st Start) bool { return len(st.Limits) == 0 })
}

// choice checks limits of which the first whose condition holds is taken.
func (s *soundness) choice(t *Timescale, at Fault, limits []Limit) {
	for i, l := range limits {
		if l.Unit == "" {
			continue // it could not be read, which was told
		}
		last := i == len(limits)-1
		switch {
		case last && l.When != nil:
			s.fault(at, "the last limit has a condition: where none holds there is no limit, so add one without")
		case !last && l.When == nil:
			s.fault(at, "the limit %s has no condition, so those after it are never reached", l)
		}
		if l.When != nil && l.When.needsPeriod() && t.Period == "" {
			s.fault(at, "the condition of %s speaks of the rule's period, and it has none: name one", l)
		}
		if s.pack.LadderFor(l) == nil {
			s.fault(at, "no ladder covers a limit of %s: nobody would be told", l)
		}
	}
}

func (c *Condition) needsPeriod() bool {
	return len(c.PeriodWhere) > 0 || c.HeldSince != "" || c.NotHeldSince != ""
}

// drift checks a rule of alarms only.
func (s *soundness) drift(t *Timescale) {
	if len(t.Drift) > 0 && len(t.allLimits()) > 0 {
		s.fault(t.fault(), "a rule with drift has no limit: its alarms say how long it has run")
	}
	for i, a := range t.Drift {
		if i > 0 && (a.Months <= t.Drift[i-1].Months || t.Drift[i-1].Every > 0) {
			s.fault(t.fault(), "the alarms are out of order: each comes after the one before it, and only the last repeats")
		}
	}
}

// hours checks that a rule is limited in hours or in days, and not in both.
func (s *soundness) hours(t *Timescale) {
	inHours, inDays := false, false
	for _, l := range t.allLimits() {
		inHours = inHours || l.InHours()
		inDays = inDays || !l.InHours() && l.Unit != ""
	}
	if inHours && inDays {
		s.fault(t.fault(), "some limits are in hours and some are not: make two timescales")
	}
	if inDays && (t.AnyHour || t.DateAsDays > 0) {
		s.fault(t.fault(), "any_hour and date_as_days are for limits in hours")
	}
	if inHours && t.Extend != nil {
		s.fault(t.fault(), "a limit in hours cannot be extended: an extension is to a day")
	}
}

// allLimits is every limit that a duty of the rule may have.
func (t *Timescale) allLimits() []Limit {
	var all []Limit
	for _, e := range t.Editions {
		all = append(all, e.Limits...)
		if e.LocalLimit != nil {
			all = append(all, *e.LocalLimit)
		}
	}
	for _, st := range t.Starts {
		all = append(all, st.Limits...)
	}
	return all
}
