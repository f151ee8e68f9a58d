package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"longstop/calendar"
	"longstop/casework"
	"longstop/english"
	"longstop/service"
	"longstop/store"
	"longstop/timescale"
)

type dutiesCommand struct {
	Case string `arg:"" optional:"" help:"One case. Default: all."`
	anySource
	Team   string `placeholder:"T" help:"Only the cases of a team."`
	Worker string `placeholder:"W" help:"Only the cases of a social worker or lead practitioner, by staff reference."`
	State  string `placeholder:"S" help:"Only timescales in a state: running, due_today, overdue, met, met_late, paused, waiting, unreported or ended."`
	Ref    string `placeholder:"REF" help:"Only those of a timescale."`
	JSON   bool   `name:"json" help:"One JSON object a line, for machines."`
}

// Help shows examples.
func (dutiesCommand) Help() string {
	return `Example:

    starter duties C1
    starter duties --team T1 --state overdue
    starter duties --state overdue --json

Every timescale that ever ran, as of now.`
}

// Run lists the duties that the record holds.
func (c *dutiesCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		found, err := s.uses.Duties(a.ctx, service.DutyQuery{
			Source: c.Source, Case: c.Case, Team: c.Team, Worker: c.Worker, State: casework.State(c.State), Ref: c.Ref,
		})
		if err != nil {
			return err
		}
		for _, unknown := range [][2]string{{"worker", found.UnknownWorker}, {"team", found.UnknownTeam}} {
			if unknown[1] != "" {
				a.say("note: the record knows no " + unknown[0] + " of the reference " + unknown[1])
			}
		}
		warnOfFaults(a, found.PutAside)
		a.warnOfRebuild(found.RebuildDue)
		if c.JSON {
			return printLines(a, found.Rows)
		}
		return printRecordDuties(a, found.Pack, found.Rows)
	})
}

func printRecordDuties(a *app, pack *timescale.Pack, rows []store.DutyRow) error {
	if len(rows) == 0 {
		a.printf("No timescales.\n")
		return nil
	}
	l := localsOf(pack, calendar.DateOf(a.now()))
	cells := [][]string{{"CASE", "REF", "WHAT", "STARTED", "DUE", "STATE", "TEAM", "SOCIAL WORKER", "ID"}}
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{
			r.Case, r.Ref, titleOf(pack, r.Ref), r.Started, l.due(&r.DutyRow), l.state(&r.DutyRow) + undelivered(r) + faultCell(r), cmp.Or(r.Team, "-"), cmp.Or(r.Worker, "-"), r.Duty,
		})
	}
	if err := a.table("", cells...); err != nil {
		return err
	}
	a.printf("\n%s\n", countedDuties(l, rows))
	l.print(a, "")
	return nil
}

// countedDuties is how many duties there are, by how they stand: "9 duties: 4 in time, 1 late,
// 2 taken as done without a date, 1 overdue, 1 past a limit that no law sets". What an inferred
// event met is in no other count.
func countedDuties(l *locals, rows []store.DutyRow) string {
	inferred, past, counts := 0, 0, map[casework.State]int{}
	for i := range rows {
		if rows[i].Inferred {
			inferred++
			continue
		}
		if l.past(&rows[i].DutyRow) != "" {
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

// warnOfFaults names the cases that could not be worked out: what is shown of them, if
// anything, is as it last was.
func warnOfFaults(a *app, list []store.PutAside) {
	if len(list) == 0 {
		return
	}
	a.say(fmt.Sprintf("warning: %s could not be worked out, and %s timescales stand as they last were; the log of the worker program says more",
		english.Count(len(list), "case"), english.Plural(len(list), "its", "their")))
	const named = 20
	for i := range list[:min(named, len(list))] {
		a.say(fmt.Sprintf("warning: %s, since %s: %s", list[i].Reference, english.Second(list[i].Since), list[i].Fault))
	}
}

// faultCell says that the duty's case could not be worked out, or its pathway not do what is due.
func faultCell(r *store.DutyRow) string {
	if r.Fault == "" {
		return ""
	}
	return "; fault: " + r.Fault
}

// undelivered says that a notice of the duty reached nobody.
func undelivered(r *store.DutyRow) string {
	if r.Undeliverable == "" {
		return ""
	}
	return "; undeliverable: " + r.Undeliverable
}

type eventsCommand struct {
	Case string `arg:"" help:"The case's reference."`
	anySource
	JSON bool `name:"json" hidden:"" help:"As ever: one JSON object a line."`
}

// Help shows examples.
func (eventsCommand) Help() string {
	return `Example:

    starter events C1
    starter events C1 > c1.jsonl && starter plan --events c1.jsonl

One JSON object a line, in the order of recording, in the format that record takes.`
}

// Run writes what the record holds of a case.
func (c *eventsCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		events, err := s.uses.Events(a.ctx, c.Source, c.Case)
		return cmp.Or(err, printLines(a, events))
	})
}

type auditCommand struct {
	Case string `arg:"" optional:"" help:"One case. Default: all, and what is about none."`
	anySource
	Since momentArg `placeholder:"DATE|INSTANT" help:"Only what was done from then on. Default: of a case everything, else the last 7 days."`
	JSON  bool      `name:"json" help:"One JSON object a line, for machines."`
}

// Help shows examples.
func (auditCommand) Help() string {
	return `Example:

    starter audit C1
    starter audit --since 2026-11-01 --json

Who ran what, oldest first: every command that opens the record, with the database login; the user and the machine as the command saw them. What was recorded in a case the database notes by itself, whoever writes it. Reading the audit is itself noted.`
}

// auditedDays is how far back the audit is shown where nothing says.
const auditedDays = 7

// Run shows the audit.
func (c *auditCommand) Run(a *app) error {
	q := service.AuditQuery{Source: c.Source, Case: c.Case, Since: c.since(a)}
	return a.with(func(s *session) error {
		if c.JSON {
			return s.uses.Audit(a.ctx, q, func(r store.AuditRow) error { return a.printJSON(r) })
		}
		cells := [][]string{{"WHEN", "LOGIN", "USER", "COMMAND", "CASE", "WHAT"}}
		err := s.uses.Audit(a.ctx, q, func(r store.AuditRow) error {
			cells = append(cells, auditCells(&r))
			return nil
		})
		if err != nil && len(cells) == 1 {
			return err
		}
		return cmp.Or(err, a.table("", cells...))
	})
}

func (c *auditCommand) since(a *app) time.Time {
	switch {
	case !c.Since.isZero() && c.Since.DayOnly():
		return c.Since.Day.Start()
	case !c.Since.isZero():
		return c.Since.Instant
	case c.Case != "":
		return time.Time{}
	default:
		return a.wall().AddDate(0, 0, -auditedDays)
	}
}

func auditCells(r *store.AuditRow) []string {
	who := r.User
	if r.Host != "" {
		who += "@" + r.Host
	}
	what := string(r.Outcome)
	if r.Events > 0 {
		what = fmt.Sprintf("%s %d", what, r.Events)
	}
	return []string{
		calendar.InLondon(r.At).Format("2006-01-02 15:04:05"), r.Login, cmp.Or(who, "-"), cmp.Or(r.Command, "-"), cmp.Or(r.Case, "-"), what,
	}
}

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

// note keeps whose a limit of Longstop's is, for the lines below the table.
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
