package load

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"longstop/timescale"
)

// timescales reads the rules of a file.
func (r *reader) timescales(v *value) []timescale.Timescale {
	var rules []timescale.Timescale
	listOf(r, "timescales", &rules, r.timescale)(v)
	return rules
}

// timescale reads one rule.
func (r *reader) timescale(v *value) (timescale.Timescale, bool) {
	r = r.within(strings.TrimSpace(v.textOf("ref")))
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
	})
	if t.Period != "" && !slices.Contains(t.EndsWith, t.Period) {
		t.EndsWith = append(t.EndsWith, t.Period)
	}
	return t, ok
}

func (r *reader) start(v *value, period string) (timescale.Start, bool) {
	var s timescale.Start
	more := keys{
		"period_opens":  r.flagInto("period_opens", &s.PeriodOpens),
		"nth":           func(v *value) { s.Nth = r.nth(v) },
		"nth_in":        r.periodInto(&s.NthIn),
		"within":        func(v *value) { s.Within = r.since(v) },
		"period_where":  func(v *value) { s.PeriodWhere = r.periodTests(v, period) },
		"none_since":    r.eventInto(&s.NoneSince),
		"none_same_day": r.eventInto(&s.NoneSameDay),
		"or_before":     r.limitInto(&s.OrBefore),
		"from":          r.dateInto("from", &s.From),
		"until":         r.dateInto("until", &s.Until),
	}
	maps.Copy(more, r.limits(&s.Limits, period))
	m, ok := r.match(v, "a start", more)
	s.Match = m
	if ok && s.PeriodOpens == (v.kind == scalar || v.get("event") != nil) {
		r.fault(v, "a start is either an event or period_opens: true")
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
	r.mapping(v, "within", keys{"from": r.limitInto(&s.From), "before": r.limitInto(&s.Before)})
	if s.From == nil && s.Before == nil {
		r.fault(v, "within needs from or before")
		return nil
	}
	return &s
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
	known := keys{
		"from":       r.dateInto("from", &e.From),
		"until":      r.dateInto("until", &e.Until),
		"status":     func(v *value) { e.Status, _ = r.oneOf(v, "the status", timescale.Statuses) },
		"source":     r.textInto("source", &e.Source),
		"unverified": r.flagInto("unverified", &e.Unverified),
	}
	maps.Copy(known, r.limits(&e.Limits, period))
	ok := r.mapping(v, "an edition", known)
	return e, ok
}

const laterOfDueAndGranted = "later of due and granted"

func (r *reader) extension(v *value) *timescale.Extension {
	var x timescale.Extension
	var most *timescale.Limit
	ok := r.mapping(v, "extend", keys{
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
	var a timescale.Alarm
	ok := r.mapping(v, "an alarm", keys{
		"months": r.numberInto("months", 1, maxLimit, &a.Months),
		"every":  r.numberInto("every", 1, maxLimit, &a.Every),
		"role":   func(v *value) { a.Role, _ = r.role(v) },
	})
	if ok && (v.get("months") == nil || v.get("role") == nil) {
		r.fault(v, "an alarm needs months and role")
	}
	return a, ok
}
