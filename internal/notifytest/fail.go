package notifytest

import (
	"context"
	"net/http"
	"sync"
)

// planned is what the server does with one message that is to be sent.
type planned struct {
	refusal *refusal
	lose    bool // take it, and break the connection
	after   int  // take it, and answer with this status
	hold    *Hold
	taken   bool // with hold: take it before standing still
	look    bool // of a list that is asked for, not of a message
}

// FailNext makes the server answer the next message with a status and an error, and not take it.
func (s *Server) FailNext(status int, err, words string) {
	s.plan(planned{refusal: &refusal{status, err, words}})
}

// RefuseNext makes the server refuse the next recipient for good.
func (s *Server) RefuseNext() {
	s.plan(planned{refusal: invalid("email_address Not a valid email address")})
}

// FailNextAfterTaking makes the server take the next message, and answer with a status of 500 or more.
func (s *Server) FailNextAfterTaking(status int) { s.plan(planned{after: status}) }

// LoseNext makes the server take the next message and break the connection before it answers.
func (s *Server) LoseNext() { s.plan(planned{lose: true}) }

// FailNextLook makes the server answer the next request for a list with a status and an error.
func (s *Server) FailNextLook(status int, err string) {
	s.plan(planned{look: true, refusal: &refusal{status, err, "no list now"}})
}

// HoldNext makes the server stand still at the next message.
func (s *Server) HoldNext() *Hold {
	h := &Hold{reached: make(chan struct{}), over: make(chan struct{})}
	s.plan(planned{hold: h})
	return h
}

// HoldNextAfterTaking makes the server take the next message and stand still before it answers: whoever sent it may be
// killed then.
func (s *Server) HoldNextAfterTaking() *Hold {
	h := &Hold{reached: make(chan struct{}), over: make(chan struct{})}
	s.plan(planned{hold: h, taken: true})
	return h
}

// Hold is a message at which the server stands still.
type Hold struct {
	reached, over chan struct{}
	once          sync.Once
}

// Reached is closed when the server has the message.
func (h *Hold) Reached() <-chan struct{} { return h.reached }

// Release lets the server go on with the message, where its sender still waits.
func (h *Hold) Release() { h.once.Do(func() { close(h.over) }) }

// wait reports whether the sender was still there when the hold was released.
func (h *Hold) wait(ctx context.Context) bool {
	close(h.reached)
	select {
	case <-h.over:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Server) plan(p planned) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned = append(s.planned, p)
}

// next takes what is planned for the next message.
func (s *Server) next() planned {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.planned {
		if !p.look {
			s.planned = append(s.planned[:i], s.planned[i+1:]...)
			return p
		}
	}
	return planned{}
}

// nextLook takes what is planned for the next list. s.mu is held.
func (s *Server) nextLook() *refusal {
	for i, p := range s.planned {
		if p.look {
			s.planned = append(s.planned[:i], s.planned[i+1:]...)
			return p.refusal
		}
	}
	return nil
}

// RateLimited is the answer to a request too many in a minute.
func (s *Server) RateLimited() {
	s.FailNext(http.StatusTooManyRequests, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds")
}
