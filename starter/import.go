package main

import (
	"cmp"
	"errors"
	"io"
	"os"

	"longstop/calendar"
	"longstop/intake"
	"longstop/intake/cincensus"
	"longstop/service/loading"
)

type importCommand struct {
	CinCensus cinCensusCommand `cmd:"" name:"cin-census" help:"A DfE Children in Need census return (XML)."`
}

type cinCensusCommand struct {
	File string `arg:"" help:"The return."`
	source
	DryRun      bool `help:"Read and compare, and write nothing."`
	ConfirmGone bool `help:"Load a return that takes back more than a tenth of the children, or of the rows of an element, that the record holds of its period, or that moves more than a tenth of the dates of one."`
	ShowIDs     bool `name:"show-ids" help:"Name the children by their LAchildID as well, beside their place in the file; for who may see it."`
	Queries     bool `help:"List what the validator's rules say, row by row."`
	JSON        bool `name:"json" help:"The reconciliation as one JSON object, for machines."`
}

// Help shows examples.
func (cinCensusCommand) Help() string {
	return `Example:

    starter import cin-census return-2026.xml --dry-run
    starter import cin-census return-2026.xml
    starter import cin-census return-2026.xml --source case-system --json

A faulty row is refused by the child's place in the file, and the rest is loaded; a refused row takes nothing back that the record holds from an earlier load. A broken file is refused whole, with nothing written. Loading the same file again adds nothing, and a changed one leads to exactly the events that changed; what it takes back is named, with the clocks that stop, and where that is much the load asks first. The first load of a source is its backlog: nobody is written to about what was already overdue, except that each manager gets one list.`
}

// Run loads the return and ends with a reconciliation.
func (c *cinCensusCommand) Run(a *app) error {
	if err := readable(c.File); err != nil {
		return err
	}
	return a.withService(true, func(s *session) error { return c.load(s) })
}

// readable says, before anything is opened, whether a file can be read.
func readable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return usagef("the return cannot be read: %w", err)
	}
	return f.Close()
}

func (c *cinCensusCommand) load(s *session) error {
	now, err := s.now()
	if err != nil {
		return err
	}
	sending := s.connectedForLoad(c.DryRun)
	delivery := inBackground(s.app.ctx, sending)
	p := s.app.progress("children", 0)
	result, err := loading.Return(s.app.ctx, s.record, delivery, loading.Options{
		Format: cincensus.Census{Calendar: s.calendar()},
		Open:   func() (io.ReadCloser, error) { return os.Open(c.File) },
		Source: c.Source, Day: calendar.DateOf(now),
		DryRun: c.DryRun, ConfirmGone: c.ConfirmGone, ShowIDs: c.ShowIDs,
		Progress: p.Set,
	})
	delivery.wait()
	p.End()
	if result == nil {
		return refusedWhole(err)
	}
	r := reconciliation{Result: result, File: c.File, queries: c.Queries, showIDs: c.ShowIDs}
	r.Clocks, r.why = sending.clocks()
	if result.Backlog {
		r.Defaults = defaultsOf(s.record.Book().Pack())
	}
	if len(result.Asks) > 0 {
		question := *s.app
		if !c.JSON {
			question.out = question.err // nothing was done: what would be is part of why not
		}
		return cmp.Or(r.print(&question, c.JSON), refusedWhole(err))
	}
	r.Failure = s.app.failureOf(err)
	s.app.saidFailed = r.Failure != nil
	return cmp.Or(r.print(s.app, c.JSON), err, refusedIf(len(result.Refusals()) > 0))
}

// connectedForLoad is a courier for a load; a dry run sends nothing.
func (s *session) connectedForLoad(dry bool) *courier {
	if dry {
		return s.absent(nil)
	}
	return s.connected()
}

// calendar is that of the law in force; nil, which is the published one, before there is any.
func (s *session) calendar() *calendar.Calendar {
	if book := s.record.Book(); book != nil {
		return book.Calendar()
	}
	return nil
}

// refusedWhole: nothing of the return was written.
func refusedWhole(err error) error {
	var broken *intake.BrokenError
	var gone *loading.GoneError
	if errors.As(err, &broken) || errors.As(err, &gone) {
		return refusef("%w", err)
	}
	return err
}
