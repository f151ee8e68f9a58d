package casework

import (
	"cmp"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Fold works out every duty ever opened in a case, from its accepted events in any order,
// as seen at a moment. All events must be of one case.
func (b *Book) Fold(events []Event, m Moment) *Plan {
	t := b.lay(events, m)
	plan := &Plan{AsOf: m.AsOf, KnownAt: m.KnownAt, birthday: t.birthday, holds: t.holds()}
	if len(events) > 0 {
		plan.Case = events[0].Case
	}
	var duties []*openDuty
	for _, r := range b.rules {
		f := &ruleFold{timeline: t, rule: r}
		f.run()
		slices.SortFunc(f.duties, byStart)
		duties = append(duties, f.duties...)
		plan.NotCounted = append(plan.NotCounted, f.notCounted...)
	}
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
	for _, n := range t.of(typeAcknowledged) {
		list = append(list, hold{duty: n.Data.Text("duty"), from: n.recorded, until: n.Data.Day("promise").End()})
	}
	return list
}

// ruleFold folds a case's days for one timescale.
type ruleFold struct {
	*timeline
	rule       *rule
	events     []*entry // those that concern the timescale
	own        []*span  // of its period
	endsWith   []*span  // of every period whose end ends its duties
	duties     []*openDuty
	running    []*openDuty // those that were open when the day began, and what opened since
	notCounted []NotCounted
}

// openDuty is a duty with what the fold needs to go on with it.
type openDuty struct {
	Duty
	span   *span  // the period in which it runs; nil where the timescale has none
	opener *entry // the event that opened it
	base   calendar.Date
	first  *openDuty // of those that follow each other, where it has a date
	stood  dates     // its dates when its clock was last stopped
}

// run walks the days on which something can happen to a duty of the timescale; none where
// nothing starts one.
func (f *ruleFold) run() {
	f.own = f.spans[f.rule.Period]
	if !f.canStart() {
		return
	}
	f.events = f.gather(f.rule.concerns)
	for _, name := range f.rule.EndsWith {
		f.endsWith = append(f.endsWith, f.spans[name]...)
	}
	from := 0
	for _, day := range f.relevantDays() {
		through := from
		for through < len(f.events) && f.events[through].At.Day == day {
			through++
		}
		f.day(day, f.events[from:through])
		from = through
	}
}

// relevantDays are those of its events, and those on which periods open and end.
func (f *ruleFold) relevantDays() []calendar.Date {
	days := make([]calendar.Date, 0, len(f.events)+8)
	for _, n := range f.events {
		days = append(days, n.At.Day)
	}
	for _, s := range f.endsWith {
		if !s.open() {
			days = append(days, s.ended)
		}
	}
	for _, s := range f.own {
		days = append(days, s.opened)
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
		if s.PeriodOpens && len(f.own) > 0 || len(f.of(s.Event)) > 0 {
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
func (f *ruleFold) day(day calendar.Date, events []*entry) {
	f.running = slices.DeleteFunc(f.running, func(d *openDuty) bool { return !d.Open() })
	taken := f.takeFirst(day, events)
	f.startWithPeriod(day)
	if f.rule.inHours {
		f.byInstant(day, events, taken)
	} else {
		f.bySteps(day, events, taken)
	}
	f.endWithSpans(day, false)
	if f.endsAtAdulthood() && day == f.birthday {
		f.endAtBirthday(day)
	}
}

// bySteps takes a day of a limit in days, whatever the hour.
func (f *ruleFold) bySteps(day calendar.Date, events, taken []*entry) {
	for _, n := range events {
		if !f.meets(n) {
			f.start(n, day)
		}
	}
	for _, n := range events {
		f.extend(n, day)
		f.pause(n, day)
	}
	for _, n := range events {
		f.meetAndStart(n, day, taken)
	}
	for _, n := range events {
		if f.ends(n) && !slices.Contains(taken, n) {
			f.end(n, day)
		}
	}
}

// byInstant takes a day of a limit in hours, in the order of the instants; at one instant
// what starts, what meets, what ends. Of what is known by its day alone, a start is taken
// at the start of the day and the rest at its end.
func (f *ruleFold) byInstant(day calendar.Date, events, taken []*entry) {
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(x, y *entry) int {
		return cmp.Or(f.moment(x).Compare(f.moment(y)), f.stepOf(x)-f.stepOf(y))
	})
	for _, n := range ordered {
		f.pause(n, day)
		if !f.meets(n) {
			f.start(n, day)
		}
		f.meetAndStart(n, day, taken)
		if f.ends(n) && !slices.Contains(taken, n) {
			f.end(n, day)
		}
	}
}

// moment places an event within a day of a limit in hours.
func (f *ruleFold) moment(n *entry) time.Time {
	if n.At.DayOnly() && f.onlyStarts(n) {
		return n.At.Start()
	}
	return n.At.End()
}

// stepOf orders events of one instant.
func (f *ruleFold) stepOf(n *entry) int {
	switch {
	case f.ends(n):
		return 2
	case f.meets(n):
		return 1
	default:
		return 0
	}
}

// onlyStarts says whether an event starts the timescale and does not meet it.
func (f *ruleFold) onlyStarts(n *entry) bool { return !f.meets(n) && f.startOf(n) != nil }

// meets says whether an event is one that meets the timescale's duties. Every step of a day
// asks it, so the entry keeps the answer for the timescale that asked last.
func (f *ruleFold) meets(n *entry) bool {
	if n.askedBy != f.rule {
		n.askedBy = f.rule
		n.meets = slices.ContainsFunc(f.rule.MetBy, func(m timescale.Meeting) bool { return matches(&m.Match, n.Event) })
	}
	return n.meets
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

// meetAndStart lets an event that meets duties of the timescale meet those that run and
// then start the next; one that was taken first has met what it meets.
func (f *ruleFold) meetAndStart(n *entry, day calendar.Date, taken []*entry) {
	if !f.meets(n) {
		f.noteAttempt(n)
		return
	}
	if !slices.Contains(taken, n) {
		f.meetThrough(n, day)
	}
	f.start(n, day)
}

// meetThrough lets an event meet the running duties that started up to a day.
func (f *ruleFold) meetThrough(n *entry, day calendar.Date) {
	twin := false
	for _, d := range f.running {
		switch {
		case !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty) || d.opener == n:
		case f.isTwin(d, n, day):
			twin = true
		default:
			f.runOn(d, n.At)
			d.meet(n, n.At)
		}
	}
	if twin {
		f.note(n, "another of the same day was counted")
	}
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
	if !f.extendsRule(n) || !f.book.extends(f.rule.Timescale, n.Event) {
		return
	}
	for _, d := range f.running {
		until := n.Data.Day("until")
		if !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty) || d.Due.IsZero() || until <= d.Due {
			continue
		}
		d.Extensions = append(d.Extensions, Extended{
			Entry: n.id, On: granted(n.Event), From: d.Due, Until: until,
			Reason: n.Data.Text("reason"), By: n.Data.Text("by"), Role: n.Data.Text("role"),
		})
		d.Due = until
	}
}
