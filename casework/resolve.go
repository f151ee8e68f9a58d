package casework

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// This file decides what corrections and voids make of events (rules.md, section 3, "Corrections
// and voids"). Everything that asks which event of an entry stands, or stood at an instant, asks
// it here: the fold and the ladder as the record, the commands and the loading of returns.

// eventKey names an event: ids are unique within a source.
type eventKey struct{ source, id string }

func keyOf(e *Event) eventKey { return eventKey{e.Source, e.ID} }

// target is the id of the event that an event corrects or voids; "" where it does neither.
func (e *Event) target() string { return cmp.Or(e.Corrects, e.Voids) }

// chains say how some events hang together, whatever is known when.
type chains struct {
	events []Event
	links  []link // by the place of the event
	any    bool   // whether anything corrects or voids another
}

// link is where an event stands in its chain.
type link struct {
	target int // the place of what it corrects or voids; nowhere where there is no such event
	first  int // the place of the first event of its entry; nowhere or circular where there is none
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
		if target := events[i].target(); target != "" {
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
		if e.target() == "" {
			continue
		}
		l.target, l.first = targets[eventKey{e.Source, e.target()}], unlinked
		if c.isLost(i) {
			l.first = nowhere
		}
	}
	for i := range c.links {
		c.follow(i)
	}
	return c
}

// isLost says whether what an event corrects or voids is nothing that can be.
func (c *chains) isLost(place int) bool {
	t := c.links[place].target
	return t == nowhere || c.events[t].Voids != "" || c.events[t].Case != c.events[place].Case
}

// countChanges is how many events correct or void another.
func countChanges(events []Event) int {
	count := 0
	for i := range events {
		if events[i].target() != "" {
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

// Why an event cannot correct or void what it names.
const (
	whyMissing   = "the event that it corrects or voids does not exist (or was refused): check its id"
	whyElsewhere = "the event that it corrects or voids belongs to another case"
	whyVoid      = "a void is never corrected or voided: record the event anew, with an id of its own"
)

// lost says why an event cannot correct or void what it names; nil where it can, or does neither.
func (c *chains) lost(place int) *Refusal {
	e, l := c.events[place], c.links[place]
	switch {
	case l.first >= 0:
		return nil
	case l.target == nowhere:
		return refuse(e, whyMissing)
	case c.events[l.target].Case != e.Case:
		return refuse(e, whyElsewhere)
	case c.events[l.target].Voids != "":
		return refuse(e, whyVoid)
	case l.first == circular:
		return refuse(e, "its corrections run in a circle: a correction names an event that was recorded before it")
	default:
		return refuse(e, "the event that it corrects or voids was refused: mend that first")
	}
}

// first is the first event of the entry that an event belongs to; nil where its chain is broken.
func (c *chains) first(place int) *Event {
	if c.links[place].first < 0 {
		return nil
	}
	return &c.events[c.links[place].first]
}

// isFirst says whether an event is the first of an entry that was known at an instant.
func (c *chains) isFirst(place int, knownAt time.Time) bool {
	return c.events[place].target() == "" && known(c.events[place].Recorded, knownAt)
}

func known(recorded, at time.Time) bool { return at.IsZero() || !recorded.After(at) }

// changes are the corrections and voids that were known at an instant with all that they change,
// by the place of the first event of their entry, each entry's in the order in which they took
// effect: of those that did at one instant what is corrected before its correction, then by when
// they were recorded, then by their ids, and what voids last.
func (c *chains) changes(knownAt time.Time) map[int][]int {
	if !c.any {
		return nil
	}
	byEntry := map[int][]int{}
	for i := range c.links {
		if l := &c.links[i]; l.depth > 0 && known(l.since, knownAt) {
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

// standsBefore says which of two events that nothing supersedes gives way to the other: the one
// recorded earlier, then the one with the lesser id.
func (c *chains) standsBefore(a, b int) bool {
	x, y := &c.events[a], &c.events[b]
	return cmp.Or(x.Recorded.Compare(y.Recorded), cmp.Compare(x.ID, y.ID)) < 0
}

// replay applies an entry's changes one after the other and hands over, of each, what stood before
// it and what stands after; nil where the entry is voided. It takes little more than one step for
// each change, however long the chain.
func (c *chains) replay(first int, changes []int, take func(Revision)) {
	stood := &c.events[first]
	superseded, standing := make(map[int]bool, len(changes)), &latest{chains: c, places: append(make([]int, 0, 1+len(changes)), first)}
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

// latest are events of one entry: on top is the one that stands, unless it is superseded.
type latest struct {
	*chains
	places []int
}

func (h *latest) Len() int           { return len(h.places) }
func (h *latest) Less(i, j int) bool { return h.standsBefore(h.places[j], h.places[i]) }
func (h *latest) Swap(i, j int)      { h.places[i], h.places[j] = h.places[j], h.places[i] }

// Push is heap's.
func (h *latest) Push(x any) { h.places = append(h.places, x.(int)) } //nolint:forcetypeassert // heap hands over what was pushed

// Pop is heap's.
func (h *latest) Pop() any {
	last := len(h.places) - 1
	place := h.places[last]
	h.places = h.places[:last]
	return place
}

// top is the one that stands. There always is one: what supersedes another is in the heap.
func (h *latest) top(superseded map[int]bool) int {
	for superseded[h.places[0]] {
		heap.Pop(h)
	}
	return h.places[0]
}

// standingEvent is what an entry's changes leave standing, since when, and what stood before for a time:
// what was superseded the instant it was recorded never stood.
type standingEvent struct {
	stands  *Event // nil where the entry is voided
	since   time.Time
	earlier []Value
}

func standingOf(first *Event) *standingEvent {
	return &standingEvent{stands: first, since: first.Recorded}
}

// take applies a change.
func (s *standingEvent) take(x Revision) {
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

// standing is what stands of an entry after its changes.
func (c *chains) standing(first int, changes []int) (stands *Event, since time.Time, earlier []Value) {
	s := standingOf(&c.events[first])
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
	room := make([]entry, 0, len(c.events))
	stands = make([]*entry, 0, len(c.events))
	changes := c.changes(knownAt)
	for i := range c.events {
		if !c.isFirst(i, knownAt) {
			continue
		}
		e := &c.events[i]
		n := entry{id: e.ID, recorded: e.Recorded, since: e.Recorded, Event: e}
		if list := changes[i]; list != nil {
			n.Event, n.since, n.earlier = c.standing(i, list)
			passed = append(passed, n.earlier...)
		}
		if n.Event == nil {
			continue
		}
		room = append(room, n)
		stands = append(stands, &room[len(room)-1])
	}
	return stands, passed
}
