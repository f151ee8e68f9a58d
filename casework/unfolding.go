package casework

import (
	"maps"
	"slices"
	"sort"
	"time"

	"longstop/calendar"
)

// unfolding is a case as it becomes known: a fold that goes on. What is learned at an instant is
// folded from the earliest day of which it speaks, for the timescales that look at it; what was
// found of earlier days stands. So a case that is recorded as it happens costs little more than one
// fold of the whole, however often it is looked at.
type unfolding struct {
	*timeline
	run     *ladderRun
	news    []news      // still to come
	adopted []time.Time // still to come: when a law came into force
	known   []*entry    // that stand, by whichever law
	passed  []Value     // what stood before
	rules   []*unfoldedRule
	duties  map[string]*Duty
	gone    map[string]*Duty // of the law before, while its successor is folded first
	plan    *Plan
	covered *coverage
	log     dutyLog
	only    map[string]bool // the refs of the timescales that are folded; nil: all of them
	changed map[string]bool // the ids of duties that were, since they were last asked for
}

// unfoldedRule is the fold of one timescale.
type unfoldedRule struct {
	ruleFold
	periods []string      // of which it asks whether they are open
	from    calendar.Date // the earliest day that is to be folded again; noDay where none is
}

// noDay is later than every day.
const noDay calendar.Date = lastOfAll

func newUnfolding(run *ladderRun) *unfolding {
	u := &unfolding{run: run, news: newsOf(run.events), log: dutyLog{}, changed: map[string]bool{}}
	if len(u.news) > 0 {
		u.adopted = run.book.adoptions(u.news[0].at)
		slices.SortFunc(u.adopted, time.Time.Compare)
	}
	return u
}

// next is the next instant at which something is learned, a law is adopted or a day by itself
// changes a duty; zero where none will be any more.
func (u *unfolding) next() time.Time {
	var next time.Time
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if len(u.news) > 0 {
		sooner(u.news[0].at)
	}
	if len(u.adopted) > 0 {
		sooner(u.adopted[0])
	}
	for _, f := range u.rules {
		if !f.stands.until.IsZero() {
			sooner(f.stands.until.Start())
		}
	}
	return next
}

// to brings the plan to an instant, and returns it with the ids of the duties that changed.
func (u *unfolding) to(t time.Time) (*Plan, []string) {
	for next := u.next(); !next.IsZero() && !next.After(t); next = u.next() {
		u.step(next)
	}
	ids := slices.Collect(maps.Keys(u.changed))
	clear(u.changed)
	return u.plan, ids
}

// step folds what is new at an instant.
func (u *unfolding) step(t time.Time) {
	count := sort.Search(len(u.news), func(i int) bool { return u.news[i].at.After(t) })
	batch := u.news[:count]
	u.news = u.news[count:]
	for len(u.adopted) > 0 && !u.adopted[0].After(t) {
		u.adopted = u.adopted[1:]
	}
	if law := u.run.book.inForce(t); u.timeline == nil || u.book != law {
		u.under(law)
	}
	u.asOf = calendar.DateOf(t)
	promises := u.promised(batch)
	if u.concernsAll(batch) {
		u.foldAll(batch)
	} else {
		u.foldOn(batch)
	}
	for _, f := range u.rules {
		u.note(f, t)
	}
	for id := range u.gone {
		u.log.note(id, t, u.duties[id])
	}
	u.gone = nil
	if promises {
		u.plan.holds = u.holds()
	}
	u.plan.AsOf, u.plan.KnownAt, u.plan.TooMany, u.plan.birthday = t, t, u.tooMany, u.birthday
}

// under begins again under a law.
func (u *unfolding) under(law *Book) {
	for id := range u.duties {
		u.changed[id] = true
	}
	u.gone = u.duties
	u.timeline = &timeline{book: law}
	u.undone = u.endings(nil, u.passed)
	u.rules = nil
	for _, r := range law.rules {
		if u.only == nil || u.only[r.Ref] {
			f := &unfoldedRule{periods: periodsOf(r)}
			f.timeline, f.rule, f.goesOn = u.timeline, r, true
			u.rules = append(u.rules, f)
		}
	}
	u.duties = map[string]*Duty{}
	u.plan = &Plan{byID: func() map[string]*Duty { return u.duties }}
	if len(u.run.events) > 0 {
		u.plan.Case = u.run.events[0].Case
	}
}

// periodsOf are the periods of which a timescale asks whether they are open.
func periodsOf(r *rule) []string {
	names := slices.Concat([]string{r.Period}, r.EndsWith, r.NotWhile)
	for i := range r.Starts {
		names = append(names, r.Starts[i].NthIn)
		if w := r.Starts[i].Within; w != nil {
			names = append(names, w.In)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// concernsAll says whether everything is to be folded again: a birth and a death concern every
// day, a new law has folded nothing yet, and of much that is new at once most is.
func (u *unfolding) concernsAll(batch []news) bool {
	if u.spans == nil || u.tooMany || len(batch) > 16+len(u.all)/8 {
		return true
	}
	return slices.ContainsFunc(batch, func(x news) bool {
		return u.concernsAllDays(x.stands) || u.concernsAllDays(x.entry.Event)
	})
}

func (u *unfolding) concernsAllDays(e *Event) bool {
	return e != nil && (e.Type == typeBorn || e.Type == typeDied || !u.died.IsZero() && e.At.Day > u.died)
}

// foldAll folds everything from the beginning.
func (u *unfolding) foldAll(batch []news) {
	for _, f := range u.rules {
		f.rewind(0)
		f.from = 0
	}
	for i := range batch {
		u.learn(&batch[i])
	}
	u.all = u.all[:0]
	for _, n := range u.known {
		if n.kind = u.book.types[n.Type]; n.kind != nil {
			u.all = append(u.all, n)
		}
	}
	u.arrange()
	u.covered = u.findCoverage(&Plan{})
	u.tooMany = false
	u.foldRules()
}

// learn gives an entry what stands of it now.
func (u *unfolding) learn(x *news) {
	n := x.entry
	stood := n.Event
	if stood != nil && x.stands == nil {
		u.known = slices.DeleteFunc(u.known, func(o *entry) bool { return o == n })
	}
	if stood == nil && x.stands != nil {
		u.known = append(u.known, n)
	}
	u.passed = append(u.passed, x.passed[len(n.earlier):]...)
	u.undone = u.endings(u.undone, x.passed[len(n.earlier):])
	n.Event, n.since, n.earlier, n.askedBy, n.closing = x.stands, x.since, x.passed, nil, nil
}

// change is a day of which something is said anew, by an event of a type.
type change struct {
	kind *eventType
	day  calendar.Date
}

// foldOn folds again what the news concern, and what a day by itself has changed.
func (u *unfolding) foldOn(batch []news) {
	var changes []change
	for i := range batch {
		for _, e := range []*Event{batch[i].entry.Event, batch[i].stands} {
			if e != nil && u.book.types[e.Type] != nil {
				changes = append(changes, change{u.book.types[e.Type], e.At.Day})
			}
		}
	}
	all := u.closedSince(changes)
	periods := u.rewindPeriods(changes, all)
	for _, f := range u.rules {
		f.from = f.firstDay(changes, periods, all, u.asOf)
		if f.from < noDay {
			f.rewind(f.from)
		}
	}
	for i := range batch {
		u.place(&batch[i])
	}
	u.number(changes)
	if all < noDay {
		u.findClosings()
	}
	for _, p := range u.book.periods {
		if from, ok := periods[p.Name]; ok {
			u.spans[p.Name] = u.layPeriod(p, u.spans[p.Name], from)
		}
	}
	u.lookForCoverage(changes)
	u.foldRules()
}

// lookForCoverage has it found again whether open duties are reported of, where a source is new or
// something that shows a duty open.
func (u *unfolding) lookForCoverage(changes []change) {
	of := func(name string) bool {
		return slices.ContainsFunc(changes, func(x change) bool { return x.kind.Name == name })
	}
	isSource := of(typeSource)
	if isSource {
		u.covered = u.findCoverage(&Plan{})
	}
	for _, f := range u.rules {
		if m := f.rule.ShownOpenBy; isSource || m != nil && of(m.Event) {
			f.trodOn = append(f.trodOn, f.running...)
		}
	}
}

// closedSince is the earliest day that is new where the case is closed on it or later, for what a
// closing closes hangs on what was open; noDay where it is not.
func (u *unfolding) closedSince(changes []change) calendar.Date {
	first, last := noDay, calendar.Date(0)
	for _, x := range changes {
		first = min(first, x.day)
		if x.kind.endsCase {
			last = max(last, x.day)
		}
	}
	for _, name := range u.book.pack.CaseEnds {
		if list := u.of(name); len(list) > 0 {
			last = max(last, list[len(list)-1].At.Day)
		}
	}
	if last < first {
		return noDay
	}
	return first
}

// rewindPeriods takes back what was laid of the periods that the changes concern, and returns from
// which day on.
func (u *unfolding) rewindPeriods(changes []change, all calendar.Date) map[string]calendar.Date {
	periods := map[string]calendar.Date{}
	for _, p := range u.book.periods { // that with which another ends comes first
		from := all
		for _, x := range changes {
			if p.concerns[x.kind.place] {
				from = min(from, x.day)
			}
		}
		if with, ok := periods[p.EndsWith]; ok {
			from = min(from, with)
		}
		if from < noDay {
			periods[p.Name] = from
			u.spans[p.Name] = rewind(u.spans[p.Name], from)
		}
	}
	return periods
}

// firstDay is the first day from which the timescale is to be folded again; noDay where nothing of
// it has changed.
func (f *unfoldedRule) firstDay(changes []change, periods map[string]calendar.Date, all, today calendar.Date) calendar.Date {
	from := all
	for _, x := range changes {
		onAnyDay, looked := f.looked[x.kind.place]
		switch {
		case onAnyDay:
			return 0
		case looked || f.rule.concerns[x.kind.place]:
			from = min(from, x.day)
		}
	}
	for _, name := range f.periods {
		day, ok := periods[name]
		switch {
		case !ok:
		case f.openAnyDay && name == f.rule.Period:
			return 0
		default:
			from = min(from, day)
		}
	}
	if from < noDay && f.rule.Windows != "" {
		return 0 // which windows open a duty hangs on when everything about their period was recorded
	}
	if until := f.stands.until; !until.IsZero() && until <= today {
		from = min(from, until)
	}
	return from
}

// place gives an entry what stands of it now, at its place.
func (u *unfolding) place(x *news) {
	n := x.entry
	if n.Event != nil && n.kind != nil {
		u.all = taken(u.all, n)
		u.byType[n.kind.place] = taken(u.byType[n.kind.place], n)
	}
	u.learn(x)
	if n.kind = nil; n.Event != nil {
		n.kind = u.book.types[n.Type]
	}
	if n.kind != nil {
		u.all = put(u.all, n)
		u.byType[n.kind.place] = put(u.byType[n.kind.place], n)
	}
}

// number counts the entries again from the first day of which something is new.
func (u *unfolding) number(changes []change) {
	first := noDay
	for _, x := range changes {
		first = min(first, x.day)
	}
	tail := since(u.all, first)
	for i, n := range tail {
		n.place = len(u.all) - len(tail) + i
	}
}

func placeOf(list []*entry, n *entry) int {
	i, _ := slices.BinarySearchFunc(list, n, byDayAndRecorded)
	return i
}

func taken(list []*entry, n *entry) []*entry {
	i := placeOf(list, n)
	for list[i] != n {
		i++
	}
	return slices.Delete(list, i, i+1)
}

func put(list []*entry, n *entry) []*entry { return slices.Insert(list, placeOf(list, n), n) }

// foldRules folds the timescales of which something changed.
func (u *unfolding) foldRules() {
	for _, f := range u.rules {
		if f.from < noDay {
			f.runFrom(f.from)
		}
		f.from = noDay
	}
}

// note takes note of the duties that a timescale opened, changed or took back.
func (u *unfolding) note(f *unfoldedRule, t time.Time) {
	for _, d := range f.trodOn {
		if !f.has(d) && u.duties[d.ID] == &d.Duty {
			delete(u.duties, d.ID)
		}
	}
	for _, d := range f.trodOn {
		if !f.has(d) {
			continue
		}
		d.Case, u.duties[d.ID] = u.plan.Case, &d.Duty
		d.NotReported, d.NotReportedWhy, d.ReportedUntil = false, "", 0
		u.findUnreported(&d.Duty, u.covered)
	}
	for _, d := range f.trodOn {
		if u.log.note(d.ID, t, u.duties[d.ID]) {
			u.changed[d.ID] = true
		}
	}
	clear(f.trodOn)
	f.trodOn = f.trodOn[:0]
}

// promised says whether an acknowledgement is new or taken back, and takes note of the duties
// concerned.
func (u *unfolding) promised(batch []news) bool {
	found := u.spans == nil
	for i := range batch {
		for _, e := range []*Event{batch[i].stands, batch[i].entry.Event} {
			if e != nil && e.Type == typeAcknowledged {
				u.changed[e.Data.Text("duty")], found = true, true
			}
		}
	}
	return found
}
