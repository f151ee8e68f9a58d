package pgtest

import (
	"sync"
	"time"
)

// Clock is a case clock that stands still until it is set. Its wall shows case time.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that shows an instant.
func NewClock(now time.Time) *Clock { return &Clock{now: now.UTC()} }

// Case is what the clock shows, whatever the wall does.
func (c *Clock) Case(time.Time) time.Time { return c.Now() }

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Wall is the instant itself.
func (c *Clock) Wall(t time.Time) time.Time { return t }

// Set sets the clock.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now.UTC()
}
