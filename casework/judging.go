package casework

import (
	"slices"

	"longstop/calendar"
)

// Judging judges events of one case one after the other, each against all that was accepted
// before. What it has learned of those it keeps, so that a batch of many costs little more for
// each than a single one does.
type Judging struct {
	book     *Book
	accepted []Event
	// targets are the accepted events that another can correct or void, and voids the others.
	targets, voids map[eventKey]string // the case of each
	latestBirth    calendar.Date       // of any that was ever accepted
	earliestBirth  calendar.Date       // of those that stand
	birthsKnown    bool                // whether earliestBirth is worked out
	ages           ageSpan
	together       []Event // see Expect
}

// Judging begins with the events that were accepted before. They are not written to.
func (b *Book) Judging(history []Event) *Judging {
	j := &Judging{
		book: b, accepted: history[:len(history):len(history)],
		targets: make(map[eventKey]string, len(history)), voids: map[eventKey]string{},
	}
	c := chainsOf(history)
	for i := range history {
		if c.links[i].first >= 0 { // one whose chain is broken is nothing that can be corrected
			j.note(&history[i])
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
	j.note(&e)
}

func (j *Judging) note(e *Event) {
	j.ages.take(e)
	if e.Voids != "" {
		j.voids[keyOf(e)] = e.Case
	} else {
		j.targets[keyOf(e)] = e.Case
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
	return j.book.allowed(j.accepted, next)
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
	target := eventKey{e.Source, e.target()}
	of, changeable := j.targets[target]
	if !changeable {
		var isVoid bool
		if of, isVoid = j.voids[target]; !isVoid {
			return refuse(*e, whyMissing)
		}
	}
	switch {
	case of != e.Case:
		return refuse(*e, whyElsewhere)
	case !changeable:
		return refuse(*e, whyVoid)
	}
	return nil
}
