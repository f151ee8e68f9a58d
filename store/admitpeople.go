package store

import (
	"time"

	"longstop/casework"
	"longstop/organisation"
)

// admitStaff judges staff events as admit does those of a case.
func admitStaff(history []casework.Event, batch []incoming, now time.Time) admission {
	var out admission
	now = casework.ToSecond(now)
	held := make(map[eventID]*casework.Event, len(history)+len(batch))
	for i := range history {
		held[idOf(&history[i])] = &history[i]
	}
	pending := targetsFirst(batch)
	late := changesOfVoided(history, pending, now)
	for {
		var left []incoming
		var refusals []casework.Refusal
		progress := false
		for _, e := range pending {
			e.Recorded = now
			r, known := judgeStaff(held, &e.Event)
			if r == nil {
				r = late[idOf(&e.Event)]
			}
			switch {
			case known:
				out.known++
			case r != nil:
				left, refusals = append(left, e), append(refusals, *r)
			default:
				held[idOf(&e.Event)] = &e.Event
				out.added = append(out.added, addition(e))
				progress = true
			}
		}
		if len(left) == 0 || !progress {
			out.refused = refusals
			return out
		}
		pending = left
	}
}

// changesOfVoided are the refusals of what corrects or voids what the record held as voided, by event.
func changesOfVoided(history []casework.Event, batch []incoming, now time.Time) map[eventID]*casework.Refusal {
	events := make([]casework.Event, len(batch))
	for i := range batch {
		events[i] = batch[i].Event
		events[i].Recorded = now
	}
	late := map[eventID]*casework.Refusal{}
	for i, r := range casework.AfterVoid(history, events) {
		if r != nil {
			late[idOf(&events[i])] = r
		}
	}
	return late
}

func judgeStaff(held map[eventID]*casework.Event, e *casework.Event) (r *casework.Refusal, known bool) {
	if r := storable(e); r != nil {
		return r, false
	}
	if before := held[idOf(e)]; before != nil {
		if sameContent(*before, *e) {
			return nil, true
		}
		return refuse(e, "another event with this id is recorded with other content: "+
			"give this one an id of its own, or correct the first with \"corrects\""), false
	}
	return organisation.Check(e, held[eventID{e.Source, e.Target()}]), false
}
