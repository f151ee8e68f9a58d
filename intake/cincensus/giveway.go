package cincensus

import (
	"longstop/calendar"
	"longstop/casework"
)

// followsWithin is how long after an inferred event a real one of its type is taken to be
// the same thing where nothing else says so, in months.
const followsWithin = 1

// GivesWay says whether an inferred event gives way to a real one of the same case: a
// real one, from any source, that would have kept it from being inferred. The recorder
// voids the inferred event in the same transaction, once all events of the transaction
// are accepted, whichever of the two came first; that void is made by [MakeWay].
//
// A conference inferred for a plan gives way to a real one in the seven days up to the
// plan's start, unless that decided on no plan. The other inferred events give way to a
// real one of their type on or after their day: within a month, since a case has more
// than one referral, enquiry and letter, but without end for the decision on a referral
// whose episode both name. Events of two different episodes have nothing to do with each
// other.
func GivesWay(inferred, real casework.Event) bool {
	if !inferred.Data.Flag(fieldInferred) || real.Data.Flag(fieldInferred) || inferred.Type != real.Type {
		return false
	}
	if inferred.Episode != "" && real.Episode != "" && inferred.Episode != real.Episode {
		return false
	}
	day, other := inferred.At.Day, real.At.Day
	switch inferred.Type {
	case typeConference:
		return decidedOn(other, day) && real.Data.Text(fieldOutcome) != "no_plan"
	case typeDecided:
		named := inferred.Episode != "" && inferred.Episode == real.Episode
		return day <= other && (named || follows(day, other))
	default:
		return follows(day, other)
	}
}

func follows(day, other calendar.Date) bool {
	return day <= other && other <= day.AddMonths(followsWithin)
}

// MakeWay is the void that the recorder writes for an inferred event that gives way. A
// later load of the same return leaves it at that. entry is the inferred event's entry:
// the id of its first event; day is the London day of the recording.
func MakeWay(inferred casework.Event, entry string, day calendar.Date) casework.Event {
	return casework.Event{
		ID: entry + "+w", Source: inferred.Source, Case: inferred.Case, Type: inferred.Type,
		At: casework.OnDay(day), Episode: inferred.Episode, Voids: entry, Data: casework.Data{
			fieldReason: "it was inferred from a return, and the real one is recorded now",
		},
	}
}
