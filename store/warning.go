package store

import (
	"fmt"
	"slices"

	"longstop/casework"
	"longstop/timescale"
)

// typeSource is the event by which a source says what it reports.
const typeSource = "source.attached"

// notReported warns of new events of a type that no source attached to the case reports:
// they are kept, but the duties that they could meet may stay unreported. What an import
// inferred is no such event: it is there because its source does not report it.
func notReported(pack *timescale.Pack, stands []entry, added []addition) []casework.Refusal {
	reported, any := reportedTypes(stands)
	if !any {
		return nil
	}
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		kind, known := pack.EventType(e.Type)
		if !known || kind.Marks || e.Voids != "" || e.Data.Flag("inferred") || slices.Contains(reported, e.Type) {
			continue
		}
		warnings = append(warnings, casework.Refusal{Event: e.ID, Reason: fmt.Sprintf(
			"recorded, but no source attached to this case reports %s, so what it could meet may be shown as unreported: "+
				"say from which day on the source reports it with 'starter attach --source %s --reports %[1]s --from DATE'", e.Type, e.Source)})
	}
	return warnings
}

// attachedForEver warns of a source.attached without a first day.
func attachedForEver(added []addition) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if e.Type == typeSource && e.Voids == "" && e.Data.Day("from").IsZero() {
			warnings = append(warnings, casework.Refusal{Event: e.ID, Reason: "recorded, but it has no data.from, so it reaches back for ever: " +
				"every clock of the past that it could meet is taken as reported, and what nobody recorded then is overdue; correct it to the " +
				"first day that the source covers"})
		}
	}
	return warnings
}

// endsBelowDirector warns of teams without a director: when the head of service can be told
// nothing, because they left or their address is refused, nobody is told.
func endsBelowDirector(added []addition) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if e.Type == typeFormed && e.Data.Text(string(timescale.Director)) == "" {
			warnings = append(warnings, casework.Refusal{Event: e.ID, Reason: "recorded, but the team has no director: what the head of " +
				"service cannot be told, nobody is; record the team once more with data.director"})
		}
	}
	return warnings
}

func reportedTypes(stands []entry) (types []string, any bool) {
	for i := range stands {
		if stands[i].Type == typeSource {
			any = true
			types = append(types, stands[i].Reports()...)
		}
	}
	return types, any
}
