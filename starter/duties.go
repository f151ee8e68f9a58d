package main

import (
	"cmp"
	"time"

	"longstop/api"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/arguments"
	"longstop/report"
	"longstop/service"
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
		for _, line := range report.Faults(found.PutAside) {
			a.say("warning: " + line)
		}
		a.warnOfRebuild(found.RebuildDue)
		if c.JSON {
			return printLines(a, found.Rows)
		}
		return a.page().Duties(found, calendar.DateOf(a.now()))
	})
}

type eventsCommand struct {
	Case string `arg:"" help:"The case's reference."`
	anySource
	JSON bool `name:"json" hidden:"" help:"As ever: one JSON object a line."`
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
	Key   string           `placeholder:"KEY" help:"Only what was done by a key, and what happened to it."`
	Since arguments.Moment `placeholder:"DATE|INSTANT" help:"Only what was done from then on. Default: of a case or a key everything, else the last 7 days."`
	JSON  bool             `name:"json" help:"One JSON object a line, for machines."`
}

// auditedDays is how far back the audit is shown where nothing says.
const auditedDays = 7

// Run shows the audit.
func (c *auditCommand) Run(a *app) error {
	q := service.AuditQuery{Source: c.Source, Case: c.Case, Key: c.Key, Since: c.since(a)}
	return a.with(func(s *session) error {
		if c.JSON {
			return s.uses.Audit(a.ctx, q, func(r api.AuditRow) error { return a.printJSON(r) })
		}
		var rows []api.AuditRow
		err := s.uses.Audit(a.ctx, q, func(r api.AuditRow) error {
			rows = append(rows, r)
			return nil
		})
		if err != nil && len(rows) == 0 {
			return err
		}
		return cmp.Or(err, a.page().Audit(rows))
	})
}

func (c *auditCommand) since(a *app) time.Time {
	switch {
	case !c.Since.IsZero() && c.Since.DayOnly():
		return c.Since.Day.Start()
	case !c.Since.IsZero():
		return c.Since.Instant
	case c.Case != "" || c.Key != "":
		return time.Time{}
	default:
		return a.wall().AddDate(0, 0, -auditedDays)
	}
}
