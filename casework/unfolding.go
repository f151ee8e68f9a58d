package casework

import (
	"cmp"
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

// news is what is known of one entry from an instant on.
type news struct {
	at     time.Time
	first  *Event // of the entry
	entry  *entry
	stands *Event // nil where it stands no more, or does not yet
	since  time.Time
	passed []Value // what stood before
}

// newsOf are the news of a case, in the order in which they came: what entries resolves at one
// instant, at every instant.
func newsOf(events []Event) []news {
	c := chainsOf(events)
	changes := c.changes(time.Time{})
	var list []news
	for i := range events {
		if !c.isFirst(i, time.Time{}) {
			continue
		}
		e := &events[i]
		n := &entry{id: e.ID, recorded: e.Recorded}
		begin := len(list)
		list = append(list, news{at: e.Recorded, first: e, entry: n, stands: e, since: e.Recorded})
		h := standingOf(e)
		c.replay(i, changes[i], func(x Revision) {
			h.take(x)
			if last := &list[len(list)-1]; x.Since.After(last.at) {
				list = append(list, news{at: x.Since, first: e, entry: n})
			}
			last := &list[len(list)-1]
			last.stands, last.since, last.passed = h.stands, h.since, slices.Clip(h.earlier)
		})
		list = append(list[:begin], happening(list[begin:])...)
	}
	slices.SortStableFunc(list, func(a, b news) int { return a.at.Compare(b.at) })
	return list
}

// happening leaves out what changes nothing, and puts off what was recorded before it happened.
func happening(list []news) []news {
	var out []news
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
// hangs only on what happened up to it: on that day it finds the duties that were open as they
// were. What does hang on later days says so (ofAnyDay), and is folded from the beginning.

// trail is what a fold that goes on keeps of the days that it has folded.
type trail struct {
	today  calendar.Date // that is being folded
	goesOn bool          // else nothing is kept
	back   []trod        // in the order of the days
	looked map[int]bool  // the places of the types at which it looked, and whether on whatever day
	// openAnyDay says that it asked whether its period is open on whatever day.
	openAnyDay bool
	trodOn     []*openDuty // that were opened, changed or taken back since they were last asked for
}

// trod is a duty as it was when a day began on which it was changed.
type trod struct {
	day  calendar.Date
	duty *openDuty
	was  openDuty
}

// trodden is what a duty knows of the trail.
type trodden struct {
	place     int           // among the duties that the timescale opened
	openedOn  calendar.Date // the day of the fold
	changedOn calendar.Date // the last one
}

// newDuty is room for a duty that opens today.
func (f *ruleFold) newDuty() *openDuty {
	d := f.room.duty()
	d.trodden = trodden{place: len(f.duties), openedOn: f.today, changedOn: f.today}
	if f.goesOn {
		f.trodOn = append(f.trodOn, d)
	}
	return d
}

// change keeps a duty as it is before it is changed. Whatever changes a duty calls it first.
func (f *ruleFold) change(d *openDuty) {
	if !f.goesOn || d.changedOn == f.today {
		return
	}
	was := *d
	was.Pauses = slices.Clone(d.Pauses) // the last is changed in its place
	f.back = append(f.back, trod{f.today, d, was})
	f.trodOn = append(f.trodOn, d)
	d.changedOn = f.today
}

// rewind takes back what was folded of the days from one on.
func (f *ruleFold) rewind(day calendar.Date) {
	last := len(f.back)
	for ; last > 0 && f.back[last-1].day >= day; last-- {
		x := &f.back[last-1]
		*x.duty = x.was
		f.trodOn = append(f.trodOn, x.duty)
		f.running = append(f.running, x.duty)
	}
	clear(f.back[last:])
	f.back = f.back[:last]
	count := len(f.duties)
	for ; count > 0 && f.duties[count-1].openedOn >= day; count-- {
		f.trodOn = append(f.trodOn, f.duties[count-1])
	}
	f.opened -= len(f.duties) - count
	clear(f.duties[count:])
	f.duties = f.duties[:count]
	slices.SortFunc(f.running, func(x, y *openDuty) int { return cmp.Compare(x.place, y.place) })
	f.running = slices.DeleteFunc(slices.Compact(f.running), func(d *openDuty) bool { return !f.has(d) || !d.Open() })
}

// has says whether a duty still is one that the timescale opened.
func (f *ruleFold) has(d *openDuty) bool { return d.place < len(f.duties) && f.duties[d.place] == d }

// of are the events of a type up to today, in order.
func (f *ruleFold) of(name string) []*entry {
	f.looksAt(name, false)
	return f.timeline.of(name)
}

// ofAnyDay are those of whatever day.
func (f *ruleFold) ofAnyDay(name string) []*entry {
	f.looksAt(name, true)
	return f.timeline.of(name)
}

func (f *ruleFold) looksAt(name string, onAnyDay bool) {
	kind := f.book.types[name]
	if !f.goesOn || kind == nil {
		return
	}
	if f.looked == nil {
		f.looked = map[int]bool{}
	}
	f.looked[kind.place] = f.looked[kind.place] || onAnyDay
}

// turn notes a day on which a duty of the timescale changes though nothing is recorded.
func (f *ruleFold) turn(day calendar.Date) { f.stands.turn(day, f.asOf) }

// dutyLog is how each duty of a case stood since when, by its id, with what was known then.
type dutyLog map[string]*dutyPast

// dutyPast is how one duty stood.
type dutyPast struct {
	list []dutySince
	// turns are the instants at which it came to be owed, or not to be, as far as that did not come
	// with time alone.
	turns []time.Time
}

type dutySince struct {
	since time.Time
	duty  *Duty // nil where there was none
}

// note takes note of a duty as it stands from an instant on; nil where there is none. It says
// whether it stood in another way before.
func (l dutyLog) note(id string, t time.Time, d *Duty) bool {
	past := l[id]
	if past == nil {
		if d == nil {
			return false
		}
		past = &dutyPast{}
		l[id] = past
	}
	before := past.last()
	if d == nil && before == nil || d != nil && before != nil && d.standsAs(before) {
		return false
	}
	if d != nil {
		d = d.kept()
	}
	past.list = append(past.list, dutySince{t, d})
	if !isOwedAs(before, d) {
		past.turns = append(past.turns, t)
	}
	return true
}

// kept is a copy of a duty that the fold changes no more.
func (d *Duty) kept() *Duty {
	is := *d
	is.Moves, is.Extensions, is.Pauses = slices.Clone(d.Moves), slices.Clone(d.Extensions), slices.Clone(d.Pauses)
	return &is
}

// last is how the duty stood last; nil where there was none.
func (p *dutyPast) last() *Duty {
	if len(p.list) == 0 {
		return nil
	}
	return p.list[len(p.list)-1].duty
}

// standsAs says whether a duty stands as another of its id.
func (d *Duty) standsAs(other *Duty) bool {
	return d.Due == other.Due && d.DueAt.Equal(other.DueAt) && d.LocalDue == other.LocalDue && d.Started == other.Started &&
		d.Met == other.Met && d.MetInferred == other.MetInferred && d.MetOn == other.MetOn && d.MetBy == other.MetBy &&
		d.Ended == other.Ended && d.EndedOn == other.EndedOn && d.EndedBy == other.EndedBy &&
		d.WaitingFor == other.WaitingFor && d.DueBy == other.DueBy && d.Limit == other.Limit && d.Edition == other.Edition &&
		d.NotReported == other.NotReported && d.ReportedUntil == other.ReportedUntil && d.NotReportedWhy == other.NotReportedWhy &&
		slices.Equal(d.Extensions, other.Extensions) && slices.Equal(d.Pauses, other.Pauses)
}

// isOwedAs says whether a duty is owed whenever another of its id is; each may be none.
func isOwedAs(x, y *Duty) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.Open() == y.Open() && x.paused() == y.paused() && x.NotReported == y.NotReported &&
		x.ReportedUntil.IsZero() && y.ReportedUntil.IsZero() && x.EndedBy != byBirthday && y.EndedBy != byBirthday
}

// at is how a duty stood at an instant; nil where there was none.
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

// after is the place of the first of them that is later than an instant.
func (p *dutyPast) after(t time.Time) int {
	return sort.Search(len(p.list), func(i int) bool { return p.list[i].since.After(t) })
}

// had says whether a duty had the date that it has now at an instant.
func (l dutyLog) had(d *Duty, t time.Time) bool {
	then := l.at(d.ID, t)
	return then != nil && then.Due == d.Due
}

// firstHad is the first instant after one and up to another at which a duty came to have the date
// that it has now; zero where it did not.
func (l dutyLog) firstHad(d *Duty, after, t time.Time) time.Time {
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

// turns are the instants after one and up to another at which a duty came to be owed, or not to be.
func (l dutyLog) turns(id string, after, t time.Time) []time.Time {
	past := l[id]
	if past == nil {
		return nil
	}
	place := func(t time.Time) int {
		return sort.Search(len(past.turns), func(i int) bool { return past.turns[i].After(t) })
	}
	return past.turns[place(after):max(place(after), place(t))]
}
