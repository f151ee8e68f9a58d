package casework

import (
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// actsApart is how many events that act on duties are each judged by a fold of their case, before
// one fold is made that goes on from each to the next.
const actsApart = 12

// actJudge judges the events of one case that act on its duties, one after the other: each with what
// was known when it was recorded, and with those that were accepted before.
type actJudge struct {
	book  *Book
	folds int      // how many of the case were begun
	fold  *actFold // nil until it pays
}

// allowed judges an event that acts on duties, given those that were accepted before; nil if it is
// allowed, or acts on none.
func (j *actJudge) allowed(accepted []Event, e Event) *Refusal {
	switch {
	case !j.book.hangsOnDuties(&e):
		return nil
	case j.canContinue(accepted, &e):
		return j.fold.allowed(e)
	}
	j.folds++
	return j.book.allowed(accepted, e)
}

// canContinue reports whether an event is judged by the fold that goes on, which it brings about where that
// pays. It cannot go back, nor judge what it has taken already, nor the correction of what ends a
// period: that depends on which ends stood before.
func (j *actJudge) canContinue(accepted []Event, e *Event) bool {
	if j.folds < j.book.actsApart || e.Corrects != "" && j.book.types[e.Type].ends {
		return false
	}
	if j.fold != nil && e.Recorded.Before(j.fold.at) {
		j.fold = nil
	}
	if j.fold == nil {
		j.fold = newActFold(j.book, accepted)
		j.folds++
	}
	return j.fold.events[keyOf(e)] == nil
}

// accept takes an event that was accepted.
func (j *actJudge) accept(e Event) {
	if j.fold != nil && !j.fold.add(e) {
		j.fold = nil
	}
}

// actFold is a case as its events were recorded, folded up to an instant.
type actFold struct {
	book    *Book
	fold    *incrementalFold
	at      time.Time // zero before the first is judged
	events  map[eventKey]*Event
	changes map[eventKey][]*Event // by what they correct or void
	entries map[eventKey]*entry   // by their first events
}

func newActFold(b *Book, accepted []Event) *actFold {
	alone := *b // each is judged by the present law, also of a time when another was in force
	alone.before = nil
	a := &actFold{
		book: &alone, fold: newIncrementalFold(newLadderRun(&alone, slices.Clone(accepted), nil)),
		events: make(map[eventKey]*Event, len(accepted)), changes: map[eventKey][]*Event{}, entries: map[eventKey]*entry{},
	}
	for i := range a.fold.run.events {
		a.index(&a.fold.run.events[i])
	}
	for i := range a.fold.updates {
		a.entries[keyOf(a.fold.updates[i].first)] = a.fold.updates[i].entry
	}
	return a
}

func (a *actFold) index(e *Event) {
	a.events[keyOf(e)] = e
	if e.Target() != "" {
		target := eventKey{e.Source, e.Target()}
		a.changes[target] = append(a.changes[target], e)
	}
}

// first returns the first event of the entry that an event belongs to, and since when the event is known
// with all that it changes; nil if that is not there yet.
func (a *actFold) first(e *Event) (first *Event, since time.Time) {
	for range len(a.events) + 1 {
		if e == nil {
			break
		}
		if e.Recorded.After(since) {
			since = e.Recorded
		}
		if e.Target() == "" {
			return e, since
		}
		e = a.events[eventKey{e.Source, e.Target()}]
	}
	return nil, since
}

// entryOf returns the events of the entry that an event is the first of, itself the first.
func (a *actFold) entryOf(first *Event) []Event {
	list := []Event{*first}
	for i := 0; i < len(list); i++ {
		for _, e := range a.changes[keyOf(&list[i])] {
			list = append(list, *e)
		}
	}
	return list
}

// advance folds what was known at an instant.
func (a *actFold) advance(t time.Time) {
	a.fold.advance(t)
	if a.fold.timeline == nil { // nothing was recorded by then
		a.fold.applyAt(t)
	}
	a.at = t
}

// add takes an event that was accepted, and reports whether the fold can go on with it: it was not
// recorded before the instant up to which is folded.
func (a *actFold) add(e Event) bool {
	if e.Recorded.Before(a.at) {
		return false
	}
	a.index(&e)
	first, _ := a.first(&e)
	if first == nil {
		return true
	}
	list := updatesOf(a.entryOf(first))
	if len(list) == 0 {
		return true
	}
	n := a.entries[keyOf(first)]
	if n == nil {
		n = list[0].entry
		a.entries[keyOf(first)] = n
	}
	a.fold.updates = slices.DeleteFunc(a.fold.updates, func(x update) bool { return x.entry == n })
	var stands *update // what of it is known by now
	for i := range list {
		x := &list[i]
		x.entry = n
		if x.at.After(a.at) {
			at, _ := slices.BinarySearchFunc(a.fold.updates, x.at.Add(1), func(y update, t time.Time) int { return y.at.Compare(t) })
			a.fold.updates = slices.Insert(a.fold.updates, at, *x)
		} else {
			stands = x
		}
	}
	if stands == nil {
		return true
	}
	if len(stands.pastValues) < len(n.earlier) {
		return false
	}
	a.apply(*stands)
	return true
}

// apply folds what stands of an entry now.
func (a *actFold) apply(x update) {
	x.at = a.at
	a.fold.updates = slices.Insert(a.fold.updates, 0, x)
	a.fold.applyAt(a.at)
}

// allowed judges an event that acts on duties.
func (a *actFold) allowed(e Event) *Refusal {
	a.advance(e.Recorded)
	if stood := a.updateOf(&e); stood != nil { // it stands in place of what it corrects
		voided := *stood
		voided.stands = nil
		a.apply(voided)
		defer a.apply(*stood)
	}
	return a.book.judgeAct(a.plan(&e), func(duty string, at time.Time) *Duty { return a.fold.log.at(duty, at) }, e)
}

// updateOf returns what stands of the entry that an event corrects; nil if it corrects nothing, where
// nothing stands, and where it waits for what it corrects, which was recorded later.
func (a *actFold) updateOf(e *Event) *update {
	if e.Corrects == "" {
		return nil
	}
	first, since := a.first(a.events[eventKey{e.Source, e.Corrects}])
	if first == nil || since.After(a.at) {
		return nil
	}
	n := a.entries[keyOf(first)]
	if n == nil || n.Event == nil {
		return nil
	}
	return &update{first: first, entry: n, stands: n.Event, since: n.since, pastValues: n.earlier}
}

// plan returns what an event is judged by: the duties of the timescales on which it can act.
func (a *actFold) plan(e *Event) *Plan {
	plan := *a.fold.plan
	for _, f := range a.fold.rules {
		if e.Type == typeAcknowledged || f.rule.Ref != e.Data.Text("ref") && !a.book.extends(f.rule.Timescale, e) {
			continue
		}
		list := slices.Clone(f.duties)
		slices.SortFunc(list, byStart)
		for _, d := range list {
			plan.Duties = append(plan.Duties, d.Duty)
		}
	}
	return &plan
}

// Pause is one stretch in which a duty's clock stood still. The day of the pause does not
// count; that on which the clock ran on does.
type Pause struct {
	Entry  string
	From   When
	Until  When // when the clock ran on or the duty was closed; zero while it stands
	Reason string
	By     string
}

// paused reports whether the duty's clock stands still: its date waits for that to end.
func (d *Duty) paused() bool { return d.WaitingFor == typeResumed }

// dates are what a duty is due by.
type dates struct {
	due, local calendar.Date
	at         time.Time
}

// pause stops the clocks of the timescale's duties and lets them run on, in the order in
// which that was recorded.
func (f *ruleFold) pause(n *entry, day calendar.Date) {
	if !f.rule.Pausable || n.Data.Text("ref") != f.rule.Ref {
		return
	}
	for _, d := range f.running {
		switch {
		case !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty):
		case n.Type == typeResumed:
			f.saveBefore(d)
			f.runOn(d, n.At)
		case n.Type == typePaused && d.pauseFault(n.At) == "":
			f.saveBefore(d)
			d.stop(n)
		}
	}
}

func (d *openDuty) stop(n *entry) {
	d.Pauses = append(d.Pauses, Pause{
		Entry: n.id, From: n.At, Reason: n.Data.Text("reason"), By: n.Data.Text("by"),
	})
	d.stood = dates{due: d.Due, local: d.LocalDue, at: d.DueAt}
	d.Due, d.LocalDue, d.DueAt, d.Provisional = 0, 0, time.Time{}, false
	d.WaitingFor = typeResumed
}

// mayPause judges an event that pauses or resumes by the duties that were open on its day.
func (b *Book) mayPause(plan *Plan, e Event) *Refusal {
	t := b.pack.Timescale(e.Data.Text("ref"))
	switch {
	case t == nil:
		return refuse(e, "data.ref", CodeUnknownTimescale, "the rule pack has no timescale with that ref: see 'starter rules'")
	case !t.Pausable:
		return refuse(e, "data.ref", CodeAgainstLaw, "%s cannot be paused: the law does not stop this timescale", t.Ref)
	}
	why := "it was not running on that day"
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if d.Ref != t.Ref || !touches(e.Episode, d) || !d.openOn(e.At.Day) {
			continue
		}
		fault := d.pauseFault
		if e.Type == typeResumed {
			fault = d.resumeFault
		}
		if why = fault(e.At); why == "" {
			return nil
		}
	}
	return refuse(e, "data.ref", CodeNotRunning, "%s: %s", t.Ref, why)
}

// pauseFault returns why a duty's clock cannot be stopped; "" if it can.
func (d *Duty) pauseFault(at When) string {
	switch {
	case d.paused():
		return "it is paused already"
	case d.DueText() == "":
		return "it has no date to pause"
	case at.Day > d.DueDay() || !d.DueAt.IsZero() && at.Start().After(d.DueAt):
		return "it was due on " + d.DueDay().String() + ": a timescale is paused on or before that day"
	}
	return ""
}

// resumeFault returns why a duty's clock cannot run on; "" if it can.
func (d *Duty) resumeFault(at When) string {
	if len(d.Pauses) == 0 {
		return "it is not paused"
	}
	last := d.Pauses[len(d.Pauses)-1]
	switch closedPaused := !d.Open() && last.Until.Day == d.closedOn(); {
	case !d.paused() && !closedPaused:
		return "it is not paused"
	case at.Day < last.From.Day:
		return "it was paused on " + last.From.Day.String() + ": a timescale runs on from that day or later"
	}
	return ""
}

// runOn lets a paused duty's clock run on: what had not been counted when it was paused is
// counted from then.
func (f *ruleFold) runOn(d *openDuty, at When) {
	if d.resumeFault(at) != "" {
		return
	}
	p := &d.Pauses[len(d.Pauses)-1]
	p.Until, d.WaitingFor = at, ""
	f.leaveOut(d, p, d.stood)
}

// leaveOut moves a duty's dates by what a pause keeps out of its count.
func (f *ruleFold) leaveOut(d *openDuty, p *Pause, stood dates) {
	if !stood.at.IsZero() {
		d.DueAt = stood.at.Add(max(0, p.Until.Start().Sub(p.From.Start())))
		return
	}
	if stood.due.IsZero() {
		return
	}
	d.Due = f.shifted(d, p, *d.Limit, stood.due)
	d.Provisional = d.Limit.Unit == timescale.WorkingDays && f.rule.calendar.Provisional(d.CountedFrom, d.Due)
	if !stood.local.IsZero() {
		d.LocalDue = f.shifted(d, p, *d.Edition.LocalLimit, stood.local)
	}
}

// shifted returns a due date less the days of a pause that a limit counts.
func (f *ruleFold) shifted(d *openDuty, p *Pause, l timescale.Limit, due calendar.Date) calendar.Date {
	from, until := max(p.From.Day, d.CountedFrom.AddDays(1)), p.Until.Day
	if l.BeginningWith {
		from = max(p.From.Day, d.CountedFrom)
	}
	if until <= from || due < from {
		return due
	}
	if l.Unit != timescale.WorkingDays {
		return due.AddDays(until.DaysSince(from))
	}
	left := f.rule.calendar.WorkingDaysBetween(from.AddDays(-1), due)
	return f.rule.calendar.AddWorkingDays(until.AddDays(-1), left)
}

// extend moves the due dates of the running duties that an event extends. Whether it may was
// decided when it was accepted.
func (f *ruleFold) extend(n *entry, day calendar.Date) {
	if !f.book.extends(f.rule.Timescale, n.Event) {
		return
	}
	for _, d := range f.running {
		until := n.Data.Day("until")
		if !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty) || d.Due.IsZero() || until <= d.Due {
			continue
		}
		f.saveBefore(d)
		d.Extensions = append(d.Extensions, Extended{
			Entry: n.id, On: granted(n.Event), From: d.Due, Until: until,
			Reason: n.Data.Text("reason"), By: n.Data.Text("by"), Role: n.Data.Text("role"),
		})
		d.Due = until
		n.used = true
	}
}

// mayExtend judges an event that extends by the duties that were open on its day.
func (b *Book) mayExtend(plan *Plan, e Event) *Refusal {
	if e.Type == typeExtended {
		t := b.pack.Timescale(e.Data.Text("ref"))
		switch {
		case t == nil:
			return refuse(e, "data.ref", CodeUnknownTimescale, "the rule pack has no timescale with that ref: see 'starter rules'")
		case t.Extend == nil || t.Extend.Event != typeExtended:
			return refuse(e, "data.ref", CodeAgainstLaw, "%s cannot be extended in this way: record the reason for exceeding it, which moves no date", t.Ref)
		}
	}
	field, code, why := "at", CodeNotRunning, "nothing was running on that day that it could extend"
	for i := range plan.Duties {
		d := &plan.Duties[i]
		if !b.extends(d.Rule, &e) || !touches(e.Episode, d) || !d.openOn(e.At.Day) {
			continue
		}
		reason := b.extensionFault(d, &e)
		if reason == "" {
			return nil
		}
		field, code, why = "data.until", CodeAgainstLaw, d.Ref+": "+reason
	}
	return refuse(e, field, code, "%s", why)
}

// extends reports whether an event is of the kind that extends a timescale.
func (b *Book) extends(t *timescale.Timescale, e *Event) bool {
	if t.Extend == nil || t.Extend.Event != e.Type {
		return false
	}
	return e.Type != typeExtended || e.Data.Text("ref") == t.Ref
}

// extensionFault returns what is wrong with an extension of a duty; "" if nothing is.
func (b *Book) extensionFault(d *Duty, e *Event) string {
	until := e.Data.Day("until")
	x := d.Rule.Extend
	switch {
	case d.Due.IsZero():
		return "it has no due date to extend"
	case granted(e) < d.Started.Day:
		return "it started after data.granted: check both dates"
	case until <= d.Due:
		return "the new date must be later than " + d.Due.String()
	case !x.MayFollowDue && e.At.Day > d.Due:
		return "it was due on " + d.Due.String() + ": an extension must be given on or before that day" + bySource(x)
	case x.Times > 0 && len(d.Extensions) >= x.Times:
		return "it has been extended as often as the law allows" + bySource(x)
	}
	if last := b.extensionCap(d, e); until > last {
		return "the latest date allowed is " + last.String() + bySource(x)
	}
	return ""
}

// bySource names the law that bounds an extension.
func bySource(x *timescale.Extension) string {
	if x.Source == "" {
		return ""
	}
	return " (" + x.Source + ")"
}

func (b *Book) extensionCap(d *Duty, e *Event) calendar.Date {
	base := d.Due
	x := d.Rule.Extend
	if x.AfterLaterOfDueAndGranted {
		base = max(base, granted(e))
	}
	cal := b.CalendarOf(d.Rule)
	last := x.Most.Due(cal, base)
	if x.Total != nil {
		last = min(last, x.Total.Due(cal, d.Started.Day))
	}
	return last
}

// granted returns the day on which an extension was granted: the event's own where it says none.
func granted(e *Event) calendar.Date {
	if day := e.Data.Day("granted"); !day.IsZero() {
		return day
	}
	return e.At.Day
}
