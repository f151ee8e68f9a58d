package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// One case must not stop the others. Whatever is worked out about a case runs under guard,
// which turns a panic, and work that does not end, into a CaseFaultError. A case with a fault is
// put aside (see aside.go): its events are kept, its fault is shown, and it is tried again.

// ErrCaseFault says that a case cannot be worked out, though the record can be reached. Match
// it with errors.Is; the error is a *CaseFaultError.
var ErrCaseFault = errors.New("the case could not be worked out")

// CaseFaultError says which case could not be worked out, and why. It holds nothing of what the
// record holds of the case.
type CaseFaultError struct {
	CaseKey string
	Why     string // "panic in casework.overlap (windows.go:60): index out of range"
}

func (e *CaseFaultError) Error() string {
	return fmt.Sprintf("%v: case %s: %s", ErrCaseFault, e.CaseKey, e.Why)
}

// Is reports whether the target is ErrCaseFault.
func (e *CaseFaultError) Is(target error) bool { return target == ErrCaseFault }

// workLimit is how long one piece of work on one case may take: less than an activity's
// attempt, and a thousand times what the longest real case takes.
const workLimit = 10 * time.Second

// guard runs work on one case, and returns a *CaseFaultError where it panics or takes longer
// than workLimit. Work that does not end goes on by itself, since nothing can stop it: it must
// touch nothing that is used afterwards. Until it ends, no more of its case is begun.
func guard[T any](s *Store, key string, work func() T) (T, error) {
	var none T
	if _, stuck := s.stuck.Load(key); stuck {
		return none, &CaseFaultError{key, "an earlier attempt to work it out has not ended yet"}
	}
	type outcome struct {
		made T
		err  error
	}
	ended := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if p := recover(); p != nil {
				o.err = s.panicked(key, p)
			}
			ended <- o
		}()
		if s.beforeWork != nil {
			s.beforeWork(key)
		}
		o.made = work()
	}()
	timer := time.NewTimer(s.workLimit)
	defer timer.Stop()
	select {
	case o := <-ended:
		return o.made, o.err
	case <-timer.C:
	}
	s.stuck.Store(key, struct{}{})
	go func() {
		<-ended
		s.stuck.Delete(key)
	}()
	return none, &CaseFaultError{key, fmt.Sprintf("it took longer than %v to work out", s.workLimit)}
}

// panicked makes a fault of a panic, and logs its stack the first time that one happens at
// that place. It is called by the deferred function that recovers.
func (s *Store) panicked(key string, value any) error {
	place := panicPlace()
	why := "panic in " + place
	var failed runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &failed) {
		why += ": " + strings.TrimPrefix(failed.Error(), "runtime error: ")
	} // what a program's own panic says may quote the case
	if _, known := s.panics.LoadOrStore(place, struct{}{}); !known {
		s.log.Error().Str("case", key).Str("fault", why).Bytes("stack", debug.Stack()).Msg("working out a case panicked")
	}
	return &CaseFaultError{key, why}
}

// panicPlace is the function, file and line that panicked: the first that is not the
// runtime's, counted from where the panic began.
func panicPlace() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers[:])])
	begun := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			begun = true
		case begun && !strings.HasPrefix(f.Function, "runtime."):
			return fmt.Sprintf("%s (%s:%d)", filepath.Base(f.Function), filepath.Base(f.File), f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// faultOf is the fault of a case that made a transaction about this case alone fail; nil
// where the error does not come from the case.
func faultOf(key string, err error) *CaseFaultError {
	var fault *CaseFaultError
	var coded *pgconn.PgError
	var scan pgx.ScanArgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &coded):
		if slowOrHeld(coded.Code) || !ofData(coded.Code) {
			return nil
		}
		return &CaseFaultError{key, "what follows from it cannot be written: SQLSTATE " + coded.Code}
	case errors.As(err, &scan):
		return &CaseFaultError{key, "what the record holds of it cannot be read: column " + scan.FieldName}
	}
	return nil
}

// mayBeOfOneCase reports whether a transaction about several cases may have failed because
// of one of them, so that the others are worth a try without it.
func mayBeOfOneCase(err error) bool {
	var coded *pgconn.PgError
	if errors.As(err, &coded) {
		return slowOrHeld(coded.Code) || ofData(coded.Code)
	}
	return faultOf("", err) != nil
}

// isHeld reports whether something waited too long for a lock.
func isHeld(err error) bool {
	var coded *pgconn.PgError
	return errors.As(err, &coded) && coded.Code == codeLockNotAvailable
}

// slowOrHeld: a statement took too long, or waited too long for a lock; or the work between
// two statements took too long, as that on many slow cases together does.
func slowOrHeld(code string) bool {
	return code == codeQueryCanceled || code == codeLockNotAvailable || code == codeIdleInTransaction
}

// ofData: the database refused a value or a row, or found one broken.
func ofData(code string) bool {
	for _, class := range []string{"21", "22", "23", "54", "P0", "XX001"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

const (
	codeQueryCanceled     = "57014"
	codeLockNotAvailable  = "55P03"
	codeIdleInTransaction = "25P03"
)
