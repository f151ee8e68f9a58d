package email

import (
	"context"
	"sync"
	"time"

	"longstop/notify"
)

// idleFor is how long a connection is kept for the next message.
const idleFor = 5 * time.Second

// Channel sends messages by SMTP. It is safe for concurrent use.
type Channel struct {
	cfg Config

	mu     sync.Mutex
	idle   *session    // a connection that waits for the next message; nil: none
	timer  *time.Timer // ends it
	closed bool
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel. It does not connect: see Check. The error is a *SettingError.
func New(cfg Config) (*Channel, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Channel{cfg: cfg}, nil
}

// Name is "email".
func (*Channel) Name() string { return "email" }

// Check connects, turns to TLS and signs in, and sends nothing. It is for the start of a
// service and its readiness: the error says what is wrong and which setting to look at.
func (c *Channel) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	s, err := c.open(ctx)
	if err != nil {
		return c.explain(ctx, "", err)
	}
	s.quit()
	return nil
}

// Send sends one message. A *notify.PermanentError says that the mail server refused
// the recipient for good, or that the address is none. Any other error is temporary.
// Where the connection broke after the whole message had been handed over, nobody can
// know whether it was taken: that is a temporary error too, and the repetition has the
// same Message-ID.
//
// Sending ends when ctx is done, and after Config.Timeout at the latest.
func (c *Channel) Send(ctx context.Context, m notify.Message) (receipt string, err error) {
	letter, err := c.compose(m)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	s, err := c.take(ctx)
	if err != nil {
		return "", c.explain(ctx, m.Notice, err)
	}
	receipt, err = s.deliver(ctx, letter)
	if err != nil {
		c.after(s, err)
		return "", c.explain(ctx, m.Notice, err)
	}
	c.keep(s)
	return redact(receipt, m.To), nil
}

// Close ends the waiting connection. Messages may still be sent afterwards, each on a
// connection of its own.
func (c *Channel) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	if s := c.takeIdle(); s != nil {
		s.quit()
	}
	return nil
}

// take gives the waiting connection if it still lives, or a new one.
func (c *Channel) take(ctx context.Context) (*session, error) {
	if s := c.takeIdle(); s != nil {
		if s.alive(ctx) {
			return s, nil
		}
		s.drop()
	}
	return c.open(ctx)
}

func (c *Channel) takeIdle() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.idle
	c.idle = nil
	if c.timer != nil {
		c.timer.Stop()
	}
	return s
}

// keep holds a connection for the next message; one is enough.
func (c *Channel) keep(s *session) {
	c.mu.Lock()
	if c.closed || c.idle != nil {
		c.mu.Unlock()
		s.quit()
		return
	}
	c.idle = s
	c.timer = time.AfterFunc(idleFor, func() { c.expire(s) })
	c.mu.Unlock()
}

// expire ends a connection that nobody took in time.
func (c *Channel) expire(s *session) {
	c.mu.Lock()
	mine := c.idle == s
	if mine {
		c.idle = nil
	}
	c.mu.Unlock()
	if mine {
		s.quit()
	}
}

// after keeps a connection over which the server answered properly, if it can be used
// again, and drops it otherwise.
func (c *Channel) after(s *session, err error) {
	if isReply(err) && s.reset() {
		c.keep(s)
		return
	}
	s.drop()
}
