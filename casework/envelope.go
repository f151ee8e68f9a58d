package casework

import (
	"encoding/json"
	"time"

	"longstop/calendar"
	"longstop/timescale"
)

// Envelope is what one message tells one person, as facts that are still to be put into words:
// notices of a case, all that they are told in a morning, or the duties that first loads found overdue.
type Envelope struct {
	ID    string         // of the message in the record
	Role  timescale.Role // in which the person is told
	Why   string         // why it is this person: an organisation.Why
	Today calendar.Date

	Notices []Enclosed // the first is the one for which the message was begun
	Backlog *Backlog   // of a list; nil of notices
	// Parts are what the notices in a tray say by themselves, each as an envelope of its own that was put into words before.
	Parts []json.RawMessage
	Desk  *Desk // of a tray: what else lies before them
}

// Enclosed is a notice in an envelope.
type Enclosed struct {
	ID     string
	Notice Notice
	Why    string // why it is this person: an organisation.Why
	// DueBefore is the due date that the role was last told, as Notice.Due; "": none.
	DueBefore string
	// Worker and Team are the names of who holds the case and of its team; "" if there is none.
	Worker, Team string
	Earlier      []Earlier // what was told of the duty before, the latest first
	Case         *Situation
}

// Earlier is a message that was sent before.
type Earlier struct {
	On   calendar.Date
	Role timescale.Role
	Kind Kind
	To   string // the name of who it went to
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

// Desk is what lies before somebody in a morning, other than what is new: the timescales of the cases that they hold, and how the
// teams stand that they manage.
type Desk struct {
	Book  *Book
	At    time.Time
	Until calendar.Date // Held reaches to this day

	Held       []Arrear // open, of the cases that they hold: past a limit, or due by Until; the earliest first
	Teams      []TeamDesk
	Unanswered []Unanswered
	Before     *Figures      // those of their last message that is a week old or older; nil: there is none
	BeforeOn   calendar.Date // its day
}

// TeamDesk is how a team stands.
type TeamDesk struct {
	Ref, Name   string
	Overdue     int      // timescales past a limit of law or guidance
	Local       int      // past one that no law sets, and past none of law
	Longest     *Arrear  // of those past a limit of law or guidance the latest; nil without one
	Unallocated int      // open cases without a worker
	Away        []string // the names of those away today who nobody stands in for
	Next        bool     // the reader is the first of the team's managers: what is theirs comes to them
}

// Unanswered is an escalation that nobody has answered for two working days.
type Unanswered struct {
	Reference string // of the case
	Duty      Duty
	Team      string        // the name of the team that has the case
	To        string        // the name of who it went to
	Sent      calendar.Date // when
}

// Figures are what a manager's message begins with, over all their teams.
type Figures struct {
	Overdue    int // timescales past a limit of law or guidance
	Local      int // past one that no law sets, and past none of law
	Unanswered int
}

// Figures returns the figures of a desk.
func (d *Desk) Figures() Figures {
	f := Figures{Unanswered: len(d.Unanswered)}
	for i := range d.Teams {
		f.Overdue += d.Teams[i].Overdue
		f.Local += d.Teams[i].Local
	}
	return f
}
