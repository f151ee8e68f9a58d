package api

import (
	"longstop/calendar"
	"longstop/casework"
)

// Due is a due date that was worked out from a date alone.
type Due struct {
	Ref         string             `json:"ref"`
	Title       string             `json:"title"`
	Source      string             `json:"source"`
	Started     string             `json:"started"`
	Due         string             `json:"due"`
	Provisional bool               `json:"provisional"`
	LocalDue    string             `json:"local_due,omitempty"`
	Local       bool               `json:"local,omitempty"`
	Calendar    string             `json:"calendar"`
	Skipped     []calendar.Skipped `json:"skipped"`
}

// NotCounted is what did not count in a case.
type NotCounted struct {
	Case    string `json:"case"`
	Event   string `json:"did_not_count"` // the id of its first event
	Type    string `json:"type"`
	At      string `json:"at"`
	Ref     string `json:"ref,omitempty"`
	Duty    string `json:"for_duty,omitempty"` // that it came too late for, or that ran already
	Nowhere bool   `json:"nowhere,omitempty"`  // it counted for nothing else either
	Why     string `json:"why"`
}

// NotCountedOf returns what did not count in a case as JSON.
func NotCountedOf(ref string, n *casework.NotCounted) NotCounted {
	return NotCounted{ref, n.Entry, n.Type, n.At.String(), n.Ref, n.Duty, n.Nowhere, n.Why}
}
