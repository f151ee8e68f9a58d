package cincensus

import (
	"cmp"
	"maps"
	"slices"

	"longstop/calendar"
	"longstop/casework"
)

// Load is what a return is loaded as.
type Load struct {
	Source    string // the name under which the record keeps it
	Period    Period
	Day       calendar.Date // the London day of the load: that of the voids and of source.attached
	Authority string        // the number of the authority whose return it is; "" where it does not say
}

// Compared is what the comparison of one child came to.
type Compared struct {
	// Events are to be recorded, in this order and in one transaction. They come without a
	// recording time, which is the record's to set: voids first, then corrections of inferred
	// events, other corrections, and new events by date.
	Events []casework.Event
	Taken  []Row          // rows of the period that the record holds and that are taken back
	Kept   []Row          // those that the return does not bear out and that stay all the same
	Moved  []Redated      // rows whose date the return corrects, of whatever day
	Old    []Redated      // those of them that are starts and referrals of before the period
	Held   map[string]int // by element, the rows of the period that the record held
	Told   map[string]int // by element, the rows that stand in the record and that the return tells of, of whatever day
	// Refused are rows whose dates go against what the record holds: see [differ.heed].
	Refused []Refusal
	// Foreign says that the child is that of another authority: see [record.ofAnother].
	Foreign bool
}

// Row is a row that the record holds from an earlier load.
type Row struct {
	Element string
	Episode string        // "" of the person's own
	Day     calendar.Date // never shown where the element says who the child is: [Private]
	Line    int           // of the return, where it was refused; 0 where that is not known
	Why     string        // it was kept
}

// Redated is a row whose date the return corrects.
type Redated struct {
	Element, Episode string
	Was, Is          calendar.Date // never shown where the element says who the child is: [Private]
}

// Person returns the events that say when the child was born, is expected or died, and that are no
// voids: a birth that is corrected and a death that is new stop clocks as surely as a void does.
func (c *Compared) Person() []casework.Event {
	return slices.DeleteFunc(slices.Clone(c.Events), func(e casework.Event) bool {
		return e.Voids != "" || !Private(e.Data.Text(fieldElement))
	})
}

// Compare returns what has to be recorded so that the record says what a return says of a
// child: new events, corrections and voids; none where the return says nothing new.
//
// held is everything recorded of the child from this source, with corrections and voids,
// in any order; events without a recording time count in the order given.
//
// A row that was refused corrects and voids nothing. What people corrected or voided by
// hand stands until the return itself says something else than it said before. A child that
// is refused as a whole gives nothing.
func (l Load) Compare(held []casework.Event, child Child) Compared {
	if child.Reference == "" {
		return Compared{}
	}
	d := l.differ(child.Reference, held)
	if child.disputed {
		d.onlyAdds, d.why = true, whyDisputed
	}
	d.place = child.Place
	d.child(&child)
	d.attach()
	return d.compared()
}

// differ collects the events of one child.
type differ struct {
	Load

	reference string
	record    *record
	names     *namer // nil where events are only counted
	onlyAdds  bool   // nothing that the record holds is corrected or voided
	why       string // it only adds
	voidWords string // why a row is voided

	voids, besides, corrected, fresh []casework.Event // besides: corrections of inferred events
	referrals                        []calendar.Date  // of the episodes as they will stand
	taken, kept                      []Row
	moved, old                       []Redated
	told                             map[string]int
	place                            int // of the child in the file
	refused                          []Refusal
}

// Why what the record holds is kept.
const (
	whyRefused   = "its row in this return was refused"
	whyReferral  = "the referral of its episode was refused in this return"
	whyLost      = "a referral of this child was refused in this return, and it may be that of this episode"
	whyDisputed  = "the return holds the child twice, and not the same"
	whyLater     = "a return of a later year is loaded already: this one adds, and changes nothing"
	whyAuthority = "the child was loaded from the returns of another authority"
)

func (l Load) differ(reference string, held []casework.Event) *differ {
	r := readHeld(held)
	d := &differ{
		Load: l, reference: reference, record: r, names: &namer{reference: reference, taken: r.taken}, told: map[string]int{},
		voidWords: "the return to " + l.Period.To.String() + " no longer holds it",
	}
	switch {
	case r.reaches(l):
		d.onlyAdds, d.why = true, whyLater
	case r.ofAnother(l):
		d.onlyAdds, d.why = true, whyAuthority
	}
	return d
}

func (d *differ) compared() Compared {
	c := Compared{
		Events: d.events(), Taken: d.taken, Kept: d.kept, Moved: d.moved, Old: d.old, Told: d.told,
		Refused: d.refused, Foreign: d.record.ofAnother(d.Load),
	}
	if !c.Foreign {
		c.Held = d.record.heldIn(d.Period)
	}
	return c
}

func (d *differ) child(c *Child) {
	found := d.pairEpisodes(c.episodes)
	for _, h := range found.kept {
		d.keepEpisode(h.held, whyReferral, h.line)
	}
	for _, h := range found.left {
		switch {
		case d.onlyAdds:
			d.keepEpisode(h, d.why, 0)
		case found.lost > 0 && len(found.left) == 1:
			d.keepEpisode(h, whyReferral, found.lost)
		case found.lost > 0:
			d.keepEpisode(h, whyLost, found.lost)
		default:
			d.leave(h)
		}
	}
	for _, p := range found.pairs {
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
		if day := h.referral.stands.At.Day; !h.referral.voided && !d.Period.Holds(day) {
			d.referrals = append(d.referrals, day)
		}
	}
	d.rows(h.name, nil, rows, nil)
}

// keepEpisode leaves an episode as it is of which the return could not be read.
func (d *differ) keepEpisode(h *heldEpisode, why string, line int) {
	rows := h.rows
	if h.referral != nil {
		rows = append([]*entry{h.referral}, rows...)
		if !h.referral.voided {
			d.referrals = append(d.referrals, h.referral.stands.At.Day)
		}
	}
	for _, e := range rows {
		if d.Period.Holds(e.said.At.Day) || e == h.referral {
			d.keep(e, why, line)
		}
	}
}

// keep notes that a row stays though the return does not bear it out.
func (d *differ) keep(e *entry, why string, line int) {
	if e.voided {
		return
	}
	d.kept = append(d.kept, Row{Element: e.element(), Episode: e.said.Episode, Day: e.stands.At.Day, Line: line, Why: why})
}

// episode compares one episode and returns the day of its referral as it will stand.
func (d *differ) episode(name string, p paired) calendar.Date {
	p.said = d.heed(p)
	facts := p.said.facts(against{known: p.held, period: d.Period, onlyAdds: d.onlyAdds})
	at := slices.IndexFunc(facts, func(f *fact) bool { return f.element == elReferral })
	referral := facts[at]
	var known *entry
	var rows []*entry
	if p.held != nil {
		known, rows = p.held.referral, p.held.rows
	}
	if known != nil && !known.voided && referral.day != known.said.At.Day && d.refusedAgainst(&p.said.referral, p.held, p.said.standing()) {
		d.keep(known, whyRefused, p.said.referral.line)
		referral = referral.on(known.said.At.Day)
	}
	day := d.row(name, referral, known, true)
	d.rows(name, slices.Delete(facts, at, at+1), rows, p.said)
	return day
}

// cost is what it would take to record an episode of the return as one of the record; with nil for the
// one or the other, to record it anew or to take it back.
func (d *differ) cost(said *episode, held *heldEpisode) cost {
	trial := &differ{Load: d.Load, reference: d.reference, record: d.record, onlyAdds: d.onlyAdds, told: map[string]int{}}
	switch {
	case said == nil:
		trial.leave(held)
	case held == nil:
		trial.episode("", paired{said: said})
	default:
		trial.episode(held.name, paired{said, held})
	}
	changes := len(trial.voids) + len(trial.besides) + len(trial.corrected)
	return cost{events: changes + len(trial.fresh), changes: changes, refused: len(trial.refused)}
}

// cost is what a pair of episodes takes.
type cost struct {
	events  int
	changes int // of the events: those that correct or void what the record holds
	refused int // rows that are refused for what the record holds
}

// rows compares the rows of one episode, or of the person where it has no name. The episode
// that the return tells of says which of its rows were refused; nil where it tells of none.
func (d *differ) rows(episode string, facts []*fact, held []*entry, said *episode) {
	pairs, left := d.match(facts, held, said, false)
	for i, f := range facts {
		d.row(episode, f, pairs[i], pairs[i] != nil && d.restarts(f, pairs[i]))
	}
	for _, e := range left {
		d.unsaid(episode, e, held, said)
	}
}

// unsaid settles a row of the record that the return does not say.
func (d *differ) unsaid(episode string, e *entry, held []*entry, said *episode) {
	switch {
	case said != nil && said.refused[e.element()] && !d.onlyAdds:
		if d.Period.Holds(e.said.At.Day) || endOf[e.element()] != "" && goesOn(e, held, d.record.beside, d.Period) {
			d.keep(e, whyRefused, said.refusedLine(e.element()))
		}
	case !d.Period.Holds(e.said.At.Day):
	case d.onlyAdds:
		d.keep(e, d.why, 0)
	default:
		if !e.voided {
			d.taken = append(d.taken, e.row())
			d.void(e, d.voidWords)
		}
		d.beside(episode, nil, e.root.family, e.said.At.Day)
	}
}

func (e *entry) row() Row {
	return Row{Element: e.element(), Episode: e.said.Episode, Day: e.stands.At.Day}
}

// row settles one row and the inferred event beside it, and returns the day on which the
// row will stand.
func (d *differ) row(episode string, f *fact, e *entry, anyDay bool) calendar.Date {
	family, day := "", f.day
	if e == nil {
		family = d.add(episode, f, d.name(episode, f.element, f.day))
	} else {
		family, day = e.root.family, d.settle(f, e, anyDay)
		if !e.voided {
			d.told[f.element]++
		}
	}
	beside := f.beside
	if f.besideUnread {
		beside = d.besideAsHeld(f, family)
	}
	d.beside(episode, beside, family, day)
	return day
}

// besideAsHeld is the inferred event as the record holds it, where the return holds what
// decides on it and that could not be read.
func (d *differ) besideAsHeld(f *fact, family string) *fact {
	e := d.record.beside[family]
	if e == nil || e.gone {
		return f.beside
	}
	return e.fact()
}

// fact is what the return said last of an entry.
func (e *entry) fact() *fact {
	return &fact{element: e.element(), kind: e.said.Type, day: e.said.At.Day, data: saidData(e.said)}
}

// asHeld is a fact with what could not be read of it as the record holds it.
func (f *fact) asHeld(e *entry) *fact {
	if len(f.unread) == 0 {
		return f
	}
	filled := *f
	filled.data = maps.Clone(f.data)
	if filled.data == nil {
		filled.data = casework.Data{}
	}
	for _, field := range f.unread {
		delete(filled.data, field)
		if value, ok := e.said.Data[field]; ok {
			filled.data[field] = value
		}
	}
	return &filled
}

// settle brings a row that the record holds to what the return says, where it may, and
// returns the day on which it will stand.
func (d *differ) settle(f *fact, e *entry, anyDay bool) calendar.Date {
	f = f.asHeld(e)
	same := f.says(e.said)
	switch {
	case e.gone:
		d.again(f, e)
	case same:
		return e.said.At.Day
	case d.onlyAdds:
		if d.Period.Holds(e.said.At.Day) {
			d.keep(e, d.why, 0)
		}
		return e.said.At.Day
	case !anyDay && !d.Period.Holds(e.said.At.Day):
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
	case f == nil && (e == nil || e.voided || d.onlyAdds):
	case f == nil && !d.Period.Holds(e.said.At.Day):
		if e.said.At.Day != day && !d.Period.Holds(day) { // its row has moved
			d.settle(e.fact().on(day), e, true)
		}
	case f == nil:
		if flag := flagOf(e); flag != "" {
			d.taken = append(d.taken, Row{Element: flag, Episode: e.said.Episode, Day: e.stands.At.Day})
		}
		d.void(e, "it was inferred, and the return to "+d.Period.To.String()+" no longer gives reason to")
	case e == nil:
		d.add(episode, f.on(day), family+endInferred)
	default:
		d.settle(f.on(day), e, e.said.At.Day != day)
	}
}

// flagOf is the element whose yes an inferred event stands for; "" where it follows from the
// dates of others.
func flagOf(e *entry) string {
	switch {
	case e.said.Type == typeNotRequired:
		return elNotRequired
	case e.said.Type == typeOffered:
		return elFGDMOffer
	case e.said.Type == typeDecided && e.said.Data.Text(fieldOutcome) == "nfa":
		return elNFA
	}
	return ""
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
	d.own(typeBorn, c.born, of(elBorn))
	d.own(typeDied, c.died, of(elDied))
	known := slices.ContainsFunc(of(elBorn), func(e *entry) bool { return !e.voided })
	switch {
	case c.born.stands(), c.born.refused && (known || !c.expected.stands()):
		return
	case c.expected.refused:
		for _, e := range of(elExpected) {
			d.keep(e, whyRefused, c.expected.line)
		}
		return
	}
	expected := &fact{element: elExpected, kind: typeExpected, data: casework.Data{"date": c.expected.day.String()}}
	if c.expected.stands() {
		expected.day = slices.Min(d.referrals)
	}
	d.rows("", inOrder([]*fact{expected}), of(elExpected), nil)
}

// own compares a date of the person, of whatever day.
func (d *differ) own(kind string, said dated, held []*entry) {
	if said.refused {
		for _, e := range held {
			d.keep(e, whyRefused, said.line)
		}
		return
	}
	facts := inOrder([]*fact{say(said, kind, nil)})
	pairs, left := d.match(facts, held, nil, true)
	for i, f := range facts {
		d.row("", f, pairs[i], true)
	}
	for _, e := range left {
		d.unsaid("", e, held, nil)
	}
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
		ID: id, Source: d.Source, Case: d.reference, Type: f.kind, At: casework.OnDay(f.day),
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
	change := d.event(correctionID(e.id, e.last+1), e.said.Episode, f)
	change.Corrects = e.id
	change.Data[reasonField(f.kind)] = "the return to " + d.Period.To.String() + " says otherwise"
	if e.root.inferred {
		d.besides = append(d.besides, change)
		return
	}
	if was := e.said.At.Day; was != f.day {
		redated := Redated{Element: f.element, Episode: e.said.Episode, Was: was, Is: f.day}
		d.moved = append(d.moved, redated)
		if was < d.Period.From && !Private(f.element) {
			d.old = append(d.old, redated)
		}
	}
	d.corrected = append(d.corrected, change)
}

func (d *differ) void(e *entry, why string) {
	d.voids = append(d.voids, casework.Event{
		ID: e.id + endVoid, Source: d.Source, Case: d.reference, Type: e.said.Type,
		At: casework.OnDay(d.Day), Episode: e.said.Episode, Voids: e.id, Data: casework.Data{
			fieldElement: e.element(), fieldReason: why,
		},
	})
}

// events are what was collected, in the order in which it must be recorded.
func (d *differ) events() []casework.Event {
	for _, list := range [][]casework.Event{d.voids, d.besides, d.corrected, d.fresh} {
		slices.SortStableFunc(list, func(a, b casework.Event) int {
			return cmp.Or(cmp.Compare(a.At.Day, b.At.Day), cmp.Compare(order[a.Type], order[b.Type]), cmp.Compare(a.ID, b.ID))
		})
	}
	return slices.Concat(d.voids, d.besides, d.corrected, d.fresh)
}
