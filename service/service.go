// Package service is what Longstop does for whoever asks: its use cases, on the record and its clocks, or on a file of
// events. Structs come in, structs go out; nothing here prints, or reads a flag, a file's name or the environment.
//
// Every use of the record is noted in its audit, by whoever opened it: what is read before it is read, and of what
// writes that it began and how it ended.
//
// A use case returns one of four errors (see KindOf): the input was refused, and nothing was done; something in the
// input was refused, and the rest was done (ErrPartlyRefused); it was asked for wrongly; or it failed, which is
// every other error: then the same again does the rest.
package service

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"longstop/api"
	"longstop/clocks"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale"
	"longstop/timescale/load"
)

// Service is the use cases on one record. It is safe for concurrent use.
type Service struct {
	record *store.Store
	clocks Clocks
	watch  Watcher
	nudges queued
	feeds  chan struct{} // holds one while a body of a feed is loaded
}

// Clocks is what use cases need of the clocks' side of Temporal. *clocks.Client is one.
type Clocks interface {
	// Reach connects.
	Reach(ctx context.Context) error
	// Prepare connects, and makes the namespace ready for clocks.
	Prepare(ctx context.Context) error
	// Send sends nudges and returns the error of each: nil where it was sent.
	Send(ctx context.Context, nudges []pathway.Nudge) []error
	// Check compares every open pathway with its clock.
	Check(ctx context.Context) (clocks.Report, error)
	// Heal replaces the clocks that do not run as the record wants.
	Heal(ctx context.Context, report clocks.Report) (clocks.Healed, error)
	// Attended reports whether a worker has asked for work in the last minutes.
	Attended(ctx context.Context) (bool, error)
}

// Watcher is told what happens while a use case runs. It may be called from several goroutines.
type Watcher interface {
	// Warn tells of something that a person should look at and that keeps nothing from being done.
	Warn(text string)
	// Begin says that some work begins: "cases read", so many of them, or 0 where nobody knows how many.
	Begin(what string, total int) Progress
}

// Progress is told how far some work has come. It is safe for concurrent use.
type Progress interface {
	Add(n int)
	Set(done, total int)
	End()
}

// New returns the use cases on a record.
func New(record *store.Store, c Clocks, watch Watcher) *Service {
	return &Service{record: record, clocks: c, watch: watch, nudges: make(queued, mostQueued), feeds: make(chan struct{}, 1)}
}

// use is one use of the record: what the audit says of it.
type use struct {
	*Service
	noted bool   // the audit has what is read
	about string // the key of the one case that a use which writes is about; "" where it is about none or many
}

// endTimeout is how long a use waits to note how it ended.
const endTimeout = 5 * time.Second

// writes prepares the record and runs a use that writes between two rows of the audit. Where the first cannot be
// written nothing is done.
func (s *Service) writes(ctx context.Context, do func(*use) error) error {
	if err := s.record.Prepare(ctx); err != nil {
		return err
	}
	if err := s.record.Note(ctx, store.AuditBegan, ""); err != nil {
		return err
	}
	u := &use{Service: s}
	err := do(u)
	// It ends also where it was interrupted.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if failed := s.record.Note(end, outcomeOf(ctx, err), u.about); failed != nil {
		s.watch.Warn("the audit shows that this command began, and not how it ended: " + failed.Error())
	}
	return err
}

// Writes runs what writes to the record between two rows of its audit, for packages of use cases next to this one.
func (s *Service) Writes(ctx context.Context, do func() error) error {
	return s.writes(ctx, func(*use) error { return do() })
}

// Reads notes in the audit that the record is read, and runs what does, for packages of use cases next to this one.
func (s *Service) Reads(ctx context.Context, do func() error) error {
	return s.reads(ctx, func(u *use) error {
		if err := u.readsCases(ctx); err != nil {
			return err
		}
		return do()
	})
}

func outcomeOf(ctx context.Context, err error) store.Outcome {
	switch KindOf(Cause(ctx, err)) {
	case Done:
		return store.AuditDone
	case Refused, Usage:
		return store.AuditRefused
	default:
		return store.AuditFailed
	}
}

// reads runs a use that reads, and sees that it has noted what.
func (s *Service) reads(ctx context.Context, do func(*use) error) error {
	if err := s.record.Current(ctx); err != nil {
		return err
	}
	u := &use{Service: s}
	err := do(u)
	if err == nil && !u.noted {
		return errors.New("a fault of this program: it has read the record, and noted nothing of it in the audit")
	}
	return err
}

// readsCase notes that what the record holds of one child is read, before it is, and returns the case's key. It refuses
// a reference by which several children are named: one of them would be read unnoted.
func (u *use) readsCase(ctx context.Context, source, ref string) (string, error) {
	keys, err := u.record.CaseKeys(ctx, source, ref)
	if err != nil {
		return "", unknownCase(err, ref)
	}
	if len(keys) > 1 {
		return "", severalCases(ref, len(keys))
	}
	u.noted = true
	return keys[0], u.record.Note(ctx, store.AuditRead, keys[0])
}

func severalCases(ref string, n int) error {
	return refusef(SeveralCases, "%s: %d cases are named so", ref, n)
}

// readsCases notes that many cases are read, before they are.
func (u *use) readsCases(ctx context.Context) error {
	u.noted = true
	return u.record.Note(ctx, store.AuditRead, "")
}

// unknownCase refuses a case that the record does not hold, where that is the error.
func unknownCase(err error, ref string) error {
	if errors.Is(err, store.ErrUnknown) {
		return refusef(UnknownCase, "%s: the record holds no case of that reference", ref)
	}
	return err
}

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
	SeveralSources    Code = "several_sources"
	SeveralEvents     Code = "several_events"
	UnknownAttachment Code = "unknown_attachment"
	OtherAttachment   Code = "other_attachment"
	UnknownSource     Code = "unknown_source"
	ClocksUnfollowed  Code = "clocks_unfollowed"
	LimitHangsOnMore  Code = "limit_hangs_on_more"
	OtherSource       Code = "other_source"
	NothingToCorrect  Code = "nothing_to_correct"
	UnknownKey        Code = "unknown_key"
	UnknownNotice     Code = "unknown_notice"
	ListAcknowledged  Code = "list_acknowledged"
	PromiseRefused    Code = "promise_refused"
	KnownOtherwise    Code = "known_otherwise"
	OtherAuthority    Code = "other_authority"
	UnknownPerson     Code = "unknown_person"
)

// Codes lists the codes.
var Codes = []Code{
	CursorOld, CursorElsewhere, UnknownWebhook, UnknownCase, UnknownEvent, UnknownTimescale, UnknownDuty,
	ListNotice, SeveralCases, SeveralSources, SeveralEvents, UnknownAttachment, OtherAttachment, UnknownSource,
	ClocksUnfollowed, LimitHangsOnMore, OtherSource, NothingToCorrect, UnknownKey, UnknownNotice,
	ListAcknowledged, PromiseRefused, KnownOtherwise, OtherAuthority, UnknownPerson,
}

// Error is why the input of a use case was refused, or how it was asked for wrongly.
type Error struct {
	Kind  Kind
	Code  Code   // "" where the text says everything
	Field string // the field of the input that is at fault, such as "by"; "" where it is another thing
	// Event is why the record refused the event of a promise; nil of every other error.
	Event *api.Refusal
	Meant string // what was perhaps meant, to end the text with: "; did you mean CP-10?"; "" where nothing is near
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

// Misusef says that a field of the input was given wrongly.
func Misusef(field, format string, args ...any) error { return misuse(field, format, args...) }

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

// ErrPartlyRefused is returned with an answer that names what was refused of the input. The rest was done.
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

// failureOf returns what an answer reports of a failure; nil for any other error.
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

// Unavailable reports whether an error is one that passes by itself: the database does not answer, is not migrated
// yet, or its clock differs from this machine's; or the context has ended. The same again is safe.
func Unavailable(err error) bool {
	for _, passing := range []error{
		store.ErrUnreachable, store.ErrNotMigrated, store.ErrClocksApart, ErrInterrupted, context.DeadlineExceeded, context.Canceled,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}
