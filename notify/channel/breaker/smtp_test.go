package breaker

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"longstop/internal/casetime"
	"longstop/internal/smtptest"
	"longstop/notify"
	"longstop/notify/channel/email"
)

// mailTo is a breaker in front of a real channel to a mail server at an address.
func mailTo(t *testing.T, addr string, change ...func(*email.Config)) *Breaker {
	t.Helper()
	cfg := email.Config{Host: "127.0.0.1", From: smtptest.Sender, TLS: email.NoTLS}
	if _, err := fmt.Sscanf(addr, "127.0.0.1:%d", &cfg.Port); err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(&cfg)
	}
	channel, err := email.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = channel.Close() })
	return New(Options{Channel: channel, Log: zerolog.Nop(), Now: casetime.WallNow})
}

func (b *Breaker) mail(t *testing.T, n int) error {
	t.Helper()
	m := to(n)
	m.ID, m.Subject, m.Text = m.Notice+"@council.example", "Due", "Due.\n"
	_, err := b.Send(t.Context(), m)
	return err
}

func pausedNow(t *testing.T, err error) {
	t.Helper()
	if notify.Temporary(err).RetryAfter <= 0 {
		t.Fatalf("got %v, want a pause", err)
	}
}

func TestAMailServerThatComesBackIsFoundWithoutAMessage(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	b := mailTo(t, server.Addr())
	if err := b.mail(t, 1); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range failuresInARow {
		if err := b.mail(t, n); err == nil {
			t.Fatal("it went to nobody")
		}
	}
	pausedNow(t, b.mail(t, 1))
	b.try(t.Context()) // what Run does when the pause is over
	if s := b.State(); !s.Paused || s.Until.Sub(s.Since) < 2*firstPause {
		t.Fatalf("the server is down still: %+v", s)
	}
	again := smtptest.Start(t, smtptest.WithAddr(server.Addr()))
	b.try(t.Context())
	if err := b.mail(t, 1); err != nil || b.State().Paused {
		t.Errorf("the server is back: %v, %+v", err, b.State())
	}
	if n := len(again.Messages()); n != 1 {
		t.Errorf("%d messages came", n)
	}
}

func TestAMailServerThatNeverAnswersPausesSending(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	b := mailTo(t, listener.Addr().String(), func(c *email.Config) { c.Timeout = 20 * time.Millisecond })
	for range failuresInARow {
		if err := b.mail(t, 1); err == nil {
			t.Fatal("it went to nobody")
		}
	}
	pausedNow(t, b.mail(t, 1))
}

// Exchange Online's answer to an account that may not send as the sender: a connection and a
// sign-in prove nothing, so a message must try.
func TestAnAccountThatMayNotSendPausesUntilAMessageGoes(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	b := mailTo(t, server.Addr())
	for n := range 2 * failuresInARow {
		server.FailNextAt(smtptest.AtEnd, smtptest.Failure{Code: 554, Text: "5.2.252 SendAsDenied", Verbatim: true})
		if n < failuresInARow {
			_ = b.mail(t, n)
		}
	}
	pausedNow(t, b.mail(t, 1))
	b.try(t.Context())
	for n := range failuresInARow {
		if err := b.mail(t, n); err == nil || !b.State().Paused {
			t.Fatalf("it is refused still: %v, %+v", err, b.State())
		}
	}
	pausedNow(t, b.mail(t, 1))
	b.try(t.Context())
	if err := b.mail(t, 1); err != nil || b.State().Paused {
		t.Errorf("it may send again: %v, %+v", err, b.State())
	}
}

// A recipient whose mailbox lets nobody in pauses nobody else's messages.
func TestOneRecipientThatRefusesEverybodyPausesNothing(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	b := mailTo(t, server.Addr())
	for range 3 * failuresInARow {
		server.FailNextAt(smtptest.AtRecipient, smtptest.Failure{Code: 550, Text: "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup", Verbatim: true})
		if err := b.mail(t, 1); err == nil {
			t.Fatal("it was taken")
		}
	}
	if b.State().Paused {
		t.Error("paused")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range failuresInARow { // nor do callers who give up
		_, _ = b.Send(ctx, notify.Message{ID: "a@b", To: "x@council.example", Notice: "n"})
	}
	if err := b.mail(t, 2); err != nil {
		t.Error(err)
	}
}
