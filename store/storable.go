package store

import (
	"bytes"
	"encoding/json"
	"time"

	"longstop/casework"
	"longstop/internal/names"
)

// The most data that one event may carry, in bytes.
const maxData = 64 << 10

// storable refuses what Postgres could not hold as it is.
func storable(e *casework.Event) *casework.Refusal {
	if r := casework.NameFault(e); r != nil {
		return r
	}
	if len(e.Data) == 0 {
		return nil
	}
	if len(e.Data.Text("worker")) > names.Longest || len(e.Data.Text("team")) > names.Longest {
		return refuse(e, "its worker or team is longer than 200 bytes: give a staff reference")
	}
	text, err := json.Marshal(e.Data)
	switch {
	case err != nil:
		return refuse(e, "its data cannot be written as JSON")
	case len(text) > maxData:
		return refuse(e, "its data is larger than 64 KB: keep documents where they are, and record where that is")
	case bytes.Contains(text, []byte(`\u0000`)):
		return refuse(e, "its data holds the character U+0000, which a text cannot hold")
	}
	return nil
}

func refuse(e *casework.Event, reason string) *casework.Refusal {
	return &casework.Refusal{Line: e.Line, Event: e.ID, Reason: reason}
}

// micro cuts an instant to what Postgres keeps.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
