package casework

import (
	"time"

	"longstop/calendar"
)

// DutyRow is a duty as commands show it (commands.md, "plan"): dates as YYYY-MM-DD,
// instants in UTC to the second; what does not apply, and what is false, is left out.
type DutyRow struct {
	Case     string `json:"case"`
	Duty     string `json:"duty"`
	Ref      string `json:"ref"`
	Pathway  string `json:"pathway"`
	Episode  string `json:"episode,omitempty"`
	Started  string `json:"started"`
	Due      string `json:"due,omitempty"`
	LocalDue string `json:"local_due,omitempty"`
	Local    bool   `json:"local,omitempty"`
	State    State  `json:"state"`
	MetOn    string `json:"met_on,omitempty"`
	// Inferred marks a duty that is taken as done although the return holds no date: it counts in
	// no measure of timeliness (docs/census.md).
	Inferred         bool   `json:"inferred,omitempty"`
	EndedOn          string `json:"ended_on,omitempty"`
	LateDays         int    `json:"late_days,omitempty"`
	RecordedLateDays int    `json:"recorded_late_days,omitempty"`
	WaitingFor       string `json:"waiting_for,omitempty"`
	Provisional      bool   `json:"provisional,omitempty"`
}

// Row is the duty as it stands at an instant.
func (d *Duty) Row(now time.Time) DutyRow {
	row := DutyRow{
		Case: d.Case, Duty: d.ID, Ref: d.Ref, Pathway: d.Pathway, Episode: d.Episode,
		Started: d.StartedText(), Due: d.DueText(), LocalDue: d.LocalDue.String(), Local: d.Local,
		State: d.State(now), LateDays: d.LateDays(now), RecordedLateDays: d.RecordedLateDays,
		Provisional: d.Provisional,
	}
	switch {
	case d.Met:
		row.MetOn, row.Inferred = d.MetOn.Day.String(), d.MetInferred
		if !d.DueAt.IsZero() {
			row.MetOn = d.MetOn.String()
		}
	case d.Ended:
		row.EndedOn = d.EndedOn.String()
		if !d.DueAt.IsZero() && !d.EndedAt.IsZero() {
			row.EndedOn = d.EndedAt.UTC().Format(time.RFC3339)
		}
	default:
		row.WaitingFor = d.WaitingFor
	}
	return row
}

// Today is the London date of an instant: what "today" means on every screen.
func Today(now time.Time) calendar.Date { return calendar.DateOf(now) }
