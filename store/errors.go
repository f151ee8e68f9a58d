package store

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Errors that callers act on; match them with errors.Is.
var (
	// ErrUnknown: the record holds no such case, pathway, notice, list or load.
	ErrUnknown = errors.New("not in the record")
	// ErrBusy: another attempt is sending this notice now; come back when its time is up.
	ErrBusy = errors.New("another attempt is sending this notice now")
	// ErrNotMigrated: the database has no schema yet, or an older one.
	ErrNotMigrated = errors.New("the database is not prepared: run `starter migrate` once with LONGSTOP_MIGRATE_URL, or LONGSTOP_DATABASE_URL, set to its owner's address")
	// ErrUnreachable: Postgres could not be reached, or went away.
	ErrUnreachable = errors.New("the database (Postgres) cannot be reached")
	// ErrLinked: the two references belong to different cases.
	ErrLinked = errors.New("the references belong to different cases already")
)

// unreachable wraps what went wrong on the way to Postgres. It keeps the address's host
// out, since a URL holds a password.
type unreachable struct{ cause error }

func (e *unreachable) Error() string {
	return fmt.Sprintf("%v: check that it runs and that LONGSTOP_DATABASE_URL names it (%s)", ErrUnreachable, symptom(e.cause))
}

func (e *unreachable) Is(target error) bool { return target == ErrUnreachable }

func (e *unreachable) Unwrap() error { return e.cause }

func symptom(err error) string {
	var coded *pgconn.PgError
	var network net.Error
	switch {
	case errors.As(err, &coded):
		return coded.Code + ": " + coded.Message
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case pgconn.Timeout(err):
		return "no answer in time"
	default:
		return "the connection was refused or lost"
	}
}

// explain says which service failed where the connection did; other errors pass.
func explain(err error) error {
	var connect *pgconn.ConnectError
	var network net.Error
	var coded *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, ErrUnreachable), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &connect):
		return &unreachable{err}
	case errors.As(err, &coded):
		switch coded.Code {
		case codeUndefinedTable:
			return ErrNotMigrated
		case codeAdminShutdown, codeCrashShutdown, codeCannotConnectNow:
			return &unreachable{err}
		}
		return err
	case errors.As(err, &network), pgconn.SafeToRetry(err), errors.Is(err, net.ErrClosed), isLost(err):
		return &unreachable{err}
	}
	return err
}

// The SQLSTATE codes that are acted on.
const (
	codeUndefinedTable   = "42P01"
	codeUniqueViolation  = "23505"
	codeSerialization    = "40001"
	codeDeadlock         = "40P01"
	codeAdminShutdown    = "57P01"
	codeCrashShutdown    = "57P02"
	codeCannotConnectNow = "57P03"
)

// again says whether a transaction failed for a reason that is gone when it is run again,
// and certainly wrote nothing.
func again(err error) bool {
	var coded *pgconn.PgError
	if !errors.As(err, &coded) {
		return false
	}
	switch coded.Code {
	case codeSerialization, codeDeadlock:
		return true
	case codeUniqueViolation:
		// Two cases were handed the same event id at once: the second is refused when
		// it looks again.
		return coded.ConstraintName == "events_source_id" || coded.ConstraintName == "staff_events_source_id"
	}
	return false
}

// unknownIfNone turns "no rows" into ErrUnknown.
func unknownIfNone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrUnknown
	}
	return err
}
