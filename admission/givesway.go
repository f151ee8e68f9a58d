package admission

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/names"
)

// GivesWay reports whether an inferred event would not have been inferred had the real one
// been in the return (census.md). It is pure.
type GivesWay func(inferred, real casework.Event) bool

// MakeWay writes the void of an inferred event that gives way: entry is the id of the first
// event of its entry, day the London day of the recording.
type MakeWay func(inferred casework.Event, entry string, day calendar.Date) casework.Event

// giveWay returns the inferred events that stand together with a real one which would have kept them
// from being inferred, whichever of the two came first.
func giveWay(rule GivesWay, stands []entry) []entry {
	if rule == nil {
		return nil
	}
	var list []entry
	for i := range stands {
		inferred := &stands[i]
		if !inferred.Data.Flag("inferred") {
			continue
		}
		if slices.ContainsFunc(stands, func(e entry) bool {
			return !e.Data.Flag("inferred") && rule(*inferred.Event, *e.Event)
		}) {
			list = append(list, *inferred)
		}
	}
	return list
}

// plainVoid is the MakeWay of an Admitter that is given none. It voids an event in the name of
// its own source, since only a source's own events can be voided by their ids.
func plainVoid(inferred casework.Event, entry string, _ calendar.Date) casework.Event {
	return casework.Event{
		ID: givenWayID(entry), Source: inferred.Source, Case: inferred.Case, Voids: entry,
		Data: casework.Data{"reason": "it was inferred, and the real one is recorded now"},
	}
}

const givenWay = "+w"

// givenWayID contains the id that it voids, within the length that an id may have.
func givenWayID(id string) string {
	if len(id)+len(givenWay) <= names.Longest {
		return id + givenWay
	}
	sum := sha256.Sum256([]byte(id))
	start := strings.ToValidUTF8(id[:names.Longest-len(givenWay)-17], "") // a letter may have been cut through
	return start + ":" + hex.EncodeToString(sum[:8]) + givenWay
}
