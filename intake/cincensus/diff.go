package cincensus

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"longstop/calendar"
	"longstop/casework"
)

// Diff gives the events to record so that the record says what a return says of a child:
// new ones, corrections and voids; none where the return says nothing new.
//
// held is everything recorded of the child from this source, with corrections and voids,
// in any order; events without a recording time count in the order given. loadDay is the
// London day of the load: the day of the voids and of source.attached. The events come
// without a recording time, which is the record's to set: voids first, then corrections
// of inferred events, other corrections, and new events by date. They must be recorded in
// that order and in one transaction.
//
// What people corrected or voided by hand stands until the return itself says something
// else than it said before. A child that is refused as a whole gives nothing.
func Diff(source string, period Period, held []casework.Event, child Child, loadDay calendar.Date) []casework.Event {
	if child.Reference == "" {
		return nil
	}
	d := newDiffer(source, child.Reference, period, held, loadDay)
	d.child(&child)
	d.attach()
	return d.events()
}

// differ collects the events of one child.
type differ struct {
	source    string
	reference string
	period    Period
	loadDay   calendar.Date
	record    *record
	names     *namer // nil where events are only counted

	voids, moved, corrected, fresh []casework.Event
	referrals                      []calendar.Date // of the episodes as they will stand
}

func newDiffer(source, reference string, period Period, held []casework.Event, loadDay calendar.Date) *differ {
	r := readHeld(held)
	return &differ{
		source: source, reference: reference, period: period, loadDay: loadDay, record: r,
		names: &namer{reference: reference, taken: r.taken},
	}
}

func (d *differ) child(c *Child) {
	pairs, left := d.pairEpisodes(c.episodes)
	for _, h := range left {
		d.leave(h)
	}
	for _, p := range pairs {
		name := ""
		if p.held == nil {
			d.record.highest++
			name = episodeName(d.record.highest)
		} else {
			name = p.held.name
		}
		d.referrals = append(d.referrals, d.episode(name, p))
	}
	d.person(c)
}

// leave takes back what the return no longer holds of an episode that it does not tell of.
func (d *differ) leave(h *heldEpisode) {
	rows := h.rows
	if h.referral != nil {
		rows = append([]*entry{h.referral}, rows...)
		if day := h.referral.stands.At.Day; !h.referral.voided && !d.period.Holds(day) {
			d.referrals = append(d.referrals, day)
		}
	}
	d.rows(h.name, nil, rows, false)
}

// episode compares one episode and gives the day of its referral as it will stand.
func (d *differ) episode(name string, p paired) calendar.Date {
	facts := p.said.facts(p.held, d.period)
	at := slices.IndexFunc(facts, func(f *fact) bool { return f.element == elReferral })
	referral := facts[at]
	var known *entry
	var rows []*entry
	if p.held != nil {
		known, rows = p.held.referral, p.held.rows
	}
	day := d.row(name, referral, known, false)
	d.rows(name, slices.Delete(facts, at, at+1), rows, false)
	return day
}

// cost is how many events it would take to record an episode of the return as one of the
// record; with nil for the one or the other, to record it anew or to take it back.
func (d *differ) cost(said *episode, held *heldEpisode) int {
	trial := &differ{source: d.source, reference: d.reference, period: d.period, loadDay: d.loadDay, record: d.record}
	switch {
	case said == nil:
		trial.leave(held)
	case held == nil:
		trial.episode("", paired{said: said})
	default:
		trial.episode(held.name, paired{said, held})
	}
	return len(trial.voids) + len(trial.moved) + len(trial.corrected) + len(trial.fresh)
}

// rows compares the rows of one episode, or of the person where it has no name.
func (d *differ) rows(episode string, facts []*fact, held []*entry, anyDay bool) {
	pairs, left := d.match(facts, held, anyDay)
	for i, f := range facts {
		d.row(episode, f, pairs[i], anyDay)
	}
	for _, e := range left {
		if !d.period.Holds(e.said.At.Day) {
			continue
		}
		if !e.voided {
			d.void(e)
		}
		d.beside(episode, nil, e.root.family, e.said.At.Day)
	}
}

// row settles one row and the inferred event beside it, and gives the day on which the
// row will stand.
func (d *differ) row(episode string, f *fact, e *entry, anyDay bool) calendar.Date {
	family, day := "", f.day
	if e == nil {
		family = d.add(episode, f, d.name(episode, f.element, f.day))
	} else {
		family, day = e.root.family, d.settle(f, e, anyDay)
	}
	d.beside(episode, f.beside, family, day)
	return day
}

// settle brings a row that the record holds to what the return says, where it may, and
// gives the day on which it will stand.
func (d *differ) settle(f *fact, e *entry, anyDay bool) calendar.Date {
	same := f.says(e.said)
	switch {
	case e.gone:
		d.again(f, e)
	case same, !anyDay && !d.period.Holds(e.said.At.Day):
		return e.said.At.Day
	case e.voided:
		d.again(f, e) // somebody took it back by hand, and now the return says something new
	case !f.says(e.stands):
		d.correct(f, e)
	}
	return f.day
}

// beside settles the inferred event beside a row: it moves with the row, and goes where
// nothing is to be inferred any more.
func (d *differ) beside(episode string, f *fact, family string, day calendar.Date) {
	e := d.record.beside[family]
	switch {
	case f == nil && (e == nil || e.voided || !d.period.Holds(e.said.At.Day)):
	case f == nil:
		d.void(e)
	case e == nil:
		d.add(episode, f.on(day), family+endInferred)
	default:
		d.settle(f.on(day), e, false)
	}
}

// on is the same fact on the day on which its row stands.
func (f *fact) on(day calendar.Date) *fact {
	moved := *f
	moved.day = day
	return &moved
}

// person compares what is outside any episode. A birth and a death are the child's own
// and in every return, so they are corrected whenever they happened; an expected birth is
// dated by the first referral and stays when the birth date comes.
func (d *differ) person(c *Child) {
	of := func(element string) []*entry {
		return slices.DeleteFunc(slices.Clone(d.record.person), func(e *entry) bool { return e.element() != element })
	}
	d.rows("", inOrder([]*fact{say(c.born, typeBorn, nil)}), of(elBorn), true)
	d.rows("", inOrder([]*fact{say(c.died, typeDied, nil)}), of(elDied), true)
	if c.born.stands() {
		return
	}
	expected := &fact{element: elExpected, kind: typeExpected, data: casework.Data{"date": c.expected.day.String()}}
	if c.expected.stands() {
		expected.day = slices.Min(d.referrals)
	}
	d.rows("", inOrder([]*fact{expected}), of(elExpected), false)
}

func (d *differ) name(episode, element string, day calendar.Date) string {
	if d.names == nil {
		return ""
	}
	return d.names.name(episode, element, day)
}

// event is what a fact becomes.
func (d *differ) event(id, episode string, f *fact) casework.Event {
	data := casework.Data{fieldElement: f.element}
	maps.Copy(data, f.data)
	return casework.Event{
		ID: id, Source: d.source, Case: d.reference, Type: f.kind, At: casework.OnDay(f.day),
		Episode: episode, Data: data,
	}
}

func (d *differ) add(episode string, f *fact, id string) string {
	d.fresh = append(d.fresh, d.event(id, episode, f))
	return id
}

// again records a row anew that was taken back: a void is never voided.
func (d *differ) again(f *fact, e *entry) { d.add(e.said.Episode, f, e.id+endAgain) }

func (d *differ) correct(f *fact, e *entry) {
	id := e.id + endCorrection + strconv.Itoa(e.last+1)
	change := d.event(id, e.said.Episode, f)
	change.Corrects = e.id
	change.Data[reasonField(f.kind)] = "the return to " + d.period.To.String() + " says otherwise"
	if e.root.inferred {
		d.moved = append(d.moved, change)
		return
	}
	d.corrected = append(d.corrected, change)
}

func (d *differ) void(e *entry) {
	d.voids = append(d.voids, casework.Event{
		ID: e.id + endVoid, Source: d.source, Case: d.reference, Type: e.said.Type,
		At: casework.OnDay(d.loadDay), Episode: e.said.Episode, Voids: e.id, Data: casework.Data{
			fieldElement: e.element(), fieldReason: "the return to " + d.period.To.String() + " does not hold it",
		},
	})
}

// events are what was collected, in the order in which it must be recorded.
func (d *differ) events() []casework.Event {
	for _, list := range [][]casework.Event{d.voids, d.moved, d.corrected, d.fresh} {
		slices.SortStableFunc(list, func(a, b casework.Event) int {
			return cmp.Or(cmp.Compare(a.At.Day, b.At.Day), cmp.Compare(order[a.Type], order[b.Type]), cmp.Compare(a.ID, b.ID))
		})
	}
	return slices.Concat(d.voids, d.moved, d.corrected, d.fresh)
}
