package api

import (
	"longstop/casework"
	"longstop/store"
)

// PlannedDuty is a duty of a plan.
type PlannedDuty struct {
	Case     string         `json:"case"`
	Duty     string         `json:"duty"`
	Ref      string         `json:"ref"`
	Pathway  string         `json:"pathway"`
	Episode  string         `json:"episode,omitempty"`
	Started  string         `json:"started"`
	Due      string         `json:"due,omitempty"`
	LocalDue string         `json:"local_due,omitempty"`
	Local    bool           `json:"local,omitempty"`
	State    casework.State `json:"state"`
	MetOn    string         `json:"met_on,omitempty"`
	// Inferred marks a duty that is taken as done although the return holds no date: it counts in
	// no measure of timeliness (docs/census.md).
	Inferred         bool   `json:"inferred,omitempty"`
	EndedOn          string `json:"ended_on,omitempty"`
	LateDays         int    `json:"late_days,omitempty"`
	RecordedLateDays int    `json:"recorded_late_days,omitempty"`
	WaitingFor       string `json:"waiting_for,omitempty"`
	Provisional      bool   `json:"provisional,omitempty"`
}

// PlannedDutyOf returns a duty of a plan as JSON.
func PlannedDutyOf(r casework.DutyRow) PlannedDuty { return PlannedDuty(r) }

// Duty is a duty that the record holds, as of the time of asking. Case is the reference that people are shown.
type Duty struct {
	PlannedDuty
	Team   string `json:"team,omitempty"`
	Worker string `json:"worker,omitempty"`
	// Undeliverable is why a notice of this duty reached nobody, while that stands.
	Undeliverable string `json:"undeliverable,omitempty"`
	// Fault is why the case could not be worked out, or the duty's pathway could not do what is due, while that
	// stands: what is shown may be out of date.
	Fault string `json:"fault,omitempty"`
}

// DutyOf returns a duty of the record as JSON.
func DutyOf(r *store.DutyRow) Duty {
	return Duty{PlannedDutyOf(r.DutyRow), r.Team, r.Worker, r.Undeliverable, r.Fault}
}

// DutiesOf returns duties of the record as JSON.
func DutiesOf(rows []store.DutyRow) []Duty {
	list := make([]Duty, len(rows))
	for i := range rows {
		list[i] = DutyOf(&rows[i])
	}
	return list
}
