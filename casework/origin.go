package casework

import (
	"cmp"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// origin is where a ladder is counted from when that is not the due date.
type origin struct {
	moved bool
	day   calendar.Date // its rung 0
	known time.Time     // when the date became known, or the duty was owed again
	again bool          // it is owed again
	// inTurn says that what had come due by then goes one role after the other, the lowest first;
	// else all of it is passed but the highest, which goes on that day.
	inTurn bool
}

// backlogDays is how many working days after a council's first load the ladders of what
// was already overdue start (rules.md, section 6).
const backlogDays = 5

// originOf returns where a duty's ladder is counted from at an instant. A duty limited in
// days whose due date became known only after 09:00 of that date is counted from the first
// 09:00 of a working day at or after that; one that a first load found overdue, from five
// working days later. One that is owed again after its date is counted from when it came to be so.
func (r *ladderRun) originOf(d *Duty, t time.Time) origin {
	o, from := r.originOfDate(d, t), d.Started.Start()
	switch {
	case !d.Due.IsZero():
		from = morning(d.Due)
	case !d.DueAt.IsZero():
		from = d.DueAt
	}
	if !t.After(from) {
		return o
	}
	again := r.owedAgain(d, from, t)
	if again.IsZero() {
		return o
	}
	next := origin{moved: true, day: r.dayFrom(d, again), known: again, again: true, inTurn: true}
	if o.moved && o.day > next.day { // a first load's ladders do not begin before their day
		next.day = o.day
	}
	return next
}

// dayFrom returns the day from which the ladder of what became known, or was owed again, at an instant is
// counted. A limit in hours has rungs before its 0, which go at once.
func (r *ladderRun) dayFrom(d *Duty, known time.Time) calendar.Date {
	first := r.book.morningFrom(known)
	if d.inHours() {
		first = r.book.morningAfter(known)
	}
	day := calendar.DateOf(first)
	if due := d.DueDay(); !due.IsZero() && due < calendar.DateOf(known) && r.backlog().at[known.UnixNano()] {
		day = r.book.calendar.AddWorkingDays(day, backlogDays)
	}
	return day
}

// originOfDate goes by when the date became known.
func (r *ladderRun) originOfDate(d *Duty, t time.Time) origin {
	if d.Due.IsZero() {
		return r.originOfBacklog(d)
	}
	due := morning(d.Due)
	if !t.After(due) || r.dateWasKnown(d, due, t) || r.hadDue(d, due, t) {
		return origin{}
	}
	learned := r.learnedDue(d, due, t)
	if learned.IsZero() {
		return origin{}
	}
	return origin{moved: true, day: r.dayFrom(d, learned), known: learned, inTurn: true}
}

// originOfBacklog returns for drift alarms and limits in hours: what had come due when a first
// load brought the duty waits for five working days.
func (r *ladderRun) originOfBacklog(d *Duty) origin {
	for _, e := range r.backlog().byID[d.Entry] {
		if !d.DueAt.IsZero() && !e.Recorded.After(d.DueAt) {
			continue
		}
		day := r.book.calendar.AddWorkingDays(calendar.DateOf(r.book.morningFrom(e.Recorded)), backlogDays)
		return origin{moved: true, day: day, known: e.Recorded}
	}
	return origin{}
}

// backlogLoads are the events that first loads of a council's history brought.
type backlogLoads struct {
	byID map[string][]*Event
	at   map[int64]bool // the instants at which they were recorded, in nanoseconds
}

// backlog finds them once.
func (r *ladderRun) backlog() *backlogLoads {
	if r.backlogEvents == nil {
		r.backlogEvents = &backlogLoads{byID: map[string][]*Event{}, at: map[int64]bool{}}
		for i := range r.events {
			if e := &r.events[i]; e.Backlog {
				r.backlogEvents.byID[e.ID] = append(r.backlogEvents.byID[e.ID], e)
				r.backlogEvents.at[e.Recorded.UnixNano()] = true
			}
		}
	}
	return r.backlogEvents
}

// learnedDue returns the first of the instants after an instant, at which a duty's date was not known,
// and up to another at which it was; zero if there is none. Only where something that was
// recorded may have changed the date is the case folded again: what is recorded of days after a
// duty's start, which is nearly everything, says nothing about it.
func (r *ladderRun) learnedDue(d *Duty, after, t time.Time) time.Time {
	instants := r.dateChanges(d, after, t)
	if past := r.logFor(d.Ref); past != nil {
		return r.learnedFrom(past, d, instants)
	}
	before := after
	for _, at := range instants {
		if r.surelyKnown(d, at, t) || r.mayChange(d, before, at) && r.hadDue(d, at, t) {
			return at
		}
		before = at
	}
	return time.Time{}
}

// learnedFrom returns the first of the instants at which a duty had its date, or somebody was told it; the
// last where none is known to be.
func (r *ladderRun) learnedFrom(past dutyLog, d *Duty, instants []time.Time) time.Time {
	if len(instants) == 0 {
		return time.Time{}
	}
	last := instants[len(instants)-1]
	first := past.firstHadDue(d, instants[0].Add(-time.Nanosecond), last)
	for _, at := range r.notices.about(d.ID).instantsNaming(d.DueText()) {
		if _, isChange := slices.BinarySearchFunc(instants, at, time.Time.Compare); isChange && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return cmp.Or(first, last)
}

// dateChanges returns the instants after one and up to another at which a duty's date may have become
// known: when something was recorded, and when the duty took a new edition.
func (r *ladderRun) dateChanges(d *Duty, after, t time.Time) []time.Time {
	list := r.learned[r.countLearned(after):r.countLearned(t)]
	if moved := d.takenOverOn().Start(); moved.After(after) && !moved.After(t) {
		list = append(slices.Clip(list), moved)
		slices.SortFunc(list, time.Time.Compare)
	}
	return list
}

// dateWasKnown says, where no fold is needed for it, that a duty which has its date at an instant
// had it with what was known at an earlier one: nothing in between can have given it that.
func (r *ladderRun) dateWasKnown(d *Duty, earlier, t time.Time) bool {
	if r.surelyKnown(d, earlier, t) {
		return true
	}
	if past := r.logFor(d.Ref); past != nil {
		return past.hadDue(d, earlier)
	}
	before := earlier
	for _, at := range r.dateChanges(d, earlier, t) {
		if r.mayChange(d, before, at) {
			return false
		}
		before = at
	}
	return !r.mayChange(d, before, t)
}

// surelyKnown reports whether a date was known at an instant because nothing was recorded since, or
// because somebody was told it then.
func (r *ladderRun) surelyKnown(d *Duty, earlier, t time.Time) bool {
	same := r.countLearned(earlier) == r.countLearned(t) && d.takenOverOn() <= calendar.DateOf(earlier)
	return same || r.notices.about(d.ID).namedAt(earlier, d.DueText())
}

// mayChange reports whether a duty's date may be another at an instant than at an earlier one, from
// which on nothing was recorded but at that instant. It may where another law was in force,
// where an edition took over, and where what was recorded then reaches back to the duty's start
// (or says anything at all, where the timescale looks at what comes after that).
func (r *ladderRun) mayChange(d *Duty, before, at time.Time) bool {
	if r.book.inForce(before) != r.book || r.book.inForce(at) != r.book {
		return true
	}
	rule := r.book.byRef[d.Ref]
	if rule == nil || slices.ContainsFunc(rule.Editions, func(e timescale.Edition) bool {
		return e.Moves && calendar.DateOf(before) < e.From && e.From <= calendar.DateOf(at)
	}) {
		return true
	}
	k, recorded := slices.BinarySearchFunc(r.learned, at, time.Time.Compare)
	if !recorded || r.countLearned(before) == k+1 {
		return false
	}
	reach := r.reaches()
	return rule.looksAhead || reach.back[k] <= max(d.Started.Day, reach.latest[d.Entry])
}

// hadDue reports whether a duty had the date that it has at an instant with what was known at an
// earlier one.
func (r *ladderRun) hadDue(d *Duty, earlier, t time.Time) bool {
	if past := r.logFor(d.Ref); past != nil {
		return past.hadDue(d, earlier)
	}
	kept := r.duesAt(d.Ref, earlier, t)
	return kept != nil && kept.due[d.ID] == d.Due
}

// duesAt returns the dates of a timescale's duties with what was known at an instant, seen from the same
// or a later one; nil if the law of then does not know it.
func (r *ladderRun) duesAt(ref string, known, later time.Time) *duesThen {
	law := r.book.inForce(known)
	rule := law.byRef[ref]
	if rule == nil {
		return nil
	}
	key := duesKey{rule: rule, known: r.countLearned(known)}
	kept := r.dues[key]
	if kept == nil || !kept.validAt(known) {
		if len(r.dues) >= keptDues {
			clear(r.dues)
		}
		kept = law.duesOf(rule, r.events, known, later)
		r.folds++
		r.dues[key] = kept
	}
	return kept
}

// keptDues bounds how many folds of single timescales are kept at one time.
const keptDues = 512

// duesKey names the fold of one timescale, by how many of the instants had passed.
type duesKey struct {
	rule  *rule
	known int
}

// duesThen are the due dates of one timescale's duties, as far as something was known.
type duesThen struct {
	stableDays
	asOf time.Time                // zero if a day alone can change a date
	due  map[string]calendar.Date // of every duty; zero if it has none
	open map[string]*Duty         // those that were open, or ended by the birthday: these as before it
}

// validAt reports whether the dates are those of an instant too at which the same was known.
func (x *duesThen) validAt(t time.Time) bool {
	if x.asOf.IsZero() {
		return x.includes(t)
	}
	return !t.After(x.asOf)
}

// duesOf folds a case for one timescale with what was known at an instant. Where no day alone
// can change a date that has come, it looks from a later instant: so one fold serves every date
// in between.
func (b *Book) duesOf(rule *rule, events []Event, knownAt, later time.Time) *duesThen {
	m := Moment{AsOf: later, KnownAt: knownAt}
	if rule.turnsAlone {
		m = At(knownAt)
	}
	t := b.timelineOf(events, m)
	t.pool = dutyPools.Get().(*dutyPool) //nolint:forcetypeassert // nothing else is put there
	defer t.pool.release()
	t.changesOn(t.birthday)
	f := &ruleFold{timeline: t, rule: rule}
	f.run()
	t.stable.intersect(f.stable)
	found := &duesThen{stableDays: t.stable, due: make(map[string]calendar.Date, len(f.duties)), open: map[string]*Duty{}}
	if !rule.turnsAlone {
		found.asOf = later
	}
	covered := t.findCoverage(&Plan{})
	for _, d := range f.duties {
		found.due[d.ID] = d.Due
		if d.Open() || d.EndedBy == byBirthday {
			open := d.Duty
			open.Ended = false
			t.findUnreported(&open, covered)
			found.open[d.ID] = &open
		}
	}
	return found
}

// recordedReach is how far back in a case what is recorded speaks.
type recordedReach struct {
	back   []calendar.Date          // by the instants: the earliest day of which anything recorded then speaks; 0: it concerns all
	latest map[string]calendar.Date // by entry: the latest day on which it was ever said to have happened
}

// reaches works out once how far back each recording reaches. What belongs to one entry reaches
// as far as any of it: a correction changes both the day that it names and the day that it
// replaces. A birth, and a new law, concern everything.
func (r *ladderRun) reaches() *recordedReach {
	if r.back != nil {
		return r.back
	}
	chains := chainsOf(r.events)
	from, latest := map[*Event]calendar.Date{}, map[string]calendar.Date{}
	for i := range r.events {
		e := &r.events[i]
		day := cmp.Or(e.At.Day, calendar.Date(lastOfAll))
		first := chains.first(i)
		if e.Type == typeBorn || first == nil {
			day = 0
		}
		root := cmp.Or(first, e)
		if have, ok := from[root]; !ok || day < have {
			from[root] = day
		}
		latest[root.ID] = max(latest[root.ID], e.At.Day)
	}
	back := make([]calendar.Date, len(r.learned))
	for k := range back {
		back[k] = lastOfAll
	}
	for i := range r.events {
		k := r.countLearned(r.events[i].Recorded) - 1
		back[k] = min(back[k], from[cmp.Or(chains.first(i), &r.events[i])])
	}
	r.back = &recordedReach{back: back, latest: latest}
	return r.back
}

// lastOfAll is later than every date.
const lastOfAll = 1 << 30

// A duty is owed again where a later record took back what had met or ended it: a void, a
// correction, a closing that instants out to have been that of another episode, a source that reports
// after all. Whoever should have acted was right to take it for done. So its ladder is counted from
// when that record was made, whoever had been told what before (rules.md, section 6).
//
// It is owed again only where somebody could have seen that it was not owed: at a 09:00 at which its
// ladder would have been climbed, or, of a limit in hours, at any time. A visit that is recorded at
// noon and voided at one puts off no alarm.

// owedAgain returns the instant at which a duty that is owed at an instant came to be owed again, last and
// after another instant; zero if it was owed whenever its ladder could be climbed since.
func (r *ladderRun) owedAgain(d *Duty, after, t time.Time) time.Time {
	instants := r.mayReopen(d, after, t)
	for i := len(instants) - 1; i >= 0; i-- {
		look := r.lookBefore(d, instants[i])
		if look.Before(after) {
			look = after
		}
		if r.owedThen(d, look, t) || !r.wasThere(d, after, look, t) {
			continue
		}
		for i > 0 && instants[i-1].After(look) {
			i--
		}
		for _, at := range instants[i:] {
			if r.owedThen(d, at, t) {
				return at
			}
		}
	}
	return time.Time{}
}

// lookBefore returns the last instant before another at which a duty's ladder may have been climbed.
func (r *ladderRun) lookBefore(d *Duty, t time.Time) time.Time {
	before := t.Add(-time.Nanosecond)
	if d.inHours() && d.Due.IsZero() {
		return before
	}
	return r.book.lastMorning(before)
}

// mayReopen returns the instants after one and up to another at which a duty that was not owed may have
// come to be so.
func (r *ladderRun) mayReopen(d *Duty, after, t time.Time) []time.Time {
	if past := r.logFor(d.Ref); past != nil {
		return past.owedChanges(d.ID, after, t)
	}
	rule := r.book.byRef[d.Ref]
	return slices.DeleteFunc(slices.Clone(r.dateChanges(d, after, t)), func(at time.Time) bool {
		k, recorded := slices.BinarySearchFunc(r.learned, at, time.Time.Compare)
		return recorded && rule != nil && r.book.inForce(at.Add(-time.Nanosecond)) == r.book && !r.reopens(rule, k)
	})
}

// owedThen reports whether a duty was owed at an instant with what was known then.
func (r *ladderRun) owedThen(d *Duty, at, t time.Time) bool {
	var then *Duty
	if past := r.logFor(d.Ref); past != nil {
		then = past.at(d.ID, at)
	} else if kept := r.duesAt(d.Ref, at, t); kept != nil {
		then = kept.open[d.ID]
	}
	return then != nil && (then.EndedBy != byBirthday || calendar.DateOf(at) < then.EndedOn) && hasLadder(then, at)
}

// wasThere reports whether a duty was known at one of two instants, so that it can have been met or
// ended: one that was not is no duty that is owed again.
func (r *ladderRun) wasThere(d *Duty, first, second, t time.Time) bool {
	if past := r.logFor(d.Ref); past != nil {
		return past.at(d.ID, first) != nil || past.at(d.ID, second) != nil
	}
	for _, at := range [...]time.Time{second, first} {
		if kept := r.duesAt(d.Ref, at, t); kept != nil {
			if _, there := kept.due[d.ID]; there {
				return true
			}
		}
	}
	return false
}

// reopens reports whether what was recorded at one of the instants may have reopened a duty of a
// timescale that was met or ended.
func (r *ladderRun) reopens(rule *rule, k int) bool {
	m := &r.reopening()[k]
	return m.all || len(m.places) > 0 && (rule.looksAhead || rule.asksMore) ||
		slices.ContainsFunc(m.places, func(place int) bool { return rule.concerns[place] })
}

// reopening is what may have reopened duties: all of them, or those of the timescales that look at
// some types of events.
type reopening struct {
	all    bool
	places []int // of the types
}

// reopening works out once what may have reopened a duty at each of the instants. Whatever is
// recorded may have: also an event that is later than all that was known can show that a duty is owed.
func (r *ladderRun) reopening() []reopening {
	if r.reopened != nil {
		return r.reopened
	}
	marks := make([]reopening, len(r.learned))
	chains := chainsOf(r.events)
	entries := chains.reopening(r.book)
	for i := range r.events {
		first := chains.links[i].first
		if first < 0 {
			continue
		}
		of, m := &entries[first], &marks[r.countLearned(r.events[i].Recorded)-1]
		m.all = m.all || of.all
		m.places = append(m.places, of.places...)
	}
	r.reopened = marks
	return marks
}

// reopening returns what the events of each entry, as they ever were, may reopen, by the place of its first event.
func (c *chains) reopening(b *Book) []reopening {
	list := make([]reopening, len(c.events))
	places := make([]int, len(c.events)) // room for one of each entry
	turned := c.lastTurned(b)
	for i := range c.events {
		e := &c.events[i]
		first, kind := c.links[i].first, b.types[e.Type]
		if first < 0 || kind == nil {
			continue
		}
		of := &list[first]
		if of.places == nil {
			of.places = places[first : first : first+1]
		}
		of.all = of.all || kind.shows || kind.bounds || b.begins(e) ||
			e.Type == typeSource || e.Type == typeBorn || e.Type == typeResumed ||
			!kind.Marks && e.At.Day < turned
		if !slices.Contains(of.places, kind.place) {
			of.places = append(of.places, kind.place)
		}
	}
	return list
}

// lastTurned returns the last day on which a case was ever said both to end and to open; zero if there
// is none. Whatever was work on the case before such a day shows that it was open, so that its ending
// is taken first, and what opens on the day stays open.
func (c *chains) lastTurned(b *Book) calendar.Date {
	ended := map[calendar.Date]bool{}
	for i := range c.events {
		if kind := b.types[c.events[i].Type]; kind != nil && kind.endsCase {
			ended[c.events[i].At.Day] = true
		}
	}
	var last calendar.Date
	for i := range c.events {
		if kind := b.types[c.events[i].Type]; kind != nil && kind.opens && ended[c.events[i].At.Day] {
			last = max(last, c.events[i].At.Day)
		}
	}
	return last
}
