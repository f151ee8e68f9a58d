package main

import (
	"errors"
	"fmt"
	"strings"
)

// The exit codes that scripts rely on.
const (
	exitDone        = 0
	exitRefused     = 1 // something in the input was refused; stderr names it
	exitUsage       = 2 // the command was given wrongly
	exitUnreachable = 3 // a service could not be reached
)

// errRefused ends a command that has named on stderr, one line each, what it refused, and
// has done the rest.
var errRefused = errors.New("something in the input was refused")

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

// exitCode is the exit code of what a command returned; an error without one is a refusal
// of what it was asked to do.
func exitCode(err error) int {
	var coded *exitError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &coded):
		return coded.code
	default:
		return exitRefused
	}
}
