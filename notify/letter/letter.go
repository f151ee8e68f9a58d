// Package letter puts into English what a person is told: a letter about one duty, several of one case in one
// letter, all that they are told in a morning, or the list of a first load.
//
// It knows nothing of cases, the record or Temporal: a field of a letter is plain text, a
// date as text, or a number. Nothing in here reads a clock.
//
// Privacy: a letter names a case by its source's reference and never holds the name of a child or of their family. A
// subject holds no case reference: it names the message.
package letter

import (
	"cmp"

	"longstop/notify"
	"longstop/organisation"
	"longstop/timescale"
)

// Outcome is how a duty came to be no longer owed.
type Outcome string

// The outcomes. Undone: a later record corrected or took back what had started the duty,
// or showed another date, so that there is nothing to be late for.
const (
	Met Outcome = "met"
	// TakenAsDone is of a duty that an inferred event met: the return holds no date of it.
	TakenAsDone Outcome = "taken_as_done"
	MetLate     Outcome = "met_late"
	Ended       Outcome = "ended"
	// NotReported is of a duty of which no source could have shown that it was done in time.
	NotReported Outcome = "not_reported"
	Undone      Outcome = "undone"
)

// Letter is everything that one notice says. An empty field is left out of the text. Fields that come from the rule pack (DutyTitle, Todo, Source) are shown as they
// are; no field may hold the name of a child or of a member of a family.
type Letter struct {
	NoticeID string
	Kind     notify.Kind
	Role     timescale.Role   // that the step names
	Standing organisation.Why // why it is this person
	Today    When             // the London day on which it is sent; gives "today" and "tomorrow"

	CaseReference string // the source's own
	DutyRef       string // CP-10
	DutyTitle     string // "Child protection visit"
	Todo          string // "Visit the child and see them."
	Pathway       string // workflow type name

	Started   When   // the date or instant from which the limit counts
	StartedBy string // the type of the event that started it, or words
	LimitText string // "45 working days"
	Status    string // the edition's: statute, regulation, statutory guidance, practice direction, guidance, practice, local
	Source    string
	// Local: the only limit is the council's own. Neither it nor a practice is ever
	// spoken of as a breach of law.
	Local bool
	// Default: that limit is Longstop's, and the council has not set it.
	Default bool
	// Whose says of a Default whose limit it is, in words; "" is longstopsDefault.
	Whose  string `json:",omitempty"`
	Unread bool   // the words that set the limit were not read

	Due         When   // zero while it waits
	DueWas      When   // moved: what this person was told before
	MovedWhy    string // moved: which record or rule moved it, in words
	Provisional bool
	Overdue     bool // the state of the duty; for a limit in hours it may be overdue with DaysLate 0
	DaysLate    int  // London days from the due date
	// LocalDue, LocalLimitText and LocalSource are the council's own limit as well as the
	// national one; DutyRef's own limit is then the national one.
	LocalDue                    When
	LocalLimitText, LocalSource string
	WaitingFor                  string // the type of the missing event

	Rung   string   // "-10wd", "0", "+1wd", "50%", "+4h", "9m", "waiting"
	Missed []string // the rungs for which this message makes up
	// LadderFrom is the day from which the ladder is counted where that is not the due
	// date: the date became known late, or came with a backlog.
	LadderFrom When

	Outcome          Outcome // resolved
	MetOn            When    // resolved: the date or instant on which it was met or ended
	EndedBy          string  // resolved: the type of the event that ended it, or words
	RecordedLateDays int     // resolved: how many days after it happened it was recorded

	// Next is who is told next, and when, if nothing is recorded; in order.
	Next []NextRung

	PerhapsTwice bool // found half sent after a crash
	// Contact is who reads replies; "" for nobody. It is a setting, and not kept with the letter.
	Contact string `json:"-"`
	// Meant is the day on which it should have been told, where that has passed: nothing ran, or nothing could be sent.
	Meant When `json:",omitzero"`

	// Worker and Team are the names of who holds the case and of its team.
	Worker, Team string    `json:",omitempty"`
	Earlier      []Earlier `json:",omitempty"` // what was told before, the latest first
	Promised     When      `json:",omitzero"`  // the last day that a manager promised
	// WorkingDaysLate and LimitDays are set of a limit in working days that is passed and that nothing extended.
	WorkingDaysLate, LimitDays int `json:",omitempty"`
}

// Earlier is a message that was sent before.
type Earlier struct {
	On   When
	Role timescale.Role
	To   string // the name of who it went to
}

// NextRung is a rung still to come.
type NextRung struct {
	Role timescale.Role
	At   When
}

// standingOfLimit is what a letter must say of a limit that no law sets; "" for the others.
func (l Letter) standingOfLimit() string {
	switch {
	case l.Default:
		return "This limit is " + cmp.Or(l.Whose, longstopsDefault) + ". No law sets it."
	case l.Local || l.Status == "local":
		return "This is the council's own limit. No law sets it."
	case l.Status == "practice" || l.Status == "guidance":
		return "This limit is accepted practice. No law sets it."
	default:
		return ""
	}
}

// limitNoun is what a limit that no law sets is called.
func (l Letter) limitNoun() string {
	switch {
	case l.Default && l.Whose != "" && l.Whose != longstopsDefault: // the letter says it in whole once
		return "the default of Longstop"
	case l.Default:
		return longstopsDefault
	case l.Local || l.Status == "local":
		return "the council's own limit"
	default:
		return "the practice limit"
	}
}

// longstopsDefault is what a limit is called that no law sets, and no council has set or
// confirmed. Package timescale says so in the same words.
const longstopsDefault = "a default of Longstop, which your council has not set"

func (l Letter) late() bool { return l.Overdue || l.DaysLate > 0 }

func (l Letter) kind() notify.Kind { return l.Kind }
