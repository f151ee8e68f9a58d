// Package imaptest is a mailbox that is read by IMAP, for tests: a real server with its messages in
// memory.
package imaptest

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// The account of every server.
const (
	User     = "bounces@council.example"
	Password = "correct horse"
)

// Server is a mailbox with the folder INBOX.
type Server struct {
	Port  int
	Roots *x509.CertPool // that its certificate is by

	box *imapmemserver.User
}

// Option changes a server before it starts.
type Option func(*settings)

type settings struct {
	imapserver.Options
	secure   *tls.Config
	implicit bool
}

// WithTLS has the server speak TLS at once, WithSTARTTLS on demand. Without either it takes passwords in
// the clear.
func WithTLS() Option {
	return func(s *settings) { s.implicit, s.InsecureAuth = true, false }
}

// WithSTARTTLS has the server turn to TLS on demand.
func WithSTARTTLS() Option {
	return func(s *settings) { s.TLSConfig, s.InsecureAuth = s.secure, false }
}

// WithCapabilities sets what the server can do.
func WithCapabilities(caps ...imap.Cap) Option {
	return func(s *settings) {
		s.Caps = imap.CapSet{}
		for _, c := range caps {
			s.Caps[c] = struct{}{}
		}
	}
}

// Start starts a server that ends with the test.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate, which is one for 127.0.0.1
	t.Cleanup(web.Close)
	box := imapmemserver.NewUser(User, Password)
	if err := box.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	memory := imapmemserver.New()
	memory.AddUser(box)
	set := &settings{secure: &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}}
	set.InsecureAuth = true
	set.NewSession = func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
		return memory.NewSession(), nil, nil
	}
	for _, o := range options {
		o(set)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Port: listener.Addr().(*net.TCPAddr).Port, Roots: x509.NewCertPool(), box: box}
	s.Roots.AddCert(web.Certificate())
	if set.implicit {
		listener = tls.NewListener(listener, set.secure)
	}
	server := imapserver.New(&set.Options)
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.Serve(listener) //nolint:errcheck // it ends with the test
	}()
	t.Cleanup(func() {
		server.Close() //nolint:errcheck // it ends with the test
		<-served
	})
	return s
}

// Put delivers a message to INBOX.
func (s *Server) Put(t testing.TB, text string) {
	t.Helper()
	if _, err := s.box.Append("INBOX", literal{strings.NewReader(text)}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
}

// Count returns how many messages a folder holds; 0 where it is missing.
func (s *Server) Count(folder string) int {
	status, err := s.box.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return 0
	}
	return int(*status.NumMessages)
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }
