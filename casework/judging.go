package casework

import (
	"slices"
	"time"

	"longstop/calendar"
)

// Judging judges events of one case one after the other, each against all that was accepted
// before. What it has learned of those it keeps, so that a batch of many costs little more for
// each than a single one does.
type Judging struct {
	book          *Book
	accepted      []Event
	targets       map[eventKey]target    // the accepted events that another can correct or void
	voids         map[eventKey]string    // the others, and the case of each
	voided        map[eventKey]time.Time // since when entries are voided, by their first events
	latestBirth   calendar.Date          // of any that was ever accepted
	earliestBirth calendar.Date          // of those that stand
	birthsKnown   bool                   // whether earliestBirth is worked out
	ages          ageSpan
	acts          actJudge
	together      []Event // see Expect
}

// target is what an event that another corrects or voids belongs to.
type target struct {
	of    string    // the case
	first eventKey  // the first event of its entry
	since time.Time // when it was known with its whole chain
}

// Judging begins with the events that were accepted before. They are not written to.
func (b *Book) Judging(history []Event) *Judging {
	j := &Judging{
		book: b, acts: actJudge{book: b}, accepted: history[:len(history):len(history)],
		targets: make(map[eventKey]target, len(history)), voids: map[eventKey]string{}, voided: map[eventKey]time.Time{},
	}
	c := chainsOf(history)
	for i := range history {
		if first := c.first(i); first != nil { // one whose chain is broken is nothing that can be corrected
			j.note(&history[i], target{of: history[i].Case, first: keyOf(first), since: c.links[i].since})
		}
	}
	return j
}

// Accepted are all events that were accepted, in that order.
func (j *Judging) Accepted() []Event { return j.accepted }

// Expect says what is handed in together with the events that are judged: a birth is judged by
// that too, though it is taken first.
func (j *Judging) Expect(together []Event) { j.together = together }

// Accept takes an event that Check has found nothing against.
func (j *Judging) Accept(e Event) {
	j.accepted = append(j.accepted, e)
	j.note(&e, j.placed(&e))
	j.acts.accept(e)
}

// placed says what an event belongs to, whose target was accepted.
func (j *Judging) placed(e *Event) target {
	if e.target() == "" {
		return target{of: e.Case, first: keyOf(e), since: e.Recorded}
	}
	at := j.targets[eventKey{e.Source, e.target()}]
	if e.Recorded.After(at.since) {
		at.since = e.Recorded
	}
	return at
}

func (j *Judging) note(e *Event, at target) {
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
	if e.Type == typeBorn || e.target() != "" { // the change may be one of a birth
		j.birthsKnown = false
	}
}

// Check judges one more event, whose Recorded must be set. It returns nil where it can be
// accepted; one that was accepted before is not looked for here.
func (j *Judging) Check(next Event) *Refusal {
	if r := j.book.sound(next); r != nil {
		return r
	}
	if r := j.lost(&next); r != nil {
		return r
	}
	// Nothing hangs on which birth stands where none is later than the event.
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
	together = slices.DeleteFunc(slices.Clone(together), func(o Event) bool { return o.Type == typeBorn || j.book.sound(o) != nil })
	return j.book.oldAtFirst(j.accepted, together, e)
}

// lost says why an event cannot correct or void what it names; nil where it can, or does neither.
func (j *Judging) lost(e *Event) *Refusal {
	if e.target() == "" {
		return nil
	}
	key := eventKey{e.Source, e.target()}
	found, changeable := j.targets[key]
	of := found.of
	if !changeable {
		var isVoid bool
		if of, isVoid = j.voids[key]; !isVoid {
			return refuse(*e, whyMissing)
		}
	}
	switch {
	case of != e.Case:
		return refuse(*e, whyElsewhere)
	case !changeable:
		return refuse(*e, whyVoid)
	}
	if since, is := j.voided[found.first]; is && j.placed(e).since.After(since) {
		return refuseVoided(*e, since)
	}
	return nil
}
