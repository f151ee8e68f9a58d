package api

import (
	"longstop/admission"
	"longstop/casework"
)

// Failure says that not all of the work was done; the same request again does the rest. NotTried is set where events
// are recorded. It is part of answers, and left out of those of which everything was done.
type Failure struct {
	Failed   bool   `json:"failed" required:"false"`
	Reason   string `json:"reason" required:"false"`
	NotTried *int   `json:"events_not_tried,omitempty"`
}

// Clocks is what became of the clocks.
type Clocks struct {
	Told    int `json:"started_or_moved"`
	Ended   int `json:"ended"`
	Waiting int `json:"waiting"` // for a worker to send their nudges

	Why error `json:"-"` // why nudges wait; nil where none does
}

// Refusal is a refused event, or a warning about one.
type Refusal struct {
	Event  string `json:"event,omitempty"`
	Line   int    `json:"line,omitempty"`
	Reason string `json:"reason"`
	// Code is that of a warning to a key that may not read the record: it stands for what the reason would say of it.
	Code string `json:"code,omitempty" doc:"Of a warning to a key that does not allow read: doubtful, or did_not_count. What the record holds is not told then."`
}

// Text is one line that begins with the event, or with the line of one that has no id.
func (r *Refusal) Text() string {
	f := casework.Refusal{Event: r.Event, Line: r.Line, Reason: r.Reason}
	return f.Error()
}

// Recorded says what became of events.
type Recorded struct {
	ID       string    `json:"id,omitempty"` // of the one event that a correction, a void or a promise made
	New      int       `json:"events_new"`
	Known    int       `json:"events_known"`
	GaveWay  int       `json:"events_gave_way"`
	Refused  []Refusal `json:"refused"`
	Warnings []Refusal `json:"warnings,omitempty"`
	// Changed is nil where nothing was corrected or voided.
	Changed  *[]CaseDutyChange `json:"changed,omitempty"`
	Clocks   Clocks            `json:"clocks"`
	*Failure                   // nil where everything was tried
}

// DutyChange is what changed of one duty.
type DutyChange struct {
	Ref            string              `json:"ref"`
	Duty           string              `json:"duty"`
	Pathway        string              `json:"pathway"`
	Change         casework.ChangeKind `json:"change"`
	DueBefore      string              `json:"due_before,omitempty"`
	DueAfter       string              `json:"due_after,omitempty"`
	LocalDueBefore string              `json:"local_due_before,omitempty"`
	LocalDueAfter  string              `json:"local_due_after,omitempty"`
	StateBefore    casework.State      `json:"state_before,omitempty"`
	StateAfter     casework.State      `json:"state_after,omitempty"`

	PassedBefore casework.Passed `json:"-"`
	PassedAfter  casework.Passed `json:"-"`
}

// CaseDutyChange is what corrections and voids changed of one duty of a case.
type CaseDutyChange struct {
	Case string `json:"case"`
	DutyChange
}

// DutyChangeOf returns a change as JSON.
func DutyChangeOf(c *casework.Change) DutyChange {
	d := c.Duty()
	x := DutyChange{
		Ref: d.Ref, Duty: d.ID, Pathway: d.Pathway, Change: c.Kind, StateBefore: c.StateBefore, StateAfter: c.StateAfter,
		PassedBefore: c.PassedBefore, PassedAfter: c.PassedAfter,
	}
	if c.Before != nil {
		x.DueBefore, x.LocalDueBefore = c.Before.DueText(), c.Before.LocalDue.String()
	}
	if c.After != nil {
		x.DueAfter, x.LocalDueAfter = c.After.DueText(), c.After.LocalDue.String()
	}
	return x
}

// Outcome says what became of one event: recorded, known, gave_way, refused or not_tried. After the first three the
// record holds it.
type Outcome struct {
	Outcome admission.Fate `json:"outcome" enum:"recorded,known,gave_way,refused,not_tried" doc:"What became of the event. After recorded, known and gave_way the record holds it."`
	Reason  string         `json:"reason,omitempty" doc:"Why it was refused, and what to do."`
	Code    admission.Code `json:"code,omitempty" doc:"Which kind of refusal it is, where programs decide by it: conflict, forbidden, or the kind of fault of an attribute."`
}

// Taken reports whether the record holds the event.
func (o *Outcome) Taken() bool {
	return o.Outcome == admission.Recorded || o.Outcome == admission.Known || o.Outcome == admission.GaveWay
}

// Pushed says what became of events that a system handed in.
type Pushed struct {
	Items    []Outcome `json:"items" doc:"What became of each event, in the order in which they were sent."`
	Warnings []Refusal `json:"warnings,omitempty" doc:"What a person should look at; it keeps nothing from being recorded."`
	// Changed is nil where nothing was corrected or voided.
	Changed *[]CaseDutyChange `json:"changed,omitempty" doc:"What corrections and voids changed of timescales."`
}

// Taken reports whether the record holds every event.
func (p *Pushed) Taken() bool {
	for i := range p.Items {
		if !p.Items[i].Taken() {
			return false
		}
	}
	return true
}
