package casework

import (
	"slices"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// The events that end a case: one episode of it, where it carries one, and all of it.
const (
	typeClosed = "case.closed"
	typeDied   = "person.died"
)

// closing is what an event that ends the case closes.
type closing struct {
	whole   bool // everything; else what is of its episode
	unnamed bool // also what carries no episode, because no other one was open then
	// fault says why what it closes was not open; "" if it was.
	fault string
	// first and firstUnnamed say that on its day the ending of what had been open before is taken
	// first, because the case opens again after it: of its episode, and of what carries none.
	first, firstUnnamed bool
	// byInstant says that the instants give the order of what opens and closes the case on its day.
	byInstant bool
}

// closes reports whether an event ends what is of an episode, or carries none.
func (n *entry) closes(episode string) bool {
	c := n.closing
	return c != nil && (c.whole || episode == n.Episode || episode == "" && c.unnamed)
}

// closesFirst reports whether the ending of what was open before its day is taken first.
func (n *entry) closesFirst(episode string) bool {
	switch c := n.closing; {
	case c == nil:
		return false
	case !c.whole && episode == "":
		return c.firstUnnamed
	default:
		return c.first
	}
}

// isDeath reports whether the event is a death, which is taken last on its day: nothing opens again
// after it.
func (n *entry) isDeath() bool { return n.Type == typeDied }

// closesEpisode reports whether an event closes one episode only.
func closesEpisode(e *Event) bool { return e.Type == typeClosed && e.Episode != "" }

// caseState is what of a case is open, as its days are walked.
type caseState struct {
	book     *Book
	day      calendar.Date
	open     bool                // anything of the case
	worked   bool                // something of the day was work on it
	shut     bool                // something closed all that was open on the day
	episodes map[string]*episode // nil if no closing carries one
}

// episode is one of a case, as its days are walked.
type episode struct {
	begun   calendar.Date             // when what carries it first opened the case, a period or a timescale; zero: not since it was closed
	again   calendar.Date             // when it last did
	opened  calendar.Date             // when it last opened the case; zero: not since it was closed
	periods map[*period]calendar.Date // those that it opened and that have not ended, and when
	closed  calendar.Date             // when it was closed last
	by      []*entry                  // what began it
}

func (x *episode) isOpen() bool { return !x.opened.IsZero() || len(x.periods) > 0 }

// findClosings finds what each event that ends the case closes.
func (t *timeline) findClosings() {
	if !slices.ContainsFunc(t.book.pack.CaseEnds, func(name string) bool { return len(t.eventsOfType(name)) > 0 }) {
		return
	}
	s := &caseState{book: t.book}
	if slices.ContainsFunc(t.eventsOfType(typeClosed), func(n *entry) bool { return n.Episode != "" }) {
		s.episodes = map[string]*episode{}
	}
	for day, events := range byDay(t.all) {
		s.day = day
		s.takeDay(events)
	}
}

// takeDay takes one day: what begins, then what opens and closes the case, and a death last.
func (s *caseState) takeDay(events []*entry) {
	s.followPeriods(events)
	var turns, deaths []*entry
	s.worked, s.shut = false, false
	for _, n := range events {
		switch {
		case n.isDeath():
			deaths = append(deaths, n)
		case n.kind.endsCase, n.kind.opens:
			turns = append(turns, n)
		}
		s.worked = s.worked || !n.kind.Marks && !n.kind.endsCase
	}
	if known := s.inOrder(turns); known != nil {
		for i := range known {
			s.openAndClose(known[i : i+1])
		}
		findReopened(known)
	} else {
		s.openAndClose(turns)
	}
	s.open = s.open || s.worked && !s.shut
	for _, n := range deaths {
		n.closing = &closing{whole: true}
		s.closeAll(s.day + 1)
	}
}

// inOrder returns what opens and closes the case on a day, in the order of their instants; nil if
// the day is taken whatever the hour: one of them is known by its day alone, or something opens
// the case again while what closes later on the day was open before it. Then the hour is that at
// which the old work was closed in the system, and must not take the new with it.
func (s *caseState) inOrder(turns []*entry) []*entry {
	if slices.ContainsFunc(turns, func(n *entry) bool { return n.At.DayOnly() }) {
		return nil
	}
	ordered := slices.Clone(turns)
	slices.SortStableFunc(ordered, func(x, y *entry) int { return x.At.Instant.Compare(y.At.Instant) })
	for _, n := range ordered {
		if !n.kind.endsCase {
			continue
		}
		for _, o := range ordered {
			if o.kind.endsCase || !mayReopen(o, n) {
				continue
			}
			if o.At.Instant.Equal(n.At.Instant) {
				return nil
			}
			if s.wasOpen(n) && !slices.ContainsFunc(ordered, func(x *entry) bool {
				return x.kind.endsCase && mayReopen(o, x) && x.At.Instant.Before(o.At.Instant)
			}) {
				return nil
			}
		}
	}
	return ordered
}

// mayReopen reports whether an opening can be that of what an event closes.
func mayReopen(o, n *entry) bool { return !closesEpisode(n.Event) || sameEpisode(o, n) }

// openAndClose takes what opens and closes the case at one time. Where something that was open before
// closes and the case opens again, the closing is taken first.
func (s *caseState) openAndClose(turns []*entry) {
	openers := slices.DeleteFunc(slices.Clone(turns), func(n *entry) bool { return n.kind.endsCase })
	var rest []*entry
	for _, n := range turns {
		if !n.kind.endsCase {
			continue
		}
		n.closing = &closing{whole: !closesEpisode(n.Event)}
		if len(openers) == 0 || !s.wasOpen(n) {
			rest = append(rest, n)
			continue
		}
		n.closing.firstUnnamed = true
		n.closing.first = n.closing.whole || slices.ContainsFunc(openers, func(o *entry) bool { return o.Episode == n.Episode })
		if n.closing.first {
			s.close(n, s.day)
		} else {
			s.close(n, s.day+1)
		}
	}
	for _, o := range openers {
		s.begin(o)
	}
	s.open = s.open || len(openers) > 0
	for _, n := range rest {
		s.close(n, s.day+1)
	}
}

// wasOpen reports whether what an event closes was open before its day.
func (s *caseState) wasOpen(n *entry) bool {
	if !closesEpisode(n.Event) {
		return s.open
	}
	x := s.episodes[n.Episode]
	return x != nil && (!x.opened.IsZero() || !x.begun.IsZero() && x.begun < s.day)
}

// close closes what an event closes, as far as that began before a day.
func (s *caseState) close(n *entry, before calendar.Date) {
	c := n.closing
	if c.whole {
		if !s.open && !s.worked {
			c.fault = "nothing of the case was open"
		}
		n.used = c.fault == ""
		s.closeAll(before)
		return
	}
	x := s.episodes[n.Episode]
	switch {
	case x == nil:
		c.fault = "no referral or plan with the id " + n.Episode + " had been opened"
		return
	case x.begun.IsZero():
		c.fault = n.Episode + " had been closed already, on " + english.Day(x.closed)
		return
	}
	n.used, c.unnamed = true, true
	markUsed(x.by)
	for name, other := range s.episodes {
		if name != n.Episode && other.isOpen() {
			markUsed(other.by)
			c.unnamed = false
		}
	}
	x.end(s.day, before)
	if c.unnamed {
		s.open, s.shut = false, true
	}
}

func (s *caseState) closeAll(before calendar.Date) {
	for _, x := range s.episodes {
		x.end(s.day, before)
	}
	s.open, s.shut = false, true
}

// end ends an episode on a day, but for what began on another or later.
func (x *episode) end(day, before calendar.Date) {
	if !x.begun.IsZero() {
		x.closed = day
	}
	x.begun = x.again
	if x.again < before {
		x.begun = 0
	}
	if x.opened < before {
		x.opened = 0
	}
	for p, opened := range x.periods {
		if opened < before {
			delete(x.periods, p)
		}
	}
}

// begin takes what opens the case.
func (s *caseState) begin(n *entry) {
	if x := s.episodeOf(n); x != nil {
		x.opened = s.day
		x.begin(n, s.day)
	}
}

func (x *episode) begin(n *entry, day calendar.Date) {
	if x.begun.IsZero() {
		x.begun = day
	}
	x.again, x.by = day, append(x.by, n)
}

// markUsed marks what opened an episode as something that a closing depended on.
func markUsed(by []*entry) {
	for _, n := range by {
		n.used = true
	}
}

// episodeOf returns the episode that an event carries; nil if it carries none, or none matters.
func (s *caseState) episodeOf(n *entry) *episode {
	if s.episodes == nil || n.Episode == "" {
		return nil
	}
	x := s.episodes[n.Episode]
	if x == nil {
		x = &episode{periods: map[*period]calendar.Date{}}
		s.episodes[n.Episode] = x
	}
	return x
}

// followPeriods follows which periods the episodes hold open: those that were open before the day end
// before others open on it, as in the day of a period.
func (s *caseState) followPeriods(events []*entry) {
	if s.episodes == nil {
		return
	}
	held := map[*episode]int{}
	for _, x := range s.episodes {
		held[x] = len(x.periods)
	}
	for _, n := range events {
		s.endPeriods(n, func(*episode) bool { return true })
	}
	for _, n := range events {
		s.openPeriods(n)
	}
	for _, n := range events {
		s.endPeriods(n, func(x *episode) bool { return held[x] == 0 })
	}
}

func (s *caseState) openPeriods(n *entry) {
	if n.Episode == "" || !s.book.begins(n.Event) {
		return
	}
	x := s.episodeOf(n)
	x.begin(n, s.day)
	for _, p := range s.book.periods {
		if !opensPeriod(p.Period, n.Event) {
			continue
		}
		if p.Replaces {
			for _, other := range s.episodes {
				delete(other.periods, p)
			}
		}
		x.periods[p] = s.day
	}
}

// endPeriods takes the end of periods, and of those that end with them, of some episodes.
func (s *caseState) endPeriods(n *entry, of func(*episode) bool) {
	for _, p := range s.book.periods {
		if !endsPeriod(p.Period, n.Event) {
			continue
		}
		for name, x := range s.episodes {
			if of(x) && (n.Episode == "" || n.Episode == name || p.EndsAll) {
				x.endPeriod(p)
			}
		}
	}
}

func (x *episode) endPeriod(p *period) {
	delete(x.periods, p)
	for with := range x.periods {
		if with.EndsWith == p.Name {
			x.endPeriod(with)
		}
	}
}

// begins reports whether an event begins the episode that it carries: it opens the case, a period,
// or a timescale without one that it does not also meet.
func (b *Book) begins(e *Event) bool {
	kind := b.types[e.Type]
	if kind == nil || !kind.begins {
		return false
	}
	return kind.opens || slices.ContainsFunc(b.periods, func(p *period) bool { return opensPeriod(p.Period, e) }) ||
		slices.ContainsFunc(kind.alone, func(r *rule) bool { return r.startsWith(e) })
}

// startsWith reports whether an event starts a timescale by itself.
func (r *rule) startsWith(e *Event) bool {
	for i := range r.Starts {
		s := &r.Starts[i]
		inForce := e.At.Day >= s.From && (s.Until.IsZero() || e.At.Day < s.Until) && r.EditionOn(e.At.Day) != nil
		if inForce && !s.PeriodOpens && s.OrBefore == nil && matches(&s.Match, e) {
			return true
		}
	}
	return false
}

// findReopened marks the closings of a day, in its order, after which the case opens again on it.
func findReopened(ordered []*entry) {
	for i, n := range ordered {
		if n.closing == nil {
			continue
		}
		n.closing.byInstant = true
		for _, o := range ordered[i+1:] {
			if o.kind.opens {
				n.closing.firstUnnamed = true
				n.closing.first = n.closing.first || n.closing.whole || o.Episode == n.Episode
			}
		}
	}
}

// goesFirst reports whether an event closes something before all else of its day, whatever the hour.
func (n *entry) goesFirst() bool {
	c := n.closing
	return c != nil && !c.byInstant && (c.first || c.firstUnnamed)
}

// byBirthday stands in EndedBy for the child's 18th birthday.
const byBirthday = "birthday"

// takeFirst takes the endings of what was open before the day, where it ends and opens
// again on it, and returns the events that it took: they are used up. One that also meets
// the timescale (proceedings are concluded, and issued again that day) meets first.
func (f *ruleFold) takeFirst(day calendar.Date, events []*entry) []*entry {
	var taken []*entry
	for _, n := range events {
		if n.closing != nil && (!f.rule.inHours || n.At.DayOnly()) {
			f.endWhere(n, day, func(d *openDuty) bool { return d.Started.Day < day && n.closesFirst(d.Episode) })
		}
		if !f.takenFirst(n, day, events) {
			continue
		}
		taken = append(taken, n)
		if f.meets(n) {
			f.meetThrough(n, day.AddDays(-1))
		}
		if f.ends(n) {
			f.endWhere(n, day, func(d *openDuty) bool { return d.Started.Day < day })
		}
	}
	f.endWithSpans(day, true)
	return taken
}

// ends reports whether an event ends duties of the timescale by itself; the end of its own
// period does so through the span.
func (f *ruleFold) ends(n *entry) bool {
	return n.closing != nil || matchesAny(f.rule.EndedBy, n.Event) || f.endsWithEvent(n.Event)
}

// endsWithEvent reports whether an event ends one of the periods whose end ends the duty.
func (f *ruleFold) endsWithEvent(e *Event) bool { return matchesAny(f.rule.endEvents, e) }

// takenFirst reports whether something that the event ends was open before the day and opens
// again on it: a period that the duty ends with, or a duty of the timescale.
func (f *ruleFold) takenFirst(n *entry, day calendar.Date, events []*entry) bool {
	switch {
	case n.isDeath(), f.rule.inHours && !n.At.DayOnly(): // the last, and by its instant
		return false
	case f.periodReopens(n, day):
		return true
	case f.rule.Period != "" || len(f.running) == 0 || !f.ends(n):
		return false
	}
	return slices.ContainsFunc(f.running, func(d *openDuty) bool {
		return d.Open() && d.Started.Day < day && f.touchedByEnd(n, d)
	}) && slices.ContainsFunc(events, func(o *entry) bool { return f.onlyStarts(o) && mayEnd(n, o) })
}

// mayEnd reports whether an ending can touch what an event of its day starts.
func mayEnd(n, start *entry) bool {
	return n.closes(start.Episode) || n.closing == nil && sameEpisode(n, start)
}

func (f *ruleFold) periodReopens(n *entry, day calendar.Date) bool {
	return slices.ContainsFunc(f.endsWith, func(s *span) bool { return s.ender == n && s.ended == day && s.endsFirst })
}

// touchedByEnd reports whether an ending touches a duty. What ends the case touches one that has a
// period through that, whatever episode the event carried that started it.
func (f *ruleFold) touchedByEnd(n *entry, d *openDuty) bool {
	switch {
	case n.closing != nil && d.span != nil:
		return d.span.ender == n
	case n.closing != nil:
		return n.closes(d.Episode)
	default:
		return f.endsAll(n) || touches(n.Episode, &d.Duty)
	}
}

// endsAll reports whether the event ends a period whatever the episode (the end of care).
func (f *ruleFold) endsAll(n *entry) bool {
	for _, name := range f.rule.EndsWith {
		if p := f.book.pack.Period(name); p != nil && p.EndsAll && endsPeriod(p, n.Event) {
			return true
		}
	}
	return false
}

// end takes an ending after everything else of the day, or of the part of it that the instants
// give: what started on the day came after a closing that is taken first.
func (f *ruleFold) end(n *entry, day calendar.Date) {
	f.endWhere(n, day, func(d *openDuty) bool {
		return f.byInstants || d.Started.Day < day || !n.closesFirst(d.Episode)
	})
}

func (f *ruleFold) endWhere(n *entry, day calendar.Date, which func(*openDuty) bool) {
	for _, d := range f.running {
		if d.Open() && d.Started.Day <= day && f.touchedByEnd(n, d) && which(d) {
			f.endBy(d, n, day)
		}
	}
}

func (f *ruleFold) endBy(d *openDuty, n *entry, day calendar.Date) {
	f.saveBefore(d)
	at := n.At
	if at.Start().Before(d.Started.Start()) { // of the same day: a death, by which all of it ends
		at = d.Started
	}
	f.runOn(d, at)
	d.Ended, d.EndedOn, d.EndedAt, d.EndedBy = true, day, at.Instant, n.id
	n.used = true
}

// endWithSpans ends the duties whose period ended on the day: first, those opened before
// it where the ending is taken first; else whatever is left.
func (f *ruleFold) endWithSpans(day calendar.Date, first bool) {
	for _, d := range f.running {
		if !d.Open() || d.span == nil || d.span.open() || d.span.ended != day {
			continue
		}
		if !first || d.span.endsFirst && d.Started.Day < day {
			f.endBy(d, d.span.ender, day)
		}
	}
}

// endsAtAdulthood reports whether the 18th birthday ends the timescale's duties: those limited
// in days, in every pathway but LeavingCare, where the birth is known.
func (f *ruleFold) endsAtAdulthood() bool {
	return !f.birthday.IsZero() && f.rule.Pathway != timescale.LeavingCare && !f.rule.inHours
}

func (f *ruleFold) endAtBirthday(day calendar.Date) {
	for _, d := range f.running {
		if d.Open() && d.Started.Day <= day {
			f.saveBefore(d)
			f.runOn(d, OnDay(day))
			d.Ended, d.EndedOn, d.EndedBy = true, day, byBirthday
		}
	}
}

// meets reports whether an event is one that meets the timescale's duties. Every step of a day
// asks it, so the entry keeps the answer for the timescale that asked last.
func (f *ruleFold) meets(n *entry) bool {
	if n.askedBy != f.rule {
		n.askedBy = f.rule
		n.meets = slices.ContainsFunc(f.rule.MetBy, func(m timescale.Meeting) bool { return matches(&m.Match, n.Event) })
	}
	return n.meets
}

// noteAttempt keeps sight of an event of a type that would meet the duty, had its data said so.
func (f *ruleFold) noteAttempt(n *entry) {
	for i := range f.rule.MetBy {
		if f.rule.MetBy[i].Event == n.Type {
			f.note(n, unmetTests(f.rule.MetBy[i].Where, n.Data))
			f.notCounted[len(f.notCounted)-1].Unseen = asksWhetherSeen(f.rule.MetBy[i].Where)
			return
		}
	}
}

func unmetTests(tests []timescale.Test, data Data) string {
	switch {
	case !asksWhetherSeen(tests):
	case data.Filled("seen"):
		return "the child was not seen"
	default:
		return "it does not say that the child was seen"
	}
	return "what it records does not meet this timescale"
}

func asksWhetherSeen(tests []timescale.Test) bool { return len(tests) > 0 && tests[0].Field == "seen" }

func (f *ruleFold) note(n *entry, why string) {
	n.noted = true
	f.notCounted = append(f.notCounted, reasonNoted{
		NotCounted: NotCounted{Entry: n.id, Event: n.ID, Type: n.Type, At: n.At, Ref: f.rule.Ref, Why: why}, event: n,
	})
}

// touches reports whether an event with an episode (or none) touches a duty.
func touches(episode string, d *Duty) bool { return episode == "" || episode == d.Episode }

// meetAndStart lets an event that meets duties of the timescale meet those that run and
// then start the next; one that was taken first has met what it meets.
func (f *ruleFold) meetAndStart(n *entry, day calendar.Date, taken []*entry) {
	if !f.meets(n) {
		f.noteAttempt(n)
		return
	}
	if !slices.Contains(taken, n) {
		f.meetThrough(n, day)
	}
	f.start(n, day)
}

// meetThrough lets an event meet the running duties that started up to a day.
func (f *ruleFold) meetThrough(n *entry, day calendar.Date) {
	twin, early := false, calendar.Date(0)
	for _, d := range f.running {
		switch {
		case !d.Open() || d.Started.Day > day || !touches(n.Episode, &d.Duty) || d.opener == n:
		case f.isTwin(d, n, day):
			twin = true
		case day < d.NotBefore:
			early = d.NotBefore
		default:
			f.saveBefore(d)
			f.runOn(d, n.At)
			d.meet(n, n.At)
		}
	}
	if twin {
		f.note(n, "another of the same day was counted")
	}
	if early != 0 {
		f.note(n, "it was too early, before "+english.Day(early))
	}
}

// isTwin: of the events of one type, day and episode that would each meet and open a
// recurring duty, the first recorded opened this one; the others do not meet it.
func (f *ruleFold) isTwin(d *openDuty, n *entry, day calendar.Date) bool {
	return d.opener.Type == n.Type && d.opener.At.Day == day && f.meets(d.opener)
}

func (d *openDuty) meet(n *entry, on When) {
	n.used = true
	d.Met, d.MetOn, d.MetBy, d.MetEvent = true, on, n.id, n.At
	d.MetInferred = n.Data.Flag("inferred")
	if !n.Backlog { // when a first load's history was recorded nobody knows
		d.RecordedLateDays = max(0, calendar.DateOf(n.recorded).DaysSince(n.At.Day))
	}
}
