package log_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"longstop/notify"
	"longstop/notify/channel/channeltest"
	"longstop/notify/channel/log"
)

var message = notify.Message{
	ID: "n1@longstop", To: "ada@council.example", ToName: "Ada Example", Subject: "Due by Thu", Text: "KX-1042",
	Notice: "n1", Role: "worker", Kind: notify.Reminder,
}

func TestTheChannelKeepsItsPromises(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, func(t *testing.T) channeltest.Pair {
		t.Helper()
		var out lines
		return channeltest.Pair{Channel: log.New(zerolog.New(&out)), Taken: func() []channeltest.Taken { return out.taken(t) }}
	})
}

// lines are the lines of a log, which several may write at once.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// taken are the notices that were logged.
func (l *lines) taken(t *testing.T) (taken []channeltest.Taken) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		var m channeltest.Taken
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Error(err)
		}
		taken = append(taken, m)
	}
	return taken
}

func TestOnlyTheNoticeItsKindAndTheRoleAreLogged(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	channel := log.New(zerolog.New(&out))
	receipt, err := channel.Send(t.Context(), message)
	if err != nil || receipt == "" || channel.Name() != "log" {
		t.Fatalf("receipt %q of %s, error %v", receipt, channel.Name(), err)
	}
	want := `{"level":"info","notice":"n1","kind":"reminder","role":"worker","message":"notice noted in the log only: it reaches nobody"}`
	if got := strings.TrimSpace(out.String()); got != want {
		t.Errorf("got %s", got)
	}
}

func TestNothingIsLoggedOnceTheContextIsDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if _, err := log.New(zerolog.New(&out)).Send(ctx, message); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if out.Len() > 0 {
		t.Errorf("got %s", out.String())
	}
}
