package timescale

import (
	"cmp"
	"fmt"
	"slices"

	"longstop/calendar"
)

// StatusLocal is the status of a limit that no law, guidance or national practice sets.
const StatusLocal = "local"

// StatusPractice is the status of a limit of national good practice, which no law sets.
const StatusPractice = "practice"

// Statuses are what a limit's source may be, the most binding first.
var Statuses = []string{
	"statute", "regulation", "statutory guidance", "practice direction", "national minimum standard", "guidance",
	StatusPractice, StatusLocal,
}

// Faults returns what is wrong with a pack as a whole; none for a valid one. A fault of a
// timescale says where it was read, a fault of a period or ladder names it as its rule.
// What can be seen in one value alone, package load finds while it reads.
func (p *Pack) Faults() []Fault {
	s := &validator{pack: p}
	s.checkPeriods()
	s.checkLadders()
	s.checkCalendars()
	s.checkRefs()
	for i := range p.Timescales {
		s.checkTimescale(&p.Timescales[i])
	}
	return s.found
}

// validator collects the faults of a pack.
type validator struct {
	pack  *Pack
	found []Fault
}

func (s *validator) fault(f Fault, format string, args ...any) {
	f.Reason = fmt.Sprintf(format, args...)
	s.found = append(s.found, f)
}

func (t *Timescale) fault() Fault { return Fault{File: t.File, Line: t.Line, Rule: t.Ref} }

func (e *Edition) faultOf(t *Timescale) Fault {
	f := t.fault()
	if e.Line > 0 {
		f.Line = e.Line
	}
	return f
}

// checkCalendars checks that a rule which names a calendar finds one.
func (s *validator) checkCalendars() {
	for i, c := range s.pack.Calendars {
		if slices.ContainsFunc(s.pack.Calendars[:i], func(x OwnCalendar) bool { return x.Name == c.Name }) {
			s.fault(Fault{Rule: "calendar " + c.Name}, "two calendars have this name: remove one")
		}
	}
}

func (s *validator) checkRefs() {
	first := map[string]*Timescale{}
	for i := range s.pack.Timescales {
		t := &s.pack.Timescales[i]
		if before, twice := first[t.Ref]; twice && t.Ref != "" {
			s.fault(t.fault(), "two timescales have this ref, the other at %s:%d: give one another ref", before.File, before.Line)
			continue
		}
		first[t.Ref] = t
	}
}

// Fault is one thing that is wrong with a rule pack or an overlay: where it stands,
// which rule it concerns, and what to do about it.
type Fault struct {
	File   string // the file's name; "" if it lies in no one file
	Line   int    // from 1; 0 if it lies in no one line
	Rule   string // the ref of the timescale, or the name of the period or ladder; "" if there is none
	Reason string // what is wrong and what to do, one sentence
}

// String returns one line: "assessment.yaml:12: AS-01: the unit …".
func (f Fault) String() string {
	s := ""
	if f.File != "" {
		s = f.File + ": "
	}
	if f.File != "" && f.Line > 0 {
		s = fmt.Sprintf("%s:%d: ", f.File, f.Line)
	}
	if f.Rule != "" {
		s += f.Rule + ": "
	}
	return s + f.Reason
}

// SortFaults puts faults in the order in which a person mends them: by file, then line.
func SortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}

// checkTimescale checks one rule.
func (s *validator) checkTimescale(t *Timescale) {
	s.checkNamed(t)
	s.checkBegins(t)
	if len(t.MetBy) == 0 && len(t.Drift) == 0 {
		s.fault(t.fault(), "nothing can meet it: say what does in met_by")
	}
	for _, p := range t.NotWhile {
		if p == t.Period {
			s.fault(t.fault(), "it can never start: its period %s is also in not_while", p)
		}
	}
	for i := range t.Starts {
		s.checkStart(t, &t.Starts[i])
	}
	for _, m := range t.MetBy {
		if m.OrBefore != nil && m.OrBefore.noLength() {
			s.fault(t.fault(), "or_before is counted in days, weeks or months, not in hours and not backwards, and is no rolling sum")
		}
	}
	s.checkEditions(t)
	s.checkSourceChecks(t)
	s.checkCouncils(t)
	s.checkLimits(t)
	s.checkDrift(t)
	s.checkHours(t)
	s.checkReferences(t)
}

// checkBegins checks that something starts the rule: events, or windows of its period.
func (s *validator) checkBegins(t *Timescale) {
	switch {
	case t.Windows == "" && len(t.Starts) == 0:
		s.fault(t.fault(), "nothing starts it: say what does in starts")
	case !t.Windows.isKnown():
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

// checkReferences checks that what the rule names is there.
func (s *validator) checkReferences(t *Timescale) {
	if t.Ladder != "" && s.pack.Ladder(t.Ladder) == nil {
		s.fault(t.fault(), "the pack has no ladder %q", t.Ladder)
	}
	if t.Calendar != "" && !slices.ContainsFunc(s.pack.Calendars, func(c OwnCalendar) bool { return c.Name == t.Calendar }) {
		s.fault(t.fault(), "the pack has no calendar %q", t.Calendar)
	}
}

func (s *validator) checkNamed(t *Timescale) {
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

// checkStart checks that what a start speaks of is there.
func (s *validator) checkStart(t *Timescale, st *Start) {
	if t.Period == "" {
		s.checkNeedsPeriod(t, st)
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
		s.checkBirthday(t, st)
	}
	if empty(st.From, st.Until) {
		s.fault(t.fault(), "a start is in force from %s until %s, which is never", st.From, st.Until)
	}
}

// checkBirthday checks a start on a birthday.
func (s *validator) checkBirthday(t *Timescale, st *Start) {
	switch {
	case st.Nth != nil, st.OrBefore != nil, st.Aged != nil:
		s.fault(t.fault(), "a birthday comes once and at one age: a start on it has no nth, or_before or aged")
	case st.Birthday > Adulthood && t.Pathway != LeavingCare && !t.InHours():
		s.fault(t.fault(), "it never starts on %s: the 18th ends it in every pathway but LeavingCare", Birthday(st.Birthday))
	}
}

func (s *validator) checkNeedsPeriod(t *Timescale, st *Start) {
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

// empty reports whether a stretch of time holds no day.
func empty(from, until calendar.Date) bool {
	return !from.IsZero() && !until.IsZero() && until <= from
}

// checkEditions checks that each has its source, and that on any day one at most is in force.
func (s *validator) checkEditions(t *Timescale) {
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
			s.checkFollows(t, &t.Editions[i-1], e)
		}
	}
}

func (s *validator) checkFollows(t *Timescale, before, e *Edition) {
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

// checkLimits checks that every duty of the rule finds exactly one limit, and that one a ladder.
func (s *validator) checkLimits(t *Timescale) {
	for i := range t.Editions {
		e := &t.Editions[i]
		if e.Earliest {
			s.checkEarliest(t, e)
		} else {
			s.checkChoice(t, e.faultOf(t), e.Limits)
		}
		s.checkBounds(t, e)
		if len(e.Limits) == 0 && !e.bounded() && t.Windows == "" && len(t.Drift) == 0 && s.startWithoutLimit(t) {
			s.fault(e.faultOf(t), "the edition has no limit, and not every start brings its own")
		}
		if e.LocalLimit != nil {
			s.checkChoice(t, e.faultOf(t), []Limit{*e.LocalLimit})
			if e.LocalLimit.noLength() {
				s.fault(e.faultOf(t), "a local limit alongside a national one gives a day after the start: it is not counted in hours or backwards, and it is not a rolling sum")
			}
		}
	}
	for i := range t.Starts {
		s.checkChoice(t, t.fault(), t.Starts[i].Limits)
	}
	if l, ok := t.Windows.length(); ok {
		s.checkLimit(t, t.fault(), l)
	}
	if t.Extend != nil && (t.Extend.Most.noLength() || t.Extend.Total != nil && t.Extend.Total.noLength()) {
		s.fault(t.fault(), "an extension is to a day after the start, so most and total are not counted in hours or backwards, and are no rolling sum")
	}
}

// noLength reports whether a limit is no length of days.
func (l Limit) noLength() bool { return l.InHours() || l.Back || l.Rolling() }

// bounded reports whether the edition needs no limit.
func (e *Edition) bounded() bool { return len(e.By) > 0 || e.NotBefore != nil || e.NoLimit }

// checkBounds checks what an edition has next to its limit, or instead of it.
func (s *validator) checkBounds(t *Timescale, e *Edition) {
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
		s.checkDeadline(t, at, &e.By[i])
	}
}

// checkDeadline checks an event before which something is owed.
func (s *validator) checkDeadline(t *Timescale, at Fault, by *Deadline) {
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

// endsWithEvent reports whether an event ends the rule's duties, by itself or with a period.
func (s *validator) endsWithEvent(t *Timescale, event string) bool {
	is := func(m Match) bool { return m.Event == event }
	return slices.ContainsFunc(t.EndedBy, is) || slices.ContainsFunc(t.EndsWith, func(name string) bool {
		p := s.pack.Period(name)
		return p != nil && slices.ContainsFunc(p.Ends, func(e Ending) bool { return is(e.Match) })
	})
}

// checkEarliest checks limits of which the one that gives the earliest date counts.
func (s *validator) checkEarliest(t *Timescale, e *Edition) {
	if len(e.Limits) < 2 {
		s.fault(e.faultOf(t), "earliest chooses among two limits or more")
	}
	if slices.ContainsFunc(e.Limits, func(l Limit) bool { return l.When != nil || l.InHours() || l.Rolling() }) {
		s.fault(e.faultOf(t), "the day that is the earliest of several counts, so none has a condition or is in hours or a rolling sum")
	}
	for _, l := range e.Limits {
		s.checkLimit(t, e.faultOf(t), l)
	}
}

// checkLimit checks one limit by itself.
func (s *validator) checkLimit(t *Timescale, at Fault, l Limit) {
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

func (s *validator) startWithoutLimit(t *Timescale) bool {
	return slices.ContainsFunc(t.Starts, func(st Start) bool { return len(st.Limits) == 0 })
}

// checkChoice checks limits of which the first whose condition holds is taken.
func (s *validator) checkChoice(t *Timescale, at Fault, limits []Limit) {
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
		s.checkLimit(t, at, l)
	}
}

func (c *Condition) needsPeriod() bool {
	return len(c.PeriodWhere) > 0 || c.HeldSince != "" || c.NotHeldSince != ""
}

// checkDrift checks a rule of alarms only.
func (s *validator) checkDrift(t *Timescale) {
	if len(t.Drift) > 0 && len(t.allLimits()) > 0 {
		s.fault(t.fault(), "a rule with drift has no limit: its alarms say how long it has run")
	}
	if len(t.Drift) > 0 && len(t.Remind) > 0 {
		s.fault(t.fault(), "a rule with drift reminds nobody, and so nobody with the worker: leave out remind")
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

// checkHours checks that a rule is limited in hours or in days, and not in both.
func (s *validator) checkHours(t *Timescale) {
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

// allLimits returns every limit that a duty of the rule may have.
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

// checkLadders checks that a limit takes one ladder, and that rungs stand in the order in
// which they come due.
func (s *validator) checkLadders() {
	for i := range s.pack.Ladders {
		l := &s.pack.Ladders[i]
		at := Fault{Rule: "ladder " + l.Name}
		if len(l.Rungs) == 0 {
			s.fault(at, "it has no rungs")
		}
		s.checkBands(l, at)
		s.checkRungs(l, at)
		for j := range s.pack.Ladders[:i] {
			s.checkApart(l, &s.pack.Ladders[j], at)
		}
	}
}

func (s *validator) checkBands(l *Ladder, at Fault) {
	for _, b := range l.For {
		if b.To != 0 && b.To < b.From {
			s.fault(at, "the band of %s from %d to %d holds no limit", b.Unit, b.From, b.To)
		}
		if (b.Unit == Hours) != (l.For[0].Unit == Hours) {
			s.fault(at, "it is for limits in hours and for others: their rungs are counted differently, so make two")
			return
		}
	}
}

// checkApart says that two ladders share no name and no limit.
func (s *validator) checkApart(l, other *Ladder, at Fault) {
	if l.Name == other.Name {
		s.fault(at, "two ladders have this name: remove one")
		return
	}
	for _, a := range l.For {
		for _, b := range other.For {
			if a.Unit == b.Unit && a.From <= b.last() && b.From <= a.last() {
				s.fault(at, "limits of %d %s take this ladder and %q: the bands overlap", max(a.From, b.From), a.Unit, other.Name)
			}
		}
	}
}

// last returns the greatest number of a band.
func (b Band) last() int {
	if b.To == 0 {
		return 1 << 30
	}
	return b.To
}

func (s *validator) checkRungs(l *Ladder, at Fault) {
	for i := 1; i < len(l.Rungs); i++ {
		if l.Rungs[i].Moment() <= l.Rungs[i-1].Moment() {
			s.fault(at, "the rung %s stands after %s but comes due no later: put them in order", l.Rungs[i].Label, l.Rungs[i-1].Label)
		}
	}
}

// Moment orders the rungs of one ladder: percents before the due instant, hours after it.
func (r Rung) Moment() int {
	if r.Percent > 0 {
		return r.Percent - 100
	}
	return r.Days + r.Hours
}

// checkPeriods checks that every period can open, can end, and does not end with itself.
func (s *validator) checkPeriods() {
	for i := range s.pack.Periods {
		p := &s.pack.Periods[i]
		at := Fault{Rule: "period " + p.Name}
		if len(p.Opens) == 0 {
			s.fault(at, "nothing opens the period: say what does in opens")
		}
		if len(p.Ends) == 0 && p.EndsWith == "" {
			s.fault(at, "nothing ends the period: say what does in ends or ends_with")
		}
		if p.EndsWith != "" && s.pack.Period(p.EndsWith) == nil {
			s.fault(at, "it ends with the period %q, which is not known", p.EndsWith)
		}
		if p.Single && p.Replaces {
			s.fault(at, "single and replaces contradict each other: an opening while it is open does nothing, or ends it")
		}
		if s.endsWithItself(p) {
			s.fault(at, "a cycle: it ends with a period that ends with it")
		}
	}
}

func (s *validator) endsWithItself(p *Period) bool {
	var seen []string
	for q := p; q != nil && q.EndsWith != ""; q = s.pack.Period(q.EndsWith) {
		if q.EndsWith == p.Name {
			return true
		}
		if slices.Contains(seen, q.EndsWith) {
			return false // a cycle further on, which is told there
		}
		seen = append(seen, q.EndsWith)
	}
	return false
}
