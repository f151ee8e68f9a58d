package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"longstop/calendar"
	"longstop/internal/demo"
)

type demoCommand struct {
	Children int    `default:"60" help:"How many children the invented return holds. Default: ${default}."`
	Worker   string `placeholder:"FILE" help:"The worker program to run. Default: the one next to this program."`
	Web      string `placeholder:"FILE" help:"The program of the API to run. Default: the one next to this program."`
	Dir      string `placeholder:"DIR" help:"Where the sample's files and the logs go. Default: a folder next to the stack's data, or a temporary one."`
	Once     bool   `env:"CI" help:"End after the summary rather than at Ctrl-C; so it does where CI is set."`
}

// Help shows an example.
func (demoCommand) Help() string {
	return `Example:

    make demo

starts a Postgres, a Temporal server and its UI of its own, and runs this with them. With services that run already:

    LONGSTOP_DATABASE_URL=postgres://longstop@localhost:5432/longstop starter demo

It loads an invented return, plays a few invented cases in time that runs fast (in a namespace and a database of their own), and ends with a summary. Never run it on a record that holds real children.`
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
