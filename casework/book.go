package casework

import (
	"cmp"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Book is a rule pack with a calendar, compiled for folding. It is immutable and safe
// for concurrent use.
type Book struct {
	pack     *timescale.Pack
	before   func() *Book // see After
	since    time.Time
	calendar *calendar.Calendar
	own      map[string]*calendar.Calendar // the pack's own calendars
	types    map[string]*eventType
	periods  []*period // those that another ends with come first
	rules    []*rule   // by ref
	byRef    map[string]*rule
	// maxDuties is MaxDuties, but in tests.
	maxDuties int
	// actsApart is the constant of that name, but in tests.
	actsApart int
	// extendedBy finds the rules that an event type may extend.
	extendedBy map[string][]*timescale.Timescale
}

// eventType is a row of the vocabulary with what the fold looks up for each event.
type eventType struct {
	*timescale.EventType
	place    int // among all types
	endsCase bool
	ends     bool                // it can end a period, or the case
	opens    bool                // it opens a case again
	founds   bool                // it needs nothing before it: see Unopened
	follows  bool                // it meets or ends what another began
	works    bool                // it is work on the case, or meets something: a source that reports nothing of the kind shows nothing
	begins   bool                // it can open a case, a period or a timescale
	alone    []*rule             // without a period, that it can start and does not meet
	bounds   bool                // it can open or end a case or a period
	shows    bool                // it shows that something is still open
	duties   int                 // how many timescales one of it can open a duty of, at most
	windows  []timescale.Windows // of the timescales whose period it opens
}

// period is one of the pack's with what the fold looks up.
type period struct {
	*timescale.Period
	concerns []bool // by the place of the type: those that can open or end it by themselves
}

// rule is a timescale with what the fold looks up for each event.
type rule struct {
	*timescale.Timescale
	calendar *calendar.Calendar // in which its working days are counted
	inHours  bool
	concerns []bool            // by the place of the type: those that can start, extend, pause, meet or end it
	openings []timescale.Match // what opens its period
	// endEvents end a period whose end ends the duty, other than its own.
	endEvents []timescale.Match
	// looksAhead says that the dates of its duties depend on what happens after they start, or on
	// when that was recorded; else only on what happens up to the day of the start, and on the birth.
	looksAhead bool
	// turnsAlone says that a day on which nothing happens can change the date of one of its duties:
	// the day from which an edition takes over, and the 18th birthday, at which a pause ends.
	turnsAlone bool
	// asksMore says that whether its duties start and are shown depends on events that are not among
	// those that concern it.
	asksMore bool
}

// NewBook compiles a pack that has passed its checks with a calendar.
func NewBook(pack *timescale.Pack, cal *calendar.Calendar) *Book {
	b := &Book{
		pack: pack, calendar: cal,
		types:      make(map[string]*eventType, len(pack.Events)),
		extendedBy: map[string][]*timescale.Timescale{}, byRef: map[string]*rule{}, maxDuties: MaxDuties, actsApart: actsApart,
	}
	for i := range pack.Events {
		t := &pack.Events[i]
		b.types[t.Name] = &eventType{
			EventType: t, place: i,
			endsCase: slices.Contains(pack.CaseEnds, t.Name), opens: slices.Contains(pack.CaseOpens, t.Name),
		}
	}
	for _, p := range parentsFirst(pack.Periods) {
		b.periods = append(b.periods, b.compilePeriod(p))
	}
	b.own = map[string]*calendar.Calendar{"": cal}
	for _, c := range pack.Calendars {
		b.own[c.Name] = cal.With(c.Name, c.Closed, c.Incomplete)
	}
	for i := range pack.Timescales {
		t := &pack.Timescales[i]
		if t.Off != "" {
			continue
		}
		r := b.compile(t)
		b.rules, b.byRef[t.Ref] = append(b.rules, r), r
		if t.Extend != nil {
			b.extendedBy[t.Extend.Event] = append(b.extendedBy[t.Extend.Event], t)
		}
	}
	b.findBeginnings()
	b.findEndings()
	b.countOpenings()
	b.countRoles()
	slices.SortFunc(b.rules, func(x, y *rule) int { return cmp.Compare(x.Ref, y.Ref) })
	return b
}

// Pack returns the rule pack that the book was made from.
func (b *Book) Pack() *timescale.Pack { return b.pack }

// Calendar returns the calendar that the book was made from.
func (b *Book) Calendar() *calendar.Calendar { return b.calendar }

// CalendarOf returns the calendar in which a timescale's working days are counted.
func (b *Book) CalendarOf(t *timescale.Timescale) *calendar.Calendar { return b.own[t.Calendar] }

func (b *Book) compilePeriod(p *timescale.Period) *period {
	types := setOf(b.pack.CaseEnds)
	for i := range p.Opens {
		types[p.Opens[i].Event] = true
	}
	for i := range p.Ends {
		types[p.Ends[i].Event] = true
	}
	return &period{Period: p, concerns: b.places(types)}
}

// places marks the places of some event types.
func (b *Book) places(types map[string]bool) []bool {
	marks := make([]bool, len(b.types))
	for name := range types {
		if t := b.types[name]; t != nil {
			marks[t.place] = true
		}
	}
	return marks
}

func (b *Book) compile(t *timescale.Timescale) *rule {
	pack := b.pack
	r := &rule{Timescale: t, calendar: b.CalendarOf(t), inHours: t.InHours()}
	if p := pack.Period(t.Period); p != nil {
		for _, o := range p.Opens {
			if !o.OnlyIfNone {
				r.openings = append(r.openings, o.Match)
			}
		}
	}
	for _, name := range t.EndsWith {
		if p := pack.Period(name); p != nil && name != t.Period {
			for i := range p.Ends {
				r.endEvents = append(r.endEvents, p.Ends[i].Match)
			}
		}
	}
	types := setOf(pack.CaseEnds)
	for _, s := range t.Starts {
		types[s.Event] = true
	}
	for _, m := range t.MetBy {
		types[m.Event] = true
	}
	for _, m := range slices.Concat(t.EndedBy, r.endEvents) {
		types[m.Event] = true
	}
	if t.Extend != nil {
		types[t.Extend.Event] = true
	}
	if t.Pausable {
		types[typePaused], types[typeResumed] = true, true
	}
	r.concerns, r.looksAhead = b.places(types), looksAhead(t)
	r.asksMore = t.ShownOpenBy != nil || slices.ContainsFunc(t.Starts, func(s timescale.Start) bool {
		return s.PrecededBy != nil || s.SameDay != "" || s.NoneSameDay != "" || s.NoneSince != ""
	})
	r.turnsAlone = t.Pausable || slices.ContainsFunc(t.Editions, func(e timescale.Edition) bool { return e.Moves })
	return r
}

// looksAhead reports whether the date of a duty can depend on more than what happens up to the day on
// which it starts: on windows, extensions, pauses, editions that take over, an event before which
// it is owed, the date of another event, and the period before whose opening it starts.
func looksAhead(t *timescale.Timescale) bool {
	if t.Windows != "" || t.Extend != nil || t.Pausable {
		return true
	}
	byEvent := func(l timescale.Limit) bool { return l.From != nil && l.From.Event != "" }
	for i := range t.Starts {
		if t.Starts[i].OrBefore != nil || slices.ContainsFunc(t.Starts[i].Limits, byEvent) {
			return true
		}
	}
	return slices.ContainsFunc(t.Editions, func(e timescale.Edition) bool {
		return e.Moves || len(e.By) > 0 || slices.ContainsFunc(e.Limits, byEvent) || e.NotBefore != nil && byEvent(*e.NotBefore) ||
			e.LocalLimit != nil && byEvent(*e.LocalLimit)
	})
}

// findBeginnings marks the types of event that can open a case, a period or a timescale.
func (b *Book) findBeginnings() {
	for _, t := range b.types {
		t.begins = t.opens
	}
	mark := func(event string) {
		if t := b.types[event]; t != nil {
			t.begins = true
		}
	}
	for _, p := range b.periods {
		for i := range p.Opens {
			mark(p.Opens[i].Event)
		}
		for _, t := range b.types {
			t.bounds = t.bounds || t.opens || t.endsCase || p.concerns[t.place]
		}
	}
	for _, r := range b.rules {
		if m := r.ShownOpenBy; m != nil && b.types[m.Event] != nil {
			b.types[m.Event].shows = true
		}
		for i := range r.Starts {
			mark(r.Starts[i].Event)
			if t := b.types[r.Starts[i].Event]; t != nil && !slices.Contains(t.alone, r) && r.startsAloneBy(t.Name) {
				t.alone = append(t.alone, r)
			}
		}
	}
}

// startsAloneBy reports whether events of a type may start a timescale that has no period and is not met by them.
func (r *rule) startsAloneBy(eventType string) bool {
	return r.Period == "" && !slices.ContainsFunc(r.MetBy, func(m timescale.Meeting) bool { return m.Event == eventType })
}

// findEndings marks the types of event that can end a period, or the case.
func (b *Book) findEndings() {
	for _, t := range b.types {
		t.ends = t.endsCase || slices.ContainsFunc(b.periods, func(p *period) bool {
			return slices.ContainsFunc(p.Ends, func(e timescale.Ending) bool { return e.Event == t.Name })
		})
	}
}

// parentsFirst orders periods so that the one which another ends with comes before it.
// The pack's checks have refused cycles.
func parentsFirst(periods []timescale.Period) []*timescale.Period {
	var ordered []*timescale.Period
	placed := map[string]bool{}
	var place func(p *timescale.Period)
	place = func(p *timescale.Period) {
		if placed[p.Name] {
			return
		}
		placed[p.Name] = true
		for i := range periods {
			if periods[i].Name == p.EndsWith {
				place(&periods[i])
			}
		}
		ordered = append(ordered, p)
	}
	for i := range periods {
		place(&periods[i])
	}
	return ordered
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// Moment is what a fold sees: what happened up to AsOf, as far as it was recorded up to
// KnownAt. A zero KnownAt sees everything that was ever recorded.
type Moment struct {
	AsOf    time.Time
	KnownAt time.Time
}

// At returns the moment at which only what had happened and been recorded by t is seen.
func At(t time.Time) Moment { return Moment{AsOf: t, KnownAt: t} }

// matches reports whether an event is of the type and its data pass every test.
func matches(m *timescale.Match, e *Event) bool {
	return m.Event == e.Type && passes(m.Where, e.Data)
}

func passes(tests []timescale.Test, data Data) bool {
	for i := range tests {
		if !passesTest(&tests[i], data) {
			return false
		}
	}
	return true
}

func passesTest(t *timescale.Test, data Data) bool {
	if t.Filled != nil {
		return data.Filled(t.Field) == *t.Filled
	}
	if t.Flag != nil {
		return data.Flag(t.Field) == *t.Flag
	}
	text := data.Text(t.Field)
	for _, w := range t.Words {
		if w == text {
			return true
		}
	}
	return false
}
