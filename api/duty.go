package api

import (
	"longstop/casework"
	"longstop/store"
)

// PlannedDuty is a duty of a plan.
type PlannedDuty struct {
	Case     string         `json:"case" doc:"The reference of the case that people are shown: the source's own." example:"C1"`
	Duty     string         `json:"duty" doc:"The id of this run of the timescale, by which it is explained; the same for as long as it runs." example:"CP-10:e17"`
	Ref      string         `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Pathway  string         `json:"pathway" doc:"The stage of the work that it belongs to: child protection, children in need, looked after and so on." example:"ChildProtection"`
	Episode  string         `json:"episode,omitempty" doc:"The episode of the case, where its source tells several apart."`
	Started  string         `json:"started" doc:"When it started: a date, or of a limit in hours an instant in UTC." example:"2026-09-10"`
	Due      string         `json:"due,omitempty" doc:"When it is due: a date, or of a limit in hours an instant in UTC. Left out while it has none." example:"2026-10-10"`
	LocalDue string         `json:"local_due,omitempty" doc:"The council's own date next to that of law." format:"date" example:"2026-10-05"`
	Local    bool           `json:"local,omitempty" doc:"Whether no law sets the limit: it is the council's own, or a default of Longstop's."`
	State    casework.State `json:"state" doc:"How it stands."`
	MetOn    string         `json:"met_on,omitempty" doc:"The day on which it was done." format:"date" example:"2026-10-08"`
	// Inferred marks a duty that is taken as done although the return holds no date: it counts in
	// no measure of timeliness (docs/census.md).
	Inferred         bool   `json:"inferred,omitempty" doc:"Whether it is taken as done although the return holds no date of it: it counts in no measure of timeliness."`
	EndedOn          string `json:"ended_on,omitempty" doc:"The day on which it ended without being done." format:"date"`
	LateDays         int    `json:"late_days,omitempty" doc:"How many days late it is, or was done." example:"54"`
	RecordedLateDays int    `json:"recorded_late_days,omitempty" doc:"How many days after it was done that was recorded, where the recording came after the due date."`
	WaitingFor       string `json:"waiting_for,omitempty" doc:"Of one without a date: the type of the event that it waits for; clock.resumed while it is paused." example:"strategy_discussion.held"`
	Provisional      bool   `json:"provisional,omitempty" doc:"Whether the date may still move: it lies beyond the bank holidays that are published."`
}

// PlannedDutyOf returns a duty of a plan as JSON.
func PlannedDutyOf(r casework.DutyRow) PlannedDuty { return PlannedDuty(r) }

// Duty is a duty that the record holds, as of the time of asking. Case is the reference that people are shown.
type Duty struct {
	PlannedDuty
	Team   string `json:"team,omitempty" doc:"The team that holds the case." example:"T1"`
	Worker string `json:"worker,omitempty" doc:"The worker who holds the case, by staff reference." example:"W1"`
	// Undeliverable is why a notice of this duty reached nobody, while that stands.
	Undeliverable string `json:"undeliverable,omitempty" doc:"Why a notice of it reached nobody, while that stands."`
	// Fault is why the case could not be worked out, or the duty's pathway could not do what is due, while that
	// stands: what is shown may be out of date.
	Fault string `json:"fault,omitempty" doc:"Why the case could not be worked out, while that stands: what is shown may be out of date."`
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
