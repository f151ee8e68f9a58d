package casework

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Fold works out every duty ever opened in a case, from its accepted events in any order,
// as seen at a moment. All events must be of one case.
func (b *Book) Fold(events []Event, m Moment) *Plan {
	t := b.lay(events, m)
	plan := &Plan{AsOf: m.AsOf, birthday: t.birthday, holds: t.holds()}
	if len(events) > 0 {
		plan.Case = events[0].Case
	}
	var duties []*openDuty
	for _, r := range b.rules {
		f := &ruleFold{timeline: t, rule: r}
		f.run()
		duties = append(duties, f.duties...)
		plan.NotCounted = append(plan.NotCounted, f.notCounted...)
	}
	slices.SortFunc(duties, byStart)
	plan.Duties = make([]Duty, len(duties))
	for i, d := range duties {
		d.Case = plan.Case
		t.findUnreported(&d.Duty)
		plan.Duties[i] = d.Duty
	}
	return plan
}

// holds are the stretches in which acknowledgements hold rungs back.
func (t *timeline) holds() []hold {
	var list []hold
	for _, n := range t.byType[typeAcknowledged] {
		list = append(list, hold{duty: n.Data.Text("duty"), from: n.recorded, until: n.Data.Day("promise").End()})
	}
	return list
}

// ruleFold folds a case's days for one timescale.
type ruleFold struct {
	*timeline
	rule       *rule
	events     []*entry // those that concern the timescale
	duties     []*openDuty
	notCounted []NotCounted
}

// openDuty is a duty with what the fold needs to go on with it.
type openDuty struct {
	Duty
	span   *span  // the period in which it runs; nil where the timescale has none
	opener *entry // the event that opened it
	base   calendar.Date
}

// run walks the days on which something can happen to a duty of the timescale; none where
// nothing starts one.
func (f *ruleFold) run() {
	if !f.canStart() {
		return
	}
	f.events = f.concerning()
	for _, day := range f.relevantDays() {
		f.day(day)
	}
}

// concerning are the events that can start, extend, meet or end a duty of the timescale,
// by day and then by when the entry was first recorded.
func (f *ruleFold) concerning() []*entry {
	var list []*entry
	for _, name := range f.rule.concerns {
		list = append(list, f.byType[name]...)
	}
	slices.SortFunc(list, func(a, b *entry) int { return a.place - b.place })
	return list
}

func (f *ruleFold) relevantDays() []calendar.Date {
	days := make([]calendar.Date, 0, len(f.events)+8)
	for _, n := range f.events {
		days = append(days, n.At.Day)
	}
	for _, name := range f.rule.EndsWith {
		for _, s := range f.spans[name] {
			if !s.open() {
				days = append(days, s.ended)
			}
		}
	}
	for _, s := range f.spans[f.rule.Period] {
		days = append(days, s.opened)
		if !s.open() {
			days = append(days, s.ended)
		}
	}
	if f.endsAtAdulthood() && f.birthday <= f.asOf {
		days = append(days, f.birthday)
	}
	slices.Sort(days)
	return slices.Compact(days)
}

func (f *ruleFold) canStart() bool {
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if s.PeriodOpens && len(f.spans[f.rule.Period]) > 0 || len(f.byType[s.Event]) > 0 {
			return true
		}
	}
	return false
}

func (f *ruleFold) extendsRule(n *entry) bool {
	return f.rule.Extend != nil && f.rule.Extend.Event == n.Type
}

// endsWithEvent says whether an event ends one of the periods whose end ends the duty.
func (f *ruleFold) endsWithEvent(e *Event) bool { return matchesAny(f.rule.endEvents, e) }

// day takes one day: what starts, what extends, what meets, what ends, with the exceptions
// of rules.md, section 3, "Order".
func (f *ruleFold) day(day calendar.Date) {
	events := on(f.events, day)
	rest := f.endBefore(day, events)
	if f.rule.InHours() {
		f.byInstant(day, events)
	} else {
		f.bySteps(day, events)
	}
	for _, x := range rest {
		f.end(x, day)
	}
	f.endWithSpans(day, false)
	if f.endsAtAdulthood() && day == f.birthday {
		f.endAtBirthday(day)
	}
}

// bySteps takes a day of a limit in days, whatever the hour.
func (f *ruleFold) bySteps(day calendar.Date, events []*entry) {
	f.startWithPeriod(day)
	for _, n := range events {
		if !f.meets(n) {
			f.start(n, day)
		}
	}
	for _, n := range events {
		f.extend(n, day)
	}
	for _, n := range events {
		if f.meets(n) {
			f.meet(n, day)
			f.start(n, day)
		} else {
			f.noteAttempt(n)
		}
	}
}

// byInstant takes a day of a limit in hours, in the order of the instants. Of what is known
// by its day alone, a start is taken at the start of the day and the rest at its end.
func (f *ruleFold) byInstant(day calendar.Date, events []*entry) {
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(x, y *entry) int {
		return f.moment(x).Compare(f.moment(y))
	})
	f.startWithPeriod(day)
	for _, n := range ordered {
		f.extend(n, day)
		if f.meets(n) {
			f.meet(n, day)
		} else {
			f.noteAttempt(n)
		}
		f.start(n, day)
	}
}

func (f *ruleFold) meets(n *entry) bool {
	for i := range f.rule.MetBy {
		if matches(&f.rule.MetBy[i].Match, &n.Event) {
			return true
		}
	}
	return false
}

// noteAttempt keeps sight of an event of a type that would meet the duty, had its data said so.
func (f *ruleFold) noteAttempt(n *entry) {
	for i := range f.rule.MetBy {
		if f.rule.MetBy[i].Event == n.Type {
			f.note(n, "does not count: "+unmetTests(f.rule.MetBy[i].Where))
			return
		}
	}
}

func unmetTests(tests []timescale.Test) string {
	if len(tests) > 0 && tests[0].Field == "seen" {
		return "the child was not seen"
	}
	return "what it records does not meet this timescale"
}

func (f *ruleFold) note(n *entry, why string) {
	f.notCounted = append(f.notCounted, NotCounted{Entry: n.id, Type: n.Type, At: n.At, Ref: f.rule.Ref, Why: why})
}

// touches says whether an event with an episode (or none) touches a duty.
func touches(episode string, d *Duty) bool { return episode == "" || episode == d.Episode }

func (f *ruleFold) meet(n *entry, day calendar.Date) {
	twin := false
	for _, d := range f.duties {
		if !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty) {
			continue
		}
		if f.isTwin(d, n, day) {
			twin = true
			continue
		}
		if f.rule.InHours() && beforeStart(n, &d.Duty) {
			continue
		}
		d.meet(n, n.At)
	}
	if twin {
		f.note(n, "another of the same day was counted")
	}
}

func beforeStart(n *entry, d *Duty) bool {
	return !n.At.DayOnly() && !d.Started.DayOnly() && n.At.Instant.Before(d.Started.Instant)
}

// isTwin: of the events of one type, day and episode that would each meet and open a
// recurring duty, the first recorded opened this one; the others do not meet it.
func (f *ruleFold) isTwin(d *openDuty, n *entry, day calendar.Date) bool {
	return d.opener.Type == n.Type && d.Started.Day == day && f.meets(d.opener)
}

func (d *openDuty) meet(n *entry, on When) {
	d.Met, d.MetOn, d.MetBy, d.MetEvent = true, on, n.id, n.At
	d.MetInferred = n.Data.Flag("inferred")
	d.RecordedLateDays = max(0, calendar.DateOf(n.recorded).DaysSince(n.At.Day))
}

func (f *ruleFold) extend(n *entry, day calendar.Date) {
	if !f.extendsRule(n) || !f.book.extends(f.rule.Timescale, &n.Event) {
		return
	}
	for _, d := range f.duties {
		until := n.Data.Day("until")
		if !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty) || d.Due.IsZero() || until <= d.Due {
			continue
		}
		d.Extensions = append(d.Extensions, Extended{
			Entry: n.id, On: granted(&n.Event), From: d.Due, Until: until,
			Reason: n.Data.Text("reason"), By: n.Data.Text("by"), Role: n.Data.Text("role"),
		})
		d.Due = until
	}
}

// moment places an event within a day of a limit in hours.
func (f *ruleFold) moment(n *entry) time.Time {
	if n.At.DayOnly() && !f.meets(n) && f.startOf(n) != nil {
		return n.At.Start()
	}
	return n.At.End()
}
