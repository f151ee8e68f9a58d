package loading

import (
	"io"

	"longstop/calendar"
	"longstop/intake"
)

// Options say what is loaded, and how.
type Options struct {
	Format intake.Format
	// Open opens the return at its beginning; it is called twice, or three times where the load asks to
	// be confirmed.
	Open   func() (io.ReadCloser, error)
	Source string        // the name under which the record keeps it
	Day    calendar.Date // London's today, by the record's clock
	// DryRun reads and compares, and writes nothing.
	DryRun bool
	// ConfirmGone loads a return that would take back or move much of what the record holds.
	ConfirmGone bool
	// ConfirmDeleted lets a feed delete more children in a day than it may without a question ([intake.TooManyDeleted]).
	ConfirmDeleted bool
	// ShowIDs names the children in the result by their ids in the source as well.
	ShowIDs bool
	// Progress is called with how many children of how many are done; nil: it is not.
	Progress func(done, of int)
}

// batchSize is how many children are recorded at once: few, so that the nudges of a batch
// are sent before the outbox is swept for what was left behind.
const batchSize = 50
