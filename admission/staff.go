package admission

import (
	"time"

	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// Staff judges events of people and teams, as Admit does those of a case. history is what the
// record holds of them.
func Staff(history []casework.Event, batch []Event, now time.Time) Admission {
	var out Admission
	now = casework.ToSecond(now)
	held := make(map[ID]*casework.Event, len(history)+len(batch))
	for i := range history {
		held[IDOf(&history[i])] = &history[i]
	}
	pending := targetsFirst(batch)
	late := changesOfVoided(history, pending, now)
	for {
		var left []Event
		var refusals []*casework.Refusal
		progress := false
		for _, e := range pending {
			e.Recorded = now
			r, known := judgeStaff(held, &e.Event)
			if r == nil {
				r = late[IDOf(&e.Event)]
			}
			switch {
			case known:
				out.know(e.N)
			case r != nil:
				left, refusals = append(left, e), append(refusals, r)
			default:
				held[IDOf(&e.Event)] = &e.Event
				out.Added = append(out.Added, e)
				progress = true
			}
		}
		if len(left) == 0 || !progress {
			for i := range refusals {
				out.refuse(left[i].N, refusals[i])
			}
			out.record(nil)
			out.Warnings = endsBelowDirector(out.Added)
			return out
		}
		pending = left
	}
}

// changesOfVoided are the refusals of what corrects or voids what the record held as voided, by event.
func changesOfVoided(history []casework.Event, batch []Event, now time.Time) map[ID]*casework.Refusal {
	events := make([]casework.Event, len(batch))
	for i := range batch {
		events[i] = batch[i].Event
		events[i].Recorded = now
	}
	late := map[ID]*casework.Refusal{}
	for i, r := range casework.AfterVoid(history, events) {
		if r != nil {
			late[IDOf(&events[i])] = r
		}
	}
	return late
}

func judgeStaff(held map[ID]*casework.Event, e *casework.Event) (r *casework.Refusal, known bool) {
	if r := CheckStorable(e); r != nil {
		return r, false
	}
	if before := held[IDOf(e)]; before != nil {
		if sameContent(*before, *e) {
			return nil, true
		}
		return refuseOtherContent(e), false
	}
	return organisation.Check(e, held[TargetOf(e)]), false
}

// endsBelowDirector warns of teams without a director: when the head of service can be told
// nothing, because they left or their address is refused, nobody is told.
func endsBelowDirector(added []Event) []casework.Refusal {
	var warnings []casework.Refusal
	for i := range added {
		e := &added[i].Event
		if e.Type == organisation.Formed && e.Data.Text(string(timescale.Director)) == "" {
			warnings = append(warnings, casework.Refusal{Event: e.ID, Reason: "recorded, but the team has no director: what the head of " +
				"service cannot be told, nobody is; record the team once more with data.director"})
		}
	}
	return warnings
}
