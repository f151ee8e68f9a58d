package activities_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"longstop/activities"
	"longstop/notify"
	"longstop/pathway"
)

// ledger is a record of one notice in memory. What is called is kept in order.
type ledger struct {
	state  activities.State
	routes int  // how many further recipients there are
	doubts bool // that a refusal is about the recipient
	next   pathway.Nudge
	fail   map[string]error // by the method's name, each once
	calls  []string
	maybe  bool // what SendFailed was told

	doubtful []int  // the attempts before that may have been taken
	deciding func() // what a claim of a tray waits for
}

func (l *ledger) called(name string) error {
	l.calls = append(l.calls, name)
	err := l.fail[name]
	delete(l.fail, name)
	return err
}

func (l *ledger) claimed() activities.Claimed {
	return activities.Claimed{
		NoticeID: "n1", State: l.state, Next: l.next, Claim: claimNumber, Reason: "refused, not yet believed: 550 5.1.1",
		Message: notify.Message{ID: "n1@longstop.invalid", To: "ada@example.org", Notice: "n1"},
	}
}

func (l *ledger) Plan(context.Context, string, string) (pathway.Planned, error) {
	return pathway.Planned{Next: l.next}, l.called("Plan")
}

func (l *ledger) Faulted(_ context.Context, _, _, reason string) error {
	return l.called("Faulted " + reason)
}

func (l *ledger) Claim(context.Context, string, string) (activities.Claimed, error) {
	return l.claimed(), l.called("Claim")
}

func (l *ledger) ClaimList(context.Context, string) (activities.Claimed, error) {
	return l.claimed(), l.called("ClaimList")
}

func (l *ledger) ClaimTray(context.Context, string) (activities.Claimed, error) {
	if l.deciding != nil {
		l.deciding()
	}
	return l.claimed(), l.called("ClaimTray")
}

func (l *ledger) FindTrays(context.Context) (pathway.TraysFound, error) {
	return pathway.TraysFound{Ready: []pathway.Tray{{ID: "t1", Recipient: "W1"}}}, l.called("FindTrays")
}

func (l *ledger) Sending(_ context.Context, _ string, claim int) (int, error) {
	if claim != claimNumber {
		return 0, fmt.Errorf("sending claim %d", claim)
	}
	return attemptNumber, l.called("Sending")
}

func (l *ledger) Doubtful(_ context.Context, _ string, attempt int) ([]int, error) {
	if attempt != attemptNumber {
		return nil, fmt.Errorf("the attempts before %d", attempt)
	}
	err := l.fail["Doubtful"]
	delete(l.fail, "Doubtful")
	return l.doubtful, err
}

func (l *ledger) SendFailed(_ context.Context, _ string, attempt int, _, _ string, maybe bool) error {
	if attempt != attemptNumber {
		return fmt.Errorf("attempt %d failed", attempt)
	}
	l.maybe = maybe
	return l.called("SendFailed")
}

func (l *ledger) Sent(_ context.Context, _ string, attempt int, channel, receipt string) (pathway.Nudge, error) {
	if attempt != attemptNumber {
		return pathway.Nudge{}, fmt.Errorf("sent attempt %d", attempt)
	}
	if err := l.called("Sent " + channel + " " + receipt); err != nil {
		return pathway.Nudge{}, err
	}
	l.state = activities.Sent
	return l.next, nil
}

func (l *ledger) Logged(_ context.Context, _ string, attempt int) (pathway.Nudge, error) {
	l.state = activities.Logged
	return l.next, l.called(fmt.Sprintf("Logged attempt %d", attempt))
}

func (l *ledger) NotDelivered(_ context.Context, _ string, attempt int, reason string) (activities.Claimed, error) {
	if attempt != attemptNumber {
		return activities.Claimed{}, fmt.Errorf("attempt %d was not delivered", attempt)
	}
	if l.doubts {
		l.state = activities.Failed
	} else if l.routes--; l.routes < 0 {
		l.state = activities.Undeliverable
	} else {
		l.state = activities.Ready
	}
	return l.claimed(), l.called("NotDelivered " + reason)
}

// The numbers that the ledger gives its claims and attempts.
const (
	claimNumber   = 3
	attemptNumber = 2
)

// post is a channel that answers each message with the next of its errors.
type post struct {
	name string // "": post
	errs []error
	sent []string // Message-IDs of what was taken
	last notify.Message
}

func (p *post) Name() string { return cmp.Or(p.name, "post") }

func (p *post) Send(_ context.Context, m notify.Message) (string, error) {
	p.last = m
	if len(p.errs) > 0 {
		err := p.errs[0]
		p.errs = p.errs[1:]
		if err != nil {
			return "", err
		}
	}
	p.sent = append(p.sent, m.ID)
	return fmt.Sprintf("taken %d", len(p.sent)), nil
}

// carrier is a channel of several, of which the second has taken the message.
type carrier struct{ *post }

func (c carrier) Carry(ctx context.Context, m notify.Message) (receipt, channel string, err error) {
	receipt, err = c.Send(ctx, m)
	return receipt, "second", err
}

var refused = &notify.PermanentError{Notice: "n1", Channel: "post", Reason: "550 5.1.1"}

// env runs activities one attempt at a time. heartbeat is what the attempt before left.
func env(t *testing.T, l *ledger, p notify.Channel, heartbeat any) *testsuite.TestActivityEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	e := suite.NewTestActivityEnvironment()
	(&activities.Activities{Record: l, Channel: p, Log: zerolog.Nop()}).Register(e)
	if heartbeat != nil {
		e.SetHeartbeatDetails(heartbeat)
	}
	return e
}

var (
	errNetwork  = errors.New("the connection was lost")
	errDatabase = errors.New("the database is down")
)

// quiet drops what the SDK logs.
type quiet struct{}

var _ log.Logger = quiet{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
