// Package channeltest checks that a channel keeps the promises of notify.Channel, whatever
// carries its messages. The test of a channel hands it a factory: a new channel, with the
// far side that it talks to and the means to make that side misbehave.
//
//	func TestTheChannelKeepsItsPromises(t *testing.T) {
//		channeltest.Run(t, func(t *testing.T) channeltest.Pair { … })
//	}
//
// The far side should be the real protocol, not a stand-in for the channel's own code.
package channeltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"longstop/notify"
)

// Pair is a channel and the far side that takes its messages. A hook that is nil is
// something that cannot happen on this channel: its check is skipped.
type Pair struct {
	Channel notify.Channel

	// Taken returns what the far side has taken, in order.
	Taken func() []Taken
	// RefuseNext makes the far side refuse the next recipient for good.
	RefuseNext func()
	// DelayNext makes the far side say to the next message that it is to come again later.
	DelayNext func()
	// LoseNext makes the far side take the next message and break off before it answers.
	LoseNext func()
	// HangNext makes the far side stand still at the next message. reached is closed once
	// it does; release lets it go on.
	HangNext func() (reached <-chan struct{}, release func())
	// Reported returns what a report names that comes later and says that a message could
	// not be delivered after all. Set if and only if the channel is a notify.Bouncer.
	Reported func(Taken) string

	// Asks: the far side can be asked whether it took an attempt (notify.Message.Doubtful), so
	// that what it has is not sent to it again.
	Asks bool

	// To is the address that every message goes to, of the kind that this channel takes;
	// "": an e-mail address. No error and no receipt may hold any of it.
	To string
	// Patience is how long the channel may take to notice that its context is done; 0: ten
	// seconds.
	Patience time.Duration
}

// Taken is a message as the far side has it.
type Taken struct {
	Notice string // of the message
	ID     string // of the message; "" where the far side is not given one
}

// Factory returns a new pair, which ends with the test.
type Factory func(t *testing.T) Pair

// Run checks a channel. Each check has a pair of its own.
func Run(t *testing.T, factory Factory) {
	t.Helper()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			switch err := c.Run(t.Context(), factory(t)); {
			case errors.Is(err, ErrCannotHappen):
				t.Skip(err)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// ErrCannotHappen is what a check returns that asks for something that the pair has no hook for.
var ErrCannotHappen = errors.New("this cannot happen on this channel")

// Check is one promise of a channel.
type Check struct {
	Name string
	// Run returns what is wrong with the channel, or ErrCannotHappen.
	Run func(ctx context.Context, p Pair) error
}

// Checks are the promises of a channel.
func Checks() []Check {
	return []Check{
		{"a message that is taken is taken once and has a receipt", checkSuccess},
		{"a message that is sent again keeps its id", checkAgain},
		{"a recipient who is refused for good is told apart", checkRefused},
		{"a message that is to come later is known not to be delivered", checkDelayed},
		{"a message whose answer was lost may have been delivered", checkLost},
		{"sending ends when its context does though the far side hangs", checkHang},
		{"nothing is sent once the context is done", checkDone},
		{"messages may be sent at the same time", checkAtOnce},
		{"a report that comes later can be matched to its message", checkBounce},
	}
}

// The recipient of every message: no error and no receipt may hold any of it.
const (
	emailAddress = "rowan.ashdown@council.example"
	person       = "Rowan Ashdown"
)

func (p *Pair) address() string { return cmp.Or(p.To, emailAddress) }

// message returns a message about a notice.
func (p *Pair) message(notice string) notify.Message {
	return notify.Message{
		ID: notice + "@longstop.council.example", To: p.address(), ToName: person, Subject: "Due by Thu 3 Dec 2026: visit [" + notice + "]",
		Text: "To do by Thursday 3 December 2026: visit.\n", Notice: notice, Role: "worker", Kind: notify.Reminder,
	}
}

// take sends a message that the far side is expected to take.
func take(ctx context.Context, p Pair, m notify.Message) (receipt string, err error) {
	receipt, err = p.Channel.Send(ctx, m)
	if err != nil {
		return "", fmt.Errorf("notice %s was not taken: %w", m.Notice, err)
	}
	return receipt, nil
}

// expectTaken compares what the far side has with the notices that it should have.
func expectTaken(p Pair, notices ...string) error {
	taken := p.Taken()
	if len(taken) != len(notices) {
		return fmt.Errorf("the far side has %d messages, want %d: %v", len(taken), len(notices), taken)
	}
	for i, got := range taken {
		want := p.message(notices[i])
		if got.Notice != want.Notice {
			return fmt.Errorf("message %d is about notice %q, want %q", i, got.Notice, want.Notice)
		}
		if got.ID != "" && got.ID != want.ID {
			return fmt.Errorf("message %d has the id %q, want %q", i, got.ID, want.ID)
		}
	}
	return nil
}
