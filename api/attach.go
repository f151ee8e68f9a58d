package api

import (
	"time"

	"longstop/casework"
	"longstop/store"
)

// Attachment is what a source reports, in all of its cases.
type Attachment struct {
	Attachment string   `json:"attachment,omitempty"`
	Source     string   `json:"source"`
	Reports    []string `json:"reports"`
	From       string   `json:"from"`
	Until      string   `json:"until,omitempty"`
	Said       string   `json:"said,omitempty"`
	By         string   `json:"by,omitempty"`
	Reason     string   `json:"reason,omitempty"`
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
	Cases int `json:"cases"`
	AttachTally
	Timescales []AttachTally `json:"timescales"`
}

// AttachTally counts duties, of one timescale or of all.
type AttachTally struct {
	Ref        string `json:"ref,omitempty"`
	Title      string `json:"title,omitempty"`
	Alive      int    `json:"clocks_alive"`       // they were unreported, and run
	Overdue    int    `json:"overdue_at_once"`    // of these
	Unfollowed int    `json:"followed_no_longer"` // they ran, and would be unreported
	Late       int    `json:"shown_as_late"`      // they are met, were unreported, and would be shown as late
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
	Changed bool `json:"changed"`
	DryRun  bool `json:"dry_run,omitempty"`
	AttachEffect
	Warnings []Refusal `json:"warnings,omitempty"` // to a request; a command prints them
	Clocks   Clocks    `json:"clocks"`
	*Failure           // nil where every case was planned again

	Void bool `json:"-"` // it takes an attachment back
}
