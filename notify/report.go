package notify

import (
	"context"
	"errors"
)

// Report is what the far side says of a message after it has taken it: a receipt of GOV.UK
// Notify, a delivery status notification of a mail server.
//
// It names the message by Delivery and Attempt, or by MessageID where the far side was not
// given those.
type Report struct {
	Delivery  string // Message.Notice; "" where only MessageID is known
	Attempt   int    // Message.Attempt; 0 where the sender did not count
	MessageID string // Message.ID
	// Address is the recipient that the report names; "" where it names none. It is to be
	// compared with the record's, and never logged.
	Address string

	Channel string // Channel.Name of the one that sent it
	Outcome Outcome
	Reason  string // a code such as "5.1.1" or "permanent-failure"; never the far side's words
}

// Outcome is what became of a message that the far side had taken.
type Outcome string

// Delivered: it reached the recipient's mailbox or telephone. Delayed: the far side still
// tries. FailedForNow: it gave up, and the same message may go again. FailedForGood: the
// address is wrong, and somebody else must be told.
const (
	Delayed       Outcome = "delayed"
	FailedForNow  Outcome = "failed_for_now"
	Delivered     Outcome = "delivered"
	FailedForGood Outcome = "failed_for_good"
)

// outcomes lists them from the one that says least to the one that stands against all others.
var outcomes = []Outcome{Delayed, FailedForNow, Delivered, FailedForGood}

// Supersedes reports whether an outcome that is reported takes the place of the one known
// before, "" where none is. Reports come more than once and in any order, so it is a rank that
// decides, not which came last. A failure for good goes before "delivered": a mailbox may send
// back what its server took, and an alarm too many costs less than one that nobody got.
func (o Outcome) Supersedes(known Outcome) bool { return o.rank() > known.rank() }

func (o Outcome) rank() int {
	for i, outcome := range outcomes {
		if outcome == o {
			return i
		}
	}
	return -1
}

// Failed reports whether the message reached nobody.
func (o Outcome) Failed() bool { return o == FailedForNow || o == FailedForGood }

// Taker keeps what is reported: the record, to whoever reads reports. Taking the same report
// twice changes nothing. Three errors tell the reader what to do: nil, the report is kept and
// may be forgotten; ErrUnknown, it is about nothing that this record has sent; any other, ErrNotYet
// among them, hand the same report in again later.
type Taker interface {
	Take(ctx context.Context, r Report) error
}

// ErrUnknown is what a Taker returns for a report about a message that it has not sent.
var ErrUnknown = errors.New("the report is about no message of this record")

// ErrNotYet is what a Taker returns where the attempt is still under way.
var ErrNotYet = errors.New("the attempt that is reported on is not noted as over yet")
