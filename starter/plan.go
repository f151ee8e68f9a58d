package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"longstop/casework"
	"longstop/english"
	"longstop/intake/rows"
	"longstop/internal/arguments"
	"longstop/internal/ctxio"
	"longstop/report"
	"longstop/service"
)

// casesFrom is where commands find their cases: a file of events, or the record.
type casesFrom struct {
	Events string `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	law
}

// with runs a command on the cases of the file, or on the record.
func (c *casesFrom) with(a *app, onFile func(service.Offline, *service.Cases) error, onRecord func(*service.Service) error) error {
	if c.Events != "" {
		book, err := c.book()
		if err != nil {
			return err
		}
		return a.onFile(book, c.Events, onFile)
	}
	if err := a.needsRecord(); err != nil {
		return err
	}
	return a.with(func(s *session) error { return onRecord(s.uses) })
}

type planCommand struct {
	AsOf    arguments.Moment `placeholder:"DATE|INSTANT" help:"See what had happened by then; a date means the end of that day. Default: now."`
	KnownAt arguments.Moment `placeholder:"INSTANT" help:"See only what had been recorded by then. Default: everything."`
	JSON    bool             `name:"json" help:"One JSON object a line, for machines."`

	NotCounted bool `help:"With --json: after the timescales also what did not count, one object a line. The table always shows it."`
	casesFrom
}

// Run folds each case of the file, or of the record.
func (c *planCommand) Run(a *app) error {
	view := service.View{AsOf: c.AsOf.When, KnownAt: c.KnownAt.When}
	return c.with(a, func(o service.Offline, cases *service.Cases) error {
		plans, err := o.Plan(a.ctx, cases, view)
		return cmp.Or(err, c.print(a, plans), cases.PartlyRefused())
	}, func(s *service.Service) error {
		plans, err := s.Plan(a.ctx, view)
		return cmp.Or(err, c.print(a, plans))
	})
}

func (c *planCommand) print(a *app, plans *service.Plans) error {
	switch {
	case plans == nil:
		return nil
	case c.JSON:
		return c.printJSON(a, plans)
	default:
		return a.page().Plans(plans)
	}
}

// printJSON writes the duties of all cases, one a line, and what did not count where that is asked
// for. Where it is not, how much came to nothing is reported on standard error, so that a pipe of duties
// stays one.
func (c *planCommand) printJSON(a *app, plans *service.Plans) error {
	if err := printLines(a, plans.Rows()); err != nil {
		return err
	}
	if c.NotCounted {
		return printLines(a, plans.NotCounted())
	}
	if nothing := plans.CameToNothing(); nothing > 0 {
		a.say("warning: " + english.Count(nothing, "event") + " did not count: --not-counted lists them with the reasons")
	}
	return nil
}

type noticesCommand struct {
	From arguments.Day `placeholder:"DATE" required:"" help:"The first day, London's."`
	To   arguments.Day `placeholder:"DATE" required:"" help:"The last day, included."`
	JSON bool          `name:"json" help:"One JSON object a line, for machines."`
	casesFrom
}

// Run plays the ladders of each case of the file, or of the record.
func (c *noticesCommand) Run(a *app) error {
	days := service.Days{From: c.From.Date, To: c.To.Date}
	if err := days.Check(); err != nil { // before a file is read or the record opened
		return err
	}
	return c.with(a, func(o service.Offline, cases *service.Cases) error {
		rows, err := o.Notices(a.ctx, cases, days)
		return cmp.Or(printRows(a, rows, err, c.JSON, (*report.Page).Notices), cases.PartlyRefused())
	}, func(s *service.Service) error {
		rows, err := s.Notices(a.ctx, days)
		return printRows(a, rows, err, c.JSON, (*report.Page).Notices)
	})
}

// openInput opens a file, or standard input for "-".
func (a *app) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, usagef("the file cannot be read: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(usagef("%s is a folder: name a file", name), f.Close())
	}
	return f, nil
}

// parseEvents returns the events in a file and the lines that are not events. One that cannot be opened is
// wrong usage, one that plainly is something else is refused, and one that breaks off is a failure.
func (a *app) parseEvents(name string) ([]casework.Event, []casework.Refusal, error) {
	in, err := a.openInput(name)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	events, refused, err := rows.Read(ctxio.NewReader(a.ctx, in))
	switch {
	case errors.Is(err, rows.ErrNotEvents):
		return nil, nil, refusef("%s: %w", inputName(name), err)
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", inputName(name), err)
	}
	return events, refused, nil
}

func inputName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// onFile runs a command on the cases of a file of events. What of it is refused is named on
// stderr, and what is probably a slip is warned of.
func (a *app) onFile(book *casework.Book, name string, run func(service.Offline, *service.Cases) error) error {
	// A command that folds a file keeps all of it until it ends, so that collecting sooner
	// frees little: a county is a fifth faster, for some hundreds of megabytes.
	debug.SetGCPercent(400)
	events, unread, err := a.parseEvents(name)
	if err != nil {
		return err
	}
	cases := service.FromEvents(book, events, unread)
	for i := range cases.Refused {
		a.say(cases.Refused[i].Error())
	}
	for i := range cases.Doubts {
		a.say("warning: " + cases.Doubts[i].Error())
	}
	return run(service.Offline{Now: a.now(), Watch: watcher{a}}, cases)
}

// refusedIf is errRefused where something was.
func refusedIf(refused bool) error {
	if refused {
		return errRefused
	}
	return nil
}
