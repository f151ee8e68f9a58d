package api

import (
	"time"

	"longstop/store"
)

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
	Notices  []Notice `json:"notices"` // what it makes up for
	DryRun   bool     `json:"dry_run,omitempty"`
	Cases    int      `json:"cases"` // that were planned again
	Clocks   Clocks   `json:"clocks"`
	*Failure          // nil where every pathway was nudged
}

// Mended says which recording times were, or would be, mended.
type Mended struct {
	Cases  []RecordedAhead `json:"cases"`  // of which one without a reference is that of people and teams
	Events int             `json:"events"` // of all of them
	DryRun bool            `json:"dry_run,omitempty"`
}

// RecordedAhead is a case of which something was recorded in the database's future.
type RecordedAhead struct {
	Reference    string    `json:"case"` // the one that people are shown; "" of people and teams
	Events       int       `json:"events"`
	LastRecorded time.Time `json:"last_recorded"`
}

// RecordedAheadOf returns a case of which something was recorded in the database's future as JSON.
func RecordedAheadOf(r store.RecordedAhead) RecordedAhead { return RecordedAhead(r) }

// AuditRow is a row of the audit. Times are wall times.
type AuditRow struct {
	At      time.Time     `json:"at"`
	Login   string        `json:"login"`
	User    string        `json:"os_user,omitempty"` // as the program said
	Host    string        `json:"host,omitempty"`    // as the program said
	Command string        `json:"command,omitempty"`
	Case    string        `json:"case,omitempty"` // the reference that people are shown
	Outcome store.Outcome `json:"outcome"`
	Events  int64         `json:"events,omitempty"` // of recorded: how many
	Run     string        `json:"run,omitempty"`    // the same in all rows of one run, or of one request
	Key     string        `json:"key,omitempty"`    // the id of the key by which it was done, or to which it happened
	KeyName string        `json:"key_name,omitempty"`
	Action  string        `json:"action,omitempty"` // what the key was used for
}

// AuditRowOf returns a row of the audit as JSON.
func AuditRowOf(r store.AuditRow) AuditRow { return AuditRow(r) }

// ClockReport compares every pathway that must have a clock with the clock that it has.
type ClockReport struct {
	Open   int           `json:"open"` // pathways that must have a live clock
	Live   int           `json:"live"` // those that have one
	Faulty []FaultyClock `json:"faulty,omitempty"`
}

// OK reports whether every clock that must run does.
func (r *ClockReport) OK() bool { return r.Live == r.Open && len(r.Faulty) == 0 }

// FaultyClock is a clock with which something is wrong.
type FaultyClock struct {
	WorkflowID string `json:"workflow"`
	Trouble    string `json:"trouble"`
	Why        string `json:"why"`
}

// Default is a timescale in force whose number no law and no council has set.
type Default struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Limit string `json:"limit"`
}
