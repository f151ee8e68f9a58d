package casework

import (
	"slices"

	"longstop/calendar"
	"longstop/timescale"
)

// meets says whether an event is one that meets the timescale's duties. Every step of a day
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
	f.notCounted = append(f.notCounted, noted{
		NotCounted: NotCounted{Entry: n.id, Event: n.ID, Type: n.Type, At: n.At, Ref: f.rule.Ref, Why: why}, event: n,
	})
}

// touches says whether an event with an episode (or none) touches a duty.
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
			f.change(d)
			f.runOn(d, n.At)
			d.meet(n, n.At)
		}
	}
	if twin {
		f.note(n, "another of the same day was counted")
	}
	if early != 0 {
		f.note(n, "it was too early, before "+longDay(early))
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
