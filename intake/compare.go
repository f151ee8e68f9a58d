package intake

import (
	"cmp"
	"maps"
	"slices"

	"longstop/calendar"
	"longstop/casework"
)

// Load is what a return is loaded as.
type Load struct {
	Format    Format
	Source    string // the name under which the record keeps it
	Period    Period
	Day       calendar.Date // the London day of the load: that of the voids and of source.attached
	Authority string        // the number of the authority whose return it is; "" where it does not say
	// Own says that the source has been found to tell of its own authority's children alone, as a feed is: then none of
	// them is another authority's, whatever was loaded before.
	Own bool
}

// Compared is what the comparison of one child came to.
type Compared struct {
	// Events are to be recorded, in this order and in one transaction. They come without a recording
	// time, which is the record's to set: voids first, then corrections of inferred events, other
	// corrections, and new events by date.
	Events []casework.Event
	Taken  []Row          // rows of the period that the record holds and that are taken back
	Kept   []Row          // those that the return does not bear out and that stay all the same
	Moved  []Redated      // rows whose date the return corrects, of whatever day
	Old    []Redated      // those of them that are starts and referrals of before the period
	Held   map[string]int // by element, the rows of the period that the record held
	// Matched counts by element the rows that both the record and the return hold, of whatever day.
	Matched map[string]int

	Refused []Refusal // rows whose dates go against what the record holds
	Foreign bool      // the child is that of another authority
	Deleted bool      // the return says that the child is to be deleted

	person []casework.Event
}

// Row is a row that the record holds from an earlier load.
type Row struct {
	Element string
	Episode string        // "" of the person's own
	Day     calendar.Date // zero where it says who the child is
	Line    int           // of the return, where it was refused; 0 where that is not known
	Why     string        // it was kept
}

// Redated is a row whose date the return corrects.
type Redated struct {
	Element, Episode string
	Was, Is          calendar.Date // zero where they say who the child is
}

// Person returns those of the events that say when the child was born, is expected or died, voids
// aside: a birth that is corrected and a death that is new stop clocks as surely as a void does.
func (c *Compared) Person() []casework.Event { return c.person }

// Why what the record holds is kept.
const (
	WhyRefused   = "its row in this return was refused"
	WhyEnds      = "it ends what began before the period, and the return tells of neither: without it that would go on"
	WhyByHand    = "somebody has corrected it by hand or taken it back: where the return is right, correct it by hand again"
	whyDisputed  = "the return holds the child twice, and not the same"
	whyLater     = "a return of a later year is loaded already: this one adds, and changes nothing"
	whyAuthority = "the child was loaded from the returns of another authority"
)

// Compare returns what has to be recorded so that the record says what a return says of a child: new
// events, corrections and voids; none where the return says nothing new.
//
// held is everything recorded of the child from this source, with corrections and voids, in any order;
// events without a recording time count in the order given.
//
// A row that was refused corrects and voids nothing. What people corrected or voided by hand stands
// until the return itself says something else than it said before. A child that is refused as a whole
// gives nothing.
func (l Load) Compare(held []casework.Event, child Child) Compared {
	if child.Reference == "" {
		return Compared{}
	}
	c := l.comparison(child.Reference, held)
	if child.Disputed {
		c.onlyAdds, c.why = true, whyDisputed
	}
	c.place = child.Place
	child.Statement.Compare(c)
	c.attach()
	return c.compared()
}

// Comparison collects what has to be recorded of one child. A [Statement] tells it what the return
// says, by its exported methods.
type Comparison struct {
	Load

	reference string
	record    *Record
	names     *namer // nil where events are only counted
	onlyAdds  bool   // nothing that the record holds is corrected or voided
	why       string // it only adds
	voidWords string // why a row is voided
	deletes   bool   // the return says that the child is to be deleted

	voids, moved, corrected, fresh []casework.Event // moved: corrections of inferred events
	taken, kept                    []Row
	redated, old                   []Redated
	matched                        map[string]int
	place                          int // of the child in the file
	refused                        []Refusal
}

func (l Load) comparison(reference string, held []casework.Event) *Comparison {
	layout := l.Format.Layout()
	r := ReadRecord(layout, held)
	c := &Comparison{
		Load: l, reference: reference, record: r, matched: map[string]int{},
		names:     &namer{prefix: layout.Prefix, reference: reference, taken: r.taken},
		voidWords: "the return to " + l.Period.To.String() + " no longer holds it",
	}
	switch {
	case r.reaches(l):
		c.onlyAdds, c.why = true, whyLater
	case r.ofAnother(l):
		c.onlyAdds, c.why = true, whyAuthority
	}
	return c
}

func (c *Comparison) compared() Compared {
	all := Compared{
		Events: c.events(), Taken: c.taken, Kept: c.kept, Moved: c.redated, Old: c.old, Matched: c.matched,
		Refused: c.refused, Foreign: c.record.ofAnother(c.Load), Deleted: c.deletes,
	}
	for _, e := range all.Events {
		if e.Voids == "" && c.record.layout.Private[e.Data.Text(FieldElement)] {
			all.person = append(all.person, e)
		}
	}
	if !all.Foreign {
		all.Held = c.record.heldIn(c.Period)
	}
	return all
}

// WhyDeleted is why rows of a child are voided who is to be deleted.
const WhyDeleted = "the return deletes the child"

// Deletes notes that the return says that the child is to be deleted. Then it does not say which days it covers.
func (c *Comparison) Deletes() { c.deletes, c.voidWords = true, WhyDeleted }

// Record returns what the record holds of the child.
func (c *Comparison) Record() *Record { return c.record }

// OnlyAdds reports whether nothing that the record holds is corrected or voided, and why: a return of a
// later period is loaded already, the child is another authority's, or the file holds it twice.
func (c *Comparison) OnlyAdds() (why string, only bool) { return c.why, c.onlyAdds }

// NewEpisode returns the name of an episode that the record does not hold yet.
func (c *Comparison) NewEpisode() string {
	c.record.highest++
	return episodeName(c.record.highest)
}

// Trial returns a comparison of the same child that only counts ([Comparison.Cost]): its events have
// no ids and are recorded by nobody.
func (c *Comparison) Trial() *Comparison {
	return &Comparison{Load: c.Load, reference: c.reference, record: c.record, onlyAdds: c.onlyAdds, matched: map[string]int{}}
}

// Cost is what a comparison would take.
type Cost struct {
	Events  int
	Changes int // of the events: those that correct or void what the record holds
	Refused int // rows that are refused for what the record holds
}

// Cost returns what the comparison has collected so far.
func (c *Comparison) Cost() Cost {
	changes := len(c.voids) + len(c.moved) + len(c.corrected)
	return Cost{Events: changes + len(c.fresh), Changes: changes, Refused: len(c.refused)}
}

// Refuse notes that a row is refused for what the record holds.
func (c *Comparison) Refuse(element string, line int, reason string) {
	c.refused = append(c.refused, Refusal{Child: c.place, Element: element, Line: line, Reason: reason})
}

// row describes an entry for a report.
func (c *Comparison) row(e *Entry) Row {
	row := Row{Element: e.Element(), Episode: e.Stated.Episode}
	if !c.record.layout.Private[row.Element] {
		row.Day = e.Current.At.Day
	}
	return row
}

// Keep notes that a row stays though the return does not bear it out; line is that of the return where
// a row was refused, or 0.
func (c *Comparison) Keep(e *Entry, why string, line int) {
	if e.Voided {
		return
	}
	row := c.row(e)
	row.Line, row.Why = line, why
	c.kept = append(c.kept, row)
}

// keepByHand notes that a row stays as somebody has left it.
func (c *Comparison) keepByHand(e *Entry) {
	row := c.row(e)
	row.Why = WhyByHand
	c.kept = append(c.kept, row)
}

// KeepEpisode leaves an episode of which the return could not be read as it is.
func (c *Comparison) KeepEpisode(h *HeldEpisode, why string, line int) {
	for _, e := range h.All() {
		if c.Period.Holds(e.Stated.At.Day) || e == h.Opening {
			c.Keep(e, why, line)
		}
	}
}

// Leave takes back what the return no longer holds of an episode that it does not tell of.
func (c *Comparison) Leave(h *HeldEpisode) { c.Rows(Group{Episode: h.Name, Held: h.All()}) }

// Group is what a return says, and what the record holds, of one episode, or of the child outside any.
type Group struct {
	Episode string   // its name in the record; "" outside any
	Facts   []*Fact  // in order: see [Layout.InOrder]
	Held    []*Entry // of the record
	Refused RefusedRows
	AnyDay  bool // rows are recognised, and corrected, also where they lie outside the period
}

// Rows compares the rows of a group: it pairs facts with entries by element and date, and by order
// within the period, and takes back the entries of the period that are left.
func (c *Comparison) Rows(g Group) {
	pairs, left := c.match(&g)
	for i, f := range g.Facts {
		c.Row(g.Episode, f, pairs[i], g.AnyDay || pairs[i] != nil && c.restarts(f, pairs[i]))
	}
	for _, e := range left {
		if c.endsWhatStays(e, g.Held, left) {
			c.Keep(e, WhyEnds, 0)
		} else {
			c.unsaid(&g, e)
		}
	}
}

// endsWhatStays reports whether a row of the period, of which the return does not tell, ends what began before the period, and
// of whose start the return does not tell either. The start stays, since it lies before the period: without its end it would go
// on for ever, though the return says that it did not.
func (c *Comparison) endsWhatStays(e *Entry, held, left []*Entry) bool {
	if c.onlyAdds || e.Voided || !c.Period.Holds(e.Stated.At.Day) {
		return false
	}
	layout := c.record.layout
	for _, start := range left {
		end := layout.Ends[start.Element()].Element
		if layout.Opens != "" && start.Element() == layout.Opens {
			end = layout.Closes
		}
		if end == "" || end != e.Element() || start.Voided || start.Stated.At.Day >= c.Period.From {
			continue
		}
		first := e // that ends at or after the start
		for _, other := range held {
			if other.Element() == end && !other.Voided && start.Stated.At.Day <= other.Stated.At.Day && other.Stated.At.Day < first.Stated.At.Day {
				first = other
			}
		}
		if first == e {
			return true
		}
	}
	return false
}

// unsaid settles a row of the record that the return does not say.
func (c *Comparison) unsaid(g *Group, e *Entry) {
	_, lasting := c.record.layout.Ends[e.Element()]
	switch {
	case g.Refused.Has(e.Element()) && !c.onlyAdds:
		if c.Period.Holds(e.Stated.At.Day) || lasting && c.record.goesOn(e, g.Held, c.Period) {
			c.Keep(e, WhyRefused, g.Refused[e.Element()])
		}
	case !c.Period.Holds(e.Stated.At.Day):
	case c.onlyAdds:
		c.Keep(e, c.why, 0)
	default:
		if !e.Voided {
			c.taken = append(c.taken, c.row(e))
			c.void(e, c.voidWords)
		}
		c.inferred(g.Episode, nil, e.root.family, e.Stated.At.Day)
	}
}

// Row settles one row and the event inferred from it, and returns the day on which the row will stand.
// e is the entry that the row is, nil where it is new; anyDay says that it is corrected also where it
// lies outside the period.
func (c *Comparison) Row(episode string, f *Fact, e *Entry, anyDay bool) calendar.Date {
	family, day := "", f.Day
	if e == nil {
		family = c.add(episode, f, c.name(episode, f.Element, f.Day))
	} else {
		family, day = e.root.family, c.settle(f, e, anyDay)
		if !e.Voided {
			c.matched[f.Element]++
		}
	}
	inferred := f.Inferred
	if f.InferredUnread {
		inferred = c.inferredAsHeld(f, family)
	}
	c.inferred(episode, inferred, family, day)
	return day
}

// inferredAsHeld is the inferred event as the record holds it, where the return holds what decides on
// it and that could not be read.
func (c *Comparison) inferredAsHeld(f *Fact, family string) *Fact {
	e := c.record.inferred[family]
	if e == nil || e.Gone {
		return f.Inferred
	}
	return e.fact()
}

// settle brings a row that the record holds to what the return says, where it may, and returns the day
// on which it will stand.
func (c *Comparison) settle(f *Fact, e *Entry, anyDay bool) calendar.Date {
	f = f.asHeld(e)
	same := f.says(e.Stated)
	switch {
	case e.Gone:
		c.again(f, e)
	case same:
		return e.Stated.At.Day
	case c.onlyAdds:
		if c.Period.Holds(e.Stated.At.Day) {
			c.Keep(e, c.why, 0)
		}
		return e.Stated.At.Day
	case !anyDay && !c.Period.Holds(e.Stated.At.Day):
		return e.Stated.At.Day
	case c.record.layout.HandStays && e.ByHand():
		if !f.says(e.Current) {
			c.keepByHand(e)
		}
		return e.Stated.At.Day
	case e.Voided:
		c.again(f, e) // somebody took it back by hand, and now the return says something new
	case !f.says(e.Current):
		c.correct(f, e)
	}
	return f.Day
}

// inferred settles the event inferred from a row: it moves with the row, and goes where nothing is to
// be inferred any more.
func (c *Comparison) inferred(episode string, f *Fact, family string, day calendar.Date) {
	e := c.record.inferred[family]
	switch {
	case f == nil && (e == nil || e.Voided || c.onlyAdds):
	case f == nil && !c.Period.Holds(e.Stated.At.Day):
		if e.Stated.At.Day != day && !c.Period.Holds(day) { // its row has moved
			c.settle(e.fact().On(day), e, true)
		}
	case f == nil:
		if flag := c.record.layout.flag(e.Stated); flag != "" {
			c.taken = append(c.taken, Row{Element: flag, Episode: e.Stated.Episode, Day: e.Current.At.Day})
		}
		c.void(e, "it was inferred, and the return to "+c.Period.To.String()+" no longer gives reason to")
	case e == nil:
		c.add(episode, f.On(day), family+endInferred)
	default:
		c.settle(f.On(day), e, e.Stated.At.Day != day)
	}
}

func (c *Comparison) name(episode, element string, day calendar.Date) string {
	if c.names == nil {
		return ""
	}
	return c.names.name(episode, element, day)
}

// event is what a fact becomes.
func (c *Comparison) event(id, episode string, f *Fact) casework.Event {
	data := casework.Data{FieldElement: f.Element}
	maps.Copy(data, f.Data)
	return casework.Event{
		ID: id, Source: c.Source, Case: c.reference, Type: f.Type, At: casework.OnDay(f.Day),
		Episode: episode, Data: data,
	}
}

func (c *Comparison) add(episode string, f *Fact, id string) string {
	c.fresh = append(c.fresh, c.event(id, episode, f))
	return id
}

// again records a row that was taken back a second time: a void is never voided.
func (c *Comparison) again(f *Fact, e *Entry) { c.add(e.Stated.Episode, f, e.id+endAgain) }

func (c *Comparison) correct(f *Fact, e *Entry) {
	change := c.event(correctionID(e.id, e.last+1), e.Stated.Episode, f)
	change.Corrects = e.id
	change.Data[reasonField(f.Type)] = "the return to " + c.Period.To.String() + " says otherwise"
	if e.root.inferred {
		c.moved = append(c.moved, change)
		return
	}
	if was := e.Stated.At.Day; was != f.Day {
		redated := Redated{Element: f.Element, Episode: e.Stated.Episode}
		private := c.record.layout.Private[f.Element]
		if !private {
			redated.Was, redated.Is = was, f.Day
		}
		c.redated = append(c.redated, redated)
		if was < c.Period.From && !private {
			c.old = append(c.old, redated)
		}
	}
	c.corrected = append(c.corrected, change)
}

func (c *Comparison) void(e *Entry, why string) {
	c.voids = append(c.voids, casework.Event{
		ID: e.id + endVoid, Source: c.Source, Case: c.reference, Type: e.Stated.Type,
		At: casework.OnDay(c.Day), Episode: e.Stated.Episode, Voids: e.id, Data: casework.Data{
			FieldElement: e.Element(), FieldReason: why,
		},
	})
}

// events are what was collected, in the order in which it must be recorded.
func (c *Comparison) events() []casework.Event {
	order := c.record.layout.Order
	for _, list := range [][]casework.Event{c.voids, c.moved, c.corrected, c.fresh} {
		slices.SortStableFunc(list, func(a, b casework.Event) int {
			return cmp.Or(cmp.Compare(a.At.Day, b.At.Day), cmp.Compare(order[a.Type], order[b.Type]), cmp.Compare(a.ID, b.ID))
		})
	}
	return slices.Concat(c.voids, c.moved, c.corrected, c.fresh)
}
