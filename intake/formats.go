package intake

import (
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/casework"
)

// Formats are the formats that a program reads.
type Formats []Format

// GivesWay reports whether an inferred event gives way to a real one of its type, by the rule of the
// format that it was inferred from ([Format.GivesWay]). What a person has corrected by hand, or another
// system inferred, has an id of no format: then one rule is enough. Events of two different episodes
// have nothing to do with each other.
func (l Formats) GivesWay(inferred, real casework.Event) bool {
	if !inferred.Data.Flag(FieldInferred) || real.Data.Flag(FieldInferred) || inferred.Type != real.Type {
		return false
	}
	if inferred.Episode != "" && real.Episode != "" && inferred.Episode != real.Episode {
		return false
	}
	for _, f := range l {
		if strings.HasPrefix(inferred.ID, f.Layout().Prefix) {
			return f.GivesWay(inferred, real)
		}
	}
	return slices.ContainsFunc(l, func(f Format) bool { return f.GivesWay(inferred, real) })
}

// MakeWay returns the void that the record writes for an inferred event that gives way. A later load
// of the same return leaves it at that. entry is the id of the inferred event's first event; day is the
// London day of the recording.
func MakeWay(inferred casework.Event, entry string, day calendar.Date) casework.Event {
	return casework.Event{
		ID: entry + endGaveWay, Source: inferred.Source, Case: inferred.Case, Type: inferred.Type,
		At: casework.OnDay(day), Episode: inferred.Episode, Voids: entry, Data: casework.Data{
			FieldReason: "it was inferred from a return, and the real one is recorded now",
		},
	}
}
