package api

import (
	"time"

	"longstop/casework"
	"longstop/store"
)

// Attachment is what a source reports, in all of its cases.
type Attachment struct {
	Attachment string   `json:"attachment,omitempty" doc:"Names the statement." example:"attached:a1b2c3d4:visits-2026"`
	Source     string   `json:"source" doc:"The source that reports." example:"case-system"`
	Reports    []string `json:"reports" doc:"The types of events that it reports." example:"[\"cp_visit.made\"]"`
	From       string   `json:"from" doc:"The first day of which it reports them." format:"date" example:"2026-11-01"`
	Until      string   `json:"until,omitempty" doc:"The last day of which it reports them; left out of a feed without an end." format:"date"`
	Said       string   `json:"said,omitempty" doc:"When that was stated, in UTC." format:"date-time"`
	By         string   `json:"by,omitempty" doc:"Who stated it." example:"Data team"`
	Reason     string   `json:"reason,omitempty" doc:"Why."`
}

// AttachmentOf returns an attachment of the record as JSON.
func AttachmentOf(x *store.Attachment) Attachment {
	row := Attachment{
		Attachment: x.ID, Source: x.Source, Reports: x.Reports, From: x.From.String(), Until: x.Until.String(), By: x.By, Reason: x.Reason,
	}
	if !x.Said.IsZero() {
		row.Said = x.Said.UTC().Format(time.RFC3339)
	}
	return row
}

// AttachEffect says what an attachment does to the duties of its source's cases.
type AttachEffect struct {
	Cases int `json:"cases" doc:"How many cases the source has."`
	AttachTally
	Timescales []AttachTally `json:"timescales" doc:"The same counts by timescale."`
}

// AttachTally counts duties, of one timescale or of all.
type AttachTally struct {
	Ref        string `json:"ref,omitempty" doc:"The timescale of the rule pack; left out of the count of all." example:"CP-10"`
	Title      string `json:"title,omitempty" doc:"What the timescale is called; left out of the count of all." example:"Child protection visit"`
	Alive      int    `json:"clocks_alive" doc:"How many were not reported, and run."`
	Overdue    int    `json:"overdue_at_once" doc:"How many of these are overdue."`
	Unfollowed int    `json:"followed_no_longer" doc:"How many ran, and are followed no longer."`
	Late       int    `json:"shown_as_late" doc:"How many are done, were not reported, and are shown as late."`
}

// Add adds the counts of another tally.
func (t *AttachTally) Add(o AttachTally) {
	t.Alive += o.Alive
	t.Overdue += o.Overdue
	t.Unfollowed += o.Unfollowed
	t.Late += o.Late
}

// Count counts one duty by how it stands without and with the attachment.
func (t *AttachTally) Count(c *casework.Change) {
	switch before, after := c.StateBefore == casework.Unreported, c.StateAfter == casework.Unreported; {
	case before && !after && c.After.Open():
		t.Alive++
		if c.StateAfter == casework.Overdue {
			t.Overdue++
		}
	case !before && after && c.After.Open():
		t.Unfollowed++
	case before && c.StateAfter == casework.MetLate:
		t.Late++
	}
}

// Attached says what attaching a source, or taking that back, did or would do.
type Attached struct {
	Attachment
	Changed bool `json:"changed" doc:"Whether the record changed; it does not where the statement was known."`
	DryRun  bool `json:"dry_run,omitempty" doc:"Whether it was asked alone what it would do, and nothing was written."`
	AttachEffect
	Warnings []Refusal `json:"warnings,omitempty" doc:"What a person should look at."`
	Clocks   Clocks    `json:"clocks" doc:"What became of the clocks."`
	*Failure           // nil where every case was planned again

	Void bool `json:"-"` // it takes an attachment back
}

// Feed says of which authority the children of a feed are.
type Feed struct {
	Source    string `json:"source"`
	Kind      string `json:"kind"` // csc-api
	Authority string `json:"authority"`
	Was       string `json:"was,omitempty"` // of a change: what it was before; left out if nothing said so
	Changed   bool   `json:"changed,omitempty"`
	Reason    string `json:"reason"`
	By        string `json:"by,omitempty"`
	Said      string `json:"said,omitempty"` // UTC
}
