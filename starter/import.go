package main

import (
	"cmp"
	"io"
	"os"

	"longstop/calendar"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/report"
	"longstop/service"
)

type importCommand struct {
	CinCensus cinCensusCommand `cmd:"" name:"cin-census" help:"A DfE Children in Need census return (XML)."`
}

type cinCensusCommand struct {
	File string `arg:"" help:"The return."`
	source
	DryRun      bool `help:"Read and compare, and write nothing."`
	ConfirmGone bool `help:"Load a return that takes back more than a tenth of the children, or of the rows of an element, that the record holds of its period, or that moves more than a tenth of the dates of one."`
	ShowIDs     bool `name:"show-ids" help:"Name the children by their LAchildID as well as by their place in the file; for who may see it."`
	Queries     bool `help:"List what the validator's rules say, row by row."`
	JSON        bool `name:"json" help:"The reconciliation as one JSON object, for machines."`
}

// Run loads the return and ends with a reconciliation.
func (c *cinCensusCommand) Run(a *app) error {
	if err := readable(c.File); err != nil {
		return err
	}
	var done *service.Imported
	err := a.with(func(s *session) (err error) {
		done, err = s.uses.Import(a.ctx, service.Import{
			Source: c.Source,
			Format: func(cal *calendar.Calendar) intake.Format { return cincensus.Census{Calendar: cal} },
			Open:   func() (io.ReadCloser, error) { return os.Open(c.File) },
			DryRun: c.DryRun, ConfirmGone: c.ConfirmGone, ShowIDs: c.ShowIDs,
		})
		return err
	})
	if done == nil {
		return err
	}
	a.saidFailed = done.Failure != nil
	done.File = c.File
	return cmp.Or(err, c.print(a, done))
}

// print names on standard error what was refused, and prints the reconciliation. One of a load that asks goes to
// standard error as well: nothing was done, and what would be is part of why not.
func (c *cinCensusCommand) print(a *app, done *service.Imported) error {
	for _, line := range done.Refusals {
		a.say(line)
	}
	for i := range done.Warnings {
		a.say("warning: " + done.Warnings[i].String())
	}
	switch {
	case c.JSON:
		return a.printJSON(done)
	case len(done.Asks) > 0:
		return report.New(a.err, nextSteps).Imported(done, c.Queries, c.ShowIDs)
	default:
		return a.page().Imported(done, c.Queries, c.ShowIDs)
	}
}

// readable reports whether a file can be read, before anything is opened.
func readable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return usagef("the return cannot be read: %w", err)
	}
	return f.Close()
}
