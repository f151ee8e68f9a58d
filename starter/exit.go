package main

import (
	"errors"
	"fmt"
	"strings"
)

// The exit codes that scripts rely on.
const (
	exitDone    = 0
	exitRefused = 1 // something in the input was refused; stderr names it, and the rest is done
	exitUsage   = 2 // the command was given wrongly
	exitFailed  = 3 // not everything was tried: a service failed, or somebody interrupted
)

// errRefused ends a command that has named on stderr, one line each, what it refused, and
// has done the rest.
var errRefused = errors.New("something in the input was refused")

// errInterrupted is why a command that was sent SIGINT or SIGTERM did not do everything.
var errInterrupted = errors.New("interrupted")

// exitError is an error with the exit code that it stands for.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// linesError is a refusal of which every line stands by itself: the faults of a rule pack.
type linesError struct{ lines []string }

func (e *linesError) Error() string { return strings.Join(e.lines, "\n") }

// refusef refuses the whole input of a command.
func refusef(format string, args ...any) error {
	return &exitError{code: exitRefused, err: fmt.Errorf(format, args...)}
}

// usagef says that the command was given wrongly.
func usagef(format string, args ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// exitCode is the exit code of what a command returned. A refusal and wrong usage say that
// they are one; every other error is a failure, after which the caller tries again.
func exitCode(err error) int {
	var coded *exitError
	var lines *linesError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &coded):
		return coded.code
	case errors.Is(err, errRefused), errors.As(err, &lines):
		return exitRefused
	default:
		return exitFailed
	}
}

// failure is what the JSON of a command says that could not do all of its work. NotTried is
// there where the command records events.
type failure struct {
	Failed   bool   `json:"failed"`
	Reason   string `json:"reason"`
	NotTried *int   `json:"events_not_tried,omitempty"`
}

// failureOf is what a command failed by; nil where it did not fail. An interrupt explains
// every failure that follows from it.
func (a *app) failureOf(err error) *failure {
	err = a.interruptedOr(err)
	if exitCode(err) != exitFailed {
		return nil
	}
	return &failure{Failed: true, Reason: err.Error()}
}

// interruptedOr is a failure's true reason: what fails once the command was interrupted
// fails because of that.
func (a *app) interruptedOr(err error) error {
	if exitCode(err) == exitFailed && a.ctx.Err() != nil {
		return errInterrupted
	}
	return err
}
