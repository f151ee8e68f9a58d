// Package breaker stops sending for a while when a channel fails for everybody: a mail
// server that is down, hangs, or refuses Longstop's account. Without it each notice that is
// due would wait for its own time-out, and a server that sheds load would be asked again
// by all of them at once.
package breaker

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"longstop/notify"
)

// Options are what a breaker works with.
type Options struct {
	Channel notify.Channel
	Log     zerolog.Logger
	Now     func() time.Time
	// Resumed is called when a pause is over: the channel works again, or one message is
	// let through to see whether it does. Whoever waits should try now.
	Resumed func(context.Context)
}

const (
	// failuresInARow open the breaker. Those that may be the recipient's count once for
	// each recipient.
	failuresInARow = 3
	firstPause     = time.Minute
	lastPause      = 10 * time.Minute
	// checkWithin bounds the look at a channel after a pause.
	checkWithin = 30 * time.Second
)

// checker is a channel that can be looked at without a message.
type checker interface {
	Check(ctx context.Context) error
}

// Breaker is a channel that passes messages on to another, unless that one fails for
// everybody. It is safe for concurrent use.
type Breaker struct {
	o      Options
	change chan struct{} // capacity 1: Run must look again

	mu       sync.Mutex
	phase    phase
	failures map[string]bool   // in a row, by recipient where they may be the recipient's
	alarmed  map[string]string // the last alarm of a notice, which is not repeated
	reason   error             // of the pause
	before   bool              // the failure came before any recipient was named
	pause    time.Duration     // the last one
	since    time.Time         // when the first pause of this row began
	until    time.Time         // when this pause is over
	resume   bool              // Resumed is to be called
	probed   chan struct{}     // closed when the message that was let through is over; nil: none is under way
}

type phase int

const (
	passing phase = iota // messages go
	pausing              // none does
	trying               // one at a time does, until one has gone or failures open the breaker again
)

var _ notify.Channel = (*Breaker)(nil)

// New makes a breaker. Run ends its pauses.
func New(o Options) *Breaker {
	return &Breaker{o: o, change: make(chan struct{}, 1), failures: map[string]bool{}, alarmed: map[string]string{}}
}

// State is how a breaker stands.
type State struct {
	Paused bool
	Since  time.Time // when messages last went
	Until  time.Time // when the next is let through; past: one may be under way
	Reason string    // holds no address
}

// State returns how the breaker stands now.
func (b *Breaker) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.phase == passing {
		return State{}
	}
	return State{Paused: true, Since: b.since, Until: b.until, Reason: b.reason.Error()}
}

// Name is that of the channel.
func (b *Breaker) Name() string { return b.o.Channel.Name() }

// Send passes a message on. While the channel fails for everybody it does not, and returns
// a *notify.TemporaryError that says for how long. After a pause one message at a time is
// let through; the others wait for how it ends, or until ctx is done.
func (b *Breaker) Send(ctx context.Context, m notify.Message) (receipt string, err error) {
	probe, err := b.enter(ctx, m.Notice)
	if err != nil {
		return "", err
	}
	if probe {
		defer b.endProbe()
	}
	receipt, err = b.o.Channel.Send(ctx, m)
	b.judge(m, err)
	return receipt, err
}

// enter waits until a message may be passed on. probe: it is the one that is let through.
func (b *Breaker) enter(ctx context.Context, notice string) (probe bool, err error) {
	for {
		b.mu.Lock()
		switch {
		case b.phase == passing:
			b.mu.Unlock()
			return false, nil
		case b.phase == pausing:
			defer b.mu.Unlock()
			return false, b.refusal(notice)
		case b.probed == nil:
			b.probed = make(chan struct{})
			b.mu.Unlock()
			return true, nil
		}
		over := b.probed
		b.mu.Unlock()
		select {
		case <-over:
		case <-ctx.Done():
			return false, &notify.TemporaryError{
				Notice: notice, Channel: b.Name(), Err: fmt.Errorf("waiting for how another message ends: %w", ctx.Err()),
				Everybody: true, NotDelivered: true,
			}
		}
	}
}

func (b *Breaker) endProbe() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.probed)
	b.probed = nil
}

// refusal is the error of a message that is not passed on. b.mu is held.
func (b *Breaker) refusal(notice string) error {
	return &notify.TemporaryError{
		Notice: notice, Channel: b.Name(),
		Err:       fmt.Errorf("sending is paused until %s because it failed for everybody: %w", b.until.UTC().Format(time.RFC3339), b.reason),
		Everybody: true, NotDelivered: true, RetryAfter: max(b.until.Sub(b.o.Now()), time.Second),
	}
}

// judge takes the outcome of a message into account.
func (b *Breaker) judge(m notify.Message, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		delete(b.alarmed, m.Notice)
		b.works()
		return
	}
	t := notify.Temporary(err)
	if t.Alarm {
		b.alarm(m.Notice, t)
	}
	if !t.Alarm && t.Side != notify.Service && t.Side != notify.Account {
		return
	}
	who := m.To
	if t.Everybody {
		who = fmt.Sprint("failure ", len(b.failures))
	}
	b.failures[who] = true
	if b.phase == trying && t.Everybody || b.phase != pausing && len(b.failures) >= failuresInARow {
		b.open(t)
	}
}

// mostAlarmed bounds what is kept of past alarms: about as many notices as a morning brings. One more or
// less makes no difference.
const mostAlarmed = 1000

// alarm says in the log that somebody must look, once for each notice and answer. b.mu is
// held.
func (b *Breaker) alarm(notice string, t *notify.TemporaryError) {
	if b.alarmed[notice] == t.Err.Error() {
		return
	}
	if len(b.alarmed) >= mostAlarmed {
		clear(b.alarmed)
	}
	b.alarmed[notice] = t.Err.Error()
	b.o.Log.Error().Err(t).Stringer("fault", t.Side).
		Msg("the answer to a notice is final, but does not refuse its recipient: it will be tried again, and somebody must look")
}

// works ends a pause. b.mu is held.
func (b *Breaker) works() {
	clear(b.failures)
	if b.phase == passing {
		return
	}
	b.phase, b.pause = passing, 0
	b.o.Log.Warn().Stringer("paused", b.o.Now().Sub(b.since).Round(time.Second)).Msg("notices go again")
	b.resume = true
	b.changed()
}

// open begins a pause, longer than the one before. b.mu is held.
func (b *Breaker) open(why *notify.TemporaryError) {
	now := b.o.Now()
	if b.phase == passing {
		b.since = now
	}
	b.phase, b.reason, b.before = pausing, why.Err, why.Everybody
	b.pause = min(max(2*b.pause, firstPause), lastPause)
	b.until = now.Add(b.pause)
	b.o.Log.Error().Err(b.reason).Stringer("fault", why.Side).Stringer("pause", b.pause).
		Msg("sending is paused: it fails for everybody")
	b.changed()
}

func (b *Breaker) changed() {
	select {
	case b.change <- struct{}{}:
	default: // Run has not looked yet
	}
}

// Run ends the pauses, until ctx ends. After each it looks at the channel; where that is
// down still, the next pause follows.
func (b *Breaker) Run(ctx context.Context) {
	for ctx.Err() == nil {
		pause, resume := b.next()
		if resume {
			b.resumed(ctx)
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-b.change:
		case <-timer.C:
			b.try(ctx)
		}
		timer.Stop()
	}
}

// next is how long the pause still lasts, and whether Resumed is to be called first.
func (b *Breaker) next() (pause time.Duration, resume bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	resume, b.resume = b.resume, false
	if b.phase != pausing {
		return math.MaxInt64, resume
	}
	return b.until.Sub(b.o.Now()), resume
}

// try looks at the channel without a message where that is possible, and lets messages
// through: one to see what becomes of it, or all where nothing but the connection failed.
func (b *Breaker) try(ctx context.Context) {
	can, err := b.check(ctx)
	if ctx.Err() != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.phase != pausing: // a message that was under way has gone meanwhile
	case err != nil:
		b.open(notify.Temporary(err))
	case can && b.before:
		b.works()
	default:
		// What failed before the pause says nothing of who fails now.
		clear(b.failures)
		b.phase, b.resume = trying, true
	}
}

func (b *Breaker) check(ctx context.Context) (can bool, err error) {
	c, can := b.o.Channel.(checker)
	if !can {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	return true, c.Check(ctx)
}

func (b *Breaker) resumed(ctx context.Context) {
	if b.o.Resumed != nil {
		b.o.Resumed(ctx)
	}
}
