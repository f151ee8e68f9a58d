package organisation

import (
	"cmp"

	"longstop/casework"
)

// Allocated is the case event that allocates a worker, a team, or both.
const Allocated = "worker.allocated"

// Allocation is who holds a case: staff and team references, each "" when there is none.
type Allocation struct{ Worker, Team string }

// AllocationOf returns the latest allocation among a case's events, by when it happened and
// then by when it was recorded.
func AllocationOf(events []casework.Event) Allocation {
	var last *casework.Event
	for _, e := range casework.Standing(events) {
		if e.Type == Allocated && (last == nil || compareTimes(e, last) > 0) {
			last = e
		}
	}
	if last == nil {
		return Allocation{}
	}
	return Allocation{Worker: last.Data.Text("worker"), Team: last.Data.Text("team")}
}

// compareTimes orders two events by the end of when they happened, their recording and their
// ids.
func compareTimes(a, b *casework.Event) int {
	return cmp.Or(
		a.At.End().Compare(b.At.End()),
		a.Recorded.Compare(b.Recorded),
		cmp.Compare(a.ID, b.ID),
	)
}
