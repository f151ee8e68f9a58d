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

// RefusedError is about what was handed in, which is refused whole with nothing written:
// trying again changes nothing.
type RefusedError struct{ reason error }

func (e *RefusedError) Error() string { return e.reason.Error() }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.reason }

func refusedf(format string, args ...any) error {
	return &RefusedError{fmt.Errorf(format, args...)}
}

// errNoWrites is why one of several servers is passed over.
var errNoWrites = errors.New("it takes no writes")

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
	case errors.Is(err, errNoWrites):
		return "none of the servers that it names takes writes, or those that would do not answer"
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

// failed wraps an answer of Postgres by which it did not do what it was asked to, for a
// reason that has nothing to do with what was handed in. It matches ErrUnreachable where
// another server, or the same one a little later, would do it.
type failed struct {
	cause *pgconn.PgError
	trouble
}

func (e *failed) Error() string {
	return fmt.Sprintf("the database (Postgres) could not do it: %s (%s: %s)", e.advice, e.cause.Code, e.cause.Message)
}

func (e *failed) Is(target error) bool { return e.away && target == ErrUnreachable }

func (e *failed) Unwrap() error { return e.cause }

// trouble is what a SQLSTATE means to whoever runs Longstop.
type trouble struct {
	away   bool   // the server cannot work now: as good as unreachable
	advice string // what is wrong, and what to do
}

// troubles are by SQLSTATE, or by its class (the first two characters) where a class is
// all alike.
var troubles = map[string]trouble{
	"08": {true, "the connection broke: check the network between them, and try again"},
	"25006": {true, "the server that answers takes no writes: it is a standby, or was set to read only. " +
		"Let LONGSTOP_DATABASE_URL name the primary (of several hosts the one that can write is taken)"},
	"25P03": {true, "it ended a transaction in which this program was silent for longer than idle_in_transaction_session_timeout allows: try again"},
	"40001": {false, "other transactions got in its way time after time: try again"},
	"40P01": {false, "it lost one deadlock after another: try again, with less at once"},
	"42501": {false, "the user of LONGSTOP_DATABASE_URL may not do this: its owner lays down its rights with `starter migrate` (docs/running.md, Roles)"},
	"53":    {true, "the server has run out of something: see its log"},
	"53100": {true, "its disk is full: make room, and try again"},
	"53200": {true, "it is out of memory: try again, with less at once"},
	"53300": {true, "all its connections are taken: raise max_connections, or run fewer programs at once"},
	"55P03": {true, "what it needs stayed locked for too long: try again, and look in pg_stat_activity for who holds the lock"},
	"57014": {false, "the statement was cancelled, because it took longer than statement_timeout allows or by somebody's hand: try again"},
	"57P":   {true, "it is starting, stopping, or has closed the connection: try again"},
	"58":    {false, "its operating system failed it: see its log before trying again"},
	"XX":    {false, "it found itself or its data in disorder: see its log before trying again"},
}

func troubleOf(code string) (trouble, bool) {
	for _, prefix := range []string{code, code[:min(3, len(code))], code[:min(2, len(code))]} {
		if t, ok := troubles[prefix]; ok {
			return t, true
		}
	}
	return trouble{}, false
}

// explain says what is wrong with Postgres, and what to do, where that is what went wrong;
// other errors pass. Explaining again changes nothing.
func explain(err error) error {
	var connect *pgconn.ConnectError
	var network net.Error
	var coded *pgconn.PgError
	var explained *failed
	switch {
	case err == nil, errors.Is(err, ErrUnreachable), errors.Is(err, context.Canceled), errors.As(err, &explained):
		return err
	case errors.As(err, &connect):
		return &unreachable{err}
	case errors.As(err, &coded):
		if coded.Code == codeUndefinedTable {
			return ErrNotMigrated
		}
		if t, known := troubleOf(coded.Code); known {
			return &failed{coded, t}
		}
		return err
	case errors.As(err, &network), pgconn.SafeToRetry(err), errors.Is(err, net.ErrClosed), isLost(err):
		return &unreachable{err}
	}
	return err
}

// The SQLSTATE codes that are acted on.
const (
	codeUndefinedTable  = "42P01"
	codeUniqueViolation = "23505"
	codeSerialization   = "40001"
	codeDeadlock        = "40P01"
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
