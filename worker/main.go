// Command worker runs Longstop's clocks: the workflows that wait and the activities that
// tell people, and beside them what watches over both.
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
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"longstop/internal/casetime"
)

// Exit codes are the same as those of the product's other commands. Nothing is handed in
// that could be refused, so there is no 1: what is not wrong usage is a failure, after
// which the worker is started again.
const (
	exitDone       = 0
	exitWrongUsage = 2
	exitFailed     = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, casetime.WallNow)
	stop()
	os.Exit(code)
}

// run is main without the process around it: it works until ctx ends. wallNow is the
// machine's clock.
func run(ctx context.Context, args []string, stdout, stderr *os.File, wallNow func() time.Time) int {
	s, err := parse(args, stdout, stderr)
	if err != nil {
		return fail(stderr, &usageError{err})
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
		kong.Vars{"version": buildID()},
	)
	if err != nil {
		return s, err
	}
	_, err = parser.Parse(args)
	return s, err
}

// fail says what went wrong and returns the exit code; nil is no failure.
func fail(w io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(w, "worker: %v\n", err)
	var usage *usageError
	if errors.As(err, &usage) {
		return exitWrongUsage
	}
	return exitFailed
}

// usageError is a setting that is missing or wrong.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
