package casework

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// FoldVersion is raised by one where events that a record may hold already fold into other duties than
// before, or stand otherwise: what is stored of them then waits for a rebuild of the record.
const FoldVersion = 1

// Fold works out every duty ever opened in a case, from its accepted events in any order,
// as seen at a moment, and lists what did not count. All events must be of one case.
func (b *Book) Fold(events []Event, m Moment) *Plan { return b.fold(events, m, true) }

// FoldDuties returns Fold for those who look at nothing but the duties: what did not count is not listed.
func (b *Book) FoldDuties(events []Event, m Moment) *Plan { return b.fold(events, m, false) }

func (b *Book) fold(events []Event, m Moment, listing bool) *Plan {
	t := b.timelineOf(events, m)
	t.pool = dutyPools.Get().(*dutyPool) //nolint:forcetypeassert // nothing else is put there
	defer t.pool.release()
	plan := &Plan{AsOf: m.AsOf, KnownAt: m.KnownAt, birthday: t.birthday, holds: t.findHolds(), ahead: map[string]startAhead{}}
	t.changesOn(t.birthday)
	if len(events) > 0 {
		plan.Case = events[0].Case
	}
	var duties []*openDuty
	var folds []*ruleFold
	f := new(ruleFold) // of one timescale after another, until one has something to say
	for _, r := range b.rules {
		*f = ruleFold{timeline: t, rule: r}
		f.run()
		slices.SortFunc(f.duties, byStart)
		t.stable.intersect(f.stable)
		if next := plan.ahead[r.Pathway].sooner(f.ahead); !next.day.IsZero() {
			plan.ahead[r.Pathway] = next
		}
		duties = append(duties, f.duties...)
		if listing && (len(f.duties) > 0 || len(f.notCounted) > 0) {
			folds, f = append(folds, f), new(ruleFold)
		}
	}
	if listing {
		plan.NotCounted = append(t.listNotCounted(folds), t.listVoided(m)...)
	}
	plan.Duties = make([]Duty, len(duties))
	covered := t.findCoverage(plan)
	for i, d := range duties {
		d.Case = plan.Case
		t.findUnreported(&d.Duty, covered)
		plan.Duties[i] = d.Duty
	}
	plan.TooMany, plan.stable = t.tooMany, t.stable
	plan.index()
	return plan
}

// findHolds returns the stretches in which acknowledgements hold rungs back, by duty.
func (t *timeline) findHolds() map[string][]hold {
	acknowledged := t.eventsOfType(typeAcknowledged)
	if len(acknowledged) == 0 {
		return nil
	}
	holds := map[string][]hold{}
	for _, n := range acknowledged {
		duty := n.Data.Text("duty")
		holds[duty] = append(holds[duty], hold{from: n.recorded, until: n.Data.Day("promise").End()})
	}
	return holds
}

// ruleFold folds a case's days for one timescale.
type ruleFold struct {
	*timeline
	rule       *rule
	events     []*entry        // those that concern the timescale
	own        []*span         // of its period
	lasted     []calendar.Date // see lastOpen; of a timescale of rolling sums
	endsWith   []*span         // of every period whose end ends its duties
	duties     []*openDuty
	running    []*openDuty // those that were open when the day began, and what opened since
	openings   []opening   // of a timescale with windows
	notCounted []reasonNoted
	byInstants bool       // the instants give the order of the day
	stable     stableDays // until when nothing changes of its duties unless something is recorded
	ahead      startAhead // when it next starts by itself
	undoLog
}

// openDuty is a duty with what the fold needs to go on with it.
type openDuty struct {
	Duty
	span   *span  // the period in which it runs; nil if the timescale has none
	opener *entry // the event that opened it
	by     *timescale.Start
	base   calendar.Date
	first  *openDuty // of those that follow each other, where it has a date
	stood  dates     // its dates when its clock was last stopped
	lifetime
}

// run walks the days on which something can happen to a duty of the timescale; none if
// nothing starts one.
func (f *ruleFold) run() { f.runFrom(0) }

// runFrom walks those days from one on.
func (f *ruleFold) runFrom(first calendar.Date) {
	f.own, f.lasted, f.endsWith, f.stable, f.ahead = f.spans[f.rule.Period], nil, nil, stableDays{}, startAhead{}
	if !f.canStart() {
		return
	}
	f.events = f.eventsOfTypes(f.rule.concerns, first)
	for _, name := range f.rule.EndsWith {
		f.endsWith = append(f.endsWith, f.spans[name]...)
	}
	from := 0
	for _, day := range f.relevantDays(first) {
		through := from
		for through < len(f.events) && f.events[through].At.Day == day {
			through++
		}
		f.today = day
		f.foldDay(day, f.events[from:through])
		from = through
	}
}

// relevantDays returns those of its events, and those on which periods open and end.
func (f *ruleFold) relevantDays(first calendar.Date) []calendar.Date {
	days := make([]calendar.Date, 0, len(f.events)+8)
	for _, n := range f.events {
		days = append(days, n.At.Day)
	}
	for _, s := range f.endsWith {
		if !s.open() {
			days = append(days, s.ended)
		}
	}
	for _, s := range f.own {
		days = append(days, s.opened)
	}
	if f.endsAtAdulthood() {
		f.changesOn(f.birthday)
		if f.birthday <= f.asOf {
			days = append(days, f.birthday)
		}
	}
	days = slices.Concat(days, f.windowDays(first), f.birthdays(), f.movingDays())
	days = slices.DeleteFunc(days, func(day calendar.Date) bool { return day < first })
	slices.Sort(days)
	return slices.Compact(days)
}

func (f *ruleFold) canStart() bool {
	if f.rule.Windows != "" {
		return len(f.own) > 0
	}
	for i := range f.rule.Starts {
		s := &f.rule.Starts[i]
		if (s.PeriodOpens || s.Birthday > 0) && len(f.own) > 0 || len(f.eventsOfType(s.Event)) > 0 {
			return true
		}
	}
	return false
}

// timeline is a case's events as seen at a moment, resolved and laid out by day.
type timeline struct {
	book   *Book
	chains *chains  // of its events; nil if they were not resolved at one moment
	all    []*entry // by day, then by when the entry was first recorded
	byType typeIndex
	asOf   calendar.Date

	died        calendar.Date      // the day on which the child died; zero if nothing says so
	late        []*entry           // what happened after it: kept, and nothing comes of it
	spans       map[string][]*span // by period
	birthday    calendar.Date      // the 18th birthday; zero if the birth is not known
	born        calendar.Date
	pastEndings []Value // what stood for a time and could end a period, by which the known ends are judged
	pool        *dutyPool

	opened  int        // how many duties were opened
	tooMany bool       // see Plan
	stable  stableDays // see Plan
}

// changesOn notes a day on which a plan changes though nothing is recorded.
func (t *timeline) changesOn(day calendar.Date) { t.stable.changesOn(day, t.asOf) }

// timelineOf resolves and orders a case's events. What the pack does not know concerns no
// timescale: an event of a type that a later pack dropped is passed over.
func (b *Book) timelineOf(events []Event, m Moment) *timeline {
	t := &timeline{book: b, chains: chainsOf(events), asOf: calendar.DateOf(m.AsOf)}
	all, passed := t.chains.entries(m.KnownAt)
	t.all, t.pastEndings = all, t.endings(nil, passed)
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
		t.spans[p.Name] = t.spansOf(p, nil, 0)
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
	t.byType = newTypeIndex(len(t.book.types))
	for i, n := range t.all {
		n.place = i
		t.byType.set(n.kind.place, append(t.byType.of(n.kind.place), n))
	}
}

// typeIndex finds the entries of each type by the type's place. A case has a few of many types, so it holds a list for
// those only.
type typeIndex struct {
	at    []int16 // by the place of the type: which list, counted from 1; 0 means that the case has none
	lists []typeEntries
}

type typeEntries struct {
	place   int
	entries []*entry
}

func newTypeIndex(types int) typeIndex { return typeIndex{at: make([]int16, types)} }

func (x *typeIndex) of(place int) []*entry {
	if at := x.at[place]; at > 0 {
		return x.lists[at-1].entries
	}
	return nil
}

func (x *typeIndex) set(place int, entries []*entry) {
	if at := x.at[place]; at > 0 {
		x.lists[at-1].entries = entries
		return
	}
	x.lists = append(x.lists, typeEntries{place, entries})
	x.at[place] = int16(len(x.lists)) //nolint:gosec // there are a few hundred types
}

// eventsOfType returns the events of a type, in order.
func (t *timeline) eventsOfType(name string) []*entry {
	if kind := t.book.types[name]; kind != nil {
		return t.byType.of(kind.place)
	}
	return nil
}

// eventsOfTypes returns the events from a day on of the types whose places are marked, in order.
func (t *timeline) eventsOfTypes(marks []bool, from calendar.Date) []*entry {
	count := 0
	for i := range t.byType.lists {
		if l := &t.byType.lists[i]; marks[l.place] {
			count += len(l.entries)
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
	for _, n := range t.eventsOfType(typeBorn) {
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

// since returns the events from a day on among some that are laid out by day.
func since(list []*entry, day calendar.Date) []*entry {
	i, _ := slices.BinarySearchFunc(list, day, func(n *entry, d calendar.Date) int { return int(n.At.Day) - int(d) })
	return list[i:]
}

// on returns the events of a day among some that are laid out by day.
func on(list []*entry, day calendar.Date) []*entry {
	i, _ := slices.BinarySearchFunc(list, day, func(n *entry, d calendar.Date) int { return int(n.At.Day) - int(d) })
	j := i
	for j < len(list) && list[j].At.Day == day {
		j++
	}
	return list[i:j]
}

// foldDay takes one day: what starts, what extends, what meets, what ends, with the exceptions
// of rules.md, section 3, "Order".
func (f *ruleFold) foldDay(day calendar.Date, events []*entry) {
	f.running = slices.DeleteFunc(f.running, func(d *openDuty) bool { return !d.Open() })
	var parts [][]*entry
	parts, f.byInstants = f.partsOf(events)
	var taken []*entry
	if !f.byInstants {
		taken = f.takeFirst(day, events)
	}
	f.moveEditions(day)
	f.startWithPeriod(day)
	f.startWindow(day)
	f.startOnBirthday(day)
	if f.rule.inHours {
		f.byInstant(day, events, taken)
	} else {
		for _, part := range parts {
			f.bySteps(day, part, taken)
		}
	}
	f.endWithSpans(day, false)
	if f.endsAtAdulthood() && day == f.birthday {
		f.endAtBirthday(day)
	}
}

// partsOf returns the parts of a day of a timescale without a period on which it starts and its case is
// closed, where the instants of all its starts and of the closings are known: each but the last up
// to a closing after which it starts again. What is known by its day alone belongs to the last; a
// death is the last of all. known is false if the day is taken whatever the hour: it has the one
// part. An ending that closes nothing, such as a decision, is taken after the starts of its part.
func (f *ruleFold) partsOf(events []*entry) (parts [][]*entry, known bool) {
	whole := [][]*entry{events}
	if len(events) < 2 || f.rule.inHours || f.rule.Period != "" {
		return whole, false
	}
	var starts, ends []*entry
	for _, n := range events {
		switch {
		case n.isDeath():
			continue
		case f.ends(n) && n.kind.endsCase:
			ends = append(ends, n)
		case f.onlyStarts(n):
			starts = append(starts, n)
		default:
			continue
		}
		if n.At.DayOnly() || n.goesFirst() {
			return whole, false
		}
	}
	if len(starts) == 0 || len(ends) == 0 || f.restartsBeforeEnding(starts, ends) {
		return whole, false
	}
	var cuts []time.Time
	for _, n := range ends {
		for _, s := range starts {
			switch {
			case s.At.Instant.Equal(n.At.Instant): // no order
				return whole, false
			case mayEnd(n, s) && s.At.Instant.After(n.At.Instant):
				cuts = append(cuts, n.At.Instant)
			}
		}
	}
	return cutAfter(events, cuts), true
}

// restartsBeforeEnding reports whether a duty that was open before a day ends on it only after the
// timescale has started again.
func (f *ruleFold) restartsBeforeEnding(starts, ends []*entry) bool {
	earlier := func(x, y *entry) int { return x.At.Instant.Compare(y.At.Instant) }
	if earlier(slices.MinFunc(ends, earlier), slices.MinFunc(starts, earlier)) < 0 {
		return false
	}
	return slices.ContainsFunc(f.running, func(d *openDuty) bool {
		return d.Open() && slices.ContainsFunc(ends, func(n *entry) bool { return f.touchedByEnd(n, d) })
	})
}

// cutAfter cuts the events of a day after some instants.
func cutAfter(events []*entry, cuts []time.Time) [][]*entry {
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	parts := make([][]*entry, len(cuts)+1)
	for _, n := range events {
		i := len(cuts)
		if !n.At.DayOnly() && !n.isDeath() {
			i, _ = slices.BinarySearchFunc(cuts, n.At.Instant, time.Time.Compare)
		}
		parts[i] = append(parts[i], n)
	}
	return parts
}

// bySteps takes a day of a limit in days, whatever the hour.
func (f *ruleFold) bySteps(day calendar.Date, events, taken []*entry) {
	for _, n := range events {
		if !f.meets(n) {
			f.start(n, day)
		}
	}
	for _, n := range events {
		f.extend(n, day)
		f.pause(n, day)
	}
	for _, n := range events {
		f.meetAndStart(n, day, taken)
	}
	for _, n := range events {
		if f.ends(n) && !slices.Contains(taken, n) {
			f.end(n, day)
		}
	}
}

// byInstant takes a day of a limit in hours, in the order of the instants; at one instant
// what starts, what meets, what ends. Of what is known by its day alone, a start is taken
// at the start of the day and the rest at its end.
func (f *ruleFold) byInstant(day calendar.Date, events, taken []*entry) {
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(x, y *entry) int {
		return cmp.Or(f.instantOf(x).Compare(f.instantOf(y)), f.stepOf(x)-f.stepOf(y))
	})
	for _, n := range ordered {
		f.pause(n, day)
		if !f.meets(n) {
			f.start(n, day)
		}
		f.meetAndStart(n, day, taken)
		if f.ends(n) && !slices.Contains(taken, n) {
			f.end(n, day)
		}
	}
}

// instantOf places an event within a day of a limit in hours.
func (f *ruleFold) instantOf(n *entry) time.Time {
	switch {
	case n.isDeath():
		return n.At.Day.End()
	case n.At.DayOnly() && f.onlyStarts(n):
		return n.At.Start()
	}
	return n.At.End()
}

// stepOf orders events of one instant.
func (f *ruleFold) stepOf(n *entry) int {
	switch {
	case f.ends(n):
		return 2
	case f.meets(n):
		return 1
	default:
		return 0
	}
}

// onlyStarts reports whether an event starts the timescale and does not meet it.
func (f *ruleFold) onlyStarts(n *entry) bool { return !f.meets(n) && f.startOf(n) != nil }

// dutyPool is where a fold makes its duties. A fold of a long case makes hundreds, which are
// copied into its plan: so the room is used again by the next fold.
type dutyPool struct {
	chunks [][]openDuty
	used   int
}

// chunk is for how many duties room is made at once.
const chunk = 64

var dutyPools = sync.Pool{New: func() any { return new(dutyPool) }}

// newDuty returns room for one more; of its own where nothing is to be used again.
func (r *dutyPool) newDuty() *openDuty {
	if r == nil {
		return new(openDuty)
	}
	at, in := r.used/chunk, r.used%chunk
	if at == len(r.chunks) {
		r.chunks = append(r.chunks, make([]openDuty, chunk))
	}
	r.used++
	return &r.chunks[at][in]
}

// release empties the room for the next fold.
func (r *dutyPool) release() {
	for i := 0; i*chunk < r.used; i++ {
		clear(r.chunks[i][:min(chunk, r.used-i*chunk)])
	}
	r.used = 0
	dutyPools.Put(r)
}
