// Command worker runs Longstop's clocks: the workflows that wait and the activities that
// tell people, and what watches over both.
//
// It keeps nothing itself. The record is in Postgres, the waiting in Temporal; any number
// of workers may run, and one that dies is replaced by starting another.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"

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
		return fail(stderr, probe(ctx, s.MetricsAddress))
	}
	log, err := newLogger(stderr, s.LogLevel)
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

// fail says what went wrong and returns the exit code; nil is no failure. Nothing is handed in
// that could be refused: what is not wrong usage is a failure, after which the worker is
// started again.
func fail(w io.Writer, err error) int {
	if err == nil {
		return program.Done
	}
	fmt.Fprintf(w, "worker: %v\n", err)
	var usage *program.UsageError
	if errors.As(err, &usage) {
		return program.Misused
	}
	return program.Failed
}

// newLogger writes lines for a person on a terminal, and JSON everywhere else.
func newLogger(out *os.File, set string) (zerolog.Logger, error) {
	level, err := program.Level(set, zerolog.InfoLevel)
	if err != nil {
		return zerolog.Nop(), err
	}
	log := zerolog.New(out)
	if isatty.IsTerminal(out.Fd()) {
		log = zerolog.New(zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly})
	}
	return log.Level(level).With().Timestamp().Logger(), nil
}
