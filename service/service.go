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
	"time"

	"longstop/clocks"
	"longstop/pathway"
	"longstop/store"
)

// Service is the use cases on one record. It is safe for concurrent use.
type Service struct {
	record *store.Store
	clocks Clocks
	watch  Watcher
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
	return &Service{record: record, clocks: c, watch: watch}
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

// readsCase notes that what the record holds of one child is read, before it is, and returns the case's key.
func (u *use) readsCase(ctx context.Context, source, ref string) (string, error) {
	key, err := u.record.CaseKey(ctx, source, ref)
	if err != nil {
		return "", unknownCase(err, ref)
	}
	u.noted = true
	return key, u.record.Note(ctx, store.AuditRead, key)
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
