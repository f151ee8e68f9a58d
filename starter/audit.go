package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"longstop/store"
)

// commandName is a command without its arguments, which may hold a child's reference:
// "import cin-census <file>" is "import cin-census".
func commandName(parsed string) string {
	name, _, _ := strings.Cut(parsed, " <")
	return name
}

// audited runs a command that writes between two rows of the audit. Where the first cannot
// be written nothing is done.
func (s *session) audited(run func(*session) error) error {
	if err := s.record.Note(s.app.ctx, store.AuditBegan, ""); err != nil {
		return err
	}
	err := run(s)
	// It ends also where it was interrupted.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.app.ctx), endTimeout)
	defer cancel()
	if failed := s.record.Note(ctx, outcomeOf(s.app.interruptedOr(err)), s.about); failed != nil {
		s.app.say("warning: the audit shows that this command began, and not how it ended: " + failed.Error())
	}
	return err
}

// endTimeout is how long a command waits to note how it ended.
const endTimeout = 5 * time.Second

func outcomeOf(err error) store.Outcome {
	switch exitCode(err) {
	case exitDone:
		return store.AuditDone
	case exitRefused, exitUsage:
		return store.AuditRefused
	default:
		return store.AuditFailed
	}
}

// reading runs a command that reads, and sees that it has noted what.
func (s *session) reading(run func(*session) error) error {
	err := run(s)
	if err == nil && !s.noted {
		return errors.New("a fault of this program: it has read the record, and noted nothing of it in the audit")
	}
	return err
}

// readsCase notes that this command reads what the record holds of one child, before it
// does, and returns the case's key.
func (s *session) readsCase(source, ref string) (string, error) {
	key, err := s.record.CaseKey(s.app.ctx, source, ref)
	if err != nil {
		return "", unknownCase(err, ref)
	}
	s.noted = true
	return key, s.record.Note(s.app.ctx, store.AuditRead, key)
}

// readsCases notes that this command reads of many cases, before it does.
func (s *session) readsCases() error {
	s.noted = true
	return s.record.Note(s.app.ctx, store.AuditRead, "")
}
