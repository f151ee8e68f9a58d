package store

import (
	"maps"
	"slices"
	"time"

	"longstop/casework"
	"longstop/organisation"
	"longstop/pathway"
	"longstop/timescale"
)

// assessment is what follows at an instant from what the record holds of a case. It is
// pure: nothing is written.
type assessment struct {
	say    Composer
	at     time.Time
	alloc  organisation.Allocation
	team   string
	told   []casework.Notice
	agenda *casework.Agenda
	held   []casework.Notice // due, and kept for tomorrow: see hold
	// heldInHours: one of them is an escalation of a limit in hours.
	heldInHours bool
	// reachable reports of a notice whether anybody could be told.
	reachable func(*noticeRow) bool
	states    []pathwayRow // every pathway that is or was open, by name; revisions not set
}

// assess folds a case and works out for each pathway whether it is open, when it must next
// wake and what it shows.
func assess(say Composer, l *law, dir *organisation.Directory, f *caseFile, at time.Time) *assessment {
	a := &assessment{say: say, at: at, alloc: organisation.AllocationOf(f.events)}
	a.team = dir.TeamOf(a.alloc)
	a.reachable = func(r *noticeRow) bool {
		_, ok := dir.Route(timescale.Role(r.Role), a.alloc, today(at), f.refused)
		return ok
	}
	a.told = byThen(told(f.notices, a.reachable), at)
	a.agenda = l.book.Agenda(f.events, a.told, at)
	a.hold(l, dir, f)
	for _, name := range a.pathwayNames(f) {
		if row, ever := a.state(l, f, name); ever {
			a.states = append(a.states, row)
		}
	}
	return a
}

func (a *assessment) pathwayNames(f *caseFile) []string {
	names := map[string]bool{}
	for i := range a.agenda.Plan.Duties {
		names[a.agenda.Plan.Duties[i].Pathway] = true
	}
	for i := range a.agenda.Send {
		names[a.agenda.Send[i].Pathway] = true
	}
	for i := range a.held {
		names[a.held[i].Pathway] = true
	}
	for name := range a.agenda.Owed {
		names[name] = true
	}
	for name := range f.pathways {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// state is how a pathway stands; ever is false for one that is not open and never was.
func (a *assessment) state(l *law, f *caseFile, name string) (row pathwayRow, ever bool) {
	before, ever := f.pathways[name]
	row = pathwayRow{
		CaseKey: f.key, Pathway: name,
		Display: a.say.Display(l.book, name, a.agenda.Plan, a.team, a.alloc.Worker, a.at),
	}
	due := a.dueNow(f, name)
	row.Open = row.Display.OpenDuties > 0 || a.owes(name) || due != ""
	if !row.Open {
		return row, ever
	}
	wake := a.wake(f, name)
	at, why := wake.At, wake.Why
	if due != "" {
		// Something is to be sent now: the pathway wakes now, or is at it already.
		at, why = a.at, due
		if before.Open && before.Wake != nil && !before.Wake.After(a.at) {
			at, why = before.Wake.UTC(), before.WakeWhy
		}
	}
	if !at.IsZero() {
		at = ceilMicro(at)
		row.Wake, row.WakeWhy = &at, why
	}
	return row, true
}

// dueNow says what a pathway has to send now: what is due, or what was claimed and is
// still to be sent; "" where that is nothing.
func (a *assessment) dueNow(f *caseFile, name string) string {
	if unfinished := f.unfinished(name); len(unfinished) > 0 {
		return a.say.Summary(unfinished[0].notice())
	}
	if sends := a.sends(name); len(sends) > 0 {
		return a.say.Summary(sends[0])
	}
	return ""
}

func (a *assessment) sends(name string) []casework.Notice {
	var list []casework.Notice
	for _, n := range a.agenda.Send {
		if n.Pathway == name {
			list = append(list, n)
		}
	}
	return list
}

// changed says whether a pathway's workflow must be told: what it wakes for or shows has
// changed. A pathway that was closed and stays so says nothing.
func changed(before, after *pathwayRow) bool {
	if !before.Open && !after.Open {
		return false
	}
	return before.Open != after.Open || !instant(before.Wake).Equal(instant(after.Wake)) ||
		before.WakeWhy != after.WakeWhy || !sameDisplay(before.Display, after.Display)
}

// ceilMicro rounds up to what Postgres keeps, so that nothing wakes too early.
func ceilMicro(t time.Time) time.Time {
	cut := t.UTC().Truncate(time.Microsecond)
	if cut.Before(t) {
		return cut.Add(time.Microsecond)
	}
	return cut
}

// settle turns an assessment into the rows that changed, under a new revision of the case.
// only limits it to one pathway; "" is all. force takes unchanged open pathways as well.
func (s *Store) settle(f *caseFile, a *assessment, only string, force bool) []pathwayRow {
	var list []pathwayRow
	for i := range a.states {
		after := a.states[i]
		if only != "" && after.Pathway != only {
			continue
		}
		before := f.pathways[after.Pathway]
		after.Fault = standingFault(before.Fault)
		if !changed(&before, &after) && (!force || !after.Open) {
			continue
		}
		after.WallWake = pointer(s.wall(instant(after.Wake)))
		after.Epoch, after.Revision = f.epoch, f.revision+1
		list = append(list, after)
	}
	return list
}

// nudgesOf are the nudges of rows that changed.
func nudgesOf(list []pathwayRow) []pathway.Nudge {
	nudges := make([]pathway.Nudge, len(list))
	for i := range list {
		nudges[i] = list[i].nudge()
	}
	return nudges
}

// sameDisplay compares two displays by what they say.
func sameDisplay(a, b pathway.Display) bool {
	return a.Label == b.Label && a.Team == b.Team && a.Worker == b.Worker && a.DueAt.Equal(b.DueAt) && a.Rag == b.Rag &&
		a.OpenDuties == b.OpenDuties && a.OverdueDuties == b.OverdueDuties && a.LocalDuties == b.LocalDuties &&
		slices.Equal(a.OverdueRefs, b.OverdueRefs) && a.Table == b.Table
}
