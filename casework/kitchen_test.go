package casework_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale"
	"longstop/timescale/load"
)

// firstDay is the first on which something happens in a random case.
var firstDay = calendar.NewDate(2026, 1, 1)

// kitchen is a law with what random cases under it are made of.
type kitchen struct {
	name string
	book *casework.Book
	refs []string // of duties that are acknowledged
	// recipe draws what a case is about, and returns what draws an event of it on a day.
	recipe func(t *rapid.T) func(on calendar.Date) (eventType string, data casework.Data)
	// extension draws an event that may extend something.
	extension func(t *rapid.T, on calendar.Date) (eventType string, data casework.Data)
}

// core is the shipped law, and cases of what the core rules speak of.
var core = kitchen{
	name: "core", book: book, recipe: fromIngredients,
	refs:      []string{"FD-01", "AS-01", "CP-03", "CP-10", "CP-13", "LA-14", "MI-01", "EM-01"},
	extension: courtTimetable,
}

// kitchens are the core rules, the made-up law of all that the language can say, and the
// whole shipped pack with every rule switched on.
var kitchens = []kitchen{
	core, aroundRules("made up", madeUp),
	aroundRules("everything on", everything),
}

func randomCase(t *rapid.T) []casework.Event { return core.randomCase(t) }

func withActs(t *rapid.T, events []casework.Event) []casework.Event { return core.withActs(t, events) }

// inEachKitchen checks a property of random cases under each law.
func inEachKitchen(t *testing.T, check func(t *rapid.T, k kitchen)) {
	t.Helper()
	for _, k := range kitchens {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { check(t, k) })
		})
	}
}

func everythingOn() *timescale.Pack {
	pack := *load.Embedded()
	pack.Timescales = slices.Clone(pack.Timescales)
	for i := range pack.Timescales {
		pack.Timescales[i].Off = ""
	}
	return &pack
}

func fromIngredients(t *rapid.T) func(calendar.Date) (string, casework.Data) {
	return func(calendar.Date) (string, casework.Data) {
		kind := rapid.SampledFrom(ingredients).Draw(t, "type")
		return kind.event, rapid.SampledFrom(kind.data).Draw(t, "data")
	}
}

func courtTimetable(t *rapid.T, on calendar.Date) (string, casework.Data) {
	return "court_timetable.extended", casework.Data{"until": on.AddDays(rapid.IntRange(50, 220).Draw(t, "until")).String()}
}

// aroundRules is a kitchen whose cases are made of the events that a few of a pack's rules
// speak of: so what happens in them matters to those.
func aroundRules(name string, b *casework.Book) kitchen {
	pack := b.Pack()
	k := kitchen{name: name, book: b}
	var extensions []string
	for i := range pack.Timescales {
		r := &pack.Timescales[i]
		k.refs = append(k.refs, r.Ref)
		if r.Extend != nil {
			extensions = append(extensions, r.Ref)
		}
	}
	k.recipe = func(t *rapid.T) func(calendar.Date) (string, casework.Data) {
		var about, types []string
		for range rapid.IntRange(1, 3).Draw(t, "rules") {
			r := &pack.Timescales[rapid.IntRange(0, len(pack.Timescales)-1).Draw(t, "rule")]
			about, types = append(about, r.Ref), append(types, eventsOf(pack, r)...)
		}
		return func(on calendar.Date) (string, casework.Data) {
			kind, _ := pack.EventType(rapid.SampledFrom(types).Draw(t, "type"))
			return kind.Name, randomData(t, kind, on, rapid.SampledFrom(about).Draw(t, "ref"))
		}
	}
	k.extension = func(t *rapid.T, on calendar.Date) (string, casework.Data) {
		r := pack.Timescale(rapid.SampledFrom(extensions).Draw(t, "extended"))
		kind, _ := pack.EventType(r.Extend.Event)
		return kind.Name, randomData(t, kind, on, r.Ref)
	}
	return k
}

// eventsOf are the event types that a rule speaks of, what meets it more often than the rest.
func eventsOf(pack *timescale.Pack, r *timescale.Timescale) []string {
	types := []string{"person.born", "case.closed"}
	add := func(names ...string) { types = append(types, names...) }
	for _, m := range r.MetBy {
		add(m.Event, m.Event)
	}
	for _, m := range r.EndedBy {
		add(m.Event)
	}
	for _, s := range r.Starts {
		add(s.Event, s.Event, s.SameDay, s.NoneSameDay, s.NoneSince)
		if s.PrecededBy != nil {
			add(s.PrecededBy.Event, s.PrecededBy.Event)
		}
		for _, l := range s.Limits {
			add(anchorOf(l))
		}
	}
	for _, e := range r.Editions {
		for _, by := range e.By {
			add(by.Event)
		}
		if e.NotBefore != nil {
			add(anchorOf(*e.NotBefore))
		}
		for _, l := range e.Limits {
			add(anchorOf(l))
		}
	}
	for _, name := range append(slices.Clone(r.EndsWith), r.NotWhile...) {
		p := pack.Period(name)
		for _, o := range p.Opens {
			add(o.Event, o.Event)
		}
		for _, m := range p.Ends {
			add(m.Event)
		}
	}
	if r.Extend != nil {
		add(r.Extend.Event)
	}
	if r.Pausable {
		add("clock.paused", "clock.resumed")
	}
	return slices.DeleteFunc(types, func(name string) bool { _, known := pack.EventType(name); return !known })
}

func anchorOf(l timescale.Limit) string {
	if l.From == nil {
		return ""
	}
	return l.From.Event
}

// randomData fills an event's fields; those that are not required sometimes.
func randomData(t *rapid.T, kind timescale.EventType, on calendar.Date, ref string) casework.Data {
	data := casework.Data{}
	for _, f := range kind.Fields {
		if f.Name == "inferred" || !f.Required && rapid.IntRange(0, 3).Draw(t, "without "+f.Name) == 0 {
			continue
		}
		switch f.Kind {
		case timescale.Flag:
			data[f.Name] = rapid.IntRange(0, 3).Draw(t, f.Name) > 0
		case timescale.Word:
			data[f.Name] = rapid.SampledFrom(f.OneOf).Draw(t, f.Name)
		case timescale.Text:
			data[f.Name] = map[bool]string{true: ref, false: "x"}[f.Name == "ref"]
		case timescale.Day:
			data[f.Name] = randomDay(t, kind.Name, on).String()
		case timescale.Names:
			data[f.Name] = []any{"x"}
		}
	}
	return data
}

// randomDay is a date that an event speaks of: in the next months, mostly; of a birth years ago.
func randomDay(t *rapid.T, kind string, on calendar.Date) calendar.Date {
	if kind == "person.born" {
		if rapid.Bool().Draw(t, "a birthday near") { // of those on which something starts or ends
			age := rapid.SampledFrom([]int{4, 11, 16, 17, 18, 21}).Draw(t, "age")
			return on.AddDays(rapid.IntRange(-20, 200).Draw(t, "days to the birthday")).AddYears(-age)
		}
		return on.AddDays(-rapid.IntRange(0, 18*366).Draw(t, "age in days"))
	}
	return on.AddDays(rapid.IntRange(-10, 200).Draw(t, "days ahead"))
}
