package casework

import (
	"maps"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Book is a rule pack with a calendar, compiled for folding. It is immutable and safe
// for concurrent use.
type Book struct {
	pack     *timescale.Pack
	calendar *calendar.Calendar
	types    map[string]*timescale.EventType
	periods  []*timescale.Period // those that another ends with come first
	rules    []*rule
	caseEnd  map[string]bool
	caseOpen map[string]bool
	// extendedBy and pausedBy find the rules that an event type may extend.
	extendedBy map[string][]*timescale.Timescale
}

// rule is a timescale with what the fold looks up for each event.
type rule struct {
	*timescale.Timescale
	concerns []string // every event type that can start, extend, meet or end it
	// endEvents end a period whose end ends the duty, other than its own.
	endEvents []timescale.Match
}

// NewBook compiles a pack that has passed its checks with a calendar.
func NewBook(pack *timescale.Pack, cal *calendar.Calendar) *Book {
	b := &Book{
		pack: pack, calendar: cal,
		types:      make(map[string]*timescale.EventType, len(pack.Events)),
		caseEnd:    setOf(pack.CaseEnds),
		caseOpen:   setOf(pack.CaseOpens),
		extendedBy: map[string][]*timescale.Timescale{},
		periods:    parentsFirst(pack.Periods),
	}
	for i := range pack.Events {
		b.types[pack.Events[i].Name] = &pack.Events[i]
	}
	for i := range pack.Timescales {
		t := &pack.Timescales[i]
		b.rules = append(b.rules, compile(pack, t))
		if t.Extend != nil {
			b.extendedBy[t.Extend.Event] = append(b.extendedBy[t.Extend.Event], t)
		}
	}
	return b
}

// Pack is the rule pack that the book was made from.
func (b *Book) Pack() *timescale.Pack { return b.pack }

// Calendar is the calendar that the book was made from.
func (b *Book) Calendar() *calendar.Calendar { return b.calendar }

func compile(pack *timescale.Pack, t *timescale.Timescale) *rule {
	r := &rule{Timescale: t}
	for _, name := range t.EndsWith {
		if p := pack.Period(name); p != nil && name != t.Period {
			r.endEvents = append(r.endEvents, p.Ends...)
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
	r.concerns = slices.Sorted(maps.Keys(types))
	return r
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

// At is the moment at which only what had happened and been recorded by t is seen.
func At(t time.Time) Moment { return Moment{AsOf: t, KnownAt: t} }

// matches says whether an event is of the type and its data pass every test.
func matches(m *timescale.Match, e *Event) bool {
	return m.Event == e.Type && passes(m.Where, e.Data)
}

func passes(tests []timescale.Test, data Data) bool {
	for i := range tests {
		if !holds(&tests[i], data) {
			return false
		}
	}
	return true
}

func holds(t *timescale.Test, data Data) bool {
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
