package letter

import (
	"encoding/json"

	"longstop/casework"
)

// Desk is what lies before somebody in a morning, other than what is new.
type Desk struct {
	Until      When            // how far Held reaches
	Held       []ListRow       `json:",omitempty"` // of the cases that they hold, open: past a limit, or due by Until
	Teams      []TeamRow       `json:",omitempty"` // those that they manage
	Unanswered []UnansweredRow `json:",omitempty"`
	Now        Figures         // over all their teams
	Before     *Figures        `json:",omitempty"` // those of the last message that is a week old or older
	BeforeOn   When            `json:",omitzero"`  // its day
}

// Figures are what a manager's message begins with.
type Figures struct {
	Overdue    int // past a limit of law or guidance
	Local      int // past one that no law sets
	Unanswered int
}

// TeamRow is how a team stands.
type TeamRow struct {
	Ref, Name      string
	Overdue, Local int
	Longest        *ListRow `json:",omitempty"` // past a limit of law or guidance the longest
	Unallocated    int      `json:",omitempty"` // open cases without a worker
	Away           []string `json:",omitempty"` // the names of those away who nobody stands in for
	Next           bool     `json:",omitempty"` // what is theirs comes to the reader
}

// UnansweredRow is an escalation that nobody has answered.
type UnansweredRow struct {
	ListRow
	Team string // its name
	To   string // the name of who it went to
	Sent When
}

// desk puts what lies before somebody into the envelope.
func (e *Envelope) desk(d *casework.Desk) {
	of := func(a *casework.Arrear) ListRow {
		r := listRow(&casework.Backlog{Book: d.Book, At: d.At}, a)
		r.Passed, r.LocalDue = a.Duty.Passed(d.At), onDay(a.Duty.LocalDue)
		return r
	}
	made := &Desk{Until: onDay(d.Until), Now: Figures(d.Figures())}
	for i := range d.Held {
		made.Held = append(made.Held, of(&d.Held[i]))
	}
	for i := range d.Teams {
		t := &d.Teams[i]
		row := TeamRow{Ref: t.Ref, Name: t.Name, Overdue: t.Overdue, Local: t.Local, Unallocated: t.Unallocated, Away: t.Away, Next: t.Next}
		if t.Longest != nil {
			longest := of(t.Longest)
			row.Longest = &longest
		}
		made.Teams = append(made.Teams, row)
	}
	for i := range d.Unanswered {
		u := &d.Unanswered[i]
		made.Unanswered = append(made.Unanswered, UnansweredRow{
			ListRow: of(&casework.Arrear{Reference: u.Reference, Duty: u.Duty}), Team: u.Team, To: u.To, Sent: onDay(u.Sent),
		})
	}
	if d.Before != nil {
		before := Figures(*d.Before)
		made.Before, made.BeforeOn = &before, onDay(d.BeforeOn)
	}
	e.Desk = made
}

// Figures returns the figures with which a message of a morning began; nil where it began with none.
func (Composer) Figures(doc json.RawMessage) (*casework.Figures, error) {
	e, err := Read(doc)
	if err != nil || e.Desk == nil || len(e.Desk.Teams) == 0 {
		return nil, err
	}
	f := casework.Figures(e.Desk.Now)
	return &f, nil
}
