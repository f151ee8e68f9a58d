package store

import (
	"cmp"

	"longstop/casework"
)

// allocation is who holds a case: staff and team references, "" where there is none.
type allocation struct{ worker, team string }

// typeAllocated is the case event that allocates a worker, a team, or both.
const typeAllocated = "worker.allocated"

// allocated finds the latest allocation among the events that stand: by when it happened,
// then by when it was recorded.
func allocated(events []casework.Event) allocation {
	var last *casework.Event
	for i := range events {
		e := &events[i]
		if e.Type == typeAllocated && (last == nil || later(e, last)) {
			last = e
		}
	}
	if last == nil {
		return allocation{}
	}
	return allocation{worker: last.Data.Text("worker"), team: last.Data.Text("team")}
}

// later orders two events by the end of when they happened, their recording and their ids.
func later(a, b *casework.Event) bool {
	return cmp.Or(
		a.At.End().Compare(b.At.End()),
		a.Recorded.Compare(b.Recorded),
		cmp.Compare(a.ID, b.ID),
	) > 0
}
