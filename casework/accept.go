package casework

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"longstop/calendar"
)

// Accept decides which events of a file stand. Every event is judged with what was known
// when it was recorded, and with the birth that the file gives, so the order of the lines does
// not matter, except that of two events with one id the first stands. Accepted events come back grouped by case, with
// their recording times filled in.
func (b *Book) Accept(events []Event) (accepted []Event, refused []Refusal) {
	events = slices.Clone(events)
	for i := range events {
		events[i] = Clean(events[i])
	}
	unique, refused := dropRepeats(events)
	for i := range unique {
		if unique[i].Recorded.IsZero() && !unique[i].At.Day.IsZero() {
			unique[i].Recorded = unique[i].At.End()
		}
	}
	unique, more := b.dropUnsound(unique)
	refused = append(refused, more...)
	unique, more = dropLost(unique)
	refused = append(refused, more...)
	accepted = make([]Event, 0, len(unique))
	for _, group := range byCase(unique) {
		stands, no := b.judge(group)
		stands, more := b.dropExceeding(stands)
		accepted = append(accepted, stands...)
		refused = append(append(refused, no...), more...)
	}
	return accepted, refused
}

// Check judges one more event of a case against those that were accepted before it. The
// event's Recorded must be set. It returns nil where the event is accepted; an event that
// was accepted before is not looked for here. Of many events it is Judging that costs less.
func (b *Book) Check(history []Event, next Event) *Refusal {
	return b.Judging(history).Check(next)
}

// dropRepeats keeps the first of several events with one id; the same event again is no
// refusal, and only one of the two need say when it was recorded.
func dropRepeats(events []Event) (unique []Event, refused []Refusal) {
	seen := make(map[eventKey]int, len(events))
	unique = make([]Event, 0, len(events))
	for _, e := range events {
		at, again := seen[keyOf(&e)]
		switch {
		case e.ID == "" || !again:
			seen[keyOf(&e)] = len(unique)
			unique = append(unique, e)
		case !Same(unique[at], e):
			refused = append(refused, *refuse(e, "another event with this id is recorded with other content: "+
				"give this one an id of its own, or correct the first with \"corrects\""))
		case unique[at].Recorded.IsZero():
			unique[at].Recorded = e.Recorded
		}
	}
	return unique, refused
}

// Same reports whether two events say the same thing: everything but when it was recorded,
// unless both say so and differ. Blanks around names, fractions of a second, and data that is
// null, false or empty where the other has none make no difference.
func Same(a, b Event) bool {
	a, b = Clean(a), Clean(b)
	if a.Recorded.IsZero() || b.Recorded.IsZero() {
		a.Recorded, b.Recorded = time.Time{}, time.Time{}
	}
	return a.Recorded.Equal(b.Recorded) && a.Case == b.Case && a.Type == b.Type && a.At == b.At &&
		a.Episode == b.Episode && a.Corrects == b.Corrects && a.Voids == b.Voids && sameData(a.Data, b.Data)
}

func sameData(a, b Data) bool {
	a, b = saying(a), saying(b)
	if len(a) == 0 && len(b) == 0 {
		return true
	}
	// Maps of JSON values are written with sorted keys, so equal data read alike.
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// saying is the data without what says no more than if it were left out.
func saying(data Data) Data {
	silent := func(_ string, v any) bool { return v == false || !(Data{"": v}).Filled("") }
	for name, v := range data {
		if silent(name, v) {
			data = maps.Clone(data)
			maps.DeleteFunc(data, silent)
			return data
		}
	}
	return data
}

// dropUnsound works in the place of what it is given.
func (b *Book) dropUnsound(events []Event) (sound []Event, refused []Refusal) {
	sound = slices.DeleteFunc(events, func(e Event) bool {
		r := b.sound(e)
		if r != nil {
			refused = append(refused, *r)
		}
		return r != nil
	})
	return sound, refused
}

// dropLost refuses what corrects or voids something that is not there, and all that hangs on it.
func dropLost(events []Event) (kept []Event, refused []Refusal) {
	c := chainsOf(events)
	if !c.any {
		return events, nil
	}
	for i := range events {
		if r := c.lost(i); r != nil {
			refused = append(refused, *r)
		} else {
			kept = append(kept, events[i])
		}
	}
	return kept, refused
}

// byCase groups events by source and case, in the order of the case references.
func byCase(events []Event) [][]Event {
	type key struct{ source, ref string }
	counts := map[key]int{}
	for i := range events {
		counts[key{events[i].Source, events[i].Case}]++
	}
	keys := make([]key, 0, len(counts))
	groups := make(map[key][]Event, len(counts))
	room := make([]Event, len(events))
	for k, n := range counts {
		keys = append(keys, k)
		groups[k], room = room[:0:n], room[n:]
	}
	for i := range events {
		k := key{events[i].Source, events[i].Case}
		groups[k] = append(groups[k], events[i])
	}
	slices.SortFunc(keys, func(x, y key) int {
		return cmp.Or(cmp.Compare(x.ref, y.ref), cmp.Compare(x.source, y.source))
	})
	grouped := make([][]Event, len(keys))
	for i, k := range keys {
		grouped[i] = groups[k]
	}
	return grouped
}

// judge decides on the events of one case whose acceptance hangs on what was known when
// they were recorded.
func (b *Book) judge(group []Event) (accepted []Event, refused []Refusal) {
	fillRecorded(group)
	group, refused = dropVoided(group)
	group, old := b.dropTooOld(group)
	group, unborn := b.dropUnborn(group)
	refused = slices.Concat(refused, old, unborn)
	var waiting []Event
	accepted = slices.DeleteFunc(group, func(e Event) bool {
		hangs := b.hangsOnDuties(&e)
		if hangs {
			waiting = append(waiting, e)
		}
		return hangs
	})
	slices.SortFunc(waiting, func(x, y Event) int {
		return cmp.Or(x.Recorded.Compare(y.Recorded), cmp.Compare(x.ID, y.ID))
	})
	acts := actJudge{book: b}
	for _, e := range waiting {
		if r := acts.allowed(accepted, e); r != nil {
			refused = append(refused, *r)
			continue
		}
		accepted = append(accepted, e)
		acts.accept(e)
	}
	if len(refused) == 0 {
		return accepted, nil
	}
	kept, more := dropLost(accepted)
	return kept, append(refused, more...)
}

// dropExceeding refuses what a case has no room for, from what was recorded last.
func (b *Book) dropExceeding(group []Event) (kept []Event, refused []Refusal) {
	last := time.Time{}
	for i := range group {
		if group[i].Recorded.After(last) {
			last = group[i].Recorded
		}
	}
	if b.atMost(group, last) <= b.maxDuties {
		return group, nil
	}
	slices.SortFunc(group, func(x, y Event) int { return cmp.Or(x.Recorded.Compare(y.Recorded), cmp.Compare(x.ID, y.ID)) })
	refusals := b.Exceeding(nil, group, last)
	for i, r := range refusals {
		if r != nil {
			refused = append(refused, *r)
		} else {
			kept = append(kept, group[i])
		}
	}
	if refused == nil {
		return group, nil
	}
	kept, more := dropLost(kept)
	return kept, append(refused, more...)
}

// dropUnborn refuses what cannot have happened before the child was born, by the birth that the
// file itself gives, in the place of what it is given.
func (b *Book) dropUnborn(group []Event) (kept []Event, refused []Refusal) {
	if !slices.ContainsFunc(group, func(e Event) bool { return e.Type == typeBorn }) {
		return group, nil
	}
	born := earliestBirth(group)
	kept = slices.DeleteFunc(group, func(e Event) bool {
		r := b.beforeBirth(&e, born)
		if r != nil {
			refused = append(refused, *r)
		}
		return r != nil
	})
	return kept, refused
}

// fillRecorded gives a change that does not say when it was recorded, nor when it
// happened, the recording time of what it changes: the latest of its chain.
func fillRecorded(group []Event) {
	if !slices.ContainsFunc(group, func(e Event) bool { return e.Recorded.IsZero() }) {
		return
	}
	c := chainsOf(group)
	for i := range group {
		if group[i].Recorded.IsZero() {
			group[i].Recorded = c.links[i].since
		}
	}
}

// hangsOnDuties says whether an event is accepted only where a duty allows it.
func (b *Book) hangsOnDuties(e *Event) bool {
	switch e.Type {
	case typePaused, typeResumed, typeExtended, typeAcknowledged:
		return e.Voids == ""
	}
	return e.Voids == "" && len(b.extendedBy[e.Type]) > 0
}

// The events that act on duties.
const (
	typePaused       = "clock.paused"
	typeResumed      = "clock.resumed"
	typeExtended     = "clock.extended"
	typeAcknowledged = "notice.acknowledged"
)

// allowed judges an event that acts on duties, with what was known when it was recorded.
func (b *Book) allowed(history []Event, e Event) *Refusal {
	before := slices.DeleteFunc(slices.Clone(history), func(h Event) bool { return h.ID == e.ID && h.Source == e.Source })
	if e.Corrects != "" { // it stands in the place of what it corrects
		before = append(before, Event{ID: e.ID, Source: e.Source, Case: e.Case, Voids: e.Corrects, Recorded: e.Recorded})
	}
	then := func(duty string, at time.Time) *Duty { return b.FoldDuties(before, At(at)).Duty(duty) }
	return b.judgeAct(b.FoldDuties(before, At(e.Recorded)), then, e)
}

// dutyThen is how a duty stood at an instant, with what was known then; nil where there was none.
type dutyThen func(duty string, at time.Time) *Duty

// judgeAct judges an event that acts on duties by how they stood when it was recorded.
func (b *Book) judgeAct(plan *Plan, then dutyThen, e Event) *Refusal {
	switch e.Type {
	case typePaused, typeResumed:
		return b.mayPause(plan, e)
	case typeAcknowledged:
		return b.mayAcknowledge(plan, then, e)
	default:
		return b.mayExtend(plan, e)
	}
}

// acknowledgeWithin is the longest promise, in working days (rules.md, section 6).
const acknowledgeWithin = 10

func (b *Book) mayAcknowledge(plan *Plan, then dutyThen, e Event) *Refusal {
	promise := e.Data.Day("promise")
	last := b.calendar.AddWorkingDays(e.At.Day, acknowledgeWithin)
	duty := plan.Duty(e.Data.Text("duty"))
	switch {
	case duty == nil:
		return refuse(e, "the case has no such duty: name it as 'starter duties' shows it, for example AS-01:e17")
	case promise < e.At.Day:
		return refuse(e, "the promised day lies before the acknowledgement")
	case promise > last:
		return refuse(e, "the promised day is more than %d working days away: promise %s or earlier", acknowledgeWithin, last)
	}
	return mayRenew(plan, duty, then, e)
}

// mayRenew refuses a promise where the due date has had one, unless it is the first renewal
// and the first still holds.
func mayRenew(plan *Plan, duty *Duty, then dutyThen, e Event) *Refusal {
	promised := promised(plan, duty, then, e.Recorded)
	switch {
	case len(promised) == 0:
		return nil
	case len(promised) > 1:
		return refuse(e, "a promise for this due date has been renewed once: it is renewed no more")
	case e.Recorded.After(promised[0].until):
		return refuse(e, "a promise for this due date held until the end of %s: it is renewed only while it holds",
			calendar.DateOf(promised[0].until))
	}
	return nil
}

// promised are the promises that count against another one at an instant: those for the due
// date that the duty has now. A duty without a date, one of drift, has its next alarm months
// later: there those count of which the last still holds, each made while the one before held.
func promised(plan *Plan, duty *Duty, then dutyThen, at time.Time) []hold {
	holds := slices.SortedFunc(slices.Values(plan.holds[duty.ID]), func(x, y hold) int { return x.from.Compare(y.from) })
	dated := !duty.Due.IsZero() || !duty.DueAt.IsZero()
	var counted []hold
	var until time.Time
	for _, h := range holds {
		if !sameDate(duty, then(duty.ID, h.from)) {
			continue
		}
		if !dated && h.from.After(until) {
			counted = nil
		}
		if h.until.After(until) {
			until = h.until
		}
		counted = append(counted, h)
	}
	if !dated && at.After(until) {
		return nil
	}
	return counted
}

// sameDate reports whether a duty had the date that it has now as it stood then.
func sameDate(duty, then *Duty) bool {
	return then != nil && then.Due == duty.Due && then.DueAt.Equal(duty.DueAt)
}
