package store

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"longstop/casework"
	"longstop/internal/names"
	"longstop/organisation"
)

// sourceRecorded is the field of an event's data that keeps the source's own recording time.
const sourceRecorded = "source_recorded"

// typeBorn is the event that says when the child was born.
const typeBorn = "person.born"

// admission is what became of the events handed in for one case.
type admission struct {
	added    []addition // in the order in which they were accepted
	known    int
	gaveWay  int // voids that the recorder itself wrote
	refused  []casework.Refusal
	warnings []casework.Refusal
	changes  *[]casework.Change // of the case's duties, by a correction or void; nil where there is none
	unopened *Unopened          // nil where there is none
	nothing  []casework.Refusal // of those that are added, what came to nothing
}

// addition is an event to be written.
type addition struct {
	casework.Event
	n int // its place among those handed in; -1 where the recorder made it
}

// admitter decides which events of one case are accepted. It is pure: what it needs to know
// of other cases is handed in.
type admitter struct {
	book     *casework.Book
	givesWay GivesWay
	makeWay  MakeWay
	acting   map[string]bool // event types whose acceptance hangs on the state of a duty
}

func newAdmitter(book *casework.Book, rule GivesWay, void MakeWay) *admitter {
	if void == nil {
		void = makeWay
	}
	a := &admitter{book: book, givesWay: rule, makeWay: void, acting: map[string]bool{
		"clock.paused": true, "clock.resumed": true, "clock.extended": true, "notice.acknowledged": true,
	}}
	for i := range book.Pack().Timescales {
		if x := book.Pack().Timescales[i].Extend; x != nil {
			a.acting[x.Event] = true
		}
	}
	return a
}

// incoming is one event handed in, as it will be written if it is accepted, but for when
// it was recorded.
type incoming struct {
	casework.Event
	n int
}

// prepare makes an event ready to be judged: its source and instants as they are kept, and
// the source's own recording time among its data. An event that gives as its recording
// time the default of a file (the end of when it happened) says nothing by it.
func prepare(e casework.Event, source string) casework.Event {
	e = casework.Clean(e)
	e.Source = cmp.Or(e.Source, names.Clean(source))
	given := e.Recorded
	e.Recorded, e.Backlog = time.Time{}, false
	if _, has := e.Data[sourceRecorded]; !has && !given.IsZero() && !given.Equal(e.At.End()) {
		e.Data = maps.Clone(e.Data)
		if e.Data == nil {
			e.Data = casework.Data{}
		}
		e.Data[sourceRecorded] = given.Format(time.RFC3339)
	}
	return e
}

// outside is what the record knows beyond the events of one case.
type outside struct {
	elsewhere func(eventID) bool // whether an event id is recorded in another case
	// may judges one more event, which the law allows, by who works where and who was told.
	may func(history []casework.Event, e *casework.Event) *casework.Refusal
}

// admit judges events of one case against what the record holds of it (history) and beyond
// it, and gives those that are accepted their recording time. The
// order in which the events come makes no difference, except that of two with one id the
// first stands.
func (a *admitter) admit(history []casework.Event, batch []incoming, known outside, now time.Time) admission {
	var out admission
	now = casework.ToSecond(now)
	held := make(map[eventID]*casework.Event, len(history)+len(batch))
	ids := make(map[string]string, len(history))
	for i := range history {
		held[idOf(&history[i])] = &history[i]
		ids[history[i].ID] = history[i].Source
	}
	var pending []incoming
	for _, e := range batch {
		e.Recorded = now
		switch r, again := a.repeated(held, ids, known.elsewhere, &e.Event); {
		case again:
			out.known++
		case r != nil:
			out.refused = append(out.refused, *r)
		default:
			pending = append(pending, e)
			held[idOf(&e.Event)] = &e.Event
			ids[e.ID] = e.Source
		}
	}
	judging := a.book.Judging(history)
	a.judge(&out, judging, a.inOrder(pending), known)
	if kept := a.withinBounds(&out, judging.Accepted(), len(history), now); len(kept) < len(judging.Accepted()) {
		judging = a.book.Judging(kept)
	}
	if len(out.added) == 0 {
		return out
	}
	stands := entries(judging.Accepted())
	out.warnings = append(notReported(a.book, stands, out.added), attachedForEver(out.added)...)
	for i := range out.added {
		out.warnings = append(out.warnings, a.book.Doubts(&out.added[i].Event)...)
	}
	a.voidInferred(&out, judging, stands, now)
	return out
}

// repeated finds an event that the record holds already: the same one is known, and one
// with other content is refused.
func (a *admitter) repeated(
	held map[eventID]*casework.Event, ids map[string]string, elsewhere func(eventID) bool, e *casework.Event,
) (r *casework.Refusal, known bool) {
	if r := storable(e); r != nil {
		return r, false
	}
	if organisation.IsStaffType(e.Type) {
		return refuse(e, "an event of people and teams belongs to no case: leave out \"case\""), false
	}
	if before := held[idOf(e)]; before != nil {
		if sameContent(*before, *e) {
			return nil, true
		}
		return refuse(e, "another event with this id is recorded with other content: "+
			"give this one an id of its own, or correct the first with \"corrects\""), false
	}
	if elsewhere(idOf(e)) {
		return refuse(e, "an event with this id is recorded in another case: give this one an id of its own"), false
	}
	if _, taken := ids[e.ID]; taken && e.ID != "" {
		// Duties are named after the entries that opened them, within their case.
		return refuse(e, "this case holds an event with this id from another source: give this one an id of its own"), false
	}
	return nil, false
}

// sameContent compares all that the source says, leaving out when it was recorded.
func sameContent(a, b casework.Event) bool {
	a.Recorded, b.Recorded = time.Time{}, time.Time{}
	a.Data, b.Data = withoutSourceTime(a.Data), withoutSourceTime(b.Data)
	return casework.Same(a, b)
}

func withoutSourceTime(d casework.Data) casework.Data {
	if _, has := d[sourceRecorded]; !has {
		return d
	}
	d = maps.Clone(d)
	delete(d, sourceRecorded)
	return d
}

// inOrder puts a birth before the other events and those that act on duties after them, so that
// each is judged with all that was handed in with it.
func (a *admitter) inOrder(list []incoming) []incoming {
	place := func(e *incoming) int {
		switch {
		case e.Type == typeBorn:
			return 0
		case a.acting[e.Type]:
			return 2
		default:
			return 1
		}
	}
	slices.SortStableFunc(list, func(x, y incoming) int {
		if c := cmp.Compare(place(&x), place(&y)); c != 0 || place(&x) < 2 {
			return c
		}
		return cmp.Compare(x.ID, y.ID)
	})
	return list
}

// targetsFirst puts what corrects or voids another of some events right after that, where it
// would come before: so all are judged in one go, in whichever order a chain was handed in.
func targetsFirst(list []incoming) []incoming {
	if !slices.ContainsFunc(list, func(e incoming) bool { return e.Event.Target() != "" }) {
		return list
	}
	ahead := make(map[eventID]bool, len(list)) // those that are still to come
	for i := range list {
		ahead[idOf(&list[i].Event)] = true
	}
	ordered, waiting := make([]incoming, 0, len(list)), map[eventID][]incoming{}
	for _, e := range list {
		if target := (eventID{e.Source, e.Event.Target()}); target.id != "" && ahead[target] {
			waiting[target] = append(waiting[target], e)
			continue
		}
		for next := []incoming{e}; len(next) > 0; {
			e, next = next[0], next[1:]
			id := idOf(&e.Event)
			ordered, next = append(ordered, e), append(next, waiting[id]...)
			delete(ahead, id)
			delete(waiting, id)
		}
	}
	for _, e := range list { // what runs in a circle is refused
		ordered = append(ordered, waiting[idOf(&e.Event)]...)
		delete(waiting, idOf(&e.Event))
	}
	return ordered
}

// judge accepts what it can until nothing more can be: a correction may stand before what
// it corrects.
func (a *admitter) judge(out *admission, judging *casework.Judging, pending []incoming, known outside) {
	pending = targetsFirst(pending)
	together := make([]casework.Event, len(pending))
	for i := range pending {
		together[i] = pending[i].Event
	}
	judging.Expect(together)
	for {
		var left []incoming
		var refusals []casework.Refusal
		for _, e := range pending {
			r := judging.Check(e.Event)
			if r == nil {
				r = known.may(judging.Accepted(), &e.Event)
			}
			if r == nil {
				judging.Accept(e.Event)
				out.added = append(out.added, addition(e))
				continue
			}
			if target := e.Event.Target(); target != "" && known.elsewhere(eventID{e.Source, target}) {
				r = refuse(&e.Event, "the event that it corrects or voids belongs to another case")
			}
			left, refusals = append(left, e), append(refusals, *r)
		}
		if len(left) == 0 || len(left) == len(pending) {
			out.refused = append(out.refused, refusals...)
			return
		}
		pending = left
	}
}

// withinBounds takes back the acceptance of what a case has no room for.
func (a *admitter) withinBounds(out *admission, history []casework.Event, before int, now time.Time) []casework.Event {
	refusals := a.book.Exceeding(history[:before], history[before:], now)
	if refusals == nil {
		return history
	}
	kept := slices.Clone(history[:before])
	var added []addition
	for i, r := range refusals {
		if r != nil {
			out.refused = append(out.refused, *r)
			continue
		}
		kept, added = append(kept, history[before+i]), append(added, out.added[i])
	}
	out.added = added
	return kept
}

// voidInferred voids the inferred events that a real one has made needless.
func (a *admitter) voidInferred(out *admission, judging *casework.Judging, stands []entry, now time.Time) {
	for _, e := range giveWay(a.givesWay, stands) {
		void := a.makeWay(e.Event, e.id, today(now))
		void.Recorded, void.By = now, byRecorder
		if r := judging.Check(void); r != nil {
			out.warnings = append(out.warnings, casework.Refusal{
				Event: e.id, Reason: "it should have given way to a real event, but " + r.Reason,
			})
			continue
		}
		judging.Accept(void)
		out.added = append(out.added, addition{Event: void, n: -1})
		out.gaveWay++
	}
}
