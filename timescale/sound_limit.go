package timescale

import (
	"slices"

	"longstop/calendar"
)

// limits checks that every duty of the rule finds exactly one limit, and that one a ladder.
func (s *soundness) limits(t *Timescale) {
	for i := range t.Editions {
		e := &t.Editions[i]
		if e.Earliest {
			s.earliest(t, e)
		} else {
			s.choice(t, e.faultOf(t), e.Limits)
		}
		s.bounds(t, e)
		if len(e.Limits) == 0 && !e.bounded() && t.Windows == "" && len(t.Drift) == 0 && s.startWithoutLimit(t) {
			s.fault(e.faultOf(t), "the edition has no limit, and not every start brings its own")
		}
		if e.LocalLimit != nil {
			s.choice(t, e.faultOf(t), []Limit{*e.LocalLimit})
			if e.LocalLimit.noLength() {
				s.fault(e.faultOf(t), "a local limit beside a national one gives a day after the start: it is not counted in hours or backwards, and is no rolling sum")
			}
		}
	}
	for i := range t.Starts {
		s.choice(t, t.fault(), t.Starts[i].Limits)
	}
	if l, ok := t.Windows.length(); ok {
		s.limit(t, t.fault(), l)
	}
	if t.Extend != nil && (t.Extend.Most.noLength() || t.Extend.Total != nil && t.Extend.Total.noLength()) {
		s.fault(t.fault(), "an extension is to a day after the start, so most and total are not counted in hours or backwards, and are no rolling sum")
	}
}

// noLength says whether a limit is no length of days.
func (l Limit) noLength() bool { return l.InHours() || l.Back || l.Rolling() }

// bounded says whether the edition needs no limit.
func (e *Edition) bounded() bool { return len(e.By) > 0 || e.NotBefore != nil || e.NoLimit }

// bounds checks what stands beside an edition's limit, or in its place.
func (s *soundness) bounds(t *Timescale, e *Edition) {
	at := e.faultOf(t)
	switch {
	case e.NoLimit && (len(e.Limits) > 0 || len(e.By) > 0):
		s.fault(at, "it has no_limit and a limit: remove one")
	case e.NotBefore != nil && (e.NotBefore.InHours() || e.NotBefore.Rolling()):
		s.fault(at, "not_before is a day, so it is not counted in hours and is no rolling sum")
	case e.Moves && e.From.IsZero():
		s.fault(at, "running: move says what happens on the edition's from, and it has none")
	}
	for i := range e.By {
		s.deadline(t, at, &e.By[i])
	}
}

// deadline checks an event before which something is owed.
func (s *soundness) deadline(t *Timescale, at Fault, by *Deadline) {
	switch {
	case by.Event == "": // it could not be read, which was told
	case by.Nth > 0 && t.Period == "":
		s.fault(at, "nth in by counts from the opening of the rule's period, and it has none: name one")
	case t.Ladder == "" && s.pack.LadderFor(Limit{Unit: Days}) == nil:
		s.fault(at, "no ladder covers a limit of 0 days, which one with by has: nobody would be told")
	case s.endsWithEvent(t, by.Event):
		s.fault(at, "it is owed before %s, which also ends it: it would never be seen to be missed", by.Event)
	}
}

// endsWithEvent says whether an event ends the rule's duties, by itself or with a period.
func (s *soundness) endsWithEvent(t *Timescale, event string) bool {
	is := func(m Match) bool { return m.Event == event }
	return slices.ContainsFunc(t.EndedBy, is) || slices.ContainsFunc(t.EndsWith, func(name string) bool {
		p := s.pack.Period(name)
		return p != nil && slices.ContainsFunc(p.Ends, func(e Ending) bool { return is(e.Match) })
	})
}

// earliest checks limits of which the one that gives the earliest date counts.
func (s *soundness) earliest(t *Timescale, e *Edition) {
	if len(e.Limits) < 2 {
		s.fault(e.faultOf(t), "earliest chooses among two limits or more")
	}
	if slices.ContainsFunc(e.Limits, func(l Limit) bool { return l.When != nil || l.InHours() || l.Rolling() }) {
		s.fault(e.faultOf(t), "the day that is the earliest of several counts, so none has a condition or is in hours or a rolling sum")
	}
	for _, l := range e.Limits {
		s.limit(t, e.faultOf(t), l)
	}
}

// limit checks one limit by itself.
func (s *soundness) limit(t *Timescale, at Fault, l Limit) {
	if l.Unit == "" {
		return // it could not be read, which was told
	}
	switch {
	case !l.Rolling():
	case t.Period == "" || slices.ContainsFunc(t.Starts, func(st Start) bool { return !st.PeriodOpens }):
		s.fault(at, "a rolling sum adds up the times for which the rule's period was open: name a period and start with period_opens alone")
	case t.Extend != nil && !l.InHours() || t.Pausable:
		s.fault(at, "a rolling sum counts all of the time for which the period was open: it is neither extended nor paused")
	}
	ladder := s.pack.LadderOf(t, l)
	switch {
	case len(t.Drift) > 0: // its alarms are its ladder
	case ladder == nil && t.Ladder == "":
		s.fault(at, "no ladder covers a limit of %s: nobody would be told", l)
	case ladder != nil && len(ladder.Rungs) > 0 && ladder.Rungs[0].InHours != l.InHours():
		s.fault(at, "the rungs of the ladder %q are not counted as a limit of %s is, in hours or in days: nobody would be told", ladder.Name, l)
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
		if l.When != nil && l.When.BeforeBirthday > 0 && (l.InHours() || l.Rolling()) {
			s.fault(at, "before_birthday asks on what day a limit falls: %s is counted in hours or is a rolling sum, so leave it out", l)
		}
		s.limit(t, at, l)
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
		switch {
		case a.After.noLength() || a.Every != nil && (a.Every.Unit != a.After.Unit || a.Every.noLength() || a.Every.N == 0):
			s.fault(t.fault(), "an alarm comes after days, weeks or months, and repeats in the same unit")
		case i > 0 && (a.On(calendar.Published(), comparedFrom, 0) <= t.Drift[i-1].On(calendar.Published(), comparedFrom, 0) || t.Drift[i-1].Every != nil):
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
		if len(e.By) > 0 {
			all = append(all, Limit{Unit: Days})
		}
		if e.LocalLimit != nil {
			all = append(all, *e.LocalLimit)
		}
	}
	for _, st := range t.Starts {
		all = append(all, st.Limits...)
	}
	return all
}
