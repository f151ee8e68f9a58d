package store

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"longstop/casework"
)

// The longest id, reference and name, in bytes, and the most data that one event may carry.
const (
	maxName = 200
	maxData = 64 << 10
)

// storable refuses what Postgres could not hold as it is.
func storable(e *casework.Event) *casework.Refusal {
	for _, s := range [...]string{e.ID, e.Source, e.Case, e.Type, e.Episode, e.Corrects, e.Voids, e.By} {
		if !isName(s) {
			return refuse(e, "an id, source, case, type, episode or name is longer than 200 bytes, or is not text in UTF-8")
		}
	}
	if len(e.Data) == 0 {
		return nil
	}
	if a := (allocation{e.Data.Text("worker"), e.Data.Text("team")}); len(a.worker) > maxName || len(a.team) > maxName {
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

// isName says whether a text can be kept as an id, a reference or a name.
func isName(s string) bool {
	return len(s) <= maxName && utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
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
