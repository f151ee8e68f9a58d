package casework

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/internal/names"
	"longstop/timescale"
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
	unique, more := b.dropInvalid(unique)
	refused = append(refused, more...)
	unique, more = dropBroken(unique)
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
// event's Recorded must be set. It returns nil if the event is accepted; an event that
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
			refused = append(refused, *refuse(e, "id", CodeConflict, "another event with this id is recorded with other content: "+
				"give this one an id of its own, or correct the first with \"corrects\""))
		case unique[at].Recorded.IsZero():
			unique[at].Recorded = e.Recorded
		}
	}
	return unique, refused
}

// Same reports whether two events say the same thing: everything but when it was recorded,
// unless both say so and differ. Blanks around names, fractions of a second, and data that is
// null, false or empty if the other has none make no difference.
func Same(a, b Event) bool {
	a, b = Clean(a), Clean(b)
	if a.Recorded.IsZero() || b.Recorded.IsZero() {
		a.Recorded, b.Recorded = time.Time{}, time.Time{}
	}
	return a.Recorded.Equal(b.Recorded) && a.Case == b.Case && a.Type == b.Type && a.At == b.At &&
		a.Episode == b.Episode && a.Corrects == b.Corrects && a.Voids == b.Voids && sameData(a.Data, b.Data)
}

func sameData(a, b Data) bool {
	a, b = withoutEmpty(a), withoutEmpty(b)
	if len(a) == 0 && len(b) == 0 {
		return true
	}
	// Maps of JSON values are written with sorted keys, so equal data read alike.
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// withoutEmpty returns the data without what says no more than if it were left out.
func withoutEmpty(data Data) Data {
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

// dropInvalid works in place of what it is given.
func (b *Book) dropInvalid(events []Event) (valid []Event, refused []Refusal) {
	valid = slices.DeleteFunc(events, func(e Event) bool {
		r := b.validate(e)
		if r != nil {
			refused = append(refused, *r)
		}
		return r != nil
	})
	return valid, refused
}

// dropBroken refuses what corrects or voids something that is not there, and all that depends on it.
func dropBroken(events []Event) (kept []Event, refused []Refusal) {
	c := chainsOf(events)
	if !c.any {
		return events, nil
	}
	for i := range events {
		if r := c.broken(i); r != nil {
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
	backing := make([]Event, len(events))
	for k, n := range counts {
		keys = append(keys, k)
		groups[k], backing = backing[:0:n], backing[n:]
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

// judge decides on the events of one case whose acceptance depends on what was known when
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
	kept, more := dropBroken(accepted)
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
	if b.mostDuties(group, last) <= b.maxDuties {
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
	kept, more := dropBroken(kept)
	return kept, append(refused, more...)
}

// dropUnborn refuses what cannot have happened before the child was born, by the birth that the
// file itself gives, in place of what it is given.
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

// hangsOnDuties reports whether an event is accepted only where a duty allows it.
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
	if e.Corrects != "" { // it stands in place of what it corrects
		before = append(before, Event{ID: e.ID, Source: e.Source, Case: e.Case, Voids: e.Corrects, Recorded: e.Recorded})
	}
	then := func(duty string, at time.Time) *Duty { return b.FoldDuties(before, At(at)).Duty(duty) }
	return b.judgeAct(b.FoldDuties(before, At(e.Recorded)), then, e)
}

// dutyAt is how a duty stood at an instant, with what was known then; nil if there was none.
type dutyAt func(duty string, at time.Time) *Duty

// judgeAct judges an event that acts on duties by how they stood when it was recorded.
func (b *Book) judgeAct(plan *Plan, then dutyAt, e Event) *Refusal {
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

func (b *Book) mayAcknowledge(plan *Plan, then dutyAt, e Event) *Refusal {
	promise := e.Data.Day("promise")
	last := b.calendar.AddWorkingDays(e.At.Day, acknowledgeWithin)
	duty := plan.Duty(e.Data.Text("duty"))
	switch {
	case duty == nil:
		return refuse(e, "data.duty", CodeUnknownDuty, "the case has no such timescale: name it as 'starter duties' shows it, for example AS-01:e17")
	case promise < e.At.Day:
		return refuse(e, "data.promise", CodeDatesContradict, "the agreed date lies before the acknowledgement")
	case promise > last:
		return refuse(e, "data.promise", CodeTooFarAhead, "the agreed date is more than %d working days away: agree %s or earlier", acknowledgeWithin, last)
	}
	return mayRenew(plan, duty, then, e)
}

// mayRenew refuses a promise where the due date has had one, unless it is the first renewal
// and the first still holds.
func mayRenew(plan *Plan, duty *Duty, then dutyAt, e Event) *Refusal {
	promised := promisesFor(plan, duty, then, e.Recorded)
	switch {
	case len(promised) == 0:
		return nil
	case len(promised) > 1:
		return refuse(e, "data.duty", CodeRenewed, "the date agreed for this due date has been renewed once, and cannot be renewed again")
	case e.Recorded.After(promised[0].until):
		return refuse(e, "data.duty", CodeRenewed, "the date agreed for this due date held until the end of %s: it is renewed only while it holds",
			calendar.DateOf(promised[0].until))
	}
	return nil
}

// promisesFor returns the promises that count against another one at an instant: those for the due
// date that the duty has now. A duty without a date, one of drift, has its next alarm months
// later: there those count of which the last still holds, each made while the one before held.
func promisesFor(plan *Plan, duty *Duty, then dutyAt, at time.Time) []hold {
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

// Judging judges events of one case one after the other, each against all that was accepted
// before. What it has learned of those it keeps, so that a batch of many costs little more for
// each than a single one does.
type Judging struct {
	book          *Book
	accepted      []Event
	targets       map[eventKey]judgedEntry // the accepted events that another can correct or void
	voids         map[eventKey]string      // the others, and the case of each
	voided        map[eventKey]time.Time   // since when entries are voided, by their first events
	latestBirth   calendar.Date            // of any that was ever accepted
	earliestBirth calendar.Date            // of those that stand
	birthsKnown   bool                     // whether earliestBirth is worked out
	ages          ageSpan
	acts          actJudge
	together      []Event // see Expect
}

// judgedEntry is what an event that another corrects or voids belongs to.
type judgedEntry struct {
	of    string    // the case
	first eventKey  // the first event of its entry
	since time.Time // when it was known with its whole chain
}

// Judging begins with the events that were accepted before. They are not written to.
func (b *Book) Judging(history []Event) *Judging {
	j := &Judging{
		book: b, acts: actJudge{book: b}, accepted: history[:len(history):len(history)],
		targets: make(map[eventKey]judgedEntry, len(history)), voids: map[eventKey]string{}, voided: map[eventKey]time.Time{},
	}
	c := chainsOf(history)
	for i := range history {
		if first := c.first(i); first != nil { // one whose chain is broken is nothing that can be corrected
			j.index(&history[i], judgedEntry{of: history[i].Case, first: keyOf(first), since: c.links[i].since})
		}
	}
	return j
}

// Accepted returns all events that were accepted, in that order.
func (j *Judging) Accepted() []Event { return j.accepted }

// Expect sets what is handed in together with the events that are judged: a birth is judged by
// that too, though it is taken first.
func (j *Judging) Expect(together []Event) { j.together = together }

// Accept takes an event that Check has found nothing against.
func (j *Judging) Accept(e Event) {
	j.accepted = append(j.accepted, e)
	j.index(&e, j.entryFor(&e))
	j.acts.accept(e)
}

// entryFor returns what an event belongs to, whose target was accepted.
func (j *Judging) entryFor(e *Event) judgedEntry {
	if e.Target() == "" {
		return judgedEntry{of: e.Case, first: keyOf(e), since: e.Recorded}
	}
	at := j.targets[eventKey{e.Source, e.Target()}]
	if e.Recorded.After(at.since) {
		at.since = e.Recorded
	}
	return at
}

func (j *Judging) index(e *Event, at judgedEntry) {
	j.ages.take(e)
	if e.Voids == "" {
		j.targets[keyOf(e)] = at
	} else {
		j.voids[keyOf(e)] = e.Case
		if since, is := j.voided[at.first]; !is || at.since.Before(since) {
			j.voided[at.first] = at.since
		}
	}
	if e.Type == typeBorn {
		j.latestBirth = max(j.latestBirth, birthOf(e))
	}
	if e.Type == typeBorn || e.Target() != "" { // the change may be one of a birth
		j.birthsKnown = false
	}
}

// Check judges one more event, whose Recorded must be set. It returns nil if it can be
// accepted; one that was accepted before is not looked for here.
func (j *Judging) Check(next Event) *Refusal {
	if r := j.book.validate(next); r != nil {
		return r
	}
	if r := j.brokenChain(&next); r != nil {
		return r
	}
	// Nothing depends on which birth stands where none is later than the event.
	if j.latestBirth > next.At.Day && j.book.beforeBirth(&next, j.latestBirth) != nil {
		if !j.birthsKnown {
			j.earliestBirth, j.birthsKnown = earliestBirth(j.accepted), true
		}
		if r := j.book.beforeBirth(&next, j.earliestBirth); r != nil {
			return r
		}
	}
	if r := j.oldAtFirst(&next); r != nil {
		return r
	}
	return j.acts.allowed(j.accepted, next)
}

// oldAtFirst judges an event by the age at the first event of the case, where that can matter.
func (j *Judging) oldAtFirst(e *Event) *Refusal {
	ages := ageSpan{born: j.ages.born, last: e.At.Day}
	var together []Event
	if e.Type == typeBorn {
		ages, together = j.ages, j.together
		ages.take(e)
		for i := range together {
			ages.take(&together[i])
		}
	}
	if e.Voids != "" || !ages.mayBeTooOld() {
		return nil
	}
	together = slices.DeleteFunc(slices.Clone(together), func(o Event) bool { return o.Type == typeBorn || j.book.validate(o) != nil })
	return j.book.oldAtFirst(j.accepted, together, e)
}

// brokenChain returns why an event cannot correct or void what it names; nil if it can, or does neither.
func (j *Judging) brokenChain(e *Event) *Refusal {
	if e.Target() == "" {
		return nil
	}
	key := eventKey{e.Source, e.Target()}
	found, changeable := j.targets[key]
	of := found.of
	if !changeable {
		var isVoid bool
		if of, isVoid = j.voids[key]; !isVoid {
			return refuse(*e, e.TargetField(), CodeUnknownTarget, whyMissing)
		}
	}
	switch {
	case of != e.Case:
		return refuse(*e, e.TargetField(), CodeOtherCase, whyElsewhere)
	case !changeable:
		return refuse(*e, e.TargetField(), CodeTargetIsVoid, whyVoid)
	}
	if since, is := j.voided[found.first]; is && j.entryFor(e).since.After(since) {
		return refuseVoided(*e, since)
	}
	return nil
}

// MaxDuties bounds the duties of one case. A child who is visited every week of eighteen years in
// care, and moved, reviewed and missing all the time, has some 1,400 under the shipped law and
// 3,000 with every timescale switched on: a case with more is not one child's.
const MaxDuties = 5000

// TooManyReason tells what a case with more duties than that is, and what to do about it.
var TooManyReason = fmt.Sprintf("more than %d timescales, which no child has: several may share its reference, "+
	"or one thing was recorded many times; void what does not belong there", MaxDuties)

// caseIsFull reports whether no further duty is opened, because the case has as many as any may have.
func (f *ruleFold) caseIsFull() bool {
	if f.opened >= f.book.maxDuties {
		f.tooMany = true
		return true
	}
	f.opened++
	return false
}

// Exceeding refuses, of events that are added to a case in an order, those with which it would
// have more duties at an instant than any may have: one refusal or nil for each; nil if all
// are taken. What opens no duty, and what takes something back, is taken in any case.
//
// Where their number makes it plain that all fit, as it does for nearly every case, nothing is
// folded; else the case is folded once, and where it has too many about as often as the number of
// events can be halved.
func (b *Book) Exceeding(history, added []Event, now time.Time) []*Refusal {
	all := slices.Concat(history, added)
	if b.mostDuties(all, now) <= b.maxDuties || !b.FoldDuties(all, At(now)).TooMany {
		return nil
	}
	fit := b.countThatFit(all, len(history), now) - len(history)
	refusals, out := make([]*Refusal, len(added)), map[eventKey]bool{}
	for i := fit; i < len(added); i++ {
		e := &added[i]
		switch {
		case b.opensNothing(e) && !out[eventKey{e.Source, e.Voids}]:
		default:
			out[keyOf(e)] = true
			refusals[i] = refuse(*e, "case", CodeCaseFull, "with it the case would have %s", TooManyReason)
		}
	}
	return refusals
}

// countThatFit returns how many of a case's events, of which so many at least are taken, can be taken in
// their order before it has too many duties.
func (b *Book) countThatFit(all []Event, taken int, now time.Time) int {
	exceeds := len(all)
	for taken+1 < exceeds {
		half := (taken + exceeds) / 2
		if b.FoldDuties(all[:half], At(now)).TooMany {
			exceeds = half
		} else {
			taken = half
		}
	}
	return taken
}

// opensNothing reports whether an event only meets or ends something, or takes something back.
func (b *Book) opensNothing(e *Event) bool {
	t := b.types[e.Type]
	return e.Voids != "" || e.Corrects == "" && (t == nil || t.duties == 0 && len(t.windows) == 0)
}

// mostDuties returns a number of duties that some events of a case cannot exceed at an instant: each opens
// one of each timescale that its type can start, and an opening of windows one for each window that
// ended after it was recorded, and one for those that had ended before.
func (b *Book) mostDuties(events []Event, now time.Time) int {
	count := 0
	for i := range events {
		e := &events[i]
		t := b.types[e.Type]
		if t == nil || e.Voids != "" {
			continue
		}
		count += t.duties
		for _, w := range t.windows {
			count += 2 + int(now.Sub(e.Recorded)/w.Shortest())
		}
	}
	return count
}

// countOpenings notes for each type of event how many duties one of it can open.
func (b *Book) countOpenings() {
	for _, r := range b.rules {
		p := b.pack.Period(r.Period)
		for _, t := range b.types {
			opens := p != nil && slices.ContainsFunc(p.Opens, func(o timescale.Opening) bool { return o.Event == t.Name })
			if r.Windows != "" && opens {
				t.windows = append(t.windows, r.Windows)
			}
			if slices.ContainsFunc(r.Starts, func(s timescale.Start) bool { return s.Event == t.Name }) {
				t.duties++
			}
			for i := range r.Starts {
				if s := &r.Starts[i]; opens && (s.PeriodOpens || s.OrBefore != nil || s.Birthday > 0) {
					t.duties++
				}
			}
		}
	}
}

// Refusal is why one line of input was not accepted. It never holds the content of
// the line beyond its id and the names of types and fields, so it may be logged.
type Refusal struct {
	Line   int    // of the file, from 1; 0 if there is none
	Event  string // the event's id; "" if the line has none
	Reason string // what is wrong and what to do, one line
	// Field is where in the event it is: a key of its line, such as "at", or a field of its data, such as "data.seen"; "" where
	// it is no one place.
	Field string
	Code  Code // what kind of refusal it is; "" of a warning, and of a line that could not be read as an event
}

// Code is what kind of refusal it is, or of fault of a request with events: a word for programs, which does not change.
type Code string

// The codes.
const (
	CodeMissing     Code = "missing"   // what has to be there is not, or is empty
	CodeUnknownName Code = "unknown"   // a name that no event has
	CodeTwice       Code = "twice"     // the same place says two things, or two places exclude each other
	CodeWrongKey    Code = "wrong_key" // a name that nothing may have
	CodeKind        Code = "kind"      // a number where a text is needed, and the like
	CodeForm        Code = "form"      // a text that is not of the form that its place needs
	CodeTooMuch     Code = "too_much"  // too deep, too many, too long

	CodeConflict     Code = "conflict"            // its id is recorded with other content, or in another case
	CodeForbidden    Code = "forbidden"           // the key does not allow it
	CodeCaseFull     Code = "case_full"           // its case has as many events, or timescales, or as much data, as one may have
	CodeNotWorkedOut Code = "case_not_worked_out" // it was not tried: its case cannot be worked out, which does not pass by itself
	CodeClockAhead   Code = "clock_ahead"         // the record's last entry is in the database's future: a clock is wrong

	CodeUnknownType      Code = "unknown_type"
	CodeUnknownWord      Code = "unknown_word" // none of the words that its field may hold
	CodeUnknownTimescale Code = "unknown_timescale"
	CodeUnknownDuty      Code = "unknown_duty"
	CodeNotOfACase       Code = "not_of_a_case" // an event of people and teams that names a case

	CodeUnknownTarget Code = "unknown_target" // what it corrects or voids does not exist
	CodeOtherCase     Code = "other_case"     // what it corrects or voids belongs to another case
	CodeTargetIsVoid  Code = "target_is_void" // what it corrects or voids is a void
	CodeTargetVoided  Code = "target_voided"  // what it corrects or voids was voided before
	CodeTargetRefused Code = "target_refused" // what it corrects or voids was refused
	CodeCircle        Code = "circle"         // it corrects or voids itself, or what corrects it

	CodeImpossibleDate  Code = "impossible_date"  // no date of a child's case: too early, too late, or what stands for none
	CodeDatesContradict Code = "dates_contradict" // one date lies before, or after, another that it cannot
	CodeInFuture        Code = "in_future"        // later than it was recorded
	CodeTooFarAhead     Code = "too_far_ahead"    // further ahead than may be
	CodeBeforeBirth     Code = "before_birth"
	CodeTooOld          Code = "too_old" // over 25 at the first event of the case

	CodeAgainstLaw  Code = "against_law" // the law allows no such thing: an order so long, a timescale paused or extended
	CodeNotRunning  Code = "not_running" // nothing runs that it could pause, resume or extend
	CodeRenewed     Code = "renewed"     // the agreed date was renewed, or holds no longer
	CodeNobodyTold  Code = "nobody_told" // nobody has been told of what it acknowledges
	CodeNotManager  Code = "not_manager" // who acknowledges manages neither the case nor anybody who was told
	CodeCoversSelf  Code = "covers_self"
	CodeReportsNone Code = "reports_nothing" // a source that reports nothing
)

// Codes lists the codes.
var Codes = []Code{
	CodeMissing, CodeUnknownName, CodeTwice, CodeWrongKey, CodeKind, CodeForm, CodeTooMuch,
	CodeConflict, CodeForbidden, CodeCaseFull, CodeNotWorkedOut, CodeClockAhead,
	CodeUnknownType, CodeUnknownWord, CodeUnknownTimescale, CodeUnknownDuty, CodeNotOfACase,
	CodeUnknownTarget, CodeOtherCase, CodeTargetIsVoid, CodeTargetVoided, CodeTargetRefused, CodeCircle,
	CodeImpossibleDate, CodeDatesContradict, CodeInFuture, CodeTooFarAhead, CodeBeforeBirth, CodeTooOld,
	CodeAgainstLaw, CodeNotRunning, CodeRenewed, CodeNobodyTold, CodeNotManager, CodeCoversSelf, CodeReportsNone,
}

// Refuse returns the refusal of an event for a reason, with the field that is at fault and the kind of refusal.
func (e *Event) Refuse(field string, code Code, reason string) *Refusal {
	return &Refusal{Line: e.Line, Event: e.ID, Reason: reason, Field: field, Code: code}
}

// Pointer returns where in the event's line it is, as a JSON pointer; "" where it is no one place.
func (r *Refusal) Pointer() string {
	if r.Field == "" {
		return ""
	}
	if name, ofData := strings.CutPrefix(r.Field, "data."); ofData {
		return "/data/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return "/" + r.Field
}

// Error returns one line that begins with the event's id.
func (r *Refusal) Error() string {
	id := r.Event
	switch {
	case id == "":
		id = fmt.Sprintf("line %d", r.Line)
	case names.Fault(id) != "": // it must not break the line, nor the terminal
		id = strconv.QuoteToASCII(id)
	}
	return id + ": " + r.Reason
}

func refuse(e Event, field string, code Code, format string, args ...any) *Refusal {
	return e.Refuse(field, code, fmt.Sprintf(format, args...))
}
