package casework

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/english"
)

// This file decides what corrections and voids make of events (rules.md, section 3, "Corrections
// and voids"). Whatever needs to know which event of an entry stands, or stood at an instant, asks
// here: the fold and the ladder, the record, the commands and the loading of returns.

// eventKey names an event: ids are unique within a source.
type eventKey struct{ source, id string }

func keyOf(e *Event) eventKey { return eventKey{e.Source, e.ID} }

// Target returns the id of the event that an event corrects or voids, which is one of its own source;
// "" if it does neither.
func (e *Event) Target() string { return cmp.Or(e.Corrects, e.Voids) }

// chains say how some events hang together, whatever is known when.
type chains struct {
	events []Event
	links  []link // by the place of the event
	any    bool   // whether anything corrects or voids another
}

// link is where an event stands in its chain.
type link struct {
	target int // the place of what it corrects or voids; nowhere where there is no such event
	first  int // the place of the first event of its entry; or nowhere, or circular
	depth  int // how many events lie between it and the first, itself among them
	// since is the first instant at which it was known with its whole chain: a change that was
	// recorded before what it changes waits for it.
	since time.Time
}

// Places at which there is no event.
const (
	nowhere  = -1 - iota // the chain is broken
	circular             // it runs in a circle, or into one
	unlinked             // it was not followed yet
	onTheWay             // it is being followed
)

// chainsOf follows every event to the first of its entry, each once. A chain is broken that leads
// to an event which is not there, belongs to another case or is a void. Of several events with one
// id the first counts.
func chainsOf(events []Event) *chains {
	c := &chains{events: events, links: make([]link, len(events))}
	targets := make(map[eventKey]int, countChanges(events))
	for i := range events {
		c.links[i] = link{target: nowhere, first: i, since: events[i].Recorded}
		if target := events[i].Target(); target != "" {
			targets[eventKey{events[i].Source, target}] = nowhere
		}
	}
	if len(targets) == 0 {
		return c
	}
	c.any = true
	for i := range events {
		if at, wanted := targets[keyOf(&events[i])]; wanted && at == nowhere {
			targets[keyOf(&events[i])] = i
		}
	}
	for i := range events {
		e, l := &events[i], &c.links[i]
		if e.Target() == "" {
			continue
		}
		l.target, l.first = targets[eventKey{e.Source, e.Target()}], unlinked
		if c.targetMissing(i) {
			l.first = nowhere
		}
	}
	for i := range c.links {
		c.follow(i)
	}
	return c
}

// targetMissing reports whether what an event corrects or voids is nothing that can be.
func (c *chains) targetMissing(place int) bool {
	t := c.links[place].target
	return t == nowhere || c.events[t].Voids != "" || c.events[t].Case != c.events[place].Case
}

// countChanges returns how many events correct or void another.
func countChanges(events []Event) int {
	count := 0
	for i := range events {
		if events[i].Target() != "" {
			count++
		}
	}
	return count
}

// follow links an event, and all on its way, to the first of their entry.
func (c *chains) follow(place int) {
	var way []int
	at := place
	for c.links[at].first == unlinked {
		c.links[at].first = onTheWay
		way = append(way, at)
		at = c.links[at].target
	}
	for _, place := range slices.Backward(way) {
		l, before := &c.links[place], &c.links[c.links[place].target]
		switch before.first {
		case onTheWay, circular:
			l.first = circular
		case nowhere:
			l.first = nowhere
		default:
			l.first, l.depth = before.first, before.depth+1
			if before.since.After(l.since) {
				l.since = before.since
			}
		}
	}
}

// TargetField is where an event names what it corrects or voids.
func (e *Event) TargetField() string {
	if e.Voids != "" {
		return "voids"
	}
	return "corrects"
}

// Why an event cannot correct or void what it names.
const (
	whyMissing   = "the event that it corrects or voids does not exist (or was refused): check its id"
	whyElsewhere = "the event that it corrects or voids belongs to another case"
	whyVoid      = "a void cannot be corrected or voided: record the event again, with an id of its own"
)

// broken returns why an event cannot correct or void what it names; nil if it can, or does neither.
func (c *chains) broken(place int) *Refusal {
	e, l := c.events[place], c.links[place]
	switch {
	case l.first >= 0:
		return nil
	case l.target == nowhere:
		return refuse(e, e.TargetField(), CodeUnknownTarget, whyMissing)
	case c.events[l.target].Case != e.Case:
		return refuse(e, e.TargetField(), CodeOtherCase, whyElsewhere)
	case c.events[l.target].Voids != "":
		return refuse(e, e.TargetField(), CodeTargetIsVoid, whyVoid)
	case l.first == circular:
		return refuse(e, e.TargetField(), CodeCircle, "its corrections run in a circle: a correction names an event that was recorded before it")
	default:
		return refuse(e, e.TargetField(), CodeTargetRefused, "the event that it corrects or voids was refused: mend that first")
	}
}

// first returns the first event of the entry that an event belongs to; nil if its chain is broken.
func (c *chains) first(place int) *Event {
	if c.links[place].first < 0 {
		return nil
	}
	return &c.events[c.links[place].first]
}

// isFirst reports whether an event is the first of an entry that was known at an instant.
func (c *chains) isFirst(place int, knownAt time.Time) bool {
	return c.events[place].Target() == "" && isKnown(c.events[place].Recorded, knownAt)
}

func isKnown(recorded, at time.Time) bool { return at.IsZero() || !recorded.After(at) }

// changes returns the corrections and voids that were known at an instant with all that they change,
// by the place of the first event of their entry, each entry's in the order in which they took
// effect: of those that did at one instant what is corrected before its correction, then by when
// they were recorded, then by their ids, and what voids last.
func (c *chains) changes(knownAt time.Time) map[int][]int {
	if !c.any {
		return nil
	}
	byEntry := map[int][]int{}
	for i := range c.links {
		if l := &c.links[i]; l.depth > 0 && isKnown(l.since, knownAt) {
			byEntry[l.first] = append(byEntry[l.first], i)
		}
	}
	for _, list := range byEntry {
		slices.SortFunc(list, c.byEffect)
	}
	return byEntry
}

func (c *chains) byEffect(a, b int) int {
	x, y, v, w := &c.links[a], &c.links[b], &c.events[a], &c.events[b]
	return cmp.Or(
		x.since.Compare(y.since), cmp.Compare(v.effect(), w.effect()), cmp.Compare(x.depth, y.depth),
		v.Recorded.Compare(w.Recorded), cmp.Compare(v.ID, w.ID),
	)
}

// effect orders the changes of one instant: what voids comes last.
func (e *Event) effect() int {
	if e.Voids != "" {
		return 1
	}
	return 0
}

// givesWay reports whether the first of two events that nothing supersedes gives way to the other: the one
// recorded earlier, then the one with the lesser id.
func (c *chains) givesWay(a, b int) bool {
	x, y := &c.events[a], &c.events[b]
	return cmp.Or(x.Recorded.Compare(y.Recorded), cmp.Compare(x.ID, y.ID)) < 0
}

// replay applies an entry's changes one after the other and hands over, of each, what stood before
// it and what stands after; nil if the entry is voided. It takes little more than one step for
// each change, however long the chain.
func (c *chains) replay(first int, changes []int, take func(Revision)) {
	stood := &c.events[first]
	superseded, standing := make(map[int]bool, len(changes)), &candidates{chains: c, places: append(make([]int, 0, 1+len(changes)), first)}
	for _, place := range changes {
		e, was := &c.events[place], stood
		switch {
		case e.Voids != "":
			stood = nil
		case stood != nil:
			superseded[c.links[place].target] = true
			heap.Push(standing, place)
			stood = &c.events[standing.top(superseded)]
		}
		take(Revision{Event: e, Since: c.links[place].since, Was: was, Became: stood})
	}
}

// candidates are events of one entry: on top is the one that stands, unless it is superseded.
type candidates struct {
	*chains
	places []int
}

func (h *candidates) Len() int           { return len(h.places) }
func (h *candidates) Less(i, j int) bool { return h.givesWay(h.places[j], h.places[i]) }
func (h *candidates) Swap(i, j int)      { h.places[i], h.places[j] = h.places[j], h.places[i] }

// Push is heap's.
func (h *candidates) Push(x any) { h.places = append(h.places, x.(int)) } //nolint:forcetypeassert // heap hands over what was pushed

// Pop returns heap's.
func (h *candidates) Pop() any {
	last := len(h.places) - 1
	place := h.places[last]
	h.places = h.places[:last]
	return place
}

// top returns the one that stands. There always is one: what supersedes another is in the heap.
func (h *candidates) top(superseded map[int]bool) int {
	for superseded[h.places[0]] {
		heap.Pop(h)
	}
	return h.places[0]
}

// resolved is what an entry's changes leave standing, since when, and what stood before for a time:
// what was superseded the instant it was recorded never stood.
type resolved struct {
	stands  *Event // nil if the entry is voided
	since   time.Time
	earlier []Value
}

func resolvedFrom(first *Event) *resolved {
	return &resolved{stands: first, since: first.Recorded}
}

// take applies a change.
func (s *resolved) take(x Revision) {
	if x.Was == x.Became {
		return
	}
	if x.Since.After(s.since) {
		s.earlier = append(s.earlier, Value{Event: s.stands, From: s.since, Until: x.Since})
	}
	s.stands, s.since = x.Became, x.Since
	if last := len(s.earlier) - 1; last >= 0 && s.earlier[last].Event == s.stands && s.earlier[last].Until.Equal(s.since) {
		s.since, s.earlier = s.earlier[last].From, s.earlier[:last] // what came between gave way the instant it came
	}
}

// resolve returns what stands of an entry after its changes.
func (c *chains) resolve(first int, changes []int) (stands *Event, since time.Time, earlier []Value) {
	s := resolvedFrom(&c.events[first])
	c.replay(first, changes, s.take)
	return s.stands, s.since, s.earlier
}

// entries resolves what was known at an instant into what stands: first everything recorded later
// is dropped, then corrections and voids are applied (rules.md, section 3, "Two times"). A zero
// instant knows everything. What stood for a time, and stands no more, is passed.
func entries(events []Event, knownAt time.Time) (stands []*entry, passed []Value) {
	return chainsOf(events).entries(knownAt)
}

func (c *chains) entries(knownAt time.Time) (stands []*entry, passed []Value) {
	backing := make([]entry, 0, len(c.events))
	stands = make([]*entry, 0, len(c.events))
	changes := c.changes(knownAt)
	for i := range c.events {
		if !c.isFirst(i, knownAt) {
			continue
		}
		e := &c.events[i]
		n := entry{id: e.ID, recorded: e.Recorded, since: e.Recorded, Event: e}
		if list := changes[i]; list != nil {
			n.Event, n.since, n.earlier = c.resolve(i, list)
			passed = append(passed, n.earlier...)
		}
		if n.Event == nil {
			continue
		}
		backing = append(backing, n)
		stands = append(stands, &backing[len(backing)-1])
	}
	return stands, passed
}

// What is voided stays so: a void is never voided, and the event is recorded again (rules.md, section
// 3). So a correction of it, or a second void, that comes after the void changes nothing. Where all is
// known it is refused, and in a record that holds such a change from before it is listed as one that
// did not count.

// voids returns the instants from which entries are voided, by the place of their first event.
func (c *chains) voids() map[int]time.Time {
	voids := map[int]time.Time{}
	for i := range c.links {
		l := &c.links[i]
		if c.events[i].Voids == "" || l.first < 0 {
			continue
		}
		if since, is := voids[l.first]; !is || l.since.Before(since) {
			voids[l.first] = l.since
		}
	}
	return voids
}

// AfterVoid returns of each of some events, by its place, why it changes nothing after those that were
// recorded before: it corrects or voids what was voided earlier; nil if it does not. What was
// recorded at the instant of the void was recorded together with it, and stands in its history.
func AfterVoid(history, events []Event) []*Refusal {
	refusals := make([]*Refusal, len(events))
	c := chainsOf(slices.Concat(history, events))
	if !c.any {
		return refusals
	}
	voids := c.voids()
	for i := range events {
		l := &c.links[len(history)+i]
		if since, is := voids[l.first]; is && l.depth > 0 && l.since.After(since) {
			refusals[i] = refuseVoided(events[i], since)
		}
	}
	return refusals
}

// dropVoided refuses what corrects or voids an event after it was voided.
func dropVoided(events []Event) (kept []Event, refused []Refusal) {
	if countChanges(events) == 0 {
		return events, nil
	}
	for i, r := range AfterVoid(nil, events) {
		if r != nil {
			refused = append(refused, *r)
		} else {
			kept = append(kept, events[i])
		}
	}
	return kept, refused
}

// refuseVoided refuses a change of what was voided.
func refuseVoided(e Event, since time.Time) *Refusal {
	day := english.Day(calendar.DateOf(since))
	if e.Voids != "" {
		return refuse(e, "voids", CodeTargetVoided, "the event that it voids was voided already, on %s: leave this void out", day)
	}
	return refuse(e, "corrects", CodeTargetVoided, "the event that it corrects was voided on %s: record the event again, with an id of its own", day)
}

// listVoided lists the corrections that came after the void of what they correct.
func (t *timeline) listVoided(m Moment) []NotCounted {
	var list []NotCounted
	changes := t.chains.changes(m.KnownAt)
	for i := range t.chains.events {
		if len(changes[i]) < 2 { // a void, and what comes after it
			continue
		}
		first := &t.chains.events[i]
		var voided time.Time
		t.chains.replay(i, changes[i], func(x Revision) {
			switch e := x.Event; {
			case x.IsVoid() && voided.IsZero():
				voided = x.Since
			case x.IsVoid() || x.Was != nil || t.book.types[e.Type] == nil || !t.happened(e.At, m):
			default:
				list = append(list, NotCounted{
					Entry: first.ID, Event: e.ID, Type: e.Type, At: e.At, Nowhere: true,
					Why: "the event that it corrects had been voided, on " + english.Day(calendar.DateOf(voided)) + ": it changes nothing",
				})
			}
		})
	}
	return list
}

// History is what became of one entry: how it was recorded first, what changed it, and what
// stood between which instants. Of a visit that was recorded on 9 January as of the 8th, corrected
// on the 20th to the 7th, and voided on the 22nd, it is
//
//	First:     v1, at 2026-01-08
//	Revisions: v2: Since 20 Jan, Was v1, Became v2
//	           x:  Since 22 Jan, Was v2, Became nil
//	Values:    v1 From  9 Jan, Until 20 Jan
//	           v2 From 20 Jan, Until 22 Jan
//
// Its events are those that were handed in, and are not to be written to.
type History struct {
	First     *Event     // by whose id the entry is named
	Revisions []Revision // every correction and void, in the order in which they took effect
	// Values are what stood, one after the other without a gap. What was superseded the instant it
	// was recorded never stood, and is in Revisions only.
	Values []Value
	stands *Event
}

// Value is an event of an entry for as long as it stood.
type Value struct {
	*Event
	From  time.Time // since when it was known to stand
	Until time.Time // the instant from which it stood no more; zero while it stands
}

// Revision is one correction or void of an entry, and what it did.
type Revision struct {
	Event *Event // the correction or the void
	// Since is the instant at which it took effect: when it was recorded, or, where it was recorded
	// before what it changes, when that was.
	Since  time.Time
	Was    *Event // what stood before; nil if the entry was voided already
	Became *Event // what stands after; nil if the entry is voided
}

// Histories returns the entries of some events of one case, as they were known at an instant, in the
// order of their first events among these. A zero instant knows everything. An event whose chain
// leads nowhere, because what it changes is not there or it runs in a circle, belongs to none.
func Histories(events []Event, knownAt time.Time) []History {
	c := chainsOf(events)
	changes := c.changes(knownAt)
	var list []History
	for i := range events {
		if c.isFirst(i, knownAt) {
			list = append(list, c.history(i, changes[i]))
		}
	}
	return list
}

// HistoryOf returns the history of the entry that an event belongs to, by the id of any event of it; of
// several sources' events with this id that of the first. It reports whether there is one.
func HistoryOf(events []Event, id string, knownAt time.Time) (History, bool) {
	c := chainsOf(events)
	for i := range events {
		l := &c.links[i]
		if events[i].ID == id && l.first >= 0 && isKnown(l.since, knownAt) {
			return c.history(l.first, c.changes(knownAt)[l.first]), true
		}
	}
	return History{}, false
}

func (c *chains) history(first int, changes []int) History {
	h := History{First: &c.events[first]}
	s := resolvedFrom(h.First)
	c.replay(first, changes, func(x Revision) {
		h.Revisions = append(h.Revisions, x)
		s.take(x)
	})
	h.stands, h.Values = s.stands, s.earlier
	if s.stands != nil {
		h.Values = append(h.Values, Value{Event: s.stands, From: s.since})
	}
	return h
}

// Standing returns what stands of each entry of some events of one case, under the id of the entry, in
// the order of the entries' first events. Everything is known.
func Standing(events []Event) iter.Seq2[string, *Event] {
	return func(yield func(string, *Event) bool) {
		stands, _ := entries(events, time.Time{})
		for _, n := range stands {
			if !yield(n.id, n.Event) {
				return
			}
		}
	}
}

// StandingInOrder returns what stands of those events that it is asked for, by the end of when it
// happened, then by when its entry was first recorded, then by its id, so that a correction of the
// earlier of two does not become the later.
func StandingInOrder(events []Event, concerns func(*Event) bool) []*Event {
	type entry struct {
		*Event
		first time.Time
		id    string
	}
	var list []entry
	for id, e := range Standing(events) {
		if concerns(e) {
			list = append(list, entry{e, firstRecorded(events, id, e), id})
		}
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(
			a.At.End().Compare(b.At.End()), a.first.Compare(b.first), cmp.Compare(a.id, b.id), cmp.Compare(a.Source, b.Source),
		)
	})
	stand := make([]*Event, len(list))
	for i := range list {
		stand[i] = list[i].Event
	}
	return stand
}

// firstRecorded returns when the first event of an entry was recorded, of which e is what stands.
func firstRecorded(events []Event, id string, e *Event) time.Time {
	if e.ID == id {
		return e.Recorded
	}
	i := slices.IndexFunc(events, func(first Event) bool { return first.ID == id && first.Source == e.Source })
	return events[i].Recorded
}

// ID names the entry.
func (h *History) ID() string { return h.First.ID }

// Stands returns the event that stands; nil if the entry is voided.
func (h *History) Stands() *Event { return h.stands }

// Last returns the event that stands, or of a voided entry the one that stood last.
func (h *History) Last() *Event {
	last := h.stands
	for i := len(h.Revisions) - 1; last == nil; i-- {
		last = h.Revisions[i].Was
	}
	return last
}

// Voided reports whether the entry was taken back.
func (h *History) Voided() bool { return h.stands == nil }

// IsVoid reports whether an event of this id is one that voids the entry.
func (h *History) IsVoid(id string) bool {
	return slices.ContainsFunc(h.Revisions, func(r Revision) bool { return r.Event.ID == id && r.IsVoid() })
}

// IsVoid reports whether the change takes the entry back.
func (r *Revision) IsVoid() bool { return r.Event.Voids != "" }

// TookEffect reports whether something else stands since the change. A correction of something that
// is superseded or voided already changes nothing, nor does a second void.
func (r *Revision) TookEffect() bool { return r.Was != r.Became }

// By returns who recorded the change; "" if it does not say.
func (r *Revision) By() string { return r.Event.By }

// The fields of data in which a change says why it was made. A correction's own goes first: what
// it corrects may have a reason of another kind, that of a closing or of an extension.
const (
	fieldCorrectionReason = "correction_reason"
	fieldReason           = "reason"
)

// Reason returns why the change was made, as far as it says; "" if it does not. A reason that a
// correction only repeats after the event that it replaces is that event's, not its own.
func (r *Revision) Reason() string {
	own := r.Event.Data.Text(fieldReason)
	if r.Was != nil && !r.IsVoid() && own == r.Was.Data.Text(fieldReason) {
		own = ""
	}
	return cmp.Or(r.Event.Data.Text(fieldCorrectionReason), own)
}
