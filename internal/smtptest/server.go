// Package smtptest is a real mail server for tests and demonstrations: it speaks SMTP on
// a port of this machine, keeps what it is sent, and fails on request, as real servers
// do: refusals, delays, and connections that break at the worst moment.
//
//	server := smtptest.Start(t)
//	t.Setenv("LONGSTOP_SMTP_URL", server.URL())
//	…
//	messages, err := server.WaitFor(ctx, 3)
//
// A program uses New and Close in place of Start.
package smtptest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// Sender is the From address that URL names.
const Sender = "longstop@council.example"

// Server is a mail server. Its methods are safe for concurrent use.
type Server struct {
	settings settings
	cert     *certificate // nil without TLS
	listener net.Listener
	smtp     *smtp.Server
	served   chan error

	mu          sync.Mutex
	messages    []Message
	changed     chan struct{} // closed and replaced whenever messages or counts change
	failures    []planned     // in the order in which they were asked for
	holds       []*Hold
	closed      bool
	refused     map[string]int
	connections int
	signIns     int
	open        int // connections now
	mostOpen    int

	transcript transcript
}

type settings struct {
	transcript     bool
	addr           string
	startTLS       bool
	implicitTLS    bool
	user, password string
}

// Option changes a Server that is being made.
type Option func(*settings)

// WithSTARTTLS makes the server offer STARTTLS, with a certificate that Roots trusts.
func WithSTARTTLS() Option { return func(s *settings) { s.startTLS = true } }

// WithTLS makes the server speak TLS at once, with a certificate that Roots trusts.
func WithTLS() Option { return func(s *settings) { s.implicitTLS = true } }

// WithAuth makes the server take messages only after a sign-in.
func WithAuth(user, password string) Option {
	return func(s *settings) { s.user, s.password = user, password }
}

// WithAddr makes the server listen on an address of the caller's, "127.0.0.1:1025".
func WithAddr(addr string) Option { return func(s *settings) { s.addr = addr } }

// WithTranscript makes the server keep the conversation, for Transcript.
func WithTranscript() Option { return func(s *settings) { s.transcript = true } }

// TB is what Start needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Start runs a server until the test ends.
func Start(t TB, options ...Option) *Server {
	t.Helper()
	s, err := New(options...)
	if err != nil {
		t.Fatalf("smtptest: %v", err)
		return nil
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Fatalf("smtptest: %v", err)
		}
	})
	return s
}

// New runs a server on a free port of 127.0.0.1 until Close. The error says that it
// cannot listen.
func New(options ...Option) (*Server, error) {
	s := &Server{changed: make(chan struct{}), served: make(chan error, 1), refused: map[string]int{}}
	s.settings.addr = "127.0.0.1:0"
	for _, option := range options {
		option(&s.settings)
	}
	if s.settings.startTLS || s.settings.implicitTLS {
		cert, err := selfSigned()
		if err != nil {
			return nil, err
		}
		s.cert = cert
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	go func() { s.served <- s.smtp.Serve(s.listener) }()
	return s, nil
}

func (s *Server) listen() error {
	listener, err := net.Listen("tcp", s.settings.addr)
	if err != nil {
		return fmt.Errorf("listening for mail: %w", err)
	}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain = "smtptest.council.example"
	s.smtp.AllowInsecureAuth = true
	s.smtp.ErrorLog = quiet{}
	if s.settings.transcript {
		s.smtp.Debug = &s.transcript
	}
	if s.settings.startTLS {
		s.smtp.TLSConfig = s.cert.config()
	}
	if s.settings.implicitTLS {
		listener = s.cert.listen(listener)
	}
	s.listener = listener
	return nil
}

// Close ends the server and every connection, also one that is held.
func (s *Server) Close() error {
	s.mu.Lock()
	holds, closed := s.holds, s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	for _, h := range holds {
		h.Abandon()
	}
	err := s.smtp.Close()
	// Serve may not have taken the listener over yet.
	if closing := s.listener.Close(); !errors.Is(closing, net.ErrClosed) {
		err = errors.Join(err, closing)
	}
	return errors.Join(err, <-s.served)
}

// Addr is where the server listens, "127.0.0.1:40123".
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URL is the server as LONGSTOP_SMTP_URL takes it. The password of WithAuth goes into
// LONGSTOP_SMTP_PASSWORD, the certificate of WithTLS into a file (CertPEM).
func (s *Server) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.Addr()}
	if s.settings.user != "" {
		u.User = url.User(s.settings.user)
	}
	mode := "none"
	switch {
	case s.settings.implicitTLS:
		mode = "tls"
	case s.settings.startTLS:
		mode = "starttls"
	}
	u.RawQuery = url.Values{"tls": {mode}, "from": {Sender}}.Encode()
	return u.String()
}

// Roots trusts the server's certificate; nil without TLS.
func (s *Server) Roots() *x509.CertPool {
	if s.cert == nil {
		return nil
	}
	return s.cert.roots()
}

// CertPEM is the server's certificate, for LONGSTOP_SMTP_CA_FILE; nil without TLS.
func (s *Server) CertPEM() []byte {
	if s.cert == nil {
		return nil
	}
	return slices.Clone(s.cert.pem)
}

// Messages is every message that the server took, in the order in which it took them.
// One that was taken and whose answer never arrived is among them (DropNext).
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Copies is how often each Message-ID was taken.
func (s *Server) Copies() map[string]int {
	copies := map[string]int{}
	for _, m := range s.Messages() {
		copies[m.ID]++
	}
	return copies
}

// WaitFor waits until the server has taken at least n messages, and returns all. The
// error says how many there were when ctx was done.
func (s *Server) WaitFor(ctx context.Context, n int) ([]Message, error) {
	for {
		s.mu.Lock()
		messages, changed := slices.Clone(s.messages), s.changed
		s.mu.Unlock()
		if len(messages) >= n {
			return messages, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return messages, fmt.Errorf("smtptest: %d of %d messages came: %w", len(messages), n, ctx.Err())
		}
	}
}

// Connections is how many connections were made; SignIns how many of them signed in.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// SignIns is how often a client signed in.
func (s *Server) SignIns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signIns
}

// MostConnections is how many connections were open at once at most.
func (s *Server) MostConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostOpen
}

// Transcript is what both sides said, line by line, from the first connection on; only of
// a server made WithTranscript. Lines of connections at the same time are mixed.
func (s *Server) Transcript() []string { return s.transcript.lines() }

// transcript keeps what is written to it.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write keeps a piece of the conversation.
func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Split(strings.ReplaceAll(strings.TrimSpace(t.text.String()), "\r\n", "\n"), "\n")
}

func (s *Server) took(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	close(s.changed)
	s.changed = make(chan struct{})
}

// quiet drops go-smtp's own log: broken connections are what this server is for.
type quiet struct{}

// Printf drops a line.
func (quiet) Printf(string, ...any) {}

// Println drops a line.
func (quiet) Println(...any) {}
