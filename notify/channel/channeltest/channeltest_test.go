package channeltest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/notify"
	"longstop/notify/channel/channeltest"
)

// far is a far side in memory, and wire a channel to it that keeps every promise unless it
// is told which one to break.
type far struct {
	mu    sync.Mutex
	taken []channeltest.Taken
	next  string // what it does with the next message
	hung  chan struct{}
	going chan struct{}
}

type wire struct {
	*far
	breaks string
}

// The ways in which a channel may be wrong.
const (
	longName       = "calls itself by a sentence"
	noReceipt      = "gives no receipt"
	tellingReceipt = "names the recipient in the receipt"
	sendsTwice     = "sends each message twice"
	newIDs         = "gives each message an id of its own"
	otherNotice    = "mixes up the notices"
	refusesAll     = "takes every failure for a refusal"
	refusesNobody  = "takes a refusal for a failure"
	bareRefusal    = "does not say what was refused"
	tellingError   = "names the recipient in an error"
	plainError     = "returns errors of its own kind"
	swallows       = "swallows failures"
	alwaysUnsure   = "never knows that a message was not delivered"
	alwaysSure     = "says that what was lost was not delivered"
	staysBroken    = "does not go on after a failure"
	ignoresContext = "ignores its context"
	oneAtATime     = "fails when it is used at the same time"
	noKey          = "has no key for a report"
	sameKey        = "has the same key for every report"
)

func (w *wire) Name() string {
	if w.breaks == longName {
		return "The Wire of Tests"
	}
	return "wire"
}

func (w *wire) Send(ctx context.Context, m notify.Message) (string, error) {
	if ctx.Err() != nil && w.breaks != ignoresContext {
		return "", w.failed(m, ctx.Err(), true)
	}
	if w.breaks == newIDs {
		m.ID = fmt.Sprint(len(w.messages())) + m.ID
	}
	if w.breaks == otherNotice {
		m.Notice = "n0"
	}
	switch does := w.does(); does {
	case "refuse":
		return w.refused(m)
	case "delay":
		return w.ended(m, w.failed(m, errors.New("come again later"), w.breaks != alwaysUnsure))
	case "lose":
		w.take(m)
		return w.ended(m, w.failed(m, errors.New("the connection broke"), w.breaks == alwaysSure))
	case "hang":
		close(w.hung)
		if w.breaks == ignoresContext {
			<-w.going
			return "taken", nil
		}
		select {
		case <-ctx.Done():
			return w.ended(m, w.failed(m, ctx.Err(), false))
		case <-w.going:
		}
	}
	w.take(m)
	if w.breaks == sendsTwice {
		w.take(m)
	}
	switch w.breaks {
	case noReceipt:
		return "", nil
	case tellingReceipt:
		return "taken for " + m.To, nil
	}
	return "taken", nil
}

// does is what the far side does with the next message.
func (f *far) does() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	does := f.next
	f.next = ""
	return does
}

func (f *far) messages() []channeltest.Taken {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.taken)
}

func (w *wire) take(m notify.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.breaks == oneAtATime && m.Notice == "n5" {
		return
	}
	w.taken = append(w.taken, channeltest.Taken{Notice: m.Notice, ID: m.ID})
}

func (w *wire) refused(m notify.Message) (string, error) {
	switch w.breaks {
	case refusesNobody:
		return "", w.failed(m, errors.New("no such user"), true)
	case bareRefusal:
		return "", &notify.PermanentError{}
	case tellingError:
		return "", &notify.PermanentError{Notice: m.Notice, Channel: w.Name(), Reason: "550 <" + m.To + ">"}
	}
	return w.ended(m, &notify.PermanentError{Notice: m.Notice, Channel: w.Name(), Reason: "550"})
}

func (w *wire) failed(m notify.Message, cause error, notDelivered bool) error {
	switch w.breaks {
	case refusesAll:
		return &notify.PermanentError{Notice: m.Notice, Channel: w.Name(), Reason: cause.Error()}
	case plainError:
		return cause
	case tellingError:
		cause = fmt.Errorf("for %s: %w", m.ToName, cause)
	}
	return &notify.TemporaryError{Notice: m.Notice, Channel: w.Name(), Err: cause, NotDelivered: notDelivered}
}

// ended is how an attempt ends that the far side did not take.
func (w *wire) ended(m notify.Message, err error) (string, error) {
	switch w.breaks {
	case swallows:
		return "taken", nil
	case staysBroken:
		w.mu.Lock()
		w.next = "delay"
		w.mu.Unlock()
	}
	return "", err
}

func (w *wire) BounceKey(m notify.Message, _ string) string {
	switch w.breaks {
	case noKey:
		return ""
	case sameKey:
		return "wire"
	}
	return m.ID
}

func pair(breaks string) channeltest.Pair {
	f := &far{hung: make(chan struct{}), going: make(chan struct{})}
	next := func(does string) func() {
		return func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.next = does
		}
	}
	return channeltest.Pair{
		Channel: &wire{f, breaks}, Taken: f.messages,
		RefuseNext: next("refuse"), DelayNext: next("delay"), LoseNext: next("lose"),
		HangNext: func() (<-chan struct{}, func()) {
			next("hang")()
			return f.hung, func() { close(f.going) }
		},
		Reported: func(m channeltest.Taken) string {
			if breaks == sameKey {
				return "wire"
			}
			return m.ID
		},
	}
}

func TestAChannelThatKeepsEveryPromisePasses(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, func(*testing.T) channeltest.Pair { return pair("") })
}

// Each check must fail for a channel that breaks its promise, and each way of breaking one
// must be found.
func TestEachCheckFindsTheChannelThatBreaksIt(t *testing.T) {
	t.Parallel()
	found := map[string][]string{}
	for _, breaks := range []string{
		longName, noReceipt, tellingReceipt, sendsTwice, newIDs, otherNotice, refusesAll, refusesNobody, bareRefusal, tellingError,
		plainError, swallows, alwaysUnsure, alwaysSure, staysBroken, ignoresContext, oneAtATime, noKey, sameKey,
	} {
		var by []string
		for _, c := range channeltest.Checks() {
			p := pair(breaks)
			p.Patience = 100 * time.Millisecond // one of them never notices
			err := c.Run(t.Context(), p)
			if errors.Is(err, channeltest.ErrCannotHappen) {
				t.Errorf("%s: %v", c.Name, err)
			}
			if err != nil {
				by = append(by, c.Name)
				found[c.Name] = append(found[c.Name], breaks)
			}
		}
		if len(by) == 0 {
			t.Errorf("no check finds a channel that %s", breaks)
		}
	}
	for _, c := range channeltest.Checks() {
		if len(found[c.Name]) == 0 {
			t.Errorf("the check that %s finds no wrong channel", c.Name)
		}
	}
}

func TestWhatCannotHappenOnAChannelIsNotChecked(t *testing.T) {
	t.Parallel()
	var skipped []string
	for _, c := range channeltest.Checks() {
		p := pair("")
		p.RefuseNext, p.DelayNext, p.LoseNext, p.HangNext = nil, nil, nil, nil
		switch err := c.Run(t.Context(), p); {
		case errors.Is(err, channeltest.ErrCannotHappen):
			skipped = append(skipped, c.Name)
		case err != nil:
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if len(skipped) != 4 {
		t.Errorf("not checked: %s", strings.Join(skipped, "; "))
	}
}

// A channel that can ask, and does not, tells a person the same thing twice.
func TestAChannelThatCanAskAndDoesNotIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range channeltest.Checks() {
		p := pair("")
		p.Asks = true
		if err := c.Run(t.Context(), p); (err != nil) != strings.Contains(c.Name, "was lost") {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

// A report that nobody can match is a bounce that nobody sees.
func TestAChannelAndItsFarSideMustAgreeThatThereAreReports(t *testing.T) {
	t.Parallel()
	silent := pair("")
	silent.Reported = nil
	deaf := pair("")
	deaf.Channel = struct{ notify.Channel }{deaf.Channel}
	for name, p := range map[string]channeltest.Pair{"the far side reports nothing": silent, "the channel is no Bouncer": deaf} {
		failed := false
		for _, c := range channeltest.Checks() {
			failed = failed || c.Run(t.Context(), p) != nil
		}
		if !failed {
			t.Errorf("%s: no check fails", name)
		}
	}
}
