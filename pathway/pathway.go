// Package pathway is the contract between the record and the workflows: the names of
// workflow types, ids, signals, queues and search attributes, and the messages that
// cross the wire. Another team could drive Longstop's workflows from this package alone.
//
// Everything in here is stored by Temporal for years. Fields and constants are only
// ever added; none is renamed or given another meaning.
package pathway

import (
	"cmp"
	"time"
)

// The workflow types: the stages of a child's journey, as an admin sees them in the
// Temporal UI. A rule pack names them as its pathways.
const (
	FrontDoor           = "FrontDoor"
	Assessment          = "Assessment"
	Section47           = "Section47"
	ChildProtection     = "ChildProtection"
	ChildInNeed         = "ChildInNeed"
	PreProceedings      = "PreProceedings"
	CareProceedings     = "CareProceedings"
	LookedAfter         = "LookedAfter"
	Adoption            = "Adoption"
	LeavingCare         = "LeavingCare"
	PrivateFostering    = "PrivateFostering"
	Fostering           = "Fostering"
	Missing             = "Missing"
	EmergencyProtection = "EmergencyProtection"
	EarlyHelp           = "EarlyHelp"
	Oversight           = "Oversight"
)

// All lists every workflow type.
var All = []string{
	FrontDoor, Assessment, Section47, ChildProtection, ChildInNeed, PreProceedings, CareProceedings, LookedAfter,
	Adoption, LeavingCare, PrivateFostering, Fostering, Missing, EmergencyProtection, EarlyHelp, Oversight,
}

// BacklogList is the workflow type that delivers one list owed to one manager after a
// first load. It belongs to no case.
const BacklogList = "BacklogList"

// Post is the workflow type that sends what people are told in a morning: one message for each person. It
// belongs to no case.
const Post = "Post"

// Namespace is the namespace of a service.
const Namespace = "longstop"

// TaskQueue is where the workflows run, and the activities that need the record only.
// SendTaskQueue is where activities run that send messages: a mail server that hangs keeps
// up those, and nothing else.
const (
	TaskQueue     = "longstop"
	SendTaskQueue = "longstop-send"
)

// Deployment is the name of the worker deployment; its versions are releases.
const Deployment = "longstop"

// NudgeSignal carries a Nudge. ContinueSignal carries nothing: with it an operator asks
// a pathway to continue as new, which it does once nothing is pending.
const (
	NudgeSignal    = "nudge"
	ContinueSignal = "continue-as-new"
)

// StateQuery answers with the State of a run.
const StateQuery = "state"

// WorkflowID returns the id of the workflow of a case and pathway: one runs at a time. The
// key is opaque: a case's random key in the record, never a source's reference.
func WorkflowID(pathway, caseKey string) string { return pathway + "/" + caseKey }

// Nudge tells a pathway's workflow what the record holds: it replaces what the workflow
// knew wherever it is the newer one (Compare), so a stale, repeated or late nudge changes
// nothing.
type Nudge struct {
	CaseKey string `json:"caseKey"`
	Pathway string `json:"pathway"`
	// Epoch counts the lives of the record: `starter rebuild` raises it, so that a record
	// restored from an older copy is heard though its revisions have gone back. 0: it was
	// never raised, or a release wrote this that knew no epochs.
	Epoch    int64 `json:"epoch,omitempty"`
	Revision int64 `json:"revision"` // the case's, within the epoch
	// Open is true while a duty is open or something is owed to somebody; the
	// workflow ends when it is false.
	Open bool `json:"open"`
	// Wake is the wall instant at which PlanDuties must next run; zero: there is
	// nothing to wake for.
	Wake        time.Time `json:"wake,omitzero"`
	WakeSummary string    `json:"wakeSummary,omitempty"` // the timer's summary: "remind: visit due in 5 working days"
	Display     Display   `json:"display"`
}

// Compare returns whether a nudge is older (-1), as new (0) or newer (+1) than another of
// the same pathway: the greater epoch is newer, and within an epoch the greater revision.
func (n *Nudge) Compare(other *Nudge) int {
	return cmp.Or(cmp.Compare(n.Epoch, other.Epoch), cmp.Compare(n.Revision, other.Revision))
}

// Display is what an admin sees of a pathway. It holds no name, LA child id, UPN or
// date of birth: Worker is the staff reference of the allocated worker.
type Display struct {
	Label         string    `json:"label,omitempty"` // one line: "2 open, 1 overdue (CP-10)"
	Team          string    `json:"team,omitempty"`
	Worker        string    `json:"worker,omitempty"`
	DueAt         time.Time `json:"dueAt,omitzero"` // the earliest open due date, as the end of that day in London
	Rag           Rag       `json:"rag,omitempty"`
	OpenDuties    int       `json:"openDuties"`
	OverdueDuties int       `json:"overdueDuties"` // past a limit that law or guidance sets
	OverdueRefs   []string  `json:"overdueRefs,omitempty"`
	// LocalDuties are past a limit that no law sets, and past none of law.
	LocalDuties int    `json:"localDuties,omitempty"`
	Table       string `json:"table,omitempty"` // the duties as a Markdown table
}

// Rag is how a pathway stands, as of its last wake.
type Rag string

// Red: something is past a limit of law or guidance. Local: something is past a limit that no
// law sets (the council's own, a default of Longstop, accepted practice), and nothing past one
// of law. Amber: something is due within its reminders. Green: in time. Grey: nobody can
// tell (waiting or unreported). Fault: an activity failed.
// Ended: the run has ended, done or cancelled; no display of the record says so.
const (
	Red   Rag = "red"
	Local Rag = "local"
	Amber Rag = "amber"
	Green Rag = "green"
	Grey  Rag = "grey"
	Fault Rag = "fault"
	Ended Rag = "ended"
)

// Search attributes. SQL visibility allows 3 Datetime, 3 Int, 10 Keyword and 3
// KeywordList attributes in a namespace: this is the whole budget in use.
const (
	AttrTeam          = "Team"          // Keyword
	AttrWorker        = "Worker"        // Keyword: a staff reference, never a name
	AttrRag           = "Rag"           // Keyword
	AttrDueAt         = "DueAt"         // Datetime
	AttrWakeAt        = "WakeAt"        // Datetime: equals the record's, or the clock is not live
	AttrRevision      = "Revision"      // Int: the same
	AttrOpenDuties    = "OpenDuties"    // Int
	AttrOverdueDuties = "OverdueDuties" // Int: past a limit of law or guidance
	AttrOverdueRefs   = "OverdueRefs"   // KeywordList: refs of the overdue timescales
)

// State is what a workflow carries from run to run.
type State struct {
	Schema int   `json:"schema"` // StateSchema when it was written
	Nudge  Nudge `json:"nudge"`
	// Faults counts the wakes since the last good one at which PlanDuties failed or a
	// notice could not be sent.
	Faults int `json:"faults,omitempty"`
	// Repeats counts the wakes since the last good one after which the record still
	// named the same instant to wake at.
	Repeats int `json:"repeats,omitempty"`
	// RetryAt is the wall instant of the next try after a fault or a repeat; zero:
	// the next wake is the nudge's.
	RetryAt time.Time `json:"retryAt,omitzero"`
}

// StateSchema is the version of State.
const StateSchema = 1

// PlanRequest says what PlanDuties plans: one pathway of one case.
type PlanRequest struct {
	CaseKey string `json:"caseKey"`
	Pathway string `json:"pathway"`
}

// Planned is what PlanDuties returns: the notices that are due to be sent now, and what
// the pathway's workflow is to do next if all of them are.
type Planned struct {
	Send []Notice `json:"send,omitempty"`
	Next Nudge    `json:"next"`
}

// Notice names one notice that is due: the key under which the record claims it, and
// what the activity's summary may say.
type Notice struct {
	Key        string `json:"key"` // opaque outside of the record
	CaseKey    string `json:"caseKey"`
	Pathway    string `json:"pathway"`
	Escalation bool   `json:"escalation,omitempty"`
	Summary    string `json:"summary"` // "escalate to team manager: CP-10, the step “1 working day after the due date”"
}

// Sent is what a notice's activity returns: how it ended, and the pathway as the record
// holds it after the claim.
type Sent struct {
	Outcome string `json:"outcome"` // sent, logged, carried (by the letter of another), in_tray (goes with what else is told that morning), not_sent, undeliverable, due (kept for the morning)
	Next    Nudge  `json:"next"`
}

// FaultReport tells the record that a pathway could not be planned or a notice not sent,
// though it was tried for as long as the retry policy allows.
type FaultReport struct {
	CaseKey string `json:"caseKey"`
	Pathway string `json:"pathway"`
	Reason  string `json:"reason"` // which activity failed, and the type of its error
}

// ListRequest names a list owed to a manager.
type ListRequest struct {
	ID string `json:"id"` // opaque, the record's
}

// PostState is what a Post carries from run to run.
type PostState struct {
	Began time.Time `json:"began,omitzero"` // when its first run looked first; zero: it has not yet
}

// TraysFound is what FindTrays returns.
type TraysFound struct {
	Ready []Tray `json:"ready,omitempty"` // to be sent now
	// Waiting: pathways that were due are still to be planned, and more may come.
	Waiting bool `json:"waiting,omitempty"`
}

// Tray names what one person is told in a morning.
type Tray struct {
	ID        string `json:"id"`        // opaque, the record's
	Recipient string `json:"recipient"` // a staff reference
}

// TrayRequest names a tray that is to be sent.
type TrayRequest struct {
	ID string `json:"id"`
}
