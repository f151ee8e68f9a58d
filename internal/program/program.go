// Package program is the frame of Longstop's programs: how they begin and end, what their exit
// codes mean, which build they are, and the settings that all of them read alike.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// The exit codes that scripts rely on.
const (
	Done    = 0
	Refused = 1 // something in the input was refused; stderr names it, and the rest is done
	Misused = 2 // a flag or a setting is missing or wrong, and nothing was done
	Failed  = 3 // not everything was done: a service failed, or somebody interrupted
)

// Main runs a program and ends the process with the exit code that run returns. The context
// ends at the first SIGINT or SIGTERM.
func Main(run func(ctx context.Context) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx)
	stop()
	os.Exit(code)
}

// Tool runs a command for developers with the arguments of the process, and ends the process. What
// the command returns is printed under its name: a [UsageError] is Misused, another error Refused, a request for help neither.
func Tool(name string, run func(args []string, stdout, stderr io.Writer) error) {
	os.Exit(outcome(name, run(os.Args[1:], os.Stdout, os.Stderr), os.Stderr))
}

func outcome(name string, err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return Done
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	var usage *UsageError
	if errors.As(err, &usage) {
		return Misused
	}
	return Refused
}

// UsageError is a flag or a setting that is missing or wrong.
type UsageError struct{ err error }

// Usagef makes a UsageError. It wraps what %w names.
func Usagef(format string, args ...any) error { return Usage(fmt.Errorf(format, args...)) }

// Usage makes a UsageError of an error that names a flag or a setting.
func Usage(err error) error { return &UsageError{err} }

// Error is the text of the error below.
func (e *UsageError) Error() string { return e.err.Error() }

// Unwrap returns the error below.
func (e *UsageError) Unwrap() error { return e.err }
