package store

import (
	"encoding/json"
	"time"

	"longstop/casework"
	"longstop/pathway"
)

// Composer puts what is told into words. The record keeps what it makes of an envelope, and does
// not look into it.
type Composer interface {
	// Compose returns what an envelope says.
	Compose(e *casework.Envelope) (json.RawMessage, error)
	// Listed returns the duties on a list, of what Compose returned in this release or an
	// earlier one.
	Listed(letter json.RawMessage) ([]casework.Listed, error)
	// Display returns what an operator sees of a pathway: no name, no reference of a case.
	Display(book *casework.Book, name string, plan *casework.Plan, team, worker string, now time.Time) pathway.Display
	// Summary names a notice in one line, for a timeline.
	Summary(n casework.Notice) string
}
