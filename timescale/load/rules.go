package load

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"longstop/timescale"
)

// timescale reads one rule.
func (r *reader) timescale(v *value) (timescale.Timescale, bool) {
	r = r.within(strings.TrimSpace(v.textOf("ref")))
	r.anchored = nil
	t := timescale.Timescale{File: r.file, Line: v.line, From: timescale.FromDone}
	// Looked ahead at, because starts and limits speak of it.
	t.Period = strings.TrimSpace(v.textOf("period"))
	ok := r.mapping(v, "a timescale", keys{
		"ref":           r.textInto("ref", &t.Ref),
		"title":         r.textInto("title", &t.Title),
		"todo":          r.textInto("todo", &t.Todo),
		"pathway":       func(v *value) { t.Pathway, _ = r.oneOf(v, "the pathway", r.known.pathways) },
		"period":        func(v *value) { r.period(v) },
		"each":          r.flagInto("each", &t.Each),
		"starts":        listOf(r, "starts", &t.Starts, func(v *value) (timescale.Start, bool) { return r.start(v, t.Period) }),
		"met_by":        listOf(r, "met_by", &t.MetBy, r.meeting),
		"ended_by":      r.matches("ended_by", &t.EndedBy),
		"ends_with":     listOf(r, "ends_with", &t.EndsWith, r.period),
		"not_while":     listOf(r, "not_while", &t.NotWhile, r.period),
		"shown_open_by": func(v *value) { t.ShownOpenBy = r.shownOpenBy(v) },
		"repeat_from":   func(v *value) { t.From = r.repeatFrom(v) },
		"editions":      listOf(r, "editions", &t.Editions, func(v *value) (timescale.Edition, bool) { return r.edition(v, t.Period) }),
		"extend":        func(v *value) { t.Extend = r.extension(v) },
		"pausable":      r.flagInto("pausable", &t.Pausable),
		"any_hour":      r.flagInto("any_hour", &t.AnyHour),
		"date_as_days":  r.numberInto("date_as_days", 1, maxLimit, &t.DateAsDays),
		"drift":         listOf(r, "drift", &t.Drift, r.alarm),
		"off":           r.textInto("off", &t.Off),
		"ladder":        r.textInto("ladder", &t.Ladder),
		"remind":        func(v *value) { t.Remind = r.parts(v) },
		"calendar":      r.textInto("calendar", &t.Calendar),
		"windows":       func(v *value) { t.Windows = r.windows(v) },
		"corrected":     listOf(r, "corrected", &t.Corrected, r.correction),
	})
	r.checkAnchors(&t)
	if t.Period != "" && !slices.Contains(t.EndsWith, t.Period) {
		t.EndsWith = append(t.EndsWith, t.Period)
	}
	return t, ok
}

func (r *reader) start(v *value, period string) (timescale.Start, bool) {
	var s timescale.Start
	more := keys{
		"period_opens":  r.flagInto("period_opens", &s.PeriodOpens),
		"birthday":      r.numberInto("birthday", 1, maxBirthday, &s.Birthday),
		"nth":           func(v *value) { s.Nth = r.nth(v) },
		"nth_in":        r.periodInto(&s.NthIn),
		"within":        func(v *value) { s.Within = r.since(v) },
		"period_where":  func(v *value) { s.PeriodWhere = r.periodTests(v, period) },
		"none_since":    r.eventInto(&s.NoneSince),
		"none_same_day": r.eventInto(&s.NoneSameDay),
		"same_day":      r.eventInto(&s.SameDay),
		"preceded_by":   func(v *value) { s.PrecededBy = r.precedent(v) },
		"aged":          func(v *value) { s.Aged = r.ages(v) },
		"or_before":     r.limitInto(&s.OrBefore),
		"from":          r.dateInto("from", &s.From),
		"until":         r.dateInto("until", &s.Until),
	}
	maps.Copy(more, r.limits(&s.Limits, period))
	m, ok := r.match(v, "a start", more)
	s.Match = m
	ways := countKeys(v, "event", "birthday")
	if v.kind == scalar || s.PeriodOpens {
		ways++
	}
	if ok && ways != 1 {
		r.fault(v, "a start is either an event, period_opens: true or a birthday")
	}
	return s, true // also a faulty one, whose absence would be told as a second fault
}

// orLater follows the number of an nth that has no upper bound.
const orLater = " or later"

// nth reads which occurrence of an event starts the clock: 1, or "2 or later".
func (r *reader) nth(v *value) *timescale.Nth {
	number, open := strings.CutSuffix(v.text, orLater)
	n, err := strconv.Atoi(number)
	if v.kind != scalar || err != nil || n < 1 || n > maxLimit {
		r.fault(v, "nth must be a whole number from 1, as in \"1\" or \"2 or later\"")
		return nil
	}
	if open {
		return &timescale.Nth{From: n}
	}
	return &timescale.Nth{From: n, To: n}
}

func (r *reader) since(v *value) *timescale.Since {
	var s timescale.Since
	r.mapping(v, "within", keys{"from": r.limitInto(&s.From), "before": r.limitInto(&s.Before), "in": func(v *value) {
		s.In = v.text // also one that is not known: see start
		r.period(v)
	}})
	if s.From == nil && s.Before == nil {
		r.fault(v, "within needs from or before")
		return nil
	}
	return &s
}

func (r *reader) windows(v *value) timescale.Windows {
	s, _ := r.oneOf(v, "windows", []string{string(timescale.CalendarMonths), string(timescale.SchoolTerms)})
	return timescale.Windows(s)
}

// precedent reads what must have happened before: {event, where, times, within}.
func (r *reader) precedent(v *value) *timescale.Precedent {
	p := timescale.Precedent{Times: 1}
	var within *timescale.Limit
	m, ok := r.match(v, "preceded_by", keys{
		"times":  r.numberInto("times", 1, maxLimit, &p.Times),
		"within": r.limitInto(&within),
	})
	if !ok {
		return nil
	}
	if within == nil {
		if v.get("within") == nil {
			r.fault(v, "preceded_by needs within: in what time before")
		}
		return nil
	}
	p.Match, p.Within = m, *within
	return &p
}

// maxBirthday bounds the birthdays on which a clock starts or from which it counts: the duties to
// care leavers end at 25.
const maxBirthday = 25

// maxAge bounds the ages that a start speaks of.
const maxAge = 130

func (r *reader) ages(v *value) *timescale.Ages {
	var a timescale.Ages
	ok := r.mapping(v, "aged", keys{
		"from":   r.numberInto("from", 0, maxAge, &a.From),
		"before": r.numberInto("before", 1, maxAge, &a.Before),
	})
	if ok && len(v.entries) == 0 {
		r.fault(v, "aged needs from or before")
	}
	return &a
}

func (r *reader) meeting(v *value) (timescale.Meeting, bool) {
	var meeting timescale.Meeting
	meeting.Match, _ = r.match(v, "met_by", keys{"or_before": r.limitInto(&meeting.OrBefore)})
	return meeting, true // also a faulty one: see start
}

func (r *reader) shownOpenBy(v *value) *timescale.Match {
	m, ok := r.match(v, "shown_open_by", nil)
	if !ok {
		return nil
	}
	return &m
}

func (r *reader) repeatFrom(v *value) timescale.RepeatFrom {
	s, _ := r.oneOf(v, "repeat_from", []string{
		string(timescale.FromDone), string(timescale.FromDue), string(timescale.FromStart),
	})
	return timescale.RepeatFrom(s)
}

// edition reads the limit of a stretch of time with its source. A limit whose status is
// local is a local one.
func (r *reader) edition(v *value, period string) (timescale.Edition, bool) {
	e := timescale.Edition{Line: v.line}
	unverified := false // as packs and overlays of earlier releases mark what was not read
	known := keys{
		"from":       r.dateInto("from", &e.From),
		"until":      r.dateInto("until", &e.Until),
		"status":     func(v *value) { e.Status, _ = r.oneOf(v, "the status", timescale.Statuses) },
		"source":     r.textInto("source", &e.Source),
		"checked":    func(v *value) { e.Checked = r.checked(v) },
		"unverified": func(v *value) { unverified = r.flag(v, "unverified") },
		"councils":   listOf(r, "councils", &e.Councils, r.inUse),
		"not_before": func(v *value) {
			l, _ := r.limitFrom(v)
			e.NotBefore = &l // also a faulty one: see start
		},
		"by":       r.deadlines(&e.By),
		"no_limit": r.flagInto("no_limit", &e.NoLimit),
		"running":  func(v *value) { e.Moves = r.moves(v) },
		"earliest": func(v *value) {
			e.Earliest = true
			listOf(r, "earliest", &e.Limits, func(v *value) (timescale.Limit, bool) {
				l, _ := r.limitFrom(v)
				return l, true // also a faulty one: see start
			})(v)
		},
	}
	maps.Copy(known, r.limits(&e.Limits, period))
	ok := r.mapping(v, "an edition", known)
	if ways := countKeys(v, "limit", "limits", "earliest"); ways > 1 {
		r.fault(v, "an edition has one of limit, limits and earliest")
	}
	switch {
	case unverified && v.get("checked") != nil:
		r.fault(v, "checked says how the words are known: leave out unverified")
	case unverified:
		e.Checked.Read = timescale.NotRead
	}
	return e, ok
}

func countKeys(v *value, names ...string) int {
	n := 0
	for _, name := range names {
		if v.get(name) != nil {
			n++
		}
	}
	return n
}

// deadline reads the event before which something is owed: its name, or {event, where, nth}.
func (r *reader) deadline(v *value) (timescale.Deadline, bool) {
	var d timescale.Deadline
	d.Match, _ = r.match(v, "by", keys{"nth": r.numberInto("nth", 1, maxLimit, &d.Nth)})
	return d, true // also a faulty one: see start
}

// deadlines reads one event before which something is owed, or a list of them, of which the first
// to happen counts.
func (r *reader) deadlines(into *[]timescale.Deadline) func(*value) {
	return func(v *value) {
		switch {
		case v.kind != list:
		case len(v.items) == 0:
			r.fault(v, "by names no event")
			*into = append(*into, timescale.Deadline{}) // see start
			return
		default:
			listOf(r, "by", into, r.deadline)(v)
			return
		}
		d, _ := r.deadline(v)
		*into = append(*into, d)
	}
}

// moves reads what an edition does to the duties that run on its first day.
func (r *reader) moves(v *value) bool {
	s, _ := r.oneOf(v, "running", []string{"keep", "move"})
	return s == "move"
}

const laterOfDueAndGranted = "later of due and granted"

func (r *reader) extension(v *value) *timescale.Extension {
	var x timescale.Extension
	var most *timescale.Limit
	ok := r.mapping(v, "extend", keys{
		"total": r.limitInto(&x.Total),
		"event": r.eventInto(&x.Event),
		"times": r.numberInto("times", 1, maxLimit, &x.Times),
		"most":  r.limitInto(&most),
		"counted_from": func(v *value) {
			from, _ := r.oneOf(v, "counted_from", []string{"due", laterOfDueAndGranted})
			x.AfterLaterOfDueAndGranted = from == laterOfDueAndGranted
		},
		"may_follow_due": r.flagInto("may_follow_due", &x.MayFollowDue),
		"source":         r.textInto("source", &x.Source),
	})
	if !ok {
		return nil
	}
	if v.get("event") == nil || v.get("most") == nil || v.get("source") == nil {
		r.fault(v, "extend needs event, most and source")
	}
	if most != nil {
		x.Most = *most
	}
	r.checkUntil(v, x.Event)
	return &x
}

// checkUntil: an extension runs to the date that its event names.
func (r *reader) checkUntil(v *value, event string) {
	e, ok := r.known.event(event)
	if !ok {
		return
	}
	if f, ok := fieldOf(e, "until"); !ok || f.Kind != timescale.Day {
		r.fault(v, "the event %s cannot extend: it has no date until", event)
	}
}

func (r *reader) alarm(v *value) (timescale.Alarm, bool) {
	if v.kind == mapping && v.get("months") != nil && v.get("after") == nil {
		return r.alarmInMonths(v)
	}
	var a timescale.Alarm
	var after *timescale.Limit
	ok := r.mapping(v, "an alarm", keys{
		"after": r.limitInto(&after),
		"every": r.limitInto(&a.Every),
		"role":  func(v *value) { a.Role, _ = r.role(v) },
	})
	if ok && (v.get("after") == nil || v.get("role") == nil) {
		r.fault(v, "an alarm needs after and role")
	}
	if after != nil {
		a.After = *after
	}
	return a, ok && after != nil
}

// maxAlarm is the latest alarm, in months, that a pack of an earlier release may have.
const maxAlarm = 1200

// alarmInMonths reads an alarm as packs of earlier releases write it: {months, every, role},
// in numbers of months. A record goes on by such a pack until another is adopted, so it must
// stay readable.
func (r *reader) alarmInMonths(v *value) (timescale.Alarm, bool) {
	var a timescale.Alarm
	var months, every int
	ok := r.mapping(v, "an alarm", keys{
		"months": r.numberInto("months", 1, maxAlarm, &months),
		"every":  r.numberInto("every", 1, maxAlarm, &every),
		"role":   func(v *value) { a.Role, _ = r.role(v) },
	})
	if ok && v.get("role") == nil {
		r.fault(v, "an alarm needs role")
	}
	a.After = timescale.Limit{N: months, Unit: timescale.Months}
	if every > 0 {
		a.Every = &timescale.Limit{N: every, Unit: timescale.Months}
	}
	return a, ok && months > 0
}
