package service

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"longstop/api"
	"longstop/store"
	"longstop/timescale"
	"longstop/timescale/load"
)

// Kind is how a use case ended.
type Kind int

// The kinds.
const (
	Done    Kind = iota
	Refused      // something in the input was refused; what is not named was done
	Usage        // it was asked for wrongly, and nothing was done
	Failed       // not everything was tried: the same again does the rest
)

// Code names a refusal of which a program says more than its text: what to type or to click next.
type Code string

// The codes.
const (
	UnknownCase       Code = "unknown_case"
	UnknownEvent      Code = "unknown_event"
	UnknownTimescale  Code = "unknown_timescale"
	UnknownDuty       Code = "unknown_duty"
	ListNotice        Code = "list_notice"
	SeveralCases      Code = "several_cases"
	UnknownAttachment Code = "unknown_attachment"
	ClocksUnfollowed  Code = "clocks_unfollowed"
	LimitHangsOnMore  Code = "limit_hangs_on_more"
	OtherSource       Code = "other_source"
	NothingToCorrect  Code = "nothing_to_correct"
)

// Error is why the input of a use case was refused, or how it was asked for wrongly.
type Error struct {
	Kind  Kind
	Code  Code   // "" where the text says everything
	Field string // the field of the input that is at fault, such as "by"; "" where it is another thing
	Meant string // what was perhaps meant, after everything else that is said: "; did you mean CP-10?"; "" where nothing is near
	err   error
}

// Error begins with the field, where one is at fault, and ends with what was perhaps meant.
func (e *Error) Error() string { return e.Text() + e.Meant }

// Text is Error without what was perhaps meant.
func (e *Error) Text() string {
	if e.Field == "" {
		return e.err.Error()
	}
	return e.Field + " " + e.err.Error()
}

// Unwrap returns the error below.
func (e *Error) Unwrap() error { return e.err }

func refusef(code Code, format string, args ...any) error {
	return &Error{Kind: Refused, Code: code, err: fmt.Errorf(format, args...)}
}

func refused(err error) error { return &Error{Kind: Refused, err: err} }

func refuseField(field, format string, args ...any) error {
	return &Error{Kind: Refused, Field: field, err: fmt.Errorf(format, args...)}
}

func misuse(field, format string, args ...any) error {
	return &Error{Kind: Usage, Field: field, err: fmt.Errorf(format, args...)}
}

func usagef(code Code, format string, args ...any) error {
	return &Error{Kind: Usage, Code: code, err: fmt.Errorf(format, args...)}
}

// Usagef says that something was asked for wrongly.
func Usagef(format string, args ...any) error { return usagef("", format, args...) }

// Refusef refuses the whole of an input.
func Refusef(format string, args ...any) error { return refusef("", format, args...) }

// LawError refuses a law with every fault of it.
type LawError struct {
	Faults []timescale.Fault
	// OverlayInForce says that it is the overlay in force that does not go with the new pack.
	OverlayInForce bool
}

// Error is a line for each fault.
func (e *LawError) Error() string {
	lines := make([]string, len(e.Faults))
	for i := range e.Faults {
		lines[i] = e.Faults[i].String()
	}
	return strings.Join(lines, "\n")
}

// RefusedLaw refuses a law where its faults are the error; other errors pass.
func RefusedLaw(err error) error {
	var found *load.Error
	if !errors.As(err, &found) {
		return err
	}
	return &LawError{Faults: found.Faults, OverlayInForce: errors.Is(err, load.ErrOverlayInForce)}
}

// ErrPartlyRefused is returned beside an answer that names what was refused of the input. The rest was done.
var ErrPartlyRefused = errors.New("something in the input was refused")

// ErrInterrupted is why a use case did not do everything whose context has ended.
var ErrInterrupted = errors.New("interrupted")

func partlyRefused(refused bool) error {
	if refused {
		return ErrPartlyRefused
	}
	return nil
}

// KindOf returns how what returned an error has ended. What is neither a refusal nor wrong usage is a failure.
func KindOf(err error) Kind {
	var typed *Error
	var law *LawError
	var refused *store.RefusedError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &typed):
		return typed.Kind
	case errors.Is(err, ErrPartlyRefused), errors.As(err, &law), errors.As(err, &refused):
		return Refused
	default:
		return Failed
	}
}

// Cause returns the true reason of a failure: what fails once the context has ended fails because of that.
func Cause(ctx context.Context, err error) error {
	if KindOf(err) == Failed && ctx.Err() != nil {
		return ErrInterrupted
	}
	return err
}

// failureOf returns what an answer says of a failure; nil where the error is none.
func failureOf(ctx context.Context, err error) *api.Failure {
	err = Cause(ctx, err)
	if KindOf(err) != Failed {
		return nil
	}
	return &api.Failure{Failed: true, Reason: err.Error()}
}

// PanicError is a panic as an error: a failure, which says where.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("this program has a fault, please report it: %v", e.Value)
}

// Guarded runs something and returns its error, or its panic as one.
func Guarded(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{p, debug.Stack()}
		}
	}()
	return run()
}
