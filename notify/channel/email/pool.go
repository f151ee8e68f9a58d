package email

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// idleFor is how long a connection is kept for the next message.
	idleFor = 30 * time.Second
	// messagesPerConnection bounds what one connection carries: servers count, and end
	// one that carries too much in the middle of a message.
	messagesPerConnection = 100
)

var errTooSoon = errors.New("no message may go before this attempt's time is up; see connections= and per_minute= in " + envURL)

// pool holds the connections to the mail server: at most as many at once as are allowed,
// those that wait for the next message included.
type pool struct {
	slots chan struct{} // filled by whoever uses or opens a connection
	pace  *rate.Limiter

	mu     sync.Mutex
	idle   []*session // the one that was used last comes last
	closed bool
}

func newPool(connections, perMinute int) *pool {
	pace := rate.NewLimiter(rate.Inf, 1)
	if perMinute > 0 {
		// Evenly, without a burst at the beginning: servers count by their own minute.
		pace = rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), 1)
	}
	return &pool{slots: make(chan struct{}, connections), pace: pace}
}

// enter waits for leave to use a connection. What it returns gives that back.
func (p *pool) enter(ctx context.Context) (leave func(), err error) {
	select {
	case p.slots <- struct{}{}:
		return p.leave, nil
	case <-ctx.Done():
		return nil, at(waiting, errTooSoon)
	}
}

// enterToSend is enter for a message, which keeps to the pace.
func (p *pool) enterToSend(ctx context.Context) (leave func(), err error) {
	leave, err = p.enter(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.pace.Wait(ctx); err != nil {
		leave()
		return nil, at(waiting, errTooSoon)
	}
	return leave, nil
}

func (p *pool) leave() { <-p.slots }

// take returns a connection that waits, nil where none does.
func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	s := p.idle[len(p.idle)-1]
	p.remove(s)
	return s
}

// remove takes a connection out of those that wait; false where it is not among them.
func (p *pool) remove(s *session) bool {
	for i := range p.idle {
		if p.idle[i] == s {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			s.timer.Stop()
			return true
		}
	}
	return false
}

// keep holds a connection for the next message. Whoever calls it has entered.
func (p *pool) keep(s *session) {
	p.mu.Lock()
	if p.closed || s.messages >= messagesPerConnection {
		p.mu.Unlock()
		s.quit()
		return
	}
	p.idle = append(p.idle, s)
	s.timer = time.AfterFunc(idleFor, func() { p.expire(s) })
	p.mu.Unlock()
}

// expire ends a connection that nobody took in time. Until it has said goodbye it counts.
func (p *pool) expire(s *session) {
	select {
	case p.slots <- struct{}{}:
		defer p.leave()
	default: // somebody is about to take it, as a rule
		p.mu.Lock()
		s.timer.Reset(idleFor)
		p.mu.Unlock()
		return
	}
	p.mu.Lock()
	mine := p.remove(s)
	p.mu.Unlock()
	if mine {
		s.quit()
	}
}

// close ends the connections that wait.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	for _, s := range idle {
		s.timer.Stop()
	}
	p.mu.Unlock()
	for _, s := range idle {
		s.quit()
	}
}
