package casework

import (
	"slices"
	"sort"
	"time"
)

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
