package casework

import (
	"cmp"
	"fmt"
	"slices"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// NotCounted is an event that was kept and did not count: for a timescale that it could have
// concerned, or for anything at all.
type NotCounted struct {
	Entry string
	Event string // the id of what stands of the entry: its last correction, where it was corrected
	Type  string
	At    When
	Ref   string // the timescale that it comes nearest to, or ""
	Duty  string // the duty that it came too late for, or that ran already, or ""
	Why   string // in words
	// Nowhere says that nothing came of it: it opened, met and ended nothing.
	Nowhere bool
	// Unseen says that it is a visit that does not say that the child was seen.
	Unseen bool
}

// reasonNoted is what did not count for a timescale, with its event.
type reasonNoted struct {
	NotCounted
	event *entry
}

// listNotCounted lists what did not count: what a timescale passed over though its type concerns
// it, and every event that came to nothing although a timescale or a period goes by such events.
// What by its nature touches no timescale (an allocation, a discussion that starts no enquiry) is
// no part of it.
func (t *timeline) listNotCounted(folds []*ruleFold) []NotCounted {
	var list []NotCounted
	for _, f := range folds {
		for _, n := range f.notCounted {
			n.Nowhere = !n.event.used
			list = append(list, n.NotCounted)
		}
	}
	w := &whyNot{timeline: t, folds: folds}
	for _, n := range t.all {
		if w.openedByAdult(n) {
			list = append(list, NotCounted{
				Entry: n.id, Event: n.ID, Type: n.Type, At: n.At, Nowhere: true,
				Why: "the child had turned 18, on " + english.Day(t.birthday) + ": it starts no timescale",
			})
			continue
		}
		if !n.used && !n.noted && !n.kind.Marks && t.concerns(n) {
			list = append(list, w.notCounted(n))
		}
	}
	for _, n := range t.late {
		list = append(list, NotCounted{
			Entry: n.id, Event: n.ID, Type: n.Type, At: n.At, Ref: w.nearest(n), Nowhere: true,
			Why: "the child had died, on " + english.Day(t.died) + ": nothing starts after that day",
		})
	}
	return list
}

// openedByAdult reports whether an event after the 18th birthday has opened a period in which every
// timescale would have started but for the age: a birth that is mistyped must not stop them in silence.
func (w *whyNot) openedByAdult(n *entry) bool {
	if w.birthday.IsZero() || n.At.Day <= w.birthday || n.noted || n.countedFrom || !slices.ContainsFunc(w.book.periods, func(p *period) bool {
		return p.concerns[n.kind.place] && opensPeriod(p.Period, n.Event) &&
			slices.ContainsFunc(w.spans[p.Name], func(s *span) bool { return s.opener == n })
	}) {
		return false
	}
	return !slices.ContainsFunc(w.folds, func(f *ruleFold) bool {
		return slices.ContainsFunc(f.duties, func(d *openDuty) bool {
			return d.opener == n || d.MetBy == n.id || d.EndedBy == n.id
		})
	})
}

// concerns reports whether an event, by its type and what it says, is one that closes a case, opens
// or ends a period, or starts, meets, extends or ends the duties of a timescale.
func (t *timeline) concerns(n *entry) bool {
	if n.closing != nil {
		return true
	}
	for _, p := range t.book.periods {
		if p.concerns[n.kind.place] && (opensPeriod(p.Period, n.Event) || endsPeriod(p.Period, n.Event)) {
			return true
		}
	}
	return slices.ContainsFunc(t.book.rules, func(r *rule) bool {
		return r.concerns[n.kind.place] && (r.startedBy(n.Event) || r.metBy(n.Event) || r.endedBy(n.Event) ||
			t.book.extends(r.Timescale, n.Event))
	})
}

func (r *rule) startedBy(e *Event) bool {
	for i := range r.Starts {
		if s := &r.Starts[i]; !s.PeriodOpens && matches(&s.Match, e) {
			return true
		}
	}
	return false
}

func (r *rule) metBy(e *Event) bool {
	for i := range r.MetBy {
		if matches(&r.MetBy[i].Match, e) {
			return true
		}
	}
	return false
}

func (r *rule) endedBy(e *Event) bool {
	return matchesAny(r.EndedBy, e) || matchesAny(r.endEvents, e)
}

// whyNot finds why events came to nothing.
type whyNot struct {
	*timeline
	folds []*ruleFold
}

// notCounted returns why an event came to nothing: by its episode, by what it closes, then by the
// timescale that it would have met, by the period that it would have opened or ended, and by the
// timescale that it would have started or ended.
func (w *whyNot) notCounted(n *entry) NotCounted {
	x := NotCounted{Entry: n.id, Event: n.ID, Type: n.Type, At: n.At, Nowhere: true}
	for _, find := range []func(*entry, *NotCounted) bool{
		w.byClosing, w.byEpisode, w.byMeeting, w.byPeriod, w.byStart, w.byEnd,
	} {
		if find(n, &x) {
			return x
		}
	}
	x.Why = "nothing was open that it could be for"
	return x
}

func (w *whyNot) byClosing(n *entry, x *NotCounted) bool {
	if n.closing == nil {
		return false
	}
	x.Why = n.closing.fault
	return x.Why != ""
}

// byEpisode: nothing that carries its episode had been opened, or it had been closed.
func (w *whyNot) byEpisode(n *entry, x *NotCounted) bool {
	if n.Episode == "" {
		return false
	}
	begun, closed := false, calendar.Date(0)
	for _, o := range w.all {
		switch {
		case o.At.Day > n.At.Day:
		case o != n && o.Episode == n.Episode && w.book.begins(o.Event):
			begun = true
			if o.At.Day > closed {
				closed = 0
			}
		case o.closing != nil && o.closing.fault == "" && (o.closing.whole || o.Episode == n.Episode) && !w.reopened(o, n.Episode):
			closed = o.At.Day
		}
	}
	switch {
	case !begun:
		x.Why = "no referral or plan with the id " + n.Episode + " had been opened"
	case !closed.IsZero() && closed < n.At.Day:
		x.Why = n.Episode + " had been closed, on " + english.Day(closed)
	default:
		return false
	}
	x.Ref = w.nearest(n)
	return true
}

// reopened reports whether a closing of an episode came first on its day, and the episode was opened again
// after it.
func (w *whyNot) reopened(closing *entry, episode string) bool {
	return closing.closing.first && slices.ContainsFunc(w.all, func(o *entry) bool {
		return o.At.Day == closing.At.Day && o.kind.opens && o.Episode == episode
	})
}

// nearest returns the timescale that an event comes nearest to: one that it would meet, and that was open
// on its day, where there is one; "" if it would meet none.
func (w *whyNot) nearest(n *entry) string {
	ref := ""
	for _, f := range w.folds {
		if !f.rule.metBy(n.Event) {
			continue
		}
		if slices.ContainsFunc(f.duties, func(d *openDuty) bool { return d.openOn(n.At.Day) }) {
			return f.rule.Ref
		}
		ref = cmp.Or(ref, f.rule.Ref)
	}
	return ref
}

// byMeeting: the timescale that it could meet had been met or had ended, or had not started. Of
// several it is the one that was open last.
func (w *whyNot) byMeeting(n *entry, x *NotCounted) bool {
	var last *openDuty
	var first *rule
	for _, f := range w.folds {
		if !f.rule.metBy(n.Event) {
			continue
		}
		first = cmp.Or(first, f.rule)
		if d := f.ofAnother(n); d != nil {
			x.Ref, x.Why = d.Ref, fmt.Sprintf("%q was open %s, and this is of %s", d.Rule.Title, ofEpisode(d.Episode), n.Episode)
			return true
		}
		if d := f.lastBefore(n); d != nil && (last == nil || d.closedOn() > last.closedOn()) {
			last = d
		}
	}
	if i := slices.IndexFunc(w.book.rules, func(r *rule) bool { return r.metBy(n.Event) }); first == nil && i >= 0 {
		first = w.book.rules[i]
	}
	switch {
	case last != nil:
		x.Ref, x.Duty = last.Ref, last.ID
		x.Why = "nothing was open that it could be for: " + w.closedWords(last)
	case first != nil:
		x.Ref, x.Why = first.Ref, "nothing was open that it could be for: \""+first.Title+"\" had not started"
	default:
		return false
	}
	return true
}

// ofAnother returns a duty of the timescale that was open on an event's day and that the event cannot
// touch, because it is of another episode; nil if there is none.
func (f *ruleFold) ofAnother(n *entry) *openDuty {
	for _, d := range f.duties {
		if d.openOn(n.At.Day) && !touches(n.Episode, &d.Duty) {
			return d
		}
	}
	return nil
}

func ofEpisode(episode string) string {
	if episode == "" {
		return "without an episode"
	}
	return "for " + episode
}

// lastBefore returns the duty of the timescale that closed last before an event, or on its day, of those
// that the event could have touched; nil if there is none.
func (f *ruleFold) lastBefore(n *entry) *openDuty {
	var last *openDuty
	for _, d := range f.duties {
		if d.Started.Day <= n.At.Day && !d.Open() && d.closedOn() <= n.At.Day && touches(n.Episode, &d.Duty) &&
			(last == nil || d.closedOn() >= last.closedOn()) {
			last = d
		}
	}
	return last
}

// closedWords returns when something that would have been met was met or ended, and by what.
func (w *whyNot) closedWords(d *openDuty) string {
	did, by := "ended", d.EndedBy
	if d.Met {
		did, by = "had been done", d.MetBy
	}
	words := fmt.Sprintf("%q %s on %s", d.Rule.Title, did, english.Day(d.closedOn()))
	switch n := w.named(by); {
	case by == byBirthday:
		return words + ", the 18th birthday"
	case n != nil:
		return words + " (" + n.Type + " " + n.id + ")"
	}
	return words
}

func (w *whyNot) named(id string) *entry {
	for _, n := range w.all {
		if n.id == id {
			return n
		}
	}
	return nil
}

// byPeriod: what it would open was open, or what it would end was not.
func (w *whyNot) byPeriod(n *entry, x *NotCounted) bool {
	for _, p := range w.book.periods {
		spans := w.spans[p.Name]
		switch {
		case opensPeriod(p.Period, n.Event):
			for _, s := range spans {
				if s.opener != n && s.opened <= n.At.Day && (s.open() || n.At.Day <= s.ended) && s.within(n.Episode) {
					x.Why = fmt.Sprintf("what it opens was open already, since %s (%s %s)", english.Day(s.opened), s.opener.Type, s.opener.id)
					return true
				}
			}
		case endsPeriod(p.Period, n.Event):
			x.Why = "nothing was open that it ends"
			for _, s := range spans {
				if !s.open() && s.ended <= n.At.Day && (ending{entry: n}).touches(s) {
					x.Why = fmt.Sprintf("what it ends had ended, on %s (%s %s)", english.Day(s.ended), s.ender.Type, s.ender.id)
				}
			}
			return true
		}
	}
	return false
}

// byStart: the timescale that it would start ran already, its period was not open, or the child was
// an adult.
func (w *whyNot) byStart(n *entry, x *NotCounted) bool {
	day := n.At.Day
	for _, r := range w.book.rules {
		if !r.startedBy(n.Event) {
			continue
		}
		x.Ref = r.Ref
		f := w.foldOf(r)
		if f != nil {
			for _, d := range f.duties {
				if d.openOn(day) && d.opener != n && touches(n.Episode, &d.Duty) {
					x.Duty = d.ID
					x.Why = fmt.Sprintf("%q was running already, since %s, and does not start again", r.Title, english.Day(d.Started.Day))
					return true
				}
			}
		}
		switch {
		case r.EditionOn(day) == nil:
			x.Why = fmt.Sprintf("%q was not in force on that day", r.Title)
		case !w.birthday.IsZero() && day > w.birthday && r.Pathway != timescale.LeavingCare:
			x.Why = "the child had turned 18, on " + english.Day(w.birthday)
		case r.Period != "" && w.spanFor(r.Period, day, n.Episode) == nil:
			x.Why = fmt.Sprintf("nothing was open in which %q could start", r.Title)
		default:
			x.Why = fmt.Sprintf("not all that %q starts by was so on that day", r.Title)
		}
		return true
	}
	return false
}

func (w *whyNot) foldOf(r *rule) *ruleFold {
	for _, f := range w.folds {
		if f.rule == r {
			return f
		}
	}
	return nil
}

// byEnd: nothing was running that it ends.
func (w *whyNot) byEnd(n *entry, x *NotCounted) bool {
	for _, r := range w.book.rules {
		if !r.endedBy(n.Event) {
			continue
		}
		x.Ref, x.Why = r.Ref, fmt.Sprintf("nothing was open that it ends: %q was not running", r.Title)
		if f := w.foldOf(r); f != nil {
			if d := f.lastBefore(n); d != nil {
				x.Duty, x.Why = d.ID, "nothing was open that it ends: "+w.closedWords(d)
			}
		}
		return true
	}
	return false
}
