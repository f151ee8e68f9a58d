package store

import (
	"slices"
	"time"

	"longstop/casework"
	"longstop/organisation"
	"longstop/timescale"
)

// typeAcknowledged is the case event that holds the alarms of a duty's managers.
const typeAcknowledged = "notice.acknowledged"

// mayAcknowledge returns who may acknowledge in a case, as a check of one more event: a
// manager of the case's team who was told of the duty or is above one who was, or whoever
// covers for such a manager; never the worker who holds the case, whose own managers it would
// silence.
func (c *lockedCases) mayAcknowledge(f *caseFile, at time.Time) func(history []casework.Event, e *casework.Event) *casework.Refusal {
	return func(history []casework.Event, e *casework.Event) *casework.Refusal {
		if e.Type != typeAcknowledged || e.Voids != "" {
			return nil
		}
		by, a := e.Data.Text("by"), organisation.AllocationOf(history)
		lowest := lowestTold(f.notices, e.Data.Text("duty"))
		switch {
		case lowest < 0:
			return e.Refuse("nobody has been told of this yet: a notice is acknowledged, by somebody who was told or who is above them")
		case by == a.Worker:
			return e.Refuse("it holds back the alerts to the managers of whoever holds the case, who cannot acknowledge them: ask a manager")
		case !c.dir.Manages(by, timescale.Roles[max(lowest, firstManager):], a, today(at)):
			return e.Refuse("who acknowledges must manage the case now, in a role that was told of it or above it, " +
				"or cover for such a manager: data.by is none of them")
		}
		return nil
	}
}

// firstManager is where the managers begin among timescale.Roles.
var firstManager = slices.Index(timescale.Roles, timescale.TeamManager)

// lowestTold is the place among timescale.Roles of the lowest role to which a notice of a
// duty went, or perhaps did; -1 where none did.
func lowestTold(notices []noticeRow, duty string) int {
	lowest := -1
	for i := range notices {
		n := &notices[i]
		level := slices.Index(timescale.Roles, timescale.Role(n.Role))
		if n.Duty == duty && n.went() && (lowest < 0 || level < lowest) {
			lowest = level
		}
	}
	return lowest
}

// went reports whether somebody got the notice, or may have. What is only planned told nobody.
func (r *noticeRow) went() bool {
	switch r.State {
	case stateDue, stateNotSent, stateUndeliverable:
		return r.PerhapsTwice
	}
	return true
}
