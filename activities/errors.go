package activities

import (
	"context"
	"errors"
	"fmt"
	"net"

	"go.temporal.io/sdk/temporal"

	"longstop/pathway"
)

// What a Record returns, wrapped or not: ErrUnknown for something that it does not hold,
// ErrBusy for a notice that another attempt is sending, ErrClock where nothing is planned
// or claimed because the clocks differ.
var (
	ErrUnknown = errors.New("not in the record")
	ErrBusy    = errors.New("another attempt is sending it")
	ErrClock   = errors.New("the clocks of the worker and of the database differ")
	// ErrCaseFault is for a case that cannot be worked out.
	ErrCaseFault = errors.New("the case cannot be worked out, and is put aside")
)

// recordError makes what the record answered fit for a history, which is not the place
// for details: a database's message may quote a value.
func (a *Activities) recordError(doing string, err error) error {
	if errors.Is(err, ErrUnknown) {
		return temporal.NewNonRetryableApplicationError(
			fmt.Sprintf("cannot %s: %v: was it restored from a copy? The check of the clocks ends a clock that the record does not want, "+
				"and `starter rebuild` mends every clock at once",
				doing, ErrUnknown),
			pathway.ErrTypeUnknown, nil)
	}
	if errors.Is(err, ErrCaseFault) {
		return temporal.NewNonRetryableApplicationError(
			fmt.Sprintf("cannot %s: %v; see `starter duties` and the worker's log", doing, ErrCaseFault), pathway.ErrTypeCaseFault, nil)
	}
	if errors.Is(err, ErrBusy) {
		return temporal.NewApplicationError(fmt.Sprintf("cannot %s: %v", doing, ErrBusy), pathway.ErrTypeBusy)
	}
	if errors.Is(err, ErrClock) {
		return temporal.NewApplicationError(fmt.Sprintf("cannot %s: %v: see the worker's log", doing, ErrClock), pathway.ErrTypeClock)
	}
	message := fmt.Sprintf("cannot %s: the record %s", doing, a.symptom(err))
	a.Log.Warn().Msg(message)
	return temporal.NewApplicationError(message, pathway.ErrTypeRecord)
}

// symptom says what is wrong with the record without quoting it. What it cannot put into
// a word goes to the log as it is.
func (a *Activities) symptom(err error) string {
	var coded interface{ SQLState() string } // pgx's and every other driver's
	var network net.Error
	switch {
	case errors.As(err, &coded):
		return "answered with SQLSTATE " + coded.SQLState()
	case errors.Is(err, context.DeadlineExceeded):
		return "did not answer in time"
	case errors.Is(err, context.Canceled):
		return "was not asked to the end: the worker is stopping"
	case errors.As(err, &network):
		return "cannot be reached"
	default:
		a.Log.Error().Err(err).Msg("the record failed")
		return "failed: see the worker's log"
	}
}
