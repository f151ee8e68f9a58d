package casework

import (
	"slices"
	"time"
)

// dutyLog is how each duty of a case stood since when, by its id, with what was known then.
type dutyLog map[string][]dutySince

type dutySince struct {
	since time.Time
	duty  *Duty // nil where there was none
}

// note takes note of a duty as it stands from an instant on; nil where there is none.
func (l dutyLog) note(id string, t time.Time, d *Duty) {
	list := l[id]
	var last *Duty
	if len(list) > 0 {
		last = list[len(list)-1].duty
	}
	if d == nil && last == nil || d != nil && last != nil && d.standsAs(last) {
		return
	}
	if d != nil {
		is := *d
		is.Moves, is.Extensions, is.Pauses = slices.Clone(d.Moves), slices.Clone(d.Extensions), slices.Clone(d.Pauses)
		d = &is
	}
	if len(list) > 0 && list[len(list)-1].since.Equal(t) {
		list[len(list)-1].duty = d
		return
	}
	l[id] = append(list, dutySince{t, d})
}

// standsAs says whether a duty stands as another of its id.
func (d *Duty) standsAs(other *Duty) bool {
	return d.Due == other.Due && d.DueAt.Equal(other.DueAt) && d.LocalDue == other.LocalDue && d.Started == other.Started &&
		d.Met == other.Met && d.MetOn == other.MetOn && d.MetBy == other.MetBy &&
		d.Ended == other.Ended && d.EndedOn == other.EndedOn && d.EndedBy == other.EndedBy &&
		d.WaitingFor == other.WaitingFor && d.DueBy == other.DueBy && d.Limit == other.Limit && d.Edition == other.Edition &&
		d.NotReported == other.NotReported && d.ReportedUntil == other.ReportedUntil && d.NotReportedWhy == other.NotReportedWhy &&
		slices.Equal(d.Extensions, other.Extensions) && slices.Equal(d.Pauses, other.Pauses)
}

// at is how a duty stood at an instant; nil where there was none.
func (l dutyLog) at(id string, t time.Time) *Duty {
	for _, x := range slices.Backward(l[id]) {
		if !x.since.After(t) {
			return x.duty
		}
	}
	return nil
}

// had says whether a duty had the date that it has now at an instant.
func (l dutyLog) had(d *Duty, t time.Time) bool {
	then := l.at(d.ID, t)
	return then != nil && then.Due == d.Due
}

// firstHad is the first instant after one and up to another at which a duty came to have the date
// that it has now; zero where it did not.
func (l dutyLog) firstHad(d *Duty, after, t time.Time) time.Time {
	for _, at := range l.turns(d.ID, after, t) {
		if l.had(d, at) {
			return at
		}
	}
	return time.Time{}
}

// turns are the instants after one and up to another at which a duty came to stand in another way.
func (l dutyLog) turns(id string, after, t time.Time) []time.Time {
	list := l[id]
	end := len(list)
	for end > 0 && list[end-1].since.After(t) {
		end--
	}
	begin := end
	for begin > 0 && list[begin-1].since.After(after) {
		begin--
	}
	turns := make([]time.Time, 0, end-begin)
	for _, x := range list[begin:end] {
		turns = append(turns, x.since)
	}
	return turns
}
