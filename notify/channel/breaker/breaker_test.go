package breaker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"longstop/internal/casetime"
	"longstop/notify"
)

// plain is a channel that answers what the test tells it to, and counts.
type plain struct {
	mu     sync.Mutex
	answer func(context.Context, notify.Message) error
	calls  int
}

func (*plain) Name() string { return "plain" }

func (c *plain) Send(ctx context.Context, m notify.Message) (string, error) {
	c.mu.Lock()
	c.calls++
	answer := c.answer
	c.mu.Unlock()
	return "taken", answer(ctx, m)
}

func (c *plain) becomes(answer func(context.Context, notify.Message) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = answer
}

func (c *plain) asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

// checked is a channel that can be looked at without a message.
type checked struct {
	*plain
	checks atomic.Int32
	fails  atomic.Bool
}

func (c *checked) Check(context.Context) error {
	c.checks.Add(1)
	if c.fails.Load() {
		return &down
	}
	return nil
}

// rig is a breaker under way, in a bubble of its own time.
type rig struct {
	*Breaker
	log     *bytes.Buffer
	resumed atomic.Int32
}

func start(t *testing.T, c notify.Channel) *rig {
	t.Helper()
	r := &rig{log: &bytes.Buffer{}}
	r.Breaker = New(Options{
		Channel: c, Log: zerolog.New(r.log), Now: casetime.WallNow, Resumed: func(context.Context) { r.resumed.Add(1) },
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return r
}

func to(n int) notify.Message {
	return notify.Message{Notice: fmt.Sprint("n", n), To: fmt.Sprintf("person%d@council.example", n)}
}

func (r *rig) send(t *testing.T, n int) error {
	t.Helper()
	_, err := r.Send(t.Context(), to(n))
	return err
}

// fail sends a message that must not go.
func (r *rig) fail(t *testing.T, n int) {
	t.Helper()
	if err := r.send(t, n); err == nil {
		t.Errorf("message %d went", n)
	}
}

func fails(e notify.TemporaryError) func(context.Context, notify.Message) error {
	return func(_ context.Context, m notify.Message) error {
		failed := e
		failed.Notice, failed.Channel = m.Notice, "plain"
		return &failed
	}
}

func works(context.Context, notify.Message) error { return nil }

var (
	down    = notify.TemporaryError{Err: errors.New("connecting: refused"), Side: notify.Service, Everybody: true}
	account = notify.TemporaryError{Err: errors.New("answered 554 5.2.0"), Side: notify.Account, Alarm: true}
	unclear = notify.TemporaryError{Err: errors.New("answered 550"), Alarm: true}
	full    = notify.TemporaryError{Err: errors.New("answered 452 4.2.2"), Side: notify.RecipientSide}
)

// pass lets the bubble's time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func paused(t *testing.T, err error, rest time.Duration) {
	t.Helper()
	var e *notify.TemporaryError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "paused until") || e.RetryAfter != rest || !e.NotDelivered {
		t.Fatalf("got %v, want a pause of %s", err, rest)
	}
}

func TestAServiceThatIsDownIsLeftAloneForAMinuteAndThenEverythingGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &checked{plain: &plain{answer: fails(down)}}
		r := start(t, c)
		for range failuresInARow {
			if err := r.send(t, 1); err == nil || strings.Contains(err.Error(), "paused") {
				t.Fatal(err)
			}
		}
		paused(t, r.send(t, 2), firstPause)
		if s := r.State(); !s.Paused || !strings.Contains(s.Reason, "connecting") || s.Until.Sub(s.Since) != firstPause {
			t.Errorf("the state is %+v", s)
		}
		if n := c.asked(); n != failuresInARow {
			t.Errorf("the channel was called %d times", n)
		}
		c.becomes(works)
		pass(firstPause)
		if r.State().Paused || r.resumed.Load() != 1 || c.checks.Load() != 1 {
			t.Errorf("after the pause: %+v, resumed %d times, checked %d times", r.State(), r.resumed.Load(), c.checks.Load())
		}
		if err := r.send(t, 2); err != nil {
			t.Error(err)
		}
	})
}

func TestPausesGrowWhileTheServiceStaysDownAndAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &checked{plain: &plain{answer: fails(down)}}
		c.fails.Store(true)
		r := start(t, c)
		for range failuresInARow {
			r.fail(t, 1)
		}
		began := r.State().Since
		for i, minutes := range []int{1, 2, 4, 8, 10, 10} {
			pause := time.Duration(minutes) * time.Minute
			paused(t, r.send(t, 1), pause)
			pass(pause)
			if int(c.checks.Load()) != i+1 {
				t.Fatalf("checked %d times after %d pauses", c.checks.Load(), i+1)
			}
		}
		if s := r.State(); !s.Since.Equal(began) || r.resumed.Load() != 0 {
			t.Errorf("the state is %+v, resumed %d times", s, r.resumed.Load())
		}
		c.fails.Store(false)
		pass(lastPause)
		for range failuresInARow {
			r.fail(t, 1)
		}
		paused(t, r.send(t, 1), firstPause) // a new trouble begins with a short pause
	})
}

// That a connection can be made proves nothing where messages were refused.
func TestAfterARefusalOfTheAccountOneMessageGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &checked{plain: &plain{answer: fails(account)}}
		r := start(t, c)
		for n := range failuresInARow {
			r.fail(t, n)
		}
		paused(t, r.send(t, 9), firstPause)
		for round, outcome := range []error{&account, nil} {
			pass(firstPause << round)
			if int(r.resumed.Load()) != round+1 || !r.State().Paused {
				t.Fatalf("round %d: resumed %d times, %+v", round, r.resumed.Load(), r.State())
			}
			answers, before := make(chan error), c.asked()
			c.becomes(func(context.Context, notify.Message) error { return <-answers })
			results := make(chan error, 3)
			for n := range 3 {
				go func() { results <- r.send(t, n) }()
			}
			synctest.Wait()
			if n := c.asked() - before; n != 1 {
				t.Fatalf("round %d: %d messages were let through", round, n)
			}
			c.becomes(func(context.Context, notify.Message) error { return outcome })
			answers <- outcome
			failed := 0
			for range 3 {
				if err := <-results; err != nil {
					failed++
				}
			}
			if want := []int{3, 0}[round]; failed != want {
				t.Errorf("round %d: %d failed, want %d", round, failed, want)
			}
		}
		synctest.Wait()
		if r.State().Paused || r.resumed.Load() != 3 {
			t.Errorf("in the end: %+v, resumed %d times", r.State(), r.resumed.Load())
		}
	})
}

// Somebody whose mailbox refuses Longstop alone must not keep the others' messages back.
func TestAfterAPauseOneRecipientWhoIsRefusedHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &plain{answer: fails(account)}
		r := start(t, c)
		for n := range failuresInARow {
			r.fail(t, n)
		}
		pass(firstPause)
		for range 2 * failuresInARow {
			if err := r.send(t, 1); err == nil || strings.Contains(err.Error(), "paused until") {
				t.Fatalf("the one recipient: %v", err)
			}
		}
		c.becomes(works)
		if err := r.send(t, 2); err != nil || r.State().Paused {
			t.Errorf("another recipient: %v, %+v", err, r.State())
		}
	})
}

func TestAfterAPauseAFailureThatConcernsEverybodyPausesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &plain{answer: fails(account)}
		r := start(t, c)
		for n := range failuresInARow {
			r.fail(t, n)
		}
		pass(firstPause)
		c.becomes(fails(down))
		r.fail(t, 1)
		paused(t, r.send(t, 2), 2*firstPause)
	})
}

func TestAMessageThatWaitsForTheFirstOneEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &plain{answer: fails(account)}
		r := start(t, c)
		for n := range failuresInARow {
			r.fail(t, n)
		}
		pass(firstPause)
		answer := make(chan error)
		c.becomes(func(context.Context, notify.Message) error { return <-answer })
		first := make(chan error, 1)
		go func() { first <- r.send(t, 1) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Send(ctx, to(2)); !errors.Is(err, context.Canceled) || !notify.Temporary(err).NotDelivered {
			t.Errorf("got %v", err)
		}
		answer <- nil
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}

func TestOnlyWhatConcernsEverybodyPauses(t *testing.T) {
	t.Parallel()
	refused := func(_ context.Context, m notify.Message) error { return &notify.PermanentError{Notice: m.Notice} }
	for name, c := range map[string]struct {
		answer func(context.Context, notify.Message) error
		same   bool // the same recipient each time
		pauses bool
	}{
		"a service that is down":                             {fails(down), true, true},
		"the account, to several":                            {fails(account), false, true},
		"the account, to one recipient who lets nobody in":   {fails(account), true, false},
		"nobody knows whose trouble, with several":           {fails(unclear), false, true},
		"nobody knows whose trouble, with one":               {fails(unclear), true, false},
		"mailboxes that are full":                            {fails(full), false, false},
		"recipients refused for good":                        {refused, false, false},
		"a caller who gives up":                              {func(context.Context, notify.Message) error { return context.Canceled }, false, false},
		"a wait for a connection, which is nobody's trouble": {fails(notify.TemporaryError{Err: errors.New("busy"), Everybody: true}), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, &plain{answer: c.answer})
				for n := range 3 * failuresInARow {
					if c.same {
						n = 1
					}
					r.fail(t, n)
				}
				if got := r.State().Paused; got != c.pauses {
					t.Errorf("paused: %v, want %v", got, c.pauses)
				}
			})
		})
	}
}

func TestAMessageThatGoesBeginsTheCountAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &plain{}
		r := start(t, c)
		for range 3 {
			c.becomes(fails(down))
			for range failuresInARow - 1 {
				r.fail(t, 1)
			}
			c.becomes(works)
			if err := r.send(t, 1); err != nil {
				t.Fatal(err)
			}
		}
		if r.State().Paused {
			t.Error("paused")
		}
	})
}

// One that was under way when the pause began shows that the service works.
func TestAMessageThatGoesDuringAPauseEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan error)
		c := &plain{answer: func(context.Context, notify.Message) error { return <-answer }}
		r := start(t, c)
		slow := make(chan error, 1)
		go func() { slow <- r.send(t, 7) }()
		synctest.Wait()
		c.becomes(fails(down))
		for range failuresInARow {
			r.fail(t, 1)
		}
		paused(t, r.send(t, 1), firstPause)
		c.becomes(works)
		answer <- nil
		if err := <-slow; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if r.State().Paused || r.resumed.Load() != 1 {
			t.Errorf("%+v, resumed %d times", r.State(), r.resumed.Load())
		}
		pass(2 * firstPause)
		if r.State().Paused || r.resumed.Load() != 1 {
			t.Errorf("later: %+v, resumed %d times", r.State(), r.resumed.Load())
		}
	})
}

func TestAnAnswerThatNeedsSomebodyToLookIsSaidOnceForEachNotice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &plain{answer: fails(unclear)})
		for range 5 {
			r.fail(t, 1)
			r.fail(t, 2)
		}
		said := r.log.String()
		if n := strings.Count(said, "somebody must look"); n != 2 {
			t.Errorf("said %d times: %s", n, said)
		}
		if !strings.Contains(said, `"fault":"unknown"`) || strings.Contains(said, "person1@") {
			t.Errorf("said %s", said)
		}
	})
}
