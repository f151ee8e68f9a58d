package loading

import (
	"io"

	"longstop/calendar"
)

// Options say what is loaded, and how.
type Options struct {
	// Open opens the return at its beginning; it is called twice.
	Open   func() (io.ReadCloser, error)
	Source string        // the name under which the record keeps it
	Day    calendar.Date // London's today, by the record's clock
	// Calendar counts the working days of the validator's rules; nil: the published one.
	Calendar *calendar.Calendar
	// DryRun reads and compares, and writes nothing.
	DryRun bool
	// ConfirmGone loads a return that would take back or move much of what the record holds.
	ConfirmGone bool
	// ShowIDs names the children in the result by their LAchildID as well.
	ShowIDs bool
	// Progress is told how many children of how many are done; nil: nobody is.
	Progress func(done, of int)
}

// batchSize is how many children are recorded at once: few, so that the nudges of a batch
// are sent before the outbox is swept for what was left behind.
const batchSize = 50
