package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"longstop/notify"
	"longstop/pathway"
)

// maxRoutes bounds how often one notice is routed upwards: more often than there are
// roles, each with a cover.
const maxRoutes = 10

// sendTimeout bounds one call of the channel, and noteTimeout what is noted about its
// failure: together less than an attempt has, and the first less than the record's lease.
const (
	sendTimeout = 20 * time.Second
	noteTimeout = 5 * time.Second
)

// NotifyWorker sends a reminder, or another notice that is not an escalation, to
// the person that the record names.
//
// It may be run many times: the record claims a notice once by its key, and an attempt
// that finds it sent sends nothing. One that finds it handed to the channel by an attempt
// that died sends it again with the same Message-ID, and the record marks it `perhaps
// twice`. Errors: pathway.ErrTypeRecord, pathway.ErrTypeChannel, pathway.ErrTypeRefused and pathway.ErrTypeBusy, which are tried again,
// pathway.ErrTypeUnknown and pathway.ErrTypeRoutes, which are not.
func (a *Activities) NotifyWorker(ctx context.Context, n pathway.Notice) (pathway.Sent, error) {
	return a.deliverNotice(ctx, n)
}

// EscalateToManager is NotifyWorker for an escalation: it has a name of its own so that
// the Temporal UI tells the two apart.
//
// It may be run many times for the same reason. Errors: those of NotifyWorker.
func (a *Activities) EscalateToManager(ctx context.Context, n pathway.Notice) (pathway.Sent, error) {
	return a.deliverNotice(ctx, n)
}

// SendList sends one list that is owed to one manager after a first load.
//
// It may be run many times, as NotifyWorker. Errors: those of NotifyWorker.
func (a *Activities) SendList(ctx context.Context, r pathway.ListRequest) (pathway.Sent, error) {
	return a.deliver(ctx, func() (Claimed, error) { return a.Record.ClaimList(ctx, r.ID) })
}

func (a *Activities) deliverNotice(ctx context.Context, n pathway.Notice) (pathway.Sent, error) {
	return a.deliver(ctx, func() (Claimed, error) { return a.Record.Claim(ctx, n.CaseKey, n.Key) })
}

// receipt is what an attempt knows once the channel has taken the message. It goes into
// the heartbeat, so that an attempt which cannot note it in the record leaves it to the
// next one, and nothing is sent twice.
type receipt struct {
	NoticeID string `json:"noticeID"`
	Receipt  string `json:"receipt"`
	Attempt  int    `json:"attempt,omitempty"` // 0 where an earlier release left it
	Channel  string `json:"channel,omitempty"` // "" where an earlier release left it
}

func (a *Activities) deliver(ctx context.Context, claim func() (Claimed, error)) (pathway.Sent, error) {
	if taken, ok := takenBefore(ctx); ok {
		return a.note(ctx, taken)
	}
	claimed, err := claim()
	if err != nil {
		return pathway.Sent{}, a.recordError("claim the notice", err)
	}
	for range maxRoutes {
		switch claimed.State {
		case Ready:
		case Failed:
			return pathway.Sent{}, a.refusedError(claimed)
		default:
			return pathway.Sent{Outcome: string(claimed.State), Next: claimed.Next}, nil
		}
		taken, refused, err := a.send(ctx, claimed)
		switch {
		case err != nil:
			return pathway.Sent{}, err
		case refused == nil:
			return a.note(ctx, taken)
		}
		if claimed, err = a.Record.NotDelivered(ctx, claimed.NoticeID, taken.Attempt, refused.Reason); err != nil {
			return pathway.Sent{}, a.recordError("route the notice to the next role up", err)
		}
	}
	return pathway.Sent{}, temporal.NewNonRetryableApplicationError(
		fmt.Sprintf("a notice was refused %d times; please report this", maxRoutes), pathway.ErrTypeRoutes, nil)
}

// send hands a claimed notice to the channel. refused is set where the channel refused the
// recipient for good: taken then holds no more than the attempt.
func (a *Activities) send(ctx context.Context, c Claimed) (taken receipt, refused *notify.PermanentError, err error) {
	attempt, err := a.Record.Sending(ctx, c.NoticeID, c.Claim)
	if err != nil {
		return receipt{}, nil, a.recordError("note that the notice is being sent", err)
	}
	message := c.Message
	if message.Attempt = attempt; attempt > 1 {
		if message.Doubtful, err = a.Record.Doubtful(ctx, c.NoticeID, attempt); err != nil {
			a.noteFailure(ctx, c.NoticeID, attempt, a.Channel.Name(), &notify.TemporaryError{Notice: c.NoticeID, Err: errNotCalled, NotDelivered: true})
			return receipt{}, nil, a.recordError("read the attempts before", err)
		}
	}
	answer, channel, err := a.callChannel(ctx, message)
	switch {
	case errors.As(err, &refused):
		a.Log.Warn().Err(err).Msg("a recipient was refused for good")
		return receipt{NoticeID: c.NoticeID, Attempt: attempt}, refused, nil
	case err != nil:
		a.noteFailure(ctx, c.NoticeID, attempt, channel, err)
		return receipt{}, nil, channelError(err)
	}
	taken = receipt{NoticeID: c.NoticeID, Receipt: answer, Attempt: attempt, Channel: channel}
	activity.RecordHeartbeat(ctx, taken)
	return taken, nil, nil
}

// errNotCalled is why an attempt ended before the channel was called.
var errNotCalled = errors.New("the record did not tell of the attempts before: nothing was sent")

// channelError is a failure of the channel. Where the channel says for how long it takes
// nothing, it is not asked again before.
func channelError(err error) error {
	return temporal.NewApplicationErrorWithOptions(err.Error(), pathway.ErrTypeChannel,
		temporal.ApplicationErrorOptions{NextRetryDelay: notify.Temporary(err).RetryAfter})
}

// callChannel sends a message, and returns the name of the channel that took it or failed.
func (a *Activities) callChannel(ctx context.Context, m notify.Message) (answer, channel string, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if several, ok := a.Channel.(notify.Carrier); ok {
		return several.Carry(ctx, m)
	}
	answer, err = a.Channel.Send(ctx, m)
	return answer, a.Channel.Name(), err
}

// noteFailure says in the record that this attempt is over, so that the next need not wait
// for its time to be up. It is noted even where the worker is stopping.
func (a *Activities) noteFailure(ctx context.Context, noticeID string, attempt int, channel string, failed error) {
	a.Log.Warn().Err(failed).Msg("a notice could not be sent just now: it will be tried again")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if err := a.Record.SendFailed(ctx, noticeID, attempt, channel, failed.Error(), !undelivered(failed)); err != nil {
		a.Log.Warn().Str("notice", noticeID).Msg("and that could not be noted either: the record " + a.symptom(err))
	}
}

// undelivered reports whether a channel's error means that the message has certainly not
// arrived: it says so itself, or nobody answered at the address of the service.
func undelivered(err error) bool {
	var says interface{ Undelivered() bool }
	if errors.As(err, &says) {
		return says.Undelivered()
	}
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

// logChannel is the name of the channel that reaches nobody.
const logChannel = "log"

func (a *Activities) note(ctx context.Context, taken receipt) (pathway.Sent, error) {
	var next pathway.Nudge
	var err error
	outcome, channel := Sent, cmp.Or(taken.Channel, a.Channel.Name())
	if channel == logChannel {
		outcome = Logged
		next, err = a.Record.Logged(ctx, taken.NoticeID, taken.Attempt)
	} else {
		next, err = a.Record.Sent(ctx, taken.NoticeID, taken.Attempt, channel, taken.Receipt)
	}
	if err != nil {
		return pathway.Sent{}, a.recordError("note that the notice was sent", err)
	}
	return pathway.Sent{Outcome: string(outcome), Next: next}, nil
}

// refusedAgain is how soon a recipient whose refusal is not believed is tried again: often
// enough that within the quarter of an hour after which it is believed somebody is told.
const refusedAgain = time.Minute

// refusedError says that a recipient was refused and will be tried again.
func (a *Activities) refusedError(c Claimed) error {
	a.Log.Error().Str("notice", c.NoticeID).Str("reason", c.Reason).
		Msg("a recipient was refused, and that is not believed: the notice will be tried again")
	return temporal.NewApplicationErrorWithOptions("the mail server refused a recipient, and that is not believed: "+c.Reason, pathway.ErrTypeRefused,
		temporal.ApplicationErrorOptions{NextRetryDelay: refusedAgain})
}

// takenBefore is what an earlier attempt left in its heartbeat.
func takenBefore(ctx context.Context) (taken receipt, ok bool) {
	if !activity.HasHeartbeatDetails(ctx) {
		return receipt{}, false
	}
	if err := activity.GetHeartbeatDetails(ctx, &taken); err != nil {
		return receipt{}, false
	}
	return taken, taken.NoticeID != ""
}
