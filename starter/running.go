package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"longstop/calendar"
	"longstop/internal/arguments"
	"longstop/internal/demo"
	"longstop/report"
	"longstop/service"
)

type rebuildCommand struct {
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Run rebuilds, and says what was done.
func (c *rebuildCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		done, err := s.uses.Rebuild(a.ctx)
		if done == nil {
			return err
		}
		a.saidFailed = done.Failure != nil
		return cmp.Or(printAnswer(a, done, c.JSON, (*report.Page).Rebuilt), err)
	})
}

type checkClocksCommand struct {
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Run names every clock with which something is wrong.
func (c *checkClocksCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		found, err := s.uses.CheckClocks(a.ctx)
		if err != nil {
			return err
		}
		a.warnOfRebuild(found.RebuildDue)
		for _, f := range found.Faulty {
			a.say(f.WorkflowID + ": " + f.Trouble + ": " + f.Why)
		}
		if c.JSON {
			return cmp.Or(a.printJSON(found.ClockReport), refusedIf(!found.OK()))
		}
		a.printf("%d of %d workflows run as the record wants.\n", found.Live, found.Open)
		if found.OK() {
			return nil
		}
		attended, err := s.uses.Attended(a.ctx)
		if err == nil && !attended {
			a.printf("No worker program has asked for work in the last minutes: start one (bin/worker), and the workflows follow the record.\n")
		}
		return cmp.Or(err, errRefused)
	})
}

type retryCommand struct {
	Since  arguments.Moment `required:"" placeholder:"DATE|INSTANT" help:"Only what nobody could be told from then on."`
	DryRun bool             `name:"dry-run" help:"Only list it."`
	JSON   bool             `name:"json" help:"One JSON object, for machines."`
}

// Run lists what nobody could be told, and tries it again. Where Temporal does not answer,
// the nudges wait in the outbox, and a worker sends them.
func (c *retryCommand) Run(a *app) error {
	return a.with(func(s *session) error {
		done, err := s.uses.RetryUndeliverable(a.ctx, c.Since.Start(), c.DryRun)
		if done == nil {
			return err
		}
		a.saidFailed = done.Failure != nil
		return cmp.Or(printAnswer(a, done, c.JSON, (*report.Page).Retried), err)
	})
}

type mendRecordedCommand struct {
	Recorded arguments.Moment `placeholder:"INSTANT" help:"When it was recorded, as far as anybody knows; in each case not before what had been recorded until then. Default: now."`
	Reason   string           `placeholder:"TEXT" help:"Why: it is kept."`
	By       string           `placeholder:"WHO" help:"Who says so."`
	DryRun   bool             `help:"List what would be mended, and write nothing."`
	JSON     bool             `name:"json" help:"One JSON object, for machines."`
}

// Run mends what was recorded in the record's future, or lists it.
func (c *mendRecordedCommand) Run(a *app) error {
	if !c.DryRun && (c.Reason == "" || c.By == "") {
		return usagef("say why with --reason and who says so with --by, or look first with --dry-run")
	}
	m := service.Mending{Reason: c.Reason, By: c.By, DryRun: c.DryRun}
	if !c.Recorded.IsZero() {
		m.Recorded = c.Recorded.End()
	}
	return a.withOwner(func(s *session) error {
		done, err := s.uses.MendRecorded(a.ctx, m)
		if err != nil {
			return err
		}
		return printAnswer(a, done, c.JSON, (*report.Page).Mended)
	})
}

type migrateCommand struct{}

// Run prepares the database.
func (*migrateCommand) Run(a *app) error {
	return a.withOwner(func(s *session) error {
		pack, rebuildDue, err := s.uses.Migrate(a.ctx)
		if pack != nil {
			a.printf("The database is ready; in force: %s, edition %s.\n", pack.Name, pack.Edition)
		}
		a.warnOfRebuild(rebuildDue)
		return err
	})
}

type demoCommand struct {
	Children int    `default:"60" help:"How many children the invented return holds. Default: ${default}."`
	Worker   string `placeholder:"FILE" help:"The worker program to run. Default: the one next to this program."`
	Web      string `placeholder:"FILE" help:"The program of the API to run. Default: the one next to this program."`
	Dir      string `placeholder:"DIR" help:"Where the sample's files and the logs go. Default: a folder next to the stack's data, or a temporary one."`
	Once     bool   `env:"CI" help:"End after the summary rather than at Ctrl-C; so it does where CI is set."`
}

// untilGivenUp is how long its workers may take to finish what they do.
func (*demoCommand) untilGivenUp() time.Duration { return time.Minute }

// Run plays the demonstration.
func (c *demoCommand) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.record.Prepare(a.ctx); err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	o := demo.Options{
		Out: a.direct, Starter: program, Worker: c.Worker, Web: c.Web, Dir: c.Dir, Database: s.url, Temporal: s.options,
		UI: a.getenv("LONGSTOP_TEMPORAL_UI"), Children: c.Children, Day: calendar.DateOf(a.now()), Now: a.wall,
		Log: s.log, Linger: !c.Once,
	}
	if o.Worker == "" {
		o.Worker = filepath.Join(filepath.Dir(program), "worker")
	}
	if o.Web == "" {
		o.Web = filepath.Join(filepath.Dir(program), "web")
	}
	if o.Dir == "" {
		o.Dir = filepath.Join(stackDir(a.getenv), "demo")
	}
	return demo.Run(a.ctx, o)
}

// stackDir is the folder of the development stack that this runs in, or a temporary one.
func stackDir(getenv func(string) string) string {
	if dir := getenv("LONGSTOP_STACK_DIR"); dir != "" {
		return dir
	}
	return filepath.Join(os.TempDir(), "longstop")
}
