package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/service"
	"longstop/timescale"
)

// locals says in tables of duties whose the limits are that no law sets, and what is past
// them. It notes what its words need explained below the table.
type locals struct {
	edition  func(*casework.DutyRow) *timescale.Edition // that governs a duty; nil where the pack has no such timescale any more
	today    calendar.Date
	defaults map[string][]string // whose the limits of Longstop's are that were shown, in words: their refs
}

// localsOf is for duties that the record lists: the edition of a duty is that of its start.
func localsOf(pack *timescale.Pack, today calendar.Date) *locals {
	return &locals{today: today, edition: func(r *casework.DutyRow) *timescale.Edition { return service.EditionOf(pack, r) }}
}

// localsIn is for the duties of a plan.
func localsIn(p *casework.Plan) *locals {
	return &locals{today: calendar.DateOf(p.AsOf), edition: func(r *casework.DutyRow) *timescale.Edition { return p.Duty(r.Duty).Edition }}
}

// due is a duty's date, with whose it is where no law sets it.
func (l *locals) due(r *casework.DutyRow) string {
	text := rowDue(r)
	switch e := l.edition(r); {
	case !r.Local:
		return text
	case e != nil && e.Default:
		l.note(r.Ref, e)
		return text + " (default)"
	default:
		return text + " (local)"
	}
}

// state is how a duty stands. One that is past no limit of law is not called overdue.
func (l *locals) state(r *casework.DutyRow) string {
	switch past := l.past(r); {
	case past == "":
		return stateCell(*r)
	case r.State == casework.Overdue:
		return "past " + past + lateWords(r.LateDays)
	default:
		return stateCell(*r) + ", past " + past
	}
}

// past says past whose limit a duty is that is past none of law; "" for every other.
func (l *locals) past(r *casework.DutyRow) string {
	e := l.edition(r)
	switch r.State {
	case casework.Overdue:
		switch {
		case e == nil && r.Local:
			return "the council's own limit"
		case e == nil || e.SetByLaw():
			return ""
		case e.Default:
			l.note(r.Ref, e)
			return "the default"
		default:
			return e.Whose()
		}
	case casework.Running, casework.DueToday:
		if local, err := calendar.ParseDate(r.LocalDue); err == nil && local < l.today {
			return "the council's own limit"
		}
	default: // what is met, ended, paused, waiting or unreported is past nothing
	}
	return ""
}

// note keeps whose a limit of Longstop's is, to be said below the table.
func (l *locals) note(ref string, e *timescale.Edition) {
	if l.defaults == nil {
		l.defaults = map[string][]string{}
	}
	if whose := e.Whose(); !slices.Contains(l.defaults[whose], ref) {
		l.defaults[whose] = append(l.defaults[whose], ref)
	}
}

// print explains what the table above said.
func (l *locals) print(a *app, indent string) {
	for _, whose := range slices.Sorted(maps.Keys(l.defaults)) {
		of := ""
		if whose != timescale.LongstopsDefault {
			of = " (" + strings.Join(l.defaults[whose], ", ") + ")"
		}
		a.printf("%sDefault%s: the limit is %s. No law sets it.\n", indent, of, whose)
	}
}

// takenAsDone is how a duty stands that an inferred event met.
const takenAsDone = "taken as done: the return holds no date"

// stateCell is how a duty stands, in words.
func stateCell(row casework.DutyRow) string {
	late := lateWords(row.LateDays)
	switch row.State {
	case casework.Met, casework.MetLate:
		switch {
		case row.Inferred:
			return takenAsDone
		case row.State == casework.MetLate && late == "": // by hours, on the day on which it was due
			return "done " + row.MetOn + ", late"
		}
		return "done " + row.MetOn + late
	case casework.Ended:
		return "ended " + row.EndedOn + late
	case casework.Unreported:
		if row.MetOn != "" {
			return "not reported, done " + row.MetOn
		}
		return english.State(row.State)
	case casework.Waiting:
		return "waiting for " + row.WaitingFor
	default:
		return english.State(row.State) + late
	}
}

func rowDue(r *casework.DutyRow) string {
	text := cmp.Or(r.Due, "-")
	if r.Provisional {
		text += " (provisional)"
	}
	if r.LocalDue != "" {
		text += ", here " + r.LocalDue
	}
	return text
}

// titleOf is what a timescale is called; one that the pack in force no longer has shows its ref alone.
func titleOf(pack *timescale.Pack, ref string) string {
	if t := pack.Timescale(ref); t != nil {
		return t.Title
	}
	return "-"
}

// stepCell is the step of a notice in words; "-" where it has none.
func stepCell(label string) string {
	if label == "" {
		return "-"
	}
	return english.Step(label)
}

// countTimescales returns "1 timescale", "3 timescales".
func countTimescales(n int) string { return english.Count(n, "timescale") }
