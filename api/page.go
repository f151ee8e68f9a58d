package api

import "longstop/casework"

// DutyPage is a part of the list of duties.
type DutyPage struct {
	Duties []Duty `json:"duties" doc:"A part of the list, in an order that does not change."`
	// Next is the cursor that the next part goes on after; left out of the last part.
	Next string `json:"next,omitempty" doc:"Give it back as after for the next part; left out of the last part."`
	// Warnings are what the whole list must be read with; the first part has them.
	Warnings []Warning `json:"warnings,omitempty" doc:"What the whole list must be read with; the first part has them."`
}

// PlanPage is the plans of one case, or a part of those of all.
type PlanPage struct {
	AsOf       string        `json:"as_of" doc:"The moment at which the cases are shown: an instant in UTC." format:"date-time"`
	KnownAt    string        `json:"known_at,omitempty" doc:"The moment after which nothing that was recorded is seen; left out where everything is." format:"date-time"`
	Duties     []PlannedDuty `json:"duties" doc:"What runs and ran of these cases."`
	NotCounted []NotCounted  `json:"not_counted,omitempty" doc:"What of their events did not count, and why."`
	Next       string        `json:"next,omitempty" doc:"Give it back as after for the next part; left out of the last part."`
	Warnings   []Warning     `json:"warnings,omitempty" doc:"What this must be read with."`
}

// NoticePage is a part of the list of notices.
type NoticePage struct {
	Notices []Notice `json:"notices" doc:"A part of the list, in an order that does not change."`
	Next    string   `json:"next,omitempty" doc:"Give it back as after for the next part; left out of the last part."`
}

// Warning is what an answer must be read with: without it, what is not there could be taken for good news.
type Warning struct {
	Code   string `json:"code" doc:"What it warns of: a team or a worker of the question that the record does not know, a case that could not be worked out, or a record that an earlier release worked out." enum:"unknown_team,unknown_worker,case_not_worked_out,rebuild_due"`
	Case   string `json:"case,omitempty" doc:"The case that could not be worked out, by the reference that people are shown."`
	Detail string `json:"detail" doc:"The same in a sentence, to show to a person."`
}

// Explanations explain duties of one case.
type Explanations struct {
	Case         string                  `json:"case" doc:"The reference of the case that people are shown." example:"C1"`
	Explanations []*casework.Explanation `json:"explanations" doc:"One for each duty that was asked about."`
}
