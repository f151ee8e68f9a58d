package smtptest

import (
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// Stage is a moment of the conversation at which the server can fail.
type Stage string

// The stages: when the sender is named, when a recipient is named, and when the whole
// message has arrived.
const (
	AtSender    Stage = "MAIL"
	AtRecipient Stage = "RCPT"
	AtEnd       Stage = "DATA"
)

// Failure is an answer of the server other than yes.
type Failure struct {
	Code     int
	Enhanced [3]int // zero: what usually goes with the code
	Text     string // zero: words that repeat the recipient's address, as servers do
	// Verbatim: Text, which may have several lines, is all that follows the code.
	Verbatim bool
}

// planned is one thing that the server is to do next.
type planned struct {
	stage   Stage
	failure Failure
	drop    bool  // at AtEnd: keep the message, break the connection
	hold    *Hold // at AtEnd: stand still in the middle of the message
}

// FailNext makes the server refuse the next recipient that is named with this code: 550
// for good, 451 for now.
func (s *Server) FailNext(code int) { s.FailNextAt(AtRecipient, Failure{Code: code}) }

// FailNextAt makes the server give this answer the next time that the stage is reached.
// Of several they are given in turn.
func (s *Server) FailNextAt(stage Stage, f Failure) { s.plan(planned{stage: stage, failure: f}) }

// Refuse makes the server refuse an address with this code from now on; 0 takes it again.
func (s *Server) Refuse(address string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[strings.ToLower(address)] = code
}

// DropNext makes the server take the next message and break the connection before it
// answers: what a crash leaves. The sender cannot know that the message was taken.
func (s *Server) DropNext() { s.plan(planned{stage: AtEnd, drop: true}) }

// HoldNext makes the server stand still when the next message begins to arrive, until
// the Hold is released or abandoned.
func (s *Server) HoldNext() *Hold {
	h := &Hold{reached: make(chan struct{}), over: make(chan struct{})}
	s.mu.Lock()
	s.holds = append(s.holds, h)
	s.mu.Unlock()
	s.plan(planned{stage: AtEnd, hold: h})
	return h
}

// Hold is a message in whose middle the server stands still. Whoever sends it waits for
// the answer, or can be killed.
type Hold struct {
	reached, over chan struct{}
	once          sync.Once
	abandoned     bool // written before over is closed
}

// Reached is closed when the server has said that the message may be sent.
func (h *Hold) Reached() <-chan struct{} { return h.reached }

// Release lets the server read on and answer. Where the sender had handed over the whole
// message before it was killed, the server takes it, as a real one would.
func (h *Hold) Release() { h.end(false) }

// Abandon breaks the connection, and the server does not take the message.
func (h *Hold) Abandon() { h.end(true) }

// end is done once; what comes after the first changes nothing.
func (h *Hold) end(abandon bool) {
	h.once.Do(func() {
		h.abandoned = abandon
		close(h.over)
	})
}

func (h *Hold) wait() (abandoned bool) {
	close(h.reached)
	<-h.over
	return h.abandoned
}

func (s *Server) plan(p planned) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, p)
}

// next takes the first thing that is planned for a stage.
func (s *Server) next(stage Stage) (planned, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.failures {
		if p.stage == stage {
			s.failures = append(s.failures[:i:i], s.failures[i+1:]...)
			return p, true
		}
	}
	return planned{}, false
}

func (s *Server) refusal(address string) (Failure, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.refused[strings.ToLower(address)]
	return Failure{Code: code}, code != 0
}

// answer is a failure as the server says it, with the recipient's address in its words.
func (f Failure) answer(address string) *smtp.SMTPError {
	enhanced := smtp.EnhancedCode(f.Enhanced)
	if f.Enhanced == [3]int{} {
		enhanced = usual(f.Code)
	}
	if f.Verbatim {
		return &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.NoEnhancedCode, Message: f.Text}
	}
	text := f.Text
	if text == "" {
		text = "<" + address + ">: not taken"
	}
	return &smtp.SMTPError{Code: f.Code, EnhancedCode: enhanced, Message: text}
}

// usual is the enhanced code that servers give with a code (RFC 3463).
func usual(code int) smtp.EnhancedCode {
	switch code {
	case 450, 550:
		return smtp.EnhancedCode{code / 100, 1, 1} // no such mailbox
	case 452, 552:
		return smtp.EnhancedCode{code / 100, 2, 2} // the mailbox is full
	case 530, 535:
		return smtp.EnhancedCode{5, 7, 0} // sign in first
	case 554:
		return smtp.EnhancedCode{5, 7, 1} // policy
	default:
		return smtp.EnhancedCode{code / 100, 3, 0} // the mail system
	}
}
