package api

import (
	"longstop/calendar"
	"longstop/casework"
)

// Due is a due date that was worked out from a date alone.
type Due struct {
	Ref         string             `json:"ref" doc:"The timescale of the rule pack." example:"CP-03"`
	Title       string             `json:"title" doc:"What the timescale is called." example:"Initial child protection conference"`
	Source      string             `json:"source" doc:"The words of law or guidance that set the limit."`
	Started     string             `json:"started" doc:"The day on which it started, or the instant in UTC." example:"2026-12-19"`
	Due         string             `json:"due" doc:"When it is due: a date, or of a limit in hours an instant in UTC." example:"2027-01-13"`
	Provisional bool               `json:"provisional" doc:"Whether the date may still move: it lies beyond the bank holidays that are published."`
	LocalDue    string             `json:"local_due,omitempty" doc:"The council's own date next to that of law." format:"date"`
	Local       bool               `json:"local,omitempty" doc:"Whether no law sets the limit."`
	Calendar    string             `json:"calendar" doc:"By which bank holidays working days are counted."`
	Skipped     []calendar.Skipped `json:"skipped" doc:"Each day that was not counted."`
}

// NotCounted is what did not count in a case.
type NotCounted struct {
	Case    string `json:"case" doc:"The reference of the case that people are shown." example:"C1"`
	Event   string `json:"did_not_count" doc:"The id of the event; of a corrected one that of the first." example:"v9"`
	Type    string `json:"type" doc:"The event's type." example:"cp_visit.made"`
	At      string `json:"at" doc:"When it happened: a date, or an instant in UTC." example:"2026-09-10"`
	Ref     string `json:"ref,omitempty" doc:"The timescale that it comes nearest to." example:"CP-10"`
	Duty    string `json:"for_duty,omitempty" doc:"The duty that it came too late for, or that ran already."`
	Nowhere bool   `json:"nowhere,omitempty" doc:"Whether it counted for nothing else either."`
	Why     string `json:"why" doc:"Why it did not count, in words."`
}

// NotCountedOf returns what did not count in a case as JSON.
func NotCountedOf(ref string, n *casework.NotCounted) NotCounted {
	return NotCounted{ref, n.Entry, n.Type, n.At.String(), n.Ref, n.Duty, n.Nowhere, n.Why}
}
