package api

import "longstop/casework"

// DutyPage is a part of the list of duties.
type DutyPage struct {
	Duties []Duty `json:"duties"`
	// Next is the cursor that the next part goes on after; left out of the last part.
	Next string `json:"next,omitempty"`
	// Warnings are what the whole list must be read with; the first part has them.
	Warnings []Warning `json:"warnings,omitempty"`
}

// PlanPage is the plans of one case, or a part of those of all.
type PlanPage struct {
	AsOf       string        `json:"as_of"`
	KnownAt    string        `json:"known_at,omitempty"` // left out where everything is known
	Duties     []PlannedDuty `json:"duties"`
	NotCounted []NotCounted  `json:"not_counted,omitempty"`
	Next       string        `json:"next,omitempty"`
	Warnings   []Warning     `json:"warnings,omitempty"`
}

// NoticePage is a part of the list of notices.
type NoticePage struct {
	Notices []Notice `json:"notices"`
	Next    string   `json:"next,omitempty"`
}

// Warning is what an answer must be read with: without it, what is not there could be taken for good news.
type Warning struct {
	Code   string `json:"code"` // unknown_team, unknown_worker, case_not_worked_out or rebuild_due
	Case   string `json:"case,omitempty"`
	Detail string `json:"detail"`
}

// Explanations explain duties of one case.
type Explanations struct {
	Case         string                  `json:"case"`
	Explanations []*casework.Explanation `json:"explanations"`
}
