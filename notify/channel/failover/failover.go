// Package failover is a channel of several that reach the same people at the same address: e-mail by a mail
// server and by GOV.UK Notify. While one takes nothing from anybody, the next carries the messages.
package failover

import (
	"context"
	"errors"

	"longstop/notify"
)

// Channel sends by the first of its channels that takes messages. It is as safe for concurrent use as they
// are.
type Channel struct{ channels []notify.Channel }

var _ notify.Carrier = (*Channel)(nil)

// New makes a channel of one or more, in the order in which they are tried. Each should be behind a breaker: then
// one that is down is left out at once.
func New(first notify.Channel, next ...notify.Channel) *Channel {
	return &Channel{channels: append([]notify.Channel{first}, next...)}
}

// Name is that of the first.
func (c *Channel) Name() string { return c.channels[0].Name() }

// Send is Carry without the name.
func (c *Channel) Send(ctx context.Context, m notify.Message) (receipt string, err error) {
	receipt, _, err = c.Carry(ctx, m)
	return receipt, err
}

// Carry sends a message by the first channel that takes messages, and returns its name. The next is tried only
// where a channel fails for everybody and has certainly not delivered this message: another recipient would
// have fared no better, and nobody is told twice. A refused recipient, and a failure that may have delivered,
// are the answer. Of several failures the last is returned; it is for as short as the shortest of them.
func (c *Channel) Carry(ctx context.Context, m notify.Message) (receipt, channel string, err error) {
	var soonest *notify.TemporaryError
	for _, ch := range c.channels {
		receipt, err = ch.Send(ctx, m)
		if err == nil || !passes(ctx, err) {
			return receipt, ch.Name(), err
		}
		t := notify.Temporary(err)
		if soonest == nil || t.RetryAfter < soonest.RetryAfter {
			soonest = t
		}
		channel = ch.Name()
	}
	if t := notify.Temporary(err); t.RetryAfter > soonest.RetryAfter {
		again := *t
		again.RetryAfter = soonest.RetryAfter
		err = &again
	}
	return "", channel, err
}

// passes reports whether the next channel is to be tried after a failure.
func passes(ctx context.Context, err error) bool {
	t := notify.Temporary(err)
	return ctx.Err() == nil && !errors.Is(err, notify.ErrRefused) && t.Everybody && t.NotDelivered
}
