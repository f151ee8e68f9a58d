package casework

import (
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Envelope is what one message tells one person, as facts that are still to be put into words:
// notices, or the duties that first loads found overdue.
type Envelope struct {
	ID    string         // of the message in the record
	Role  timescale.Role // in which the person is told
	Why   string         // why it is this person: an organisation.Why
	Today calendar.Date

	Notices []Enclosed // the first is the one for which the message was begun
	Backlog *Backlog   // of a list; nil of notices
}

// Enclosed is a notice in an envelope.
type Enclosed struct {
	ID     string
	Notice Notice
	Why    string // why it is this person: an organisation.Why
	// DueBefore is the due date that the role was last told, as Notice.Due; "": none.
	DueBefore string
	Case      *Situation
}

// Situation is a case as it stands at an instant.
type Situation struct {
	Reference string // the source's own
	Events    []Event
	Book      *Book
	Plan      *Plan
	Told      []Notice // what was told of it, with what goes now
	At        time.Time
}

// Backlog is what first loads found overdue and still is.
type Backlog struct {
	Teams       []string      // the teams that it is about; their references
	First, Last calendar.Date // the days of the loads
	From        calendar.Date // the day on which reminders begin for the first load
	Duties      []Arrear
	Book        *Book
	At          time.Time
}

// Arrear is one duty of a backlog.
type Arrear struct {
	Reference string // of the case
	Duty      Duty
}

// Listed is a duty on a list that was sent.
type Listed struct {
	Reference string // of the case
	Duty      string // its id
	Ref       string
	Due       string // as the list gave it
	Named     bool   // the list names it, and does not only count it
}
