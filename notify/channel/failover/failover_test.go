package failover_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"longstop/internal/smtptest"
	"longstop/notify"
	"longstop/notify/channel/channeltest"
	"longstop/notify/channel/email"
	"longstop/notify/channel/failover"
)

func smtp(t *testing.T, server *smtptest.Server) *email.Channel {
	t.Helper()
	cfg, _, err := email.ParseEnv(func(name string) string { return map[string]string{"LONGSTOP_SMTP_URL": server.URL()}[name] })
	if err != nil {
		t.Fatal(err)
	}
	c, err := email.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// The first mail server is down, so the second gets everything, as if it were alone.
func TestTheChannelKeepsItsPromisesWhileTheFirstIsDown(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, func(t *testing.T) channeltest.Pair {
		t.Helper()
		down, server := smtptest.Start(t), smtptest.Start(t)
		if err := down.Close(); err != nil {
			t.Fatal(err)
		}
		return channeltest.Pair{
			Channel: failover.New(smtp(t, down), smtp(t, server)),
			Taken: func() []channeltest.Taken {
				var taken []channeltest.Taken
				for _, m := range server.Messages() {
					taken = append(taken, channeltest.Taken{Notice: m.Header.Get("X-Longstop-Notice"), ID: m.ID})
				}
				return taken
			},
			RefuseNext: func() { server.FailNext(550) }, DelayNext: func() { server.FailNext(451) }, LoseNext: server.DropNext,
			HangNext: func() (<-chan struct{}, func()) {
				hold := server.HoldNext()
				return hold.Reached(), hold.Abandon
			},
		}
	})
}

// fake is a channel that answers with an error, nil for none.
type fake struct {
	name string
	err  error
	sent int
}

func (f *fake) Name() string { return f.name }

func (f *fake) Send(context.Context, notify.Message) (string, error) {
	if f.err != nil {
		return "", f.err
	}
	f.sent++
	return "taken", nil
}

func TestOnlyWhatFailsForEverybodyAndDidNotArriveGoesByTheNext(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		first error
		by    string
		fails bool
	}{
		"it is taken":                           {nil, "one", false},
		"it is down":                            {&notify.TemporaryError{Err: broken, Everybody: true, NotDelivered: true}, "two", false},
		"it may have arrived":                   {&notify.TemporaryError{Err: broken, Everybody: true}, "one", true},
		"it is about this recipient":            {&notify.TemporaryError{Err: broken, NotDelivered: true}, "one", true},
		"the recipient is refused for good":     {&notify.PermanentError{Notice: "n1", Channel: "one", Reason: "550"}, "one", true},
		"the failure is one that tells nothing": {broken, "one", true},
	} {
		one, two := &fake{name: "one", err: c.first}, &fake{name: "two"}
		receipt, by, err := failover.New(one, two).Carry(t.Context(), notify.Message{Notice: "n1"})
		if by != c.by || (err != nil) != c.fails || (receipt == "taken") == c.fails || one.sent+two.sent > 1 || !c.fails && one.sent+two.sent == 0 {
			t.Errorf("%s: %q by %s: %v", name, receipt, by, err)
		}
	}
}

func TestWhereAllAreDownItIsForAsShortAsTheShortest(t *testing.T) {
	t.Parallel()
	down := func(after time.Duration) *fake {
		return &fake{name: "down", err: &notify.TemporaryError{Err: errors.New("down"), Everybody: true, NotDelivered: true, RetryAfter: after}}
	}
	for _, order := range [][]time.Duration{{time.Minute, time.Hour}, {time.Hour, time.Minute}, {time.Minute, time.Hour, 2 * time.Hour}} {
		var rest []notify.Channel
		for _, after := range order[1:] {
			rest = append(rest, down(after))
		}
		_, _, err := failover.New(down(order[0]), rest...).Carry(t.Context(), notify.Message{})
		if got := notify.Temporary(err).RetryAfter; got != slices.Min(order) {
			t.Errorf("%v: after %v", order, got)
		}
	}
}

func TestAContextThatIsDoneIsNotCarriedOn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	one := &fake{name: "one", err: &notify.TemporaryError{Err: ctx.Err(), Everybody: true, NotDelivered: true}}
	two := &fake{name: "two"}
	if _, _, err := failover.New(one, two).Carry(ctx, notify.Message{}); err == nil || two.sent > 0 {
		t.Errorf("%d sent: %v", two.sent, err)
	}
}
