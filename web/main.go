// Command web is Longstop's front door for other systems: an API over HTTP by which they push what happened and read
// what is due.
//
// It keeps nothing itself. The record is in Postgres; what has been answered as done is committed there, whether
// Temporal answers or not. Any number of them may run.
package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"longstop/internal/casetime"
	"longstop/internal/program"
)

func main() {
	program.Main(func(ctx context.Context) int { return run(ctx, os.Args[1:], os.Stdout, os.Stderr, casetime.WallNow) })
}

// run is main without the process around it: it serves until ctx ends. wallNow is the machine's clock.
//
// The worker program begins alike. What both need (the log, the probe, exit codes) is in package program; what is left
// differs in the settings and in what is started, and reads best whole.
func run(ctx context.Context, args []string, stdout, stderr *os.File, wallNow func() time.Time) int {
	s, err := parse(args, stdout, stderr)
	if err != nil {
		return fail(stderr, program.Usage(err))
	}
	if s.Probe {
		return fail(stderr, program.Probe(ctx, "web", envMetrics, s.MetricsAddress))
	}
	log, err := program.NewLogger(stderr, s.LogLevel)
	if err != nil {
		return fail(stderr, err)
	}
	d := &door{settings: s, log: log, wallNow: wallNow}
	err = d.start(ctx)
	if err == nil {
		err = d.wait(ctx)
	}
	d.stop(ctx)
	return fail(stderr, err)
}

func parse(args []string, stdout, stderr io.Writer) (settings, error) {
	var s settings
	parser, err := kong.New(&s,
		kong.Name("web"),
		kong.Description(about),
		kong.Writers(stdout, stderr),
		kong.Vars{"version": program.Build()},
	)
	if err != nil {
		return s, err
	}
	_, err = parser.Parse(args)
	return s, err
}

func fail(w io.Writer, err error) int { return program.Code(w, "web", err) }
