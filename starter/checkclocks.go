package main

import (
	"cmp"

	"longstop/clocks"
	"longstop/internal/temporal"
)

type checkClocksCommand struct {
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (checkClocksCommand) Help() string {
	return `Example:

    starter check-clocks

Compares every open stage of a case in the record with its workflow. Exit code 1 if a workflow does not run as the record wants; a running worker program puts it right within ten minutes, and 'starter rebuild' at once.`
}

// Run names every clock with which something is wrong.
func (c *checkClocksCommand) Run(a *app) error {
	return a.withService(false, func(s *session) error {
		if err := s.dial(); err != nil {
			return err
		}
		if err := cmp.Or(s.readsCases(), s.warnOfRebuild()); err != nil {
			return err
		}
		report, err := clocks.Check(a.ctx, s.record, s.temporal, s.options.Namespace, clocks.Settle, a.wall())
		if err != nil {
			return err
		}
		for _, f := range report.Faulty {
			a.say(f.WorkflowID + ": " + string(f.Trouble) + ": " + f.Why)
		}
		if c.JSON {
			return cmp.Or(a.printJSON(report), refusedIf(!report.OK()))
		}
		a.printf("%d of %d workflows run as the record wants.\n", report.Live, report.Open)
		if report.OK() {
			return nil
		}
		attended, err := temporal.Attended(a.ctx, s.temporal)
		if err == nil && !attended {
			a.printf("No worker program has asked for work in the last minutes: start one (bin/worker), and the workflows follow the record.\n")
		}
		return cmp.Or(err, errRefused)
	})
}
