package email

import (
	"context"

	"longstop/notify"
)

// Channel sends messages by SMTP. It is safe for concurrent use.
type Channel struct {
	cfg  Config
	pool *pool
}

var _ notify.Bouncer = (*Channel)(nil)

// New makes a channel. It does not connect: see Check. The error is a *SettingError.
func New(cfg Config) (*Channel, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Channel{cfg: cfg, pool: newPool(cfg.Connections, cfg.PerMinute)}, nil
}

// Name is "email".
func (*Channel) Name() string { return "email" }

// BounceKey is the Message-ID: a delivery status notification returns the header of the
// message that it is about (RFC 3464).
func (*Channel) BounceKey(m notify.Message, _ string) string { return m.ID }

// Check connects, turns to TLS and signs in, and sends nothing. It is for the start of a
// service and its readiness: the error, a *notify.TemporaryError, says what is wrong and
// which setting to look at.
func (c *Channel) Check(ctx context.Context) error {
	leave, err := c.pool.enter(ctx)
	if err != nil {
		return c.explain(ctx, "", err)
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	if s := c.pool.take(); s != nil {
		if s.ready(ctx) == nil {
			c.pool.keep(s)
			return nil
		}
		s.drop()
	}
	s, err := c.open(ctx)
	if err != nil {
		return c.explain(ctx, "", err)
	}
	c.pool.keep(s)
	return nil
}

// Send sends one message. It waits while all connections are in use or the pace allows no
// further message, until ctx is done.
//
// A *notify.PermanentError says that the mail server refused the recipient for good, or
// that the address is not one. Any other error is a *notify.TemporaryError. Where the
// connection broke after the whole message had been handed over, nobody can know whether
// it was taken: that is temporary too, and the repetition has the same Message-ID.
//
// Sending ends when ctx is done, and Config.Timeout after the wait at the latest.
func (c *Channel) Send(ctx context.Context, m notify.Message) (receipt string, err error) {
	letter, err := c.compose(m)
	if err != nil {
		return "", err
	}
	leave, err := c.pool.enterToSend(ctx)
	if err != nil {
		return "", c.explain(ctx, m.Notice, err)
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	s, err := c.begin(ctx, letter)
	if err == nil {
		receipt, err = s.deliver(ctx, letter)
	}
	if err != nil {
		c.after(ctx, s, err)
		return "", c.explain(ctx, m.Notice, err)
	}
	c.pool.keep(s)
	return redact(receipt, m.To), nil
}

// Close ends the connections that wait. Messages may still be sent afterwards, each on a
// connection of its own.
func (c *Channel) Close() error {
	c.pool.close()
	return nil
}

// begin names the sender of a message on a connection that waits, or on a new one. That
// one which has waited no longer answers, or has carried enough for its server, is no
// failure.
func (c *Channel) begin(ctx context.Context, l letter) (*session, error) {
	if s := c.pool.take(); s != nil {
		if s.ready(ctx) == nil {
			if err := s.begin(ctx, l); !isOver(err) {
				return s, err
			}
		}
		s.drop()
	}
	s, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, s.begin(ctx, l)
}

// after keeps a connection over which the server answered properly, if it can be used
// again, and drops it otherwise. s is nil where there was none.
func (c *Channel) after(ctx context.Context, s *session, err error) {
	switch {
	case s == nil:
	case isReply(err) && s.ready(context.WithoutCancel(ctx)) == nil:
		c.pool.keep(s)
	default:
		s.drop()
	}
}
