package api

import "longstop/store"

// Rebuilt says what starting every clock again did.
type Rebuilt struct {
	Cases  int    `json:"cases"`
	Clocks Clocks `json:"clocks"`
	// Restarted and Orphans are the runs that were ended: those that would have heard no nudge, and those of which the
	// record knows nothing.
	Restarted int `json:"restarted"`
	Orphans   int `json:"orphans_ended"`
	*Failure      // nil where every clock was started
}

// Retried says what nobody could be told, and what trying it again did.
type Retried struct {
	Notices  []store.NoticeRow `json:"notices"` // what it makes up for
	DryRun   bool              `json:"dry_run,omitempty"`
	Cases    int               `json:"cases"` // that were planned again
	Clocks   Clocks            `json:"clocks"`
	*Failure                   // nil where every pathway was nudged
}

// Mended says which recording times were, or would be, mended.
type Mended struct {
	Cases  []store.RecordedAhead `json:"cases"`  // of which one without a reference is that of people and teams
	Events int                   `json:"events"` // of all of them
	DryRun bool                  `json:"dry_run,omitempty"`
}

// Default is a timescale in force whose number no law and no council has set.
type Default struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Limit string `json:"limit"`
}
