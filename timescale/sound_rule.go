package timescale

import (
	"slices"

	"longstop/calendar"
)

// timescale checks one rule.
func (s *soundness) timescale(t *Timescale) {
	s.named(t)
	s.begins(t)
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
		if m.OrBefore != nil && m.OrBefore.noLength() {
			s.fault(t.fault(), "or_before is counted in days, weeks or months, not in hours and not backwards, and is no rolling sum")
		}
	}
	s.editions(t)
	s.checks(t)
	s.inUse(t)
	s.limits(t)
	s.drift(t)
	s.hours(t)
	s.refers(t)
}

// begins checks that something starts the rule: events, or windows of its period.
func (s *soundness) begins(t *Timescale) {
	switch {
	case t.Windows == "" && len(t.Starts) == 0:
		s.fault(t.fault(), "nothing starts it: say what does in starts")
	case !t.Windows.known():
	case t.Period == "":
		s.fault(t.fault(), "windows follow each other while the rule's period is open, and it has none: name one")
	case len(t.Starts) > 0, t.Extend != nil, t.Pausable:
		s.fault(t.fault(), "its windows start it and end with their last day: it has no starts, extend or pausable")
	case len(t.Drift) > 0 || slices.ContainsFunc(t.Editions, func(e Edition) bool { return len(e.Limits) > 0 || e.bounded() }):
		s.fault(t.fault(), "what it asks for is due on the last day of each window: it has no limit, by, not_before, no_limit or drift")
	case t.Windows == SchoolTerms && len(s.pack.Terms) == 0:
		s.fault(t.fault(), "the pack has no terms, so no school term ever begins")
	}
}

// refers checks that what the rule names is there.
func (s *soundness) refers(t *Timescale) {
	if t.Ladder != "" && s.pack.Ladder(t.Ladder) == nil {
		s.fault(t.fault(), "the pack has no ladder %q", t.Ladder)
	}
	if t.Calendar != "" && !slices.ContainsFunc(s.pack.Calendars, func(c OwnCalendar) bool { return c.Name == t.Calendar }) {
		s.fault(t.fault(), "the pack has no calendar %q", t.Calendar)
	}
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
	for _, l := range []*Limit{st.OrBefore, st.since().From, st.since().Before, st.PrecededBy.within()} {
		if l != nil && l.noLength() {
			s.fault(t.fault(), "or_before and within are lengths in days, weeks or months, not in hours and not backwards, and no rolling sums")
		}
	}
	if st.Aged != nil && st.Aged.Before != 0 && st.Aged.Before <= st.Aged.From {
		s.fault(t.fault(), "nobody is of an age from %d and before %d", st.Aged.From, st.Aged.Before)
	}
	if st.Birthday > 0 {
		s.birthday(t, st)
	}
	if empty(st.From, st.Until) {
		s.fault(t.fault(), "a start is in force from %s until %s, which is never", st.From, st.Until)
	}
}

// birthday checks a start on a birthday.
func (s *soundness) birthday(t *Timescale, st *Start) {
	switch {
	case st.Nth != nil, st.OrBefore != nil, st.Aged != nil:
		s.fault(t.fault(), "a birthday comes once and at one age: a start on it has no nth, or_before or aged")
	case st.Birthday > Adulthood && t.Pathway != LeavingCare && !t.InHours():
		s.fault(t.fault(), "it never starts on %s: the 18th ends it in every pathway but LeavingCare", Birthday(st.Birthday))
	}
}

func (s *soundness) needsPeriod(t *Timescale, st *Start) {
	for _, part := range []struct {
		name string
		used bool
	}{
		{"nth (without nth_in)", st.Nth != nil && st.NthIn == ""},
		{"within (without in)", st.Within != nil && st.Within.In == ""},
		{"period_opens", st.PeriodOpens},
		{"a birthday", st.Birthday > 0},
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

func (p *Precedent) within() *Limit {
	if p == nil {
		return nil
	}
	return &p.Within
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
	case e.From == before.From && e.From.IsZero():
		s.fault(e.faultOf(t), "two editions have no from, and only one can be in force on a day: say from which day on the later one holds, and end the other with until: that day")
	case e.From == before.From:
		s.fault(e.faultOf(t), "two editions begin on %s, and only one can be in force on a day: leave one out, or give it another from", e.From)
	case e.From.IsZero(), !before.From.IsZero() && e.From <= before.From:
		s.fault(e.faultOf(t), "the editions are out of order: each begins after the one before it")
	case before.Until.IsZero() || e.From < before.Until:
		s.fault(e.faultOf(t), "two editions are in force on %s: the one before it needs until: %s", e.From, e.From)
	}
}
