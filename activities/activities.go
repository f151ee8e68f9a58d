// Package activities holds what Longstop's workflows do to the world: plan a pathway
// from the record, and tell people. Every activity may be run many times, by a retry,
// after a crash or after a time-out that was not one; each says why that is harmless.
package activities

import (
	"context"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/activity"

	"longstop/notify"
	"longstop/pathway"
)

// Activities are the dependencies of the activities, which are its methods.
type Activities struct {
	Record  Record
	Channel notify.Channel
	Log     zerolog.Logger
}

// Record is what the activities need of the record.
type Record interface {
	Planner
	Notices
	Lists
	Trays
}

// Planner folds a case and keeps what has gone wrong with a pathway.
type Planner interface {
	// Plan folds the case as of now, and returns what is due to be sent now and when
	// the pathway must wake next. ErrUnknown: the record has no such pathway.
	Plan(ctx context.Context, caseKey, pathwayName string) (pathway.Planned, error)
	// Faulted notes that the pathway could not be planned or a notice not sent; the
	// next good Plan takes the note away.
	Faulted(ctx context.Context, caseKey, pathwayName, reason string) error
}

// Notices are the notices of the record: see "Settled questions" in the design.
type Notices interface {
	// Claim checks the stop conditions again and fixes the recipient, or returns the
	// notice as an earlier attempt left it. ErrUnknown: the record has no such notice.
	// ErrBusy: another attempt is sending it.
	Claim(ctx context.Context, caseKey, noticeKey string) (Claimed, error)
	// Sending notes that the channel is about to be called with a claimed notice, and
	// returns the number of the attempt. ErrBusy: another attempt is calling it, or has, or
	// the notice was claimed again since.
	Sending(ctx context.Context, noticeID string, claim int) (attempt int, err error)
	// Doubtful returns the numbers of the attempts before this one with the same contents and
	// address that the far side may or may not have taken, for a channel that can ask it.
	Doubtful(ctx context.Context, noticeID string, attempt int) ([]int, error)
	// SendFailed notes that the channel could not take the message of an attempt (0: of the
	// last), and whether it may have delivered it all the same. It changes nothing where that
	// attempt is not under way any more.
	SendFailed(ctx context.Context, noticeID string, attempt int, channel, reason string, maybe bool) error
	// Sent notes that the channel has taken the message of an attempt (0: of the last), and
	// returns the pathway as it stands then. Noting it twice changes nothing.
	Sent(ctx context.Context, noticeID string, attempt int, channel, receipt string) (pathway.Nudge, error)
	// Logged is Sent where the channel is a log, which reaches nobody.
	Logged(ctx context.Context, noticeID string, attempt int) (pathway.Nudge, error)
	// NotDelivered notes that the channel refused the recipient of an attempt (0: of the last)
	// for good. Where that is believed, it routes the notice to the next role up, or finds it
	// undeliverable; where it is not, the notice is Failed, to be tried again in a minute. It
	// changes nothing where that attempt is not under way any more. ErrBusy: a later one is.
	NotDelivered(ctx context.Context, noticeID string, attempt int, reason string) (Claimed, error)
}

// Lists are the lists owed to managers after a first load. Sending, Sent and
// NotDelivered of Notices work on them too.
type Lists interface {
	// ClaimList is Claim for the list of that id.
	ClaimList(ctx context.Context, id string) (Claimed, error)
}

// Claimed is a notice, or a list, as the record holds it.
type Claimed struct {
	NoticeID string
	State    State
	Reason   string         // where the state is Failed: a code of the channel, no address
	Claim    int            // which claim this is, for Sending
	Message  notify.Message // where the state is Ready
	Next     pathway.Nudge  // the pathway as it stands; of no meaning for a list
}

// State is how far a notice has come. The words are the record's.
type State string

// Ready: claimed, to be handed to the channel. Failed: the recipient was refused, and that is
// not believed. Carried: the letter of another notice says this one too. InTray: it goes with what else
// this person is told that morning. NotSent: a stop condition holds. Undeliverable: nobody can be told, or everybody's address is refused.
const (
	Ready         State = "claimed"
	Failed        State = "failed"
	Carried       State = "carried"
	InTray        State = "in_tray"
	Sent          State = "sent"
	Logged        State = "logged"
	NotSent       State = "not_sent"
	Undeliverable State = "undeliverable"
)

// Registry is where activities are registered: a worker, or a test.
type Registry interface {
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Register registers every activity under its name.
func (a *Activities) Register(r Registry) {
	register(r, pathway.PlanDuties, a.PlanDuties)
	register(r, pathway.NotifyWorker, a.NotifyWorker)
	register(r, pathway.EscalateToManager, a.EscalateToManager)
	register(r, pathway.SendList, a.SendList)
	register(r, pathway.FindTrays, a.FindTrays)
	register(r, pathway.SendTray, a.SendTray)
	r.RegisterActivityWithOptions(a.ReportFault, activity.RegisterOptions{Name: string(pathway.ReportFault)})
}

// register registers an activity that takes and returns what the contract says.
func register[In, Out any](r Registry, name pathway.Activity[In, Out], do func(context.Context, In) (Out, error)) {
	r.RegisterActivityWithOptions(do, activity.RegisterOptions{Name: string(name)})
}
