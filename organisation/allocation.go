package organisation

import (
	"slices"

	"longstop/calendar"
	"longstop/casework"
)

// The case events that say who does what in a case.
const (
	Allocated        = "worker.allocated" // with a worker, a team, or both; without a part it names the holder
	Joined           = "practitioner.joined"
	LeftCase         = "practitioner.left"
	ChairAppointed   = "chair.appointed"
	OfficerAppointed = "iro.appointed"
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
	Parts []Assignment // in the order in which they began
}

// Assignment is somebody, or a team, in a part of a case.
type Assignment struct {
	Part    Part
	Staff   string
	Team    string // where no person is named
	Pathway string // "" for all of the case
	Since   calendar.Date
}

// AllocationOf returns the latest allocation among a case's events, by when it happened and
// then by when it was recorded.
func AllocationOf(events []casework.Event) Allocation { return CaseOf(events).Allocation }

// CaseOf returns who does what in a case after all of its events.
func CaseOf(events []casework.Event) Case {
	var c Case
	for _, e := range inOrder(events, isOfParts) {
		c.apply(e)
	}
	return c
}

// IsPeopleType reports whether an event type of a case is about people alone: who may record those of
// people and teams records these. The appointment of a reviewing officer is not among them: it is
// work that the law asks for.
func IsPeopleType(t string) bool { return t != OfficerAppointed && isOfParts(t) }

func isOfParts(eventType string) bool {
	return slices.Contains(PartTypes, eventType)
}

func (c *Case) apply(e *casework.Event) {
	a := Assignment{
		Part: Part(e.Data.Text("part")), Staff: e.Data.Text("worker"), Pathway: e.Data.Text("pathway"), Since: e.At.Day,
	}
	if a.Staff == "" {
		a.Team = e.Data.Text("team")
	}
	switch e.Type {
	case Allocated:
		if a.Part == "" {
			c.Allocation = Allocation{Worker: a.Staff, Team: e.Data.Text("team"), Supervisor: e.Data.Text("supervisor")}
			return
		}
		c.replace(a)
	case ChairAppointed:
		a.Part = Chair
		c.replace(a)
	case OfficerAppointed:
		a.Part = ReviewingOfficer
		c.replace(a)
	case Joined:
		c.drop(func(o Assignment) bool {
			return o.Part == a.Part && o.Pathway == a.Pathway && o.Staff == a.Staff && o.Team == a.Team
		})
		c.Parts = append(c.Parts, a)
	case LeftCase:
		c.drop(func(o Assignment) bool {
			return o.Staff == a.Staff && o.Team == a.Team && (a.Part == "" || o.Part == a.Part) && (a.Pathway == "" || o.Pathway == a.Pathway)
		})
	}
}

// replace gives a part to somebody else than before. An appointment that names nobody, as releases
// before recorded that of a reviewing officer, does not say that it is somebody else.
func (c *Case) replace(a Assignment) {
	if a.Staff == "" && a.Team == "" {
		return
	}
	c.drop(func(o Assignment) bool { return o.Part == a.Part && o.Pathway == a.Pathway })
	c.Parts = append(c.Parts, a)
}

func (c *Case) drop(gone func(Assignment) bool) { c.Parts = slices.DeleteFunc(c.Parts, gone) }

// In returns who has a part in a case: for one pathway, who has it for that pathway, and else who has it
// for all of the case. Pathway is "" where it is asked of the case as a whole. Who came last is first.
func (c *Case) In(part Part, pathway string) []Assignment {
	var own, all []Assignment
	for _, a := range slices.Backward(c.Parts) {
		switch {
		case a.Part != part:
		case a.Pathway == "":
			all = append(all, a)
		case a.Pathway == pathway || pathway == "":
			own = append(own, a)
		}
	}
	if len(own) > 0 && pathway != "" {
		return own
	}
	return append(all, own...)
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
