package api

import (
	"longstop/admission"
	"longstop/casework"
)

// Failure says that not all of the work was done; the same request again does the rest. NotTried is set where events
// are recorded. It is part of answers, and left out of those of which everything was done.
type Failure struct {
	Failed   bool   `json:"failed" doc:"Whether something failed before everything was done: the same request again does the rest." required:"false"`
	Reason   string `json:"reason" doc:"What failed." required:"false"`
	NotTried *int   `json:"events_not_tried,omitempty" doc:"How many events were not tried."`
}

// Clocks is what became of the clocks.
type Clocks struct {
	Told    int `json:"started_or_moved" doc:"How many clocks were told to start, or of another date."`
	Ended   int `json:"ended" doc:"How many clocks were told to end."`
	Waiting int `json:"waiting" doc:"How many are told by the worker, since they could not be told at once."`

	Why error `json:"-"` // why nudges wait; nil where none does
}

// Refusal is a refused event, or a warning about one.
type Refusal struct {
	Event  string `json:"event,omitempty" doc:"The id of the event." example:"visit-90"`
	Line   int    `json:"line,omitempty" doc:"The line of the file that the event was read from; left out over HTTP."`
	Reason string `json:"reason" doc:"What is wrong or doubtful, and what to do."`
	// Code of a warning is given to a key that may not read the record: it stands for what the reason would say of it.
	Code    string `json:"code,omitempty" words:"refusal_code" doc:"Which kind of refusal it is; left out of a line that could not be read as an event. Of a warning to a key that does not allow read: doubtful, or did_not_count, and what the record holds is not told then."`
	Pointer string `json:"pointer,omitempty" doc:"Where in the line of a refused event it is, as a JSON pointer (RFC 6901); left out where it is no one place." example:"/data/outcome"`
}

// RefusalOf returns a refusal, or a warning, as JSON.
func RefusalOf(f *casework.Refusal) Refusal {
	return Refusal{Event: f.Event, Line: f.Line, Reason: f.Reason, Code: string(f.Code), Pointer: f.Pointer()}
}

// Text is one line that begins with the event, or with the line of one that has no id.
func (r *Refusal) Text() string {
	f := casework.Refusal{Event: r.Event, Line: r.Line, Reason: r.Reason}
	return f.Error()
}

// Recorded says what became of events.
type Recorded struct {
	ID       string    `json:"id,omitempty" doc:"The id under which it was asked for." example:"ack-17"`
	New      int       `json:"events_new" doc:"How many events the record did not hold."`
	Known    int       `json:"events_known" doc:"How many it held already, with the same content."`
	GaveWay  int       `json:"events_gave_way" doc:"How many were recorded and taken back at once, since the record holds the real event that they stand for."`
	Refused  []Refusal `json:"refused" doc:"Each event that was refused."`
	Warnings []Refusal `json:"warnings,omitempty" doc:"What a person should look at; it keeps nothing from being recorded."`
	// Changed is nil where nothing was corrected or voided.
	Changed  *[]CaseDutyChange `json:"changed,omitempty" doc:"What corrections and voids changed of duties; left out where nothing was corrected or voided."`
	Clocks   Clocks            `json:"clocks" doc:"What became of the clocks."`
	*Failure                   // nil where everything was tried
}

// DutyChange is what changed of one duty.
type DutyChange struct {
	Ref            string              `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Duty           string              `json:"duty" doc:"The duty, by its id." example:"CP-10:e17"`
	Pathway        string              `json:"pathway" doc:"The stage of the work that it belongs to." example:"ChildProtection"`
	Change         casework.ChangeKind `json:"change" doc:"What changes: it appears, it goes, its due date moves, its local date changes, or it stands differently on the same dates."`
	DueBefore      string              `json:"due_before,omitempty" doc:"When it was due: a date, or an instant in UTC." example:"2027-01-02"`
	DueAfter       string              `json:"due_after,omitempty" doc:"When it is due: a date, or an instant in UTC." example:"2027-01-01"`
	LocalDueBefore string              `json:"local_due_before,omitempty" doc:"What the council's own date was." format:"date"`
	LocalDueAfter  string              `json:"local_due_after,omitempty" doc:"What the council's own date is." format:"date"`
	StateBefore    casework.State      `json:"state_before,omitempty" doc:"How it stood; left out of one that appears."`
	StateAfter     casework.State      `json:"state_after,omitempty" doc:"How it stands; left out of one that goes."`

	PassedBefore casework.Passed `json:"-"`
	PassedAfter  casework.Passed `json:"-"`
}

// CaseDutyChange is what corrections and voids changed of one duty of a case.
type CaseDutyChange struct {
	Case string `json:"case" doc:"The reference of the case that people are shown." example:"C4"`
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
	Outcome admission.Fate `json:"outcome" doc:"What became of the event. After recorded, known and gave_way the record holds it."`
	Reason  string         `json:"reason,omitempty" doc:"Why it was refused, and what to do."`
	Code    casework.Code  `json:"code,omitempty" doc:"Which kind of refusal it is, or why it was not tried. docs/api.md says what each means."`

	Field string `json:"-"` // where in the event it was refused: see casework.Refusal
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
