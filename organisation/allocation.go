package organisation

import "longstop/casework"

// The case events that say who does what in a case.
const (
	Allocated        = casework.WorkerAllocated
	Joined           = casework.PractitionerJoined
	LeftCase         = casework.PractitionerLeft
	ChairAppointed   = casework.ChairAppointed
	OfficerAppointed = casework.OfficerAppointed
)

// Allocation is who holds a case: staff and team references, each "" when there is none. A case
// with a team alone is held by all of it.
type Allocation struct {
	Worker, Team string
	Supervisor   string // named by the allocation to supervise the worker
}

// Case is who does what in a case.
type Case struct {
	Allocation
	casework.Parts // in the order in which they began
}

// Assignment is somebody, or a team, in a part of a case.
type Assignment = casework.Assignment

// AllocationOf returns the latest allocation among a case's events, by when it happened and
// then by when it was recorded.
func AllocationOf(events []casework.Event) Allocation {
	var a Allocation
	for _, e := range casework.StandingInOrder(events, namesHolder) {
		a = Allocation{Worker: e.Data.Text("worker"), Team: e.Data.Text("team"), Supervisor: e.Data.Text("supervisor")}
	}
	return a
}

func namesHolder(e *casework.Event) bool { return e.Type == Allocated && e.Data.Text("part") == "" }

// CaseOf returns who does what in a case after all of its events.
func CaseOf(events []casework.Event) Case {
	return Case{Allocation: AllocationOf(events), Parts: casework.PartsOf(events)}
}

// IsPeopleType reports whether an event type of a case is about people alone: who may record those of
// people and teams records these. The appointment of a reviewing officer is not among them: it is
// work that the law asks for.
func IsPeopleType(t string) bool {
	switch t {
	case Allocated, Joined, LeftCase, ChairAppointed:
		return true
	}
	return false
}

// PartsOf returns the parts that somebody has in a case.
func (c *Case) PartsOf(ref string) []Assignment {
	var own []Assignment
	for _, a := range c.Parts {
		if a.Staff == ref && ref != "" {
			own = append(own, a)
		}
	}
	return own
}

// PartTypes lists the types of events by which parts of a case are given, and taken away.
var PartTypes = []string{Allocated, Joined, LeftCase, ChairAppointed, OfficerAppointed}

// Holds reports whether somebody holds the case: the allocated worker, or where a team holds it
// together its inbox.
func (a Allocation) Holds(ref string) bool {
	return ref != "" && (ref == a.Worker || a.Worker == "" && ref == InboxRef(a.Team))
}
