package log_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"longstop/notify"
	"longstop/notify/channel/log"
)

var message = notify.Message{
	ID: "n1@longstop", To: "ada@council.example", ToName: "Ada Example", Subject: "Due by Thu", Text: "KX-1042",
	Notice: "n1", Role: "worker", Kind: notify.Reminder,
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
