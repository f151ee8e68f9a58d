package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// partingTime bounds the talk between messages and at the end: where the server does
// not answer by then, there is another connection, and nothing is lost.
const partingTime = 2 * time.Second

// stage is a step of the conversation with the mail server.
type stage string

const (
	waiting    stage = "waiting for a free connection"
	connecting stage = "connecting"
	greeting   stage = "greeting"
	securing   stage = "turning to TLS"
	signingIn  stage = "signing in"
	naming     stage = "naming the sender"
	addressing stage = "naming the recipient"
	beginning  stage = "beginning the message"
	writing    stage = "writing the message"
	finishing  stage = "finishing the message"
)

// beforeRecipient reports whether the recipient has not been named yet, so that the stage
// would have gone the same way for anybody.
func (s stage) beforeRecipient() bool {
	switch s {
	case addressing, beginning, writing, finishing:
		return false
	default:
		return true
	}
}

// stageError is an error and the stage at which it came up.
type stageError struct {
	at  stage
	err error
}

func (f *stageError) Error() string { return string(f.at) + ": " + f.err.Error() }
func (f *stageError) Unwrap() error { return f.err }

func at(s stage, err error) error {
	if err == nil {
		return nil
	}
	return &stageError{s, err}
}

// session is one connection, signed in and ready for a message.
type session struct {
	client   *smtp.Client
	conn     net.Conn
	messages int         // begun on it
	timer    *time.Timer // ends it while it waits; the pool's
}

// open connects, greets, turns to TLS and signs in.
func (c *Channel) open(ctx context.Context) (*session, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, at(connecting, err)
	}
	defer bound(ctx, conn)()
	client, err := smtp.NewClient(conn, c.cfg.Host)
	if err != nil {
		hangUp(conn)
		return nil, at(greeting, err)
	}
	s := &session{client: client, conn: conn}
	if err := c.prepare(client); err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

func (c *Channel) dial(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	if c.cfg.TLS != ImplicitTLS {
		return dialer.DialContext(ctx, "tcp", c.cfg.Addr())
	}
	secure := tls.Dialer{NetDialer: &dialer, Config: c.tlsConfig()}
	return secure.DialContext(ctx, "tcp", c.cfg.Addr())
}

func (c *Channel) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: c.cfg.Host, RootCAs: c.cfg.Roots, MinVersion: tls.VersionTLS12}
}

var (
	errNoSTARTTLS = errors.New("the server offers no STARTTLS")
	errNoAUTH     = errors.New("the server offers no way of signing in that Longstop knows (SCRAM-SHA-256, PLAIN, LOGIN)")
)

func (c *Channel) prepare(client *smtp.Client) error {
	if err := client.Hello(c.cfg.HELO); err != nil {
		return at(greeting, err)
	}
	if c.cfg.TLS == StartTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return at(securing, errNoSTARTTLS)
		}
		if err := client.StartTLS(c.tlsConfig()); err != nil {
			return at(securing, err)
		}
	}
	if c.cfg.Username == "" {
		return nil
	}
	auth, err := c.auth(client)
	if err != nil {
		return at(signingIn, err)
	}
	return at(signingIn, client.Auth(auth))
}

// auth chooses the safest way of signing in that the server offers. Config.check has
// made sure that there is TLS, or that the server runs on this machine.
func (c *Channel) auth(client *smtp.Client) (smtp.Auth, error) {
	_, offered := client.Extension("AUTH")
	ways := strings.Fields(offered)
	user, password, inTheClear := c.cfg.Username, string(c.cfg.Password), c.cfg.TLS == NoTLS
	switch {
	case slices.Contains(ways, "SCRAM-SHA-256"):
		return smtp.ScramSHA256Auth(user, password), nil
	case slices.Contains(ways, "PLAIN"):
		return smtp.PlainAuth("", user, password, c.cfg.Host, inTheClear), nil
	case slices.Contains(ways, "LOGIN"):
		return smtp.LoginAuth(user, password, c.cfg.Host, inTheClear), nil
	default:
		return nil, errNoAUTH
	}
}

// begin names the sender of a message.
func (s *session) begin(ctx context.Context, l letter) error {
	defer bound(ctx, s.conn)()
	s.messages++
	s.client.SkipSMTPUTF8(!l.international)
	return at(naming, s.client.Mail(l.from))
}

// isOver reports whether the connection is of no more use, which says nothing of the next
// one.
func isOver(err error) bool {
	r, answered := replyIn(err)
	return err != nil && (!answered || r.code == 421)
}

// deliver hands over a message that was begun, and returns the server's answer.
func (s *session) deliver(ctx context.Context, l letter) (receipt string, err error) {
	defer bound(ctx, s.conn)()
	if err := s.client.Rcpt(l.to); err != nil {
		return "", at(addressing, err)
	}
	w, err := s.client.Data()
	if err != nil {
		return "", at(beginning, err)
	}
	if _, err := bytes.NewReader(l.raw).WriteTo(w); err != nil {
		return "", at(writing, err)
	}
	if err := w.Close(); err != nil {
		return "", at(finishing, err)
	}
	receipt = "250"
	if answer, ok := w.(*smtp.DataCloser); ok {
		receipt += " " + answer.ServerResponse()
	}
	return receipt, nil
}

// ready asks the server to forget the message before, and so whether it still answers.
func (s *session) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, partingTime)
	defer cancel()
	defer bound(ctx, s.conn)()
	return at(naming, s.client.Reset())
}

// quit says goodbye. Every message on the connection has been answered, so that nothing
// is lost where the server does not answer this one.
func (s *session) quit() {
	defer s.drop()
	defer s.soon()()
	s.client.Quit() //nolint:errcheck // see above
}

// soon ends the connection unless what it returns is called within the parting time.
func (s *session) soon() (release func()) {
	timer := time.AfterFunc(partingTime, s.drop)
	return func() { timer.Stop() }
}

// drop ends the connection without a word.
func (s *session) drop() { hangUp(s.conn) }

// hangUp closes a connection on which nothing is waited for any more.
func hangUp(conn net.Conn) {
	conn.Close() //nolint:errcheck // it may be closed already, and nothing depends on it
}

// bound makes reads and writes end when ctx is done, by closing the connection (a
// deadline of the connection could pass before ctx says so). What it returns takes that back.
func bound(ctx context.Context, conn net.Conn) (release func()) {
	stop := context.AfterFunc(ctx, func() { hangUp(conn) })
	return func() { stop() }
}
