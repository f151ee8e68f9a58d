package casework

import (
	"slices"
	"time"
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

// allowed judges an event that acts on duties beside those that were accepted before; nil where it is
// allowed, or acts on none.
func (j *actJudge) allowed(accepted []Event, e Event) *Refusal {
	switch {
	case !j.book.hangsOnDuties(&e):
		return nil
	case j.goesOn(accepted, &e):
		return j.fold.allowed(e)
	}
	j.folds++
	return j.book.allowed(accepted, e)
}

// goesOn reports whether an event is judged by the fold that goes on, which it brings about where that
// pays. It cannot go back, nor judge what it has taken already, nor the correction of what ends a
// period: that hangs on which ends stood before.
func (j *actJudge) goesOn(accepted []Event, e *Event) bool {
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
	if j.fold != nil && !j.fold.take(e) {
		j.fold = nil
	}
}

// actFold is a case as its events were recorded, folded up to an instant.
type actFold struct {
	book    *Book
	u       *unfolding
	at      time.Time // zero before the first is judged
	events  map[eventKey]*Event
	changes map[eventKey][]*Event // by what they correct or void
	entries map[eventKey]*entry   // by their first events
}

func newActFold(b *Book, accepted []Event) *actFold {
	alone := *b // each is judged by the present law, also of a time when another was in force
	alone.before = nil
	a := &actFold{
		book: &alone, u: newUnfolding(newLadderRun(&alone, slices.Clone(accepted), nil)),
		events: make(map[eventKey]*Event, len(accepted)), changes: map[eventKey][]*Event{}, entries: map[eventKey]*entry{},
	}
	for i := range a.u.run.events {
		a.note(&a.u.run.events[i])
	}
	for i := range a.u.news {
		a.entries[keyOf(a.u.news[i].first)] = a.u.news[i].entry
	}
	return a
}

func (a *actFold) note(e *Event) {
	a.events[keyOf(e)] = e
	if e.target() != "" {
		target := eventKey{e.Source, e.target()}
		a.changes[target] = append(a.changes[target], e)
	}
}

// first is the first event of the entry that an event belongs to, and since when the event is known
// with all that it changes; nil where that is not there yet.
func (a *actFold) first(e *Event) (first *Event, since time.Time) {
	for range len(a.events) + 1 {
		if e == nil {
			break
		}
		if e.Recorded.After(since) {
			since = e.Recorded
		}
		if e.target() == "" {
			return e, since
		}
		e = a.events[eventKey{e.Source, e.target()}]
	}
	return nil, since
}

// entryOf are the events of the entry that an event is the first of, itself the first.
func (a *actFold) entryOf(first *Event) []Event {
	list := []Event{*first}
	for i := 0; i < len(list); i++ {
		for _, e := range a.changes[keyOf(&list[i])] {
			list = append(list, *e)
		}
	}
	return list
}

// to folds what was known at an instant.
func (a *actFold) to(t time.Time) {
	a.u.to(t)
	if a.u.timeline == nil { // nothing was recorded by then
		a.u.step(t)
	}
	a.at = t
}

// take takes an event that was accepted, and reports whether the fold can go on with it: it was not
// recorded before the instant up to which is folded.
func (a *actFold) take(e Event) bool {
	if e.Recorded.Before(a.at) {
		return false
	}
	a.note(&e)
	first, _ := a.first(&e)
	if first == nil {
		return true
	}
	list := newsOf(a.entryOf(first))
	if len(list) == 0 {
		return true
	}
	n := a.entries[keyOf(first)]
	if n == nil {
		n = list[0].entry
		a.entries[keyOf(first)] = n
	}
	a.u.news = slices.DeleteFunc(a.u.news, func(x news) bool { return x.entry == n })
	var stands *news // what of it is known by now
	for i := range list {
		x := &list[i]
		x.entry = n
		if x.at.After(a.at) {
			at, _ := slices.BinarySearchFunc(a.u.news, x.at.Add(1), func(y news, t time.Time) int { return y.at.Compare(t) })
			a.u.news = slices.Insert(a.u.news, at, *x)
		} else {
			stands = x
		}
	}
	if stands == nil {
		return true
	}
	if len(stands.passed) < len(n.earlier) {
		return false
	}
	a.learn(*stands)
	return true
}

// learn folds what stands of an entry now.
func (a *actFold) learn(x news) {
	x.at = a.at
	a.u.news = slices.Insert(a.u.news, 0, x)
	a.u.step(a.at)
}

// allowed judges an event that acts on duties.
func (a *actFold) allowed(e Event) *Refusal {
	a.to(e.Recorded)
	if stood := a.standing(&e); stood != nil { // it stands in the place of what it corrects
		voided := *stood
		voided.stands = nil
		a.learn(voided)
		defer a.learn(*stood)
	}
	return a.book.judgeAct(a.plan(&e), func(duty string, at time.Time) *Duty { return a.u.log.at(duty, at) }, e)
}

// standing is what stands of the entry that an event corrects; nil where it corrects nothing, where
// nothing stands, and where it waits for what it corrects, which was recorded later.
func (a *actFold) standing(e *Event) *news {
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
	return &news{first: first, entry: n, stands: n.Event, since: n.since, passed: n.earlier}
}

// plan is what an event is judged by: the duties of the timescales on which it can act.
func (a *actFold) plan(e *Event) *Plan {
	plan := *a.u.plan
	for _, f := range a.u.rules {
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
