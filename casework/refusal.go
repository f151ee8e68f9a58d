package casework

import (
	"fmt"
	"strconv"

	"longstop/internal/names"
)

// Refusal says why one line of input was not accepted. It never holds the content of
// the line beyond its id and the names of types and fields, so it may be logged.
type Refusal struct {
	Line   int    // of the file, from 1; 0 where there is none
	Event  string // the event's id; "" where the line has none
	Reason string // what is wrong and what to do, one line
}

// Error is one line that begins with the event's id.
func (r *Refusal) Error() string {
	id := r.Event
	switch {
	case id == "":
		id = fmt.Sprintf("line %d", r.Line)
	case names.Fault(id) != "": // it must not break the line, nor the terminal
		id = strconv.QuoteToASCII(id)
	}
	return id + ": " + r.Reason
}

func refuse(e Event, format string, args ...any) *Refusal {
	return &Refusal{Line: e.Line, Event: e.ID, Reason: fmt.Sprintf(format, args...)}
}
