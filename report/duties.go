package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/service"
	"longstop/timescale"
)

// Duties lists duties that the record holds, and how many there are by how they stand.
func (p *Page) Duties(found *service.Duties, today calendar.Date) error {
	rows, pack := found.Rows, found.Pack
	if len(rows) == 0 {
		p.printf("No timescales.\n")
		return p.err
	}
	l := localsOf(pack, today)
	cells := [][]string{{"CASE", "REF", "WHAT", "STARTED", "DUE", "STATE", "TEAM", "SOCIAL WORKER", "ID"}}
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{
			r.Case, r.Ref, titleOf(pack, r.Ref), r.Started, l.due(&r.PlannedDuty), l.state(&r.PlannedDuty) + undelivered(r) + faultCell(r), cmp.Or(r.Team, "-"), cmp.Or(r.Worker, "-"), r.Duty,
		})
	}
	p.table("", cells...)
	p.printf("\n%s\n", countedDuties(l, rows))
	l.explain(p, "")
	return p.err
}

// countedDuties is how many duties there are, by how they stand: "9 duties: 4 in time, 1 late,
// 2 taken as done without a date, 1 overdue, 1 past a limit that no law sets". What an inferred
// event met is in no other count.
func countedDuties(l *locals, rows []api.Duty) string {
	inferred, past, counts := 0, 0, map[casework.State]int{}
	for i := range rows {
		if rows[i].Inferred {
			inferred++
			continue
		}
		if l.past(&rows[i].PlannedDuty) != "" {
			past++
			continue
		}
		counts[rows[i].State]++
	}
	parts := []string{}
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	add(counts[casework.Met], "done in timescale")
	add(counts[casework.MetLate], "done out of timescale")
	add(inferred, "taken as done without a date")
	for _, state := range casework.States {
		if state != casework.Met && state != casework.MetLate {
			add(counts[state], english.State(state))
		}
		if state == casework.Overdue {
			add(past, "past a limit that no law sets")
		}
	}
	return fmt.Sprintf("%s: %s", countTimescales(len(rows)), strings.Join(parts, ", "))
}

// faultCell says that the duty's case could not be worked out, or its pathway not do what is due.
func faultCell(r *api.Duty) string {
	if r.Fault == "" {
		return ""
	}
	return "; fault: " + r.Fault
}

// undelivered says that a notice of the duty reached nobody.
func undelivered(r *api.Duty) string {
	if r.Undeliverable == "" {
		return ""
	}
	return "; undeliverable: " + r.Undeliverable
}

// locals says in tables of duties whose the limits are that no law sets, and what is past
// them. It notes what its words need explained below the table.
type locals struct {
	edition  func(*api.PlannedDuty) *timescale.Edition // that governs a duty; nil where the pack has no such timescale any more
	today    calendar.Date
	defaults map[string][]string // whose the limits of Longstop's are that were shown, in words: their refs
}

// localsOf is for duties that the record lists: the edition of a duty is that of its start.
func localsOf(pack *timescale.Pack, today calendar.Date) *locals {
	return &locals{today: today, edition: func(r *api.PlannedDuty) *timescale.Edition { return service.EditionOf(pack, r) }}
}

// localsIn is for the duties of a plan.
func localsIn(p *casework.Plan) *locals {
	return &locals{today: calendar.DateOf(p.AsOf), edition: func(r *api.PlannedDuty) *timescale.Edition { return p.Duty(r.Duty).Edition }}
}

// due is a duty's date, with whose it is where no law sets it.
func (l *locals) due(r *api.PlannedDuty) string {
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
func (l *locals) state(r *api.PlannedDuty) string {
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
func (l *locals) past(r *api.PlannedDuty) string {
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

// note keeps whose a limit of Longstop's is, for the lines below the table.
func (l *locals) note(ref string, e *timescale.Edition) {
	if l.defaults == nil {
		l.defaults = map[string][]string{}
	}
	if whose := e.Whose(); !slices.Contains(l.defaults[whose], ref) {
		l.defaults[whose] = append(l.defaults[whose], ref)
	}
}

// explain explains what the table above said.
func (l *locals) explain(p *Page, indent string) {
	for _, whose := range slices.Sorted(maps.Keys(l.defaults)) {
		of := ""
		if whose != timescale.LongstopsDefault {
			of = " (" + strings.Join(l.defaults[whose], ", ") + ")"
		}
		p.printf("%sDefault%s: the limit is %s. No law sets it.\n", indent, of, whose)
	}
}

// Standing is how a duty stands on a day; edition governs it, nil where the pack has no such timescale any more.
func Standing(row *api.PlannedDuty, edition *timescale.Edition, today calendar.Date) string {
	l := &locals{today: today, edition: func(*api.PlannedDuty) *timescale.Edition { return edition }}
	return l.state(row)
}
