package smtptest

import (
	"errors"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one connection; go-smtp calls its methods one after another.
type session struct {
	server *Server
	conn   *smtp.Conn
	user   string
	from   string
	to     []string
}

func (s *Server) session(conn *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	s.open++
	s.mostOpen = max(s.mostOpen, s.open)
	return &session{server: s, conn: conn}, nil
}

// AuthMechanisms offers PLAIN where the server wants a sign-in.
func (s *session) AuthMechanisms() []string {
	if s.server.settings.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks user and password.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.settings.user || password != s.server.settings.password {
			return smtp.ErrAuthFailed
		}
		s.user = user
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.signIns++
		return nil
	}), nil
}

// Mail takes the sender.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.settings.user != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	if p, ok := s.server.next(AtSender); ok {
		return p.failure.answer(from)
	}
	s.from = from
	return nil
}

// Rcpt takes a recipient, or refuses it.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if f, refused := s.server.refusal(to); refused {
		return f.answer(to)
	}
	if p, ok := s.server.next(AtRecipient); ok {
		return p.failure.answer(to)
	}
	s.to = append(s.to, to)
	return nil
}

var errDropped = errors.New("smtptest: the connection was to be dropped")

// Data takes the message. One whose connection ends before its end is not taken.
func (s *session) Data(r io.Reader) error {
	p, todo := s.server.next(AtEnd)
	if todo && p.hold != nil && p.hold.wait() {
		return errors.Join(errDropped, s.conn.Close())
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if todo && p.failure.Code != 0 {
		return p.failure.answer(s.to[0])
	}
	_, secure := s.conn.TLSConnectionState()
	m := Message{From: s.from, To: s.to, TLS: secure, User: s.user}
	if err := m.read(raw); err != nil {
		return err
	}
	s.server.took(m)
	if todo && p.drop {
		return errors.Join(errDropped, s.conn.Close())
	}
	return nil
}

// Reset forgets the message in hand.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the session.
func (s *session) Logout() error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.open--
	return nil
}
