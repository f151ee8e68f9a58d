package casework

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"

	"longstop/calendar"
)

// incrementalFold is a case as it becomes known: a fold that goes on. What is learned at an instant is
// folded from the earliest day of which it speaks, for the timescales that look at it; what was
// found of earlier days stands. So a case that is recorded as it happens costs little more than one
// fold of the whole, however often it is looked at.
type incrementalFold struct {
	*timeline
	run        *ladderRun
	updates    []update    // still to come
	adopted    []time.Time // still to come: when a law came into force
	standing   []*entry    // that stand, by whichever law
	pastValues []Value     // what stood before
	rules      []*incrementalRule
	duties     map[string]*Duty
	before     map[string]*Duty // of the law before, while its successor is folded first
	plan       *Plan
	covered    *coverage
	log        dutyLog
	only       map[string]bool // the refs of the timescales that are folded; nil: all of them
	changed    map[string]bool // the ids of duties that were, since they were last asked for
}

// incrementalRule is the fold of one timescale.
type incrementalRule struct {
	ruleFold
	periods []string      // of which it asks whether they are open
	from    calendar.Date // the earliest day that is to be folded again; noDay where none is
}

// noDay is later than every day.
const noDay calendar.Date = lastOfAll

func newIncrementalFold(run *ladderRun) *incrementalFold {
	u := &incrementalFold{run: run, updates: updatesOf(run.events), log: dutyLog{}, changed: map[string]bool{}}
	if len(u.updates) > 0 {
		u.adopted = run.book.adoptions(u.updates[0].at)
		slices.SortFunc(u.adopted, time.Time.Compare)
	}
	return u
}

// next returns the next instant at which something is learned, a law is adopted or a day by itself
// changes a duty; zero if none will be any more.
func (u *incrementalFold) next() time.Time {
	var next time.Time
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if len(u.updates) > 0 {
		sooner(u.updates[0].at)
	}
	if len(u.adopted) > 0 {
		sooner(u.adopted[0])
	}
	for _, f := range u.rules {
		if !f.stable.until.IsZero() {
			sooner(f.stable.until.Start())
		}
	}
	return next
}

// advance brings the plan to an instant, and returns it with the ids of the duties that changed.
func (u *incrementalFold) advance(t time.Time) (*Plan, []string) {
	for next := u.next(); !next.IsZero() && !next.After(t); next = u.next() {
		u.applyAt(next)
	}
	ids := slices.Collect(maps.Keys(u.changed))
	clear(u.changed)
	return u.plan, ids
}

// applyAt folds what is new at an instant.
func (u *incrementalFold) applyAt(t time.Time) {
	count := sort.Search(len(u.updates), func(i int) bool { return u.updates[i].at.After(t) })
	batch := u.updates[:count]
	u.updates = u.updates[count:]
	for len(u.adopted) > 0 && !u.adopted[0].After(t) {
		u.adopted = u.adopted[1:]
	}
	if law := u.run.book.inForce(t); u.timeline == nil || u.book != law {
		u.restartUnder(law)
	}
	u.asOf = calendar.DateOf(t)
	promises := u.noteAcknowledgements(batch)
	if u.concernsAll(batch) {
		u.foldAll(batch)
	} else {
		u.foldUpdates(batch)
	}
	for _, f := range u.rules {
		u.logDuties(f, t)
	}
	for id := range u.before {
		u.log.add(id, t, u.duties[id])
	}
	u.before = nil
	if promises {
		u.plan.holds = u.findHolds()
	}
	u.plan.AsOf, u.plan.KnownAt, u.plan.TooMany, u.plan.birthday = t, t, u.tooMany, u.birthday
}

// restartUnder begins again under a law.
func (u *incrementalFold) restartUnder(law *Book) {
	for id := range u.duties {
		u.changed[id] = true
	}
	u.before = u.duties
	u.timeline = &timeline{book: law}
	u.pastEndings = u.endings(nil, u.pastValues)
	u.rules = nil
	for _, r := range law.rules {
		if u.only == nil || u.only[r.Ref] {
			f := &incrementalRule{periods: periodsOf(r)}
			f.timeline, f.rule, f.keeps = u.timeline, r, true
			u.rules = append(u.rules, f)
		}
	}
	u.duties = map[string]*Duty{}
	u.plan = &Plan{byID: func() map[string]*Duty { return u.duties }}
	if len(u.run.events) > 0 {
		u.plan.Case = u.run.events[0].Case
	}
}

// periodsOf returns the periods of which a timescale asks whether they are open.
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

// concernsAll reports whether everything is to be folded again: a birth and a death concern every
// day, a new law has folded nothing yet, and of much that is new at once most is.
func (u *incrementalFold) concernsAll(batch []update) bool {
	if u.spans == nil || u.tooMany || len(batch) > 16+len(u.all)/8 {
		return true
	}
	return slices.ContainsFunc(batch, func(x update) bool {
		return u.concernsAllDays(x.stands) || u.concernsAllDays(x.entry.Event)
	})
}

func (u *incrementalFold) concernsAllDays(e *Event) bool {
	return e != nil && (e.Type == typeBorn || e.Type == typeDied || !u.died.IsZero() && e.At.Day > u.died)
}

// foldAll folds everything from the beginning.
func (u *incrementalFold) foldAll(batch []update) {
	for _, f := range u.rules {
		f.rewind(0)
		f.from = 0
	}
	for i := range batch {
		u.apply(&batch[i])
	}
	u.all = u.all[:0]
	for _, n := range u.standing {
		if n.kind = u.book.types[n.Type]; n.kind != nil {
			u.all = append(u.all, n)
		}
	}
	u.arrange()
	u.covered = u.findCoverage(&Plan{})
	u.tooMany = false
	u.foldRules()
}

// apply gives an entry what stands of it now.
func (u *incrementalFold) apply(x *update) {
	n := x.entry
	stood := n.Event
	if stood != nil && x.stands == nil {
		u.standing = slices.DeleteFunc(u.standing, func(o *entry) bool { return o == n })
	}
	if stood == nil && x.stands != nil {
		u.standing = append(u.standing, n)
	}
	u.pastValues = append(u.pastValues, x.pastValues[len(n.earlier):]...)
	u.pastEndings = u.endings(u.pastEndings, x.pastValues[len(n.earlier):])
	n.Event, n.since, n.earlier, n.askedBy, n.closing = x.stands, x.since, x.pastValues, nil, nil
}

// change is a day about which something new is known, from an event of a type.
type change struct {
	kind *eventType
	day  calendar.Date
}

// foldUpdates folds again what the news concern, and what a day by itself has changed.
func (u *incrementalFold) foldUpdates(batch []update) {
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
		u.move(&batch[i])
	}
	u.renumber(changes)
	if all < noDay {
		u.findClosings()
	}
	for _, p := range u.book.periods {
		if from, ok := periods[p.Name]; ok {
			u.spans[p.Name] = u.spansOf(p, u.spans[p.Name], from)
		}
	}
	u.lookForCoverage(changes)
	u.foldRules()
}

// lookForCoverage has it found again whether open duties are reported of, where a source is new or
// something that shows a duty open.
func (u *incrementalFold) lookForCoverage(changes []change) {
	of := func(name string) bool {
		return slices.ContainsFunc(changes, func(x change) bool { return x.kind.Name == name })
	}
	isSource := of(typeSource)
	if isSource {
		u.covered = u.findCoverage(&Plan{})
	}
	for _, f := range u.rules {
		if m := f.rule.ShownOpenBy; isSource || m != nil && of(m.Event) {
			f.touched = append(f.touched, f.running...)
		}
	}
}

// closedSince returns the earliest day that is new where the case is closed on it or later, for what a
// closing closes depends on what was open; noDay where it is not.
func (u *incrementalFold) closedSince(changes []change) calendar.Date {
	first, last := noDay, calendar.Date(0)
	for _, x := range changes {
		first = min(first, x.day)
		if x.kind.endsCase {
			last = max(last, x.day)
		}
	}
	for _, name := range u.book.pack.CaseEnds {
		if list := u.eventsOfType(name); len(list) > 0 {
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
func (u *incrementalFold) rewindPeriods(changes []change, all calendar.Date) map[string]calendar.Date {
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

// firstDay returns the first day from which the timescale is to be folded again; noDay where nothing of
// it has changed.
func (f *incrementalRule) firstDay(changes []change, periods map[string]calendar.Date, all, today calendar.Date) calendar.Date {
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
		return 0 // which windows open a duty depends on when everything about their period was recorded
	}
	if until := f.stable.until; !until.IsZero() && until <= today {
		from = min(from, until)
	}
	return from
}

// move gives an entry what stands of it now, at its place.
func (u *incrementalFold) move(x *update) {
	n := x.entry
	if n.Event != nil && n.kind != nil {
		u.all = removed(u.all, n)
		u.byType.set(n.kind.place, removed(u.byType.of(n.kind.place), n))
	}
	u.apply(x)
	if n.kind = nil; n.Event != nil {
		n.kind = u.book.types[n.Type]
	}
	if n.kind != nil {
		u.all = inserted(u.all, n)
		u.byType.set(n.kind.place, inserted(u.byType.of(n.kind.place), n))
	}
}

// renumber counts the entries again from the first day of which something is new.
func (u *incrementalFold) renumber(changes []change) {
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

func removed(list []*entry, n *entry) []*entry {
	i := placeOf(list, n)
	for list[i] != n {
		i++
	}
	return slices.Delete(list, i, i+1)
}

func inserted(list []*entry, n *entry) []*entry { return slices.Insert(list, placeOf(list, n), n) }

// foldRules folds the timescales of which something changed.
func (u *incrementalFold) foldRules() {
	for _, f := range u.rules {
		if f.from < noDay {
			f.runFrom(f.from)
		}
		f.from = noDay
	}
}

// logDuties takes note of the duties that a timescale opened, changed or took back.
func (u *incrementalFold) logDuties(f *incrementalRule, t time.Time) {
	for _, d := range f.touched {
		if !f.stillOpened(d) && u.duties[d.ID] == &d.Duty {
			delete(u.duties, d.ID)
		}
	}
	for _, d := range f.touched {
		if !f.stillOpened(d) {
			continue
		}
		d.Case, u.duties[d.ID] = u.plan.Case, &d.Duty
		d.NotReported, d.NotReportedWhy, d.ReportedUntil = false, "", 0
		u.findUnreported(&d.Duty, u.covered)
	}
	for _, d := range f.touched {
		if u.log.add(d.ID, t, u.duties[d.ID]) {
			u.changed[d.ID] = true
		}
	}
	clear(f.touched)
	f.touched = f.touched[:0]
}

// noteAcknowledgements reports whether an acknowledgement is new or taken back, and takes note of the duties
// concerned.
func (u *incrementalFold) noteAcknowledgements(batch []update) bool {
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

// update is what is known of one entry from an instant on.
type update struct {
	at         time.Time
	first      *Event // of the entry
	entry      *entry
	stands     *Event // nil if it stands no more, or does not yet
	since      time.Time
	pastValues []Value // what stood before
}

// updatesOf returns the news of a case, in the order in which they came: what entries resolves at one
// instant, at every instant.
func updatesOf(events []Event) []update {
	c := chainsOf(events)
	changes := c.changes(time.Time{})
	var list []update
	for i := range events {
		if !c.isFirst(i, time.Time{}) {
			continue
		}
		e := &events[i]
		n := &entry{id: e.ID, recorded: e.Recorded}
		begin := len(list)
		list = append(list, update{at: e.Recorded, first: e, entry: n, stands: e, since: e.Recorded})
		h := resolvedFrom(e)
		c.replay(i, changes[i], func(x Revision) {
			h.take(x)
			if last := &list[len(list)-1]; x.Since.After(last.at) {
				list = append(list, update{at: x.Since, first: e, entry: n})
			}
			last := &list[len(list)-1]
			last.stands, last.since, last.pastValues = h.stands, h.since, slices.Clip(h.earlier)
		})
		list = append(list[:begin], onceHappened(list[begin:])...)
	}
	slices.SortStableFunc(list, func(a, b update) int { return a.at.Compare(b.at) })
	return list
}

// onceHappened leaves out what changes nothing, and puts off what was recorded before it happened.
func onceHappened(list []update) []update {
	var out []update
	for i, x := range list {
		if i > 0 && x.stands == list[i-1].stands {
			continue
		}
		if x.stands != nil && x.stands.At.Start().After(x.at) {
			later := x
			later.at = x.stands.At.Start()
			x.stands = nil
			out = append(out, x)
			if i+1 < len(list) && !list[i+1].at.After(later.at) {
				continue
			}
			x = later
		}
		out = append(out, x)
	}
	return out
}

// A fold of a timescale can go back to a day and go on from there, because what happens on a day
// depends only on what happened up to it: on that day it finds the duties that were open as they
// were. What does depend on later days says so (ofAnyDay), and is folded from the beginning.

// undoLog is what a fold that goes on keeps of the days that it has folded.
type undoLog struct {
	today  calendar.Date // that is being folded
	keeps  bool          // else nothing is kept
	saved  []savedDuty   // in the order of the days
	looked map[int]bool  // the places of the types at which it looked, and whether on whatever day
	// openAnyDay says that it asked whether its period is open on whatever day.
	openAnyDay bool
	touched    []*openDuty // that were opened, changed or taken back since they were last asked for
}

// savedDuty is a duty as it was when a day began on which it was changed.
type savedDuty struct {
	day  calendar.Date
	duty *openDuty
	was  openDuty
}

// lifetime is what a duty knows of the trail.
type lifetime struct {
	place     int           // among the duties that the timescale opened
	openedOn  calendar.Date // the day of the fold
	changedOn calendar.Date // the last one
}

// newDuty returns room for a duty that opens today.
func (f *ruleFold) newDuty() *openDuty {
	d := f.pool.newDuty()
	d.lifetime = lifetime{place: len(f.duties), openedOn: f.today, changedOn: f.today}
	if f.keeps {
		f.touched = append(f.touched, d)
	}
	return d
}

// saveBefore keeps a duty as it is before it is changed. Whatever changes a duty calls it first.
func (f *ruleFold) saveBefore(d *openDuty) {
	if !f.keeps || d.changedOn == f.today {
		return
	}
	was := *d
	was.Pauses = slices.Clone(d.Pauses) // the last is changed in its place
	f.saved = append(f.saved, savedDuty{f.today, d, was})
	f.touched = append(f.touched, d)
	d.changedOn = f.today
}

// rewind takes back what was folded of the days from one on.
func (f *ruleFold) rewind(day calendar.Date) {
	last := len(f.saved)
	for ; last > 0 && f.saved[last-1].day >= day; last-- {
		x := &f.saved[last-1]
		*x.duty = x.was
		f.touched = append(f.touched, x.duty)
		f.running = append(f.running, x.duty)
	}
	clear(f.saved[last:])
	f.saved = f.saved[:last]
	count := len(f.duties)
	for ; count > 0 && f.duties[count-1].openedOn >= day; count-- {
		f.touched = append(f.touched, f.duties[count-1])
	}
	f.opened -= len(f.duties) - count
	clear(f.duties[count:])
	f.duties = f.duties[:count]
	slices.SortFunc(f.running, func(x, y *openDuty) int { return cmp.Compare(x.place, y.place) })
	f.running = slices.DeleteFunc(slices.Compact(f.running), func(d *openDuty) bool { return !f.stillOpened(d) || !d.Open() })
}

// stillOpened reports whether a duty still is one that the timescale opened.
func (f *ruleFold) stillOpened(d *openDuty) bool {
	return d.place < len(f.duties) && f.duties[d.place] == d
}

// eventsOfType returns the events of a type up to today, in order.
func (f *ruleFold) eventsOfType(name string) []*entry {
	f.noteLooked(name, false)
	return f.timeline.eventsOfType(name)
}

// eventsOfAnyDay returns those of whatever day.
func (f *ruleFold) eventsOfAnyDay(name string) []*entry {
	f.noteLooked(name, true)
	return f.timeline.eventsOfType(name)
}

func (f *ruleFold) noteLooked(name string, onAnyDay bool) {
	if !f.keeps {
		return
	}
	kind := f.book.types[name]
	if kind == nil {
		return
	}
	if f.looked == nil {
		f.looked = map[int]bool{}
	}
	f.looked[kind.place] = f.looked[kind.place] || onAnyDay
}

// changesOn notes a day on which a duty of the timescale changes though nothing is recorded.
func (f *ruleFold) changesOn(day calendar.Date) { f.stable.changesOn(day, f.asOf) }

// dutyLog is how each duty of a case stood since when, by its id, with what was known then.
type dutyLog map[string]*dutyPast

// dutyPast is how one duty stood.
type dutyPast struct {
	list []dutySince
	// owedChanges are the instants at which it came to be owed, or not to be, as far as that did not come
	// with time alone.
	owedChanges []time.Time
}

type dutySince struct {
	since time.Time
	duty  *Duty // nil if there was none
}

// add takes note of a duty as it stands from an instant on; nil if there is none. It reports
// whether the duty stood otherwise before.
func (l dutyLog) add(id string, t time.Time, d *Duty) bool {
	past := l[id]
	if past == nil {
		if d == nil {
			return false
		}
		past = &dutyPast{}
		l[id] = past
	}
	before := past.last()
	if d == nil && before == nil || d != nil && before != nil && d.equal(before) {
		return false
	}
	if d != nil {
		d = d.snapshot()
	}
	past.list = append(past.list, dutySince{t, d})
	if !owedAlike(before, d) {
		past.owedChanges = append(past.owedChanges, t)
	}
	return true
}

// snapshot returns a copy of a duty that the fold changes no more.
func (d *Duty) snapshot() *Duty {
	is := *d
	is.Moves, is.Extensions, is.Pauses = slices.Clone(d.Moves), slices.Clone(d.Extensions), slices.Clone(d.Pauses)
	return &is
}

// last returns how the duty stood last; nil if there was none.
func (p *dutyPast) last() *Duty {
	if len(p.list) == 0 {
		return nil
	}
	return p.list[len(p.list)-1].duty
}

// equal reports whether a duty stands as another of its id.
func (d *Duty) equal(other *Duty) bool {
	return d.Due == other.Due && d.DueAt.Equal(other.DueAt) && d.LocalDue == other.LocalDue && d.Started == other.Started &&
		d.Met == other.Met && d.MetInferred == other.MetInferred && d.MetOn == other.MetOn && d.MetBy == other.MetBy &&
		d.Ended == other.Ended && d.EndedOn == other.EndedOn && d.EndedBy == other.EndedBy &&
		d.WaitingFor == other.WaitingFor && d.DueBy == other.DueBy && d.Limit == other.Limit && d.Edition == other.Edition &&
		d.NotReported == other.NotReported && d.ReportedUntil == other.ReportedUntil && d.NotReportedWhy == other.NotReportedWhy &&
		slices.Equal(d.Extensions, other.Extensions) && slices.Equal(d.Pauses, other.Pauses)
}

// owedAlike reports whether a duty is owed whenever another of its id is; each may be none.
func owedAlike(x, y *Duty) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.Open() == y.Open() && x.paused() == y.paused() && x.NotReported == y.NotReported &&
		x.ReportedUntil.IsZero() && y.ReportedUntil.IsZero() && x.EndedBy != byBirthday && y.EndedBy != byBirthday
}

// at returns how a duty stood at an instant; nil if there was none.
func (l dutyLog) at(id string, t time.Time) *Duty {
	past := l[id]
	if past == nil {
		return nil
	}
	if i := past.after(t); i > 0 {
		return past.list[i-1].duty
	}
	return nil
}

// after returns the place of the first of them that is later than an instant.
func (p *dutyPast) after(t time.Time) int {
	return sort.Search(len(p.list), func(i int) bool { return p.list[i].since.After(t) })
}

// hadDue reports whether a duty had the date that it has now at an instant.
func (l dutyLog) hadDue(d *Duty, t time.Time) bool {
	then := l.at(d.ID, t)
	return then != nil && then.Due == d.Due
}

// firstHadDue returns the first instant after one and up to another at which a duty came to have the date
// that it has now; zero if it did not.
func (l dutyLog) firstHadDue(d *Duty, after, t time.Time) time.Time {
	past := l[d.ID]
	if past == nil {
		return time.Time{}
	}
	for _, x := range past.list[past.after(after):] {
		switch {
		case x.since.After(t):
			return time.Time{}
		case x.duty != nil && x.duty.Due == d.Due:
			return x.since
		}
	}
	return time.Time{}
}

// owedChanges returns the instants after one and up to another at which a duty came to be owed, or not to be.
func (l dutyLog) owedChanges(id string, after, t time.Time) []time.Time {
	past := l[id]
	if past == nil {
		return nil
	}
	place := func(t time.Time) int {
		return sort.Search(len(past.owedChanges), func(i int) bool { return past.owedChanges[i].After(t) })
	}
	return past.owedChanges[place(after):max(place(after), place(t))]
}
