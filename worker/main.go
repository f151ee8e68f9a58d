// Command worker runs Longstop's clocks: the workflows that wait and the activities that
// tell people, and what watches over both.
//
// It keeps nothing itself. The record is in Postgres, the waiting in Temporal; any number
// of workers may run, and one that dies is replaced by starting another.
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

// run is main without the process around it: it works until ctx ends. wallNow is the
// machine's clock.
func run(ctx context.Context, args []string, stdout, stderr *os.File, wallNow func() time.Time) int {
	s, err := parse(args, stdout, stderr)
	if err != nil {
		return fail(stderr, program.Usage(err))
	}
	if s.Probe {
		return fail(stderr, program.Probe(ctx, "worker", "LONGSTOP_METRICS_ADDRESS", s.MetricsAddress))
	}
	log, err := program.NewLogger(stderr, s.LogLevel)
	if err != nil {
		return fail(stderr, err)
	}
	m := &service{settings: s, log: log, wallNow: wallNow}
	err = m.start(ctx)
	if err == nil {
		err = m.wait(ctx)
	}
	m.stop(ctx)
	return fail(stderr, err)
}

func parse(args []string, stdout, stderr io.Writer) (settings, error) {
	var s settings
	parser, err := kong.New(&s,
		kong.Name("worker"),
		kong.Description(description),
		kong.Writers(stdout, stderr),
		kong.Vars{"version": program.Build()},
	)
	if err != nil {
		return s, err
	}
	_, err = parser.Parse(args)
	return s, err
}

func fail(w io.Writer, err error) int { return program.Code(w, "worker", err) }
