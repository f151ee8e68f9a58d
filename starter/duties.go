package main

import (
	"cmp"

	"longstop/casework"
	"longstop/store"
	"longstop/timescale"
)

type dutiesCommand struct {
	Case string `arg:"" optional:"" help:"One case. Default: all."`
	anySource
	Team   string `placeholder:"T" help:"Only the cases of a team."`
	Worker string `placeholder:"W" help:"Only the cases of a worker."`
	State  string `placeholder:"S" enum:",running,due_today,overdue,met,met_late,paused,waiting,unreported,ended" default:"" help:"Only duties in a state: ${enum}."`
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
	return a.withService(false, func(s *service) error {
		if c.Case != "" {
			if _, err := s.record.CaseKey(a.ctx, c.Source, c.Case); err != nil {
				return unknownCase(err, c.Case)
			}
		}
		rows, err := s.record.Duties(a.ctx, store.DutyFilter{
			Source: c.Source, Case: c.Case, Team: c.Team, Worker: c.Worker, State: casework.State(c.State), Ref: c.Ref,
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return printLines(a, rows)
		}
		return printRecordDuties(a, s.record.Book().Pack(), rows)
	})
}

func printRecordDuties(a *app, pack *timescale.Pack, rows []store.DutyRow) error {
	if len(rows) == 0 {
		a.printf("No duties.\n")
		return nil
	}
	cells := [][]string{{"CASE", "REF", "WHAT", "STARTED", "DUE", "STATE", "TEAM", "WORKER", "DUTY"}}
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{
			r.Case, r.Ref, titleOf(pack, r.Ref), r.Started, rowDue(&r.DutyRow), stateCell(r.DutyRow) + undelivered(r), cmp.Or(r.Team, "-"), cmp.Or(r.Worker, "-"), r.Duty,
		})
	}
	return a.table("", cells...)
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
	if r.Local {
		text += " (local)"
	}
	return text
}

// undelivered says that a notice of the duty reached nobody.
func undelivered(r *store.DutyRow) string {
	if r.Undeliverable == "" {
		return ""
	}
	return "; undeliverable: " + r.Undeliverable
}
