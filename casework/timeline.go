package casework

import (
	"iter"
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// timeline is a case's events as seen at a moment, resolved and laid out by day.
type timeline struct {
	book   *Book
	chains *chains    // of its events; nil where they were not resolved at one moment
	all    []*entry   // by day, then by when the entry was first recorded
	byType [][]*entry // by the place of the type
	asOf   calendar.Date

	died     calendar.Date      // the day on which the child died; zero where nothing says so
	late     []*entry           // what happened after it: kept, and nothing comes of it
	spans    map[string][]*span // by period
	birthday calendar.Date      // the 18th birthday; zero where the birth is not known
	born     calendar.Date
	undone   []Value // what stood for a time and could end a period, by which the known ends are judged
	room     *room

	opened  int      // how many duties were opened
	tooMany bool     // see Plan
	stands  standing // see Plan
}

// turn notes a day on which a plan changes though nothing is recorded.
func (t *timeline) turn(day calendar.Date) { t.stands.turn(day, t.asOf) }

// lay resolves and orders a case's events. What the pack does not know concerns no
// timescale: an event of a type that a later pack dropped is passed over.
func (b *Book) lay(events []Event, m Moment) *timeline {
	t := &timeline{book: b, chains: chainsOf(events), asOf: calendar.DateOf(m.AsOf)}
	all, passed := t.chains.entries(m.KnownAt)
	t.all, t.undone = all, t.endings(nil, passed)
	t.all = slices.DeleteFunc(t.all, func(n *entry) bool {
		n.kind = b.types[n.Type]
		return n.kind == nil || !t.happened(n.At, m)
	})
	t.arrange()
	return t
}

// endings adds those that could end a period to some.
func (t *timeline) endings(list, passed []Value) []Value {
	for _, v := range passed {
		if kind := t.book.types[v.Type]; kind != nil && kind.ends {
			list = append(list, v)
		}
	}
	return list
}

// arrange lays out what stands.
func (t *timeline) arrange() {
	slices.SortFunc(t.all, byDayAndRecorded)
	t.findDeath()
	t.index()
	t.findBirthday()
	t.findClosings()
	t.spans = make(map[string][]*span, len(t.book.periods))
	for _, p := range t.book.periods {
		t.spans[p.Name] = t.layPeriod(p, nil, 0)
	}
}

func byDayAndRecorded(x, y *entry) int {
	if x.At.Day != y.At.Day {
		return int(x.At.Day) - int(y.At.Day)
	}
	return byRecorded(x, y)
}

// index finds the events of each type.
func (t *timeline) index() {
	counts := make([]int, len(t.book.types))
	for i, n := range t.all {
		n.place = i
		counts[n.kind.place]++
	}
	t.byType = make([][]*entry, len(counts))
	room := make([]*entry, len(t.all))
	for place, count := range counts {
		t.byType[place], room = room[:0:count], room[count:]
	}
	for _, n := range t.all {
		t.byType[n.kind.place] = append(t.byType[n.kind.place], n)
	}
}

// of are the events of a type, in order.
func (t *timeline) of(name string) []*entry {
	if kind := t.book.types[name]; kind != nil {
		return t.byType[kind.place]
	}
	return nil
}

// gather are the events from a day on of the types whose places are marked, in order.
func (t *timeline) gather(marks []bool, from calendar.Date) []*entry {
	count := 0
	for place, list := range t.byType {
		if marks[place] {
			count += len(list)
		}
	}
	if count == 0 {
		return nil
	}
	tail := since(t.all, from)
	list := make([]*entry, 0, min(count, len(tail)))
	for _, n := range tail {
		if marks[n.kind.place] {
			list = append(list, n)
		}
	}
	return list
}

func byPlace(a, b *entry) int { return a.place - b.place }

// happened reports whether an event is seen as of the moment: one known by its day alone is
// seen from the start of that day.
func (t *timeline) happened(at When, m Moment) bool {
	if at.DayOnly() {
		return at.Day <= t.asOf
	}
	return !at.Instant.After(m.AsOf)
}

// The events that say when a child was or will be born.
const typeBorn = "person.born"

func (t *timeline) findBirthday() {
	t.born, t.birthday = 0, 0
	for _, n := range t.of(typeBorn) {
		t.born = birthOf(n.Event)
	}
	if !t.born.IsZero() {
		t.birthday = t.born.Birthday(timescale.Adulthood)
	}
}

// findDeath finds the day on which the child died, the earliest that is recorded, and sets aside
// what happened after it: nothing starts then (rules.md, section 1). What only says something about
// the case stays: which sources report of it, who is told.
func (t *timeline) findDeath() {
	t.died, t.late = 0, nil
	for _, n := range t.all {
		if n.isDeath() {
			t.died = n.At.Day
			break
		}
	}
	if t.died.IsZero() {
		return
	}
	t.all = slices.DeleteFunc(t.all, func(n *entry) bool {
		late := n.At.Day > t.died && (!n.kind.Marks || n.kind.begins)
		if late {
			t.late = append(t.late, n)
		}
		return late
	})
}

// byDay walks the days of some ordered events, with those of each.
func byDay(list []*entry) iter.Seq2[calendar.Date, []*entry] {
	return func(yield func(calendar.Date, []*entry) bool) {
		for i := 0; i < len(list); {
			j := i
			for j < len(list) && list[j].At.Day == list[i].At.Day {
				j++
			}
			if !yield(list[i].At.Day, list[i:j]) {
				return
			}
			i = j
		}
	}
}

// since are the events from a day on among some that are laid out by day.
func since(list []*entry, day calendar.Date) []*entry {
	i, _ := slices.BinarySearchFunc(list, day, func(n *entry, d calendar.Date) int { return int(n.At.Day) - int(d) })
	return list[i:]
}

// on are the events of a day among some that are laid out by day.
func on(list []*entry, day calendar.Date) []*entry {
	i, _ := slices.BinarySearchFunc(list, day, func(n *entry, d calendar.Date) int { return int(n.At.Day) - int(d) })
	j := i
	for j < len(list) && list[j].At.Day == day {
		j++
	}
	return list[i:j]
}
