package admission

import (
	"cmp"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/organisation"
)

// Admission is what becomes of events that are handed in together.
type Admission struct {
	Added    []Event // in the order in which they were accepted
	Known    int     // how many the record holds already
	GaveWay  int     // voids among Added that the recorder itself wrote
	Refused  []casework.Refusal
	Warnings []casework.Refusal // about what is added
	Changes  *[]casework.Change // of the case's duties, by a correction or void; nil without one
	Unopened *casework.Event    // one of Added, of a case that nothing has opened; nil without one
	// Plan is the history with Added, folded as of the second of their recording; nil where nothing asked for that.
	Plan *casework.Plan
	// DidNotCount names those of Added that nothing came of, with the reasons.
	DidNotCount []casework.Refusal
	// Outcomes says what became of each event that was handed in, in no order.
	Outcomes []Outcome

	all []casework.Event // the history with Added
}

// Fate is what became of an event that was handed in.
type Fate string

// The fates. After the first three the record holds the event.
const (
	Recorded Fate = "recorded"
	Known    Fate = "known"    // it holds it already, with the same content
	GaveWay  Fate = "gave_way" // it was recorded, and taken back at once, since a real event tells the same
	Refused  Fate = "refused"
	NotTried Fate = "not_tried" // an error came first: nobody knows what would become of it
)

// Fates lists the fates.
var Fates = []Fate{Recorded, Known, GaveWay, Refused, NotTried}

// Outcome is what became of one event that was handed in.
type Outcome struct {
	N      int // its place among those handed in
	Fate   Fate
	Reason string // why it was refused, or not tried
	// Of what was refused, or not tried: what kind of refusal it is, and where in the event. See casework.Refusal.
	Code  casework.Code
	Field string
}

// RefuseAll refuses what would have been added, for one reason. What is known stays known.
func (a *Admission) RefuseAll(code casework.Code, reason string) {
	refused := Admission{Known: a.Known, Refused: a.Refused, Outcomes: slices.DeleteFunc(a.Outcomes, func(o Outcome) bool {
		return o.Fate == Recorded || o.Fate == GaveWay
	})}
	for i := range a.Added {
		if e := &a.Added[i]; e.N >= 0 {
			refused.refuse(e.N, e.Refuse("", code, reason))
		}
	}
	*a = refused
}

func (a *Admission) refuse(n int, r *casework.Refusal) {
	a.Refused = append(a.Refused, *r)
	a.Outcomes = append(a.Outcomes, Outcome{N: n, Fate: Refused, Reason: r.Reason, Code: r.Code, Field: r.Field})
}

func (a *Admission) know(n int) {
	a.Known++
	a.Outcomes = append(a.Outcomes, Outcome{N: n, Fate: Known})
}

// record notes what becomes of what is added. Among that, the recorder's own voids name the entries that give way.
// What was handed in again together with an event that is refused is not known after all: first names that event by
// the place of the other.
func (a *Admission) record(first map[int]int) {
	refused := make(map[int]Outcome, len(a.Refused))
	for _, o := range a.Outcomes {
		if o.Fate == Refused {
			refused[o.N] = o
		}
	}
	for i := range a.Outcomes {
		o := &a.Outcomes[i]
		if of, again := first[o.N]; again && o.Fate == Known {
			if because, is := refused[of]; is {
				o.Fate, o.Reason, o.Code, o.Field = Refused, because.Reason, because.Code, because.Field
			}
		}
	}
	gone := map[ID]bool{}
	for i := range a.Added {
		if e := &a.Added[i]; e.N == ByRecorder {
			gone[TargetOf(&e.Event)] = true
		}
	}
	for i := range a.Added {
		switch e := &a.Added[i]; {
		case e.N == ByRecorder:
		case gone[IDOf(&e.Event)]:
			a.Outcomes = append(a.Outcomes, Outcome{N: e.N, Fate: GaveWay})
		default:
			a.Outcomes = append(a.Outcomes, Outcome{N: e.N, Fate: Recorded})
		}
	}
}

// Input is what is handed in for one case, and what the record knows around it.
type Input struct {
	History   []casework.Event // of the case, in the order of recording
	Events    []Event          // prepared, with the case's key
	Now       time.Time        // when they are recorded
	Directory *organisation.Directory
	// Elsewhere reports whether an event id is recorded in another case.
	Elsewhere func(ID) bool
	// May judges one more event, which the law allows, by who works where and who was told.
	May func(history []casework.Event, e *casework.Event) *casework.Refusal
	// Permits reports whether whoever hands them in may record events of a type; nil: of any. It is asked about
	// what an event corrects or voids: its own type the caller has looked at.
	Permits func(eventType string) bool

	Loaded  bool // the events come with a load: nobody is told what they change
	Backlog bool // the load is a council's first. A return's own consistency is judged where it is read.
}

// Admitter decides which events of one case are accepted, under one law. It does not change.
type Admitter struct {
	book     *casework.Book
	givesWay GivesWay
	makeWay  MakeWay
	acting   map[string]bool // event types whose acceptance depends on the state of a duty
	room     room
}

// New returns what decides under a law. givesWay nil: no inferred event gives way; makeWay nil: the
// void of one that does says no more than that.
func New(book *casework.Book, givesWay GivesWay, makeWay MakeWay) *Admitter {
	if makeWay == nil {
		makeWay = plainVoid
	}
	a := &Admitter{book: book, givesWay: givesWay, makeWay: makeWay, room: room{MostEvents, mostBytes}, acting: map[string]bool{
		"clock.paused": true, "clock.resumed": true, "clock.extended": true, "notice.acknowledged": true,
	}}
	for i := range book.Pack().Timescales {
		if x := book.Pack().Timescales[i].Extend; x != nil {
			a.acting[x.Event] = true
		}
	}
	return a
}

// Admit judges events of one case. The order in which they come makes no difference, except that
// of two with one id the first stands.
func (a *Admitter) Admit(in *Input) Admission {
	out := a.judgeEvents(in)
	if !in.Loaded {
		out.Changes = changesOf(a.book, in.History, &out, in.Now)
	}
	out.Unopened = unopened(a.book, &out, in.Now)
	if !in.Loaded || in.Backlog {
		out.DidNotCount = didNotCount(a.book, &out, casework.ToSecond(in.Now))
		out.Warnings = append(out.Warnings, doubtfulDeaths(a.book, &out, in.Now)...)
	}
	out.Warnings = append(out.Warnings, unknownStaff(in.Directory, out.Added)...)
	return out
}

// judgeEvents judges the events and gives those that are accepted their recording time.
func (a *Admitter) judgeEvents(in *Input) Admission {
	var out Admission
	history, now := in.History, casework.ToSecond(in.Now)
	held := make(map[ID]*casework.Event, len(history)+len(in.Events))
	ids := make(map[string]string, len(history))
	places, first := map[ID]int{}, map[int]int{} // of those handed in: see record
	for i := range history {
		held[IDOf(&history[i])] = &history[i]
		ids[history[i].ID] = history[i].Source
	}
	var pending []Event
	for _, e := range in.Events {
		e.Recorded = now
		switch r, again := a.repeated(held, ids, in.Elsewhere, &e.Event); {
		case again:
			out.know(e.N)
			if n, together := places[IDOf(&e.Event)]; together {
				first[e.N] = n
			}
		case r != nil:
			out.refuse(e.N, r)
		default:
			pending = append(pending, e)
			held[IDOf(&e.Event)] = &e.Event
			ids[e.ID] = e.Source
			places[IDOf(&e.Event)] = e.N
		}
	}
	judging := a.book.Judging(history)
	a.judge(&out, judging, a.inOrder(a.room.take(&out, history, pending)), in)
	if kept := a.withinBounds(&out, judging.Accepted(), len(history), now); len(kept) < len(judging.Accepted()) {
		judging = a.book.Judging(kept)
	}
	if len(out.Added) == 0 {
		out.record(first)
		return out
	}
	stands := entries(judging.Accepted())
	out.Warnings = append(notReported(a.book, stands, out.Added), attachedForEver(out.Added)...)
	for i := range out.Added {
		out.Warnings = append(out.Warnings, a.book.Doubts(&out.Added[i].Event)...)
	}
	a.voidInferred(&out, judging, stands, now)
	out.all = judging.Accepted()
	out.record(first)
	return out
}

// repeated finds an event that the record holds already: the same one is known, and one
// with other content is refused.
func (a *Admitter) repeated(
	held map[ID]*casework.Event, ids map[string]string, elsewhere func(ID) bool, e *casework.Event,
) (r *casework.Refusal, known bool) {
	if r := CheckStorable(e); r != nil {
		return r, false
	}
	if organisation.IsStaffType(e.Type) {
		return e.Refuse("case", casework.CodeNotOfACase, "an event of people and teams belongs to no case: leave out \"case\""), false
	}
	if before := held[IDOf(e)]; before != nil {
		if sameContent(*before, *e) {
			return nil, true
		}
		return refuseOtherContent(e), false
	}
	if elsewhere(IDOf(e)) {
		return e.Refuse("id", casework.CodeConflict, "an event with this id is recorded in another case: give this one an id of its own"), false
	}
	if _, taken := ids[e.ID]; taken && e.ID != "" {
		// Duties are named after the entries that opened them, within their case.
		return e.Refuse("id", casework.CodeConflict, "this case holds an event with this id from another source: give this one an id of its own"), false
	}
	return organisation.CheckPart(e, a.book.Pack().Pathways), false
}

func refuseOtherContent(e *casework.Event) *casework.Refusal {
	return e.Refuse("id", casework.CodeConflict, "another event with this id is recorded with other content: "+
		"give this one an id of its own, or correct the first with \"corrects\"")
}

// typeBorn is the event that says when the child was born.
const typeBorn = "person.born"

// inOrder puts a birth before the other events and those that act on duties after them, so that
// each is judged with all that was handed in with it.
func (a *Admitter) inOrder(list []Event) []Event {
	place := func(e *Event) int {
		switch {
		case e.Type == typeBorn:
			return 0
		case a.acting[e.Type]:
			return 2
		default:
			return 1
		}
	}
	slices.SortStableFunc(list, func(x, y Event) int {
		if c := cmp.Compare(place(&x), place(&y)); c != 0 || place(&x) < 2 {
			return c
		}
		return cmp.Compare(x.ID, y.ID)
	})
	return list
}

// judge accepts what it can until nothing more can be: a correction may stand before what
// it corrects.
func (a *Admitter) judge(out *Admission, judging *casework.Judging, pending []Event, in *Input) {
	pending = targetsFirst(pending)
	together := make([]casework.Event, len(pending))
	for i := range pending {
		together[i] = pending[i].Event
	}
	judging.Expect(together)
	for {
		var left []Event
		var refusals []*casework.Refusal
		for _, e := range pending {
			r := judging.Check(e.Event)
			if r == nil {
				r = in.May(judging.Accepted(), &e.Event)
			}
			if r == nil {
				r = in.forbids(judging.Accepted(), &e.Event)
			}
			if r == nil {
				judging.Accept(e.Event)
				out.Added = append(out.Added, e)
				continue
			}
			if e.Target() != "" && in.Elsewhere(TargetOf(&e.Event)) {
				r = e.Refuse(e.TargetField(), casework.CodeOtherCase, "the event that it corrects or voids belongs to another case")
			}
			left, refusals = append(left, e), append(refusals, r)
		}
		if len(left) == 0 || len(left) == len(pending) {
			for i := range refusals {
				out.refuse(left[i].N, refusals[i])
			}
			return
		}
		pending = left
	}
}

// forbids refuses what corrects or voids an event of a type that whoever hands it in may not record, at any time
// that the event had it.
func (in *Input) forbids(history []casework.Event, e *casework.Event) *casework.Refusal {
	if in.Permits == nil || e.Target() == "" {
		return nil
	}
	ofSource := slices.DeleteFunc(slices.Clone(history), func(h casework.Event) bool { return h.Source != e.Source })
	target, found := casework.HistoryOf(ofSource, e.Target(), time.Time{})
	if !found {
		return nil
	}
	for _, v := range target.Values {
		if !in.Permits(v.Type) {
			return e.Refuse(e.TargetField(), casework.CodeForbidden, "it corrects or voids an event of a type that this key may not record")
		}
	}
	return nil
}

// withinBounds takes back the acceptance of what a case has no room for.
func (a *Admitter) withinBounds(out *Admission, history []casework.Event, before int, now time.Time) []casework.Event {
	refusals := a.book.Exceeding(history[:before], history[before:], now)
	if refusals == nil {
		return history
	}
	kept := slices.Clone(history[:before])
	var added []Event
	for i, r := range refusals {
		if r != nil {
			out.refuse(out.Added[i].N, r)
			continue
		}
		kept, added = append(kept, history[before+i]), append(added, out.Added[i])
	}
	out.Added = added
	return kept
}

// voidInferred voids the inferred events that a real one has made needless.
func (a *Admitter) voidInferred(out *Admission, judging *casework.Judging, stands []entry, now time.Time) {
	for _, e := range giveWay(a.givesWay, stands) {
		void := a.makeWay(*e.Event, e.id, calendar.DateOf(now))
		void.Recorded, void.By = now, Recorder
		if r := judging.Check(void); r != nil {
			out.Warnings = append(out.Warnings, casework.Refusal{
				Event: e.id, Reason: "it should have given way to a real event, but " + r.Reason,
			})
			continue
		}
		judging.Accept(void)
		out.Added = append(out.Added, Event{Event: void, N: ByRecorder})
		out.GaveWay++
	}
}

// changesOf returns what events that are added to a case change of its duties; nil where none of
// them corrects or voids another.
func changesOf(book *casework.Book, history []casework.Event, a *Admission, at time.Time) *[]casework.Change {
	if !slices.ContainsFunc(a.Added, func(e Event) bool { return e.Target() != "" }) {
		return nil
	}
	m := casework.Moment{AsOf: at}
	changes := casework.Compare(book.Fold(history, m), book.Fold(a.all, m))
	return &changes
}
