package main

import (
	"cmp"
	"fmt"
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
