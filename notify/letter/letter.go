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
