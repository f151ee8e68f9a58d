package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
)

type dutiesCommand struct {
	Case string `arg:"" optional:"" help:"One case. Default: all."`
	anySource
	Team   string `placeholder:"T" help:"Only the cases of a team."`
	Worker string `placeholder:"W" help:"Only the cases of a worker."`
	State  string `placeholder:"S" help:"Only duties in a state: running, due_today, overdue, met, met_late, paused, waiting, unreported or ended."`
	Ref    string `placeholder:"REF" help:"Only duties of a timescale."`
	JSON   bool   `name:"json" help:"One JSON object a line, for machines."`
}

// Help shows examples.
func (dutiesCommand) Help() string {
	return `Example:

    starter duties C1
    starter duties --team T1 --state overdue
    starter duties --state overdue --json

Every duty ever opened, as of now.`
}

// Run lists the duties that the record holds.
func (c *dutiesCommand) Run(a *app) error {
	return a.withService(false, func(s *session) error {
		if err := c.reads(s); err != nil {
			return err
		}
		if err := c.known(s); err != nil {
			return err
		}
		rows, err := s.record.Duties(a.ctx, store.DutyFilter{
			Source: c.Source, Case: c.Case, Team: c.Team, Worker: c.Worker, State: casework.State(c.State), Ref: c.Ref,
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			if err := c.doubt(s); err != nil {
				return err
			}
		}
		if err := cmp.Or(c.warnOfFaults(s), s.warnOfRebuild()); err != nil {
			return err
		}
		if c.JSON {
			return printLines(a, rows)
		}
		return printRecordDuties(a, s.record.Book().Pack(), rows)
	})
}

// reads notes what is read: one case, or those that the filter finds.
func (c *dutiesCommand) reads(s *session) error {
	if c.Case == "" {
		return s.readsCases()
	}
	_, err := s.readsCase(c.Source, c.Case)
	return err
}

// known refuses a filter by which nothing could ever be found: a misspelled one must not
// read like good news.
func (c *dutiesCommand) known(s *session) error {
	if c.State != "" && !slices.Contains(casework.States, casework.State(c.State)) {
		return usagef("--state %s: it is one of %s", c.State, stateWords())
	}
	if c.Ref != "" {
		if _, err := timescaleOf(s.record.Book().Pack(), c.Ref); err != nil {
			return err
		}
	}
	return nil
}

// doubt says of a filter that found nothing whether the record knows what it names.
func (c *dutiesCommand) doubt(s *session) error {
	for _, named := range []struct {
		what, ref string
		known     func(context.Context, string) (bool, error)
	}{{"worker", c.Worker, s.record.Employed}, {"team", c.Team, s.record.Team}} {
		if named.ref == "" {
			continue
		}
		known, err := named.known(s.app.ctx, named.ref)
		if err != nil {
			return err
		}
		if !known {
			s.app.say("note: the record knows no " + named.what + " of the reference " + named.ref)
		}
	}
	return nil
}

func stateWords() string {
	words := make([]string, len(casework.States))
	for i, state := range casework.States {
		words[i] = string(state)
	}
	return strings.Join(words, ", ")
}

func printRecordDuties(a *app, pack *timescale.Pack, rows []store.DutyRow) error {
	if len(rows) == 0 {
		a.printf("No duties.\n")
		return nil
	}
	l := localsOf(pack, calendar.DateOf(a.now()))
	cells := [][]string{{"CASE", "REF", "WHAT", "STARTED", "DUE", "STATE", "TEAM", "WORKER", "DUTY"}}
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
	add(counts[casework.Met], "in time")
	add(counts[casework.MetLate], "late")
	add(inferred, "taken as done without a date")
	for _, state := range casework.States {
		if state != casework.Met && state != casework.MetLate {
			add(counts[state], strings.ReplaceAll(string(state), "_", " "))
		}
		if state == casework.Overdue {
			add(past, "past a limit that no law sets")
		}
	}
	return fmt.Sprintf("%d %s: %s", len(rows), pluralDuties(len(rows)), strings.Join(parts, ", "))
}

func pluralDuties(n int) string {
	if n == 1 {
		return "duty"
	}
	return "duties"
}

// titleOf is what a timescale is called; one that the pack in force no longer has shows its ref alone.
func titleOf(pack *timescale.Pack, ref string) string {
	if t := pack.Timescale(ref); t != nil {
		return t.Title
	}
	return "-"
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

// warnOfFaults names the cases that could not be worked out: what is shown of them, if
// anything, is as it last was.
func (c *dutiesCommand) warnOfFaults(s *session) error {
	list, err := s.record.PutAsides(s.app.ctx)
	if err != nil {
		return err
	}
	if c.Case != "" {
		list = slices.DeleteFunc(list, func(p store.PutAside) bool { return p.Reference != c.Case })
	}
	if len(list) == 0 {
		return nil
	}
	s.app.say(fmt.Sprintf("warning: %d %s could not be worked out, and %s duties stand as they last were; the worker's log says more",
		len(list), plural(len(list), "case"), itsOrTheir(len(list))))
	const named = 20
	for i := range list[:min(named, len(list))] {
		s.app.say(fmt.Sprintf("warning: %s, since %s: %s", list[i].Reference, longInstant(list[i].Since), list[i].Fault))
	}
	return nil
}

func itsOrTheir(n int) string {
	if n == 1 {
		return "its"
	}
	return "their"
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
