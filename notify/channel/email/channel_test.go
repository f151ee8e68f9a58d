package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longstop/internal/smtptest"
	"longstop/notify"
)

const (
	address = "ada.example@council.example"
	person  = "Ada Example"
)

func message(id string) notify.Message {
	return notify.Message{
		ID: id + "@longstop.council.example", To: address, ToName: person, Subject: "Due by Thu 3 Dec 2026: visit [n1]",
		Text: "To do by Thursday 3 December 2026: visit “the child”.\n\n-- \nLongstop notice " + id + ".\n", Notice: id, Role: "worker", Kind: notify.Reminder,
	}
}

// channel is a Channel to a server, from the settings that the server gives.
func channel(t *testing.T, server *smtptest.Server, password string, change ...func(*Config)) *Channel {
	t.Helper()
	cfg, ok, err := ParseEnv(env(envURL, server.URL(), envPassword, password))
	if err != nil || !ok {
		t.Fatalf("ok %v, error %v", ok, err)
	}
	cfg.Roots = server.Roots()
	for _, c := range change {
		c(&cfg)
	}
	ch, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ch.Close(); err != nil {
			t.Error(err)
		}
	})
	return ch
}

func send(t *testing.T, c *Channel, id string) {
	t.Helper()
	receipt, err := c.Send(t.Context(), message(id))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(receipt, "250 ") {
		t.Errorf("the receipt is %q", receipt)
	}
}

// temporary checks that an error is one to try again after, and gives nobody away.
func temporary(t *testing.T, err error, says ...string) {
	t.Helper()
	if err == nil || errors.Is(err, notify.ErrRefused) {
		t.Fatalf("got %v, want a temporary error", err)
	}
	private(t, err)
	for _, want := range says {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}

// private checks that neither an error nor any error inside it gives the recipient away.
func private(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		said := strings.ToLower(fmt.Sprintf("%v %+v", e, e))
		if strings.Contains(said, "ada") || strings.Contains(said, secret) {
			t.Errorf("the error gives somebody away: %s", said)
		}
	}
}

func TestAMessageArrivesAsItWasGiven(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	send(t, ch, "n1")
	got, err := server.WaitFor(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	m, want := got[0], message("n1")
	if m.ID != want.ID || m.Subject != want.Subject || m.Text != want.Text {
		t.Errorf("got %q, %q, %q", m.ID, m.Subject, m.Text)
	}
	if m.From != smtptest.Sender || !slices.Equal(m.To, []string{address}) {
		t.Errorf("from %s to %v", m.From, m.To)
	}
	for header, value := range map[string]string{
		"From": `"Longstop" <` + smtptest.Sender + `>`, "To": `"Ada Example" <` + address + `>`, "Auto-Submitted": "auto-generated",
		"X-Longstop-Notice": "n1", "Content-Type": "text/plain; charset=UTF-8", "X-Auto-Response-Suppress": "OOF, AutoReply",
		"User-Agent": "", "X-Mailer": "",
	} {
		if got := m.Header.Get(header); got != value {
			t.Errorf("%s is %q, want %q", header, got, value)
		}
	}
	if _, err := m.Header.Date(); err != nil {
		t.Errorf("the date: %v", err)
	}
	if ch.Name() != "email" {
		t.Errorf("the channel is %q", ch.Name())
	}
}

func TestAMessageWithPagesGoesAsBothAndNamesWhoReadsReplies(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	m := message("n1")
	m.HTML, m.ReplyTo = "<p>By Wednesday.</p>", "help@council.example"
	if _, err := channel(t, server, "").Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got, err := server.WaitFor(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Text != m.Text || got[0].HTML != m.HTML {
		t.Errorf("it says %q and %q", got[0].Text, got[0].HTML)
	}
	if kind, _, _ := strings.Cut(got[0].Header.Get("Content-Type"), ";"); kind != "multipart/alternative" {
		t.Errorf("it goes as %q", kind)
	}
	if to := got[0].Header.Get("Reply-To"); to != "<help@council.example>" {
		t.Errorf("replies go to %q", to)
	}
}

func TestEveryWayOfProtectingTheConnectionWorks(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]smtptest.Option{
		"none":                   nil,
		"none, with sign-in":     {smtptest.WithAuth("user", secret)},
		"starttls":               {smtptest.WithSTARTTLS()},
		"starttls, with sign-in": {smtptest.WithSTARTTLS(), smtptest.WithAuth("user", secret)},
		"tls":                    {smtptest.WithTLS()},
		"tls, with sign-in":      {smtptest.WithTLS(), smtptest.WithAuth("user", secret)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t, options...)
			password, user := "", ""
			if strings.Contains(name, "sign-in") {
				password, user = secret, "user"
			}
			ch := channel(t, server, password)
			if err := ch.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			send(t, ch, "n1")
			m := server.Messages()[0]
			if m.TLS == strings.HasPrefix(name, "none") || m.User != user {
				t.Errorf("over TLS: %v, by %q", m.TLS, m.User)
			}
		})
	}
}

func TestARefusedRecipientDoesNotSpoilTheConnection(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	server.FailNext(550)
	if _, err := ch.Send(t.Context(), message("n1")); !errors.Is(err, notify.ErrRefused) {
		t.Fatal(err)
	}
	send(t, ch, "n2")
	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestManyMessagesAtOnce(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	const many = 40
	var wait sync.WaitGroup
	for i := range many {
		wait.Go(func() {
			if _, err := ch.Send(t.Context(), message(fmt.Sprintf("n%d", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if copies := server.Copies(); len(copies) != many {
		t.Errorf("%d messages", len(copies))
	}
}

func TestAConnectionThatBreaksBeforeTheAnswerIsTriedAgainUnderTheSameMessageID(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	server.DropNext()
	_, err := ch.Send(t.Context(), message("n1"))
	temporary(t, err, "notice n1", "not known whether it was delivered")
	send(t, ch, "n1")
	if copies := server.Copies(); len(copies) != 1 || copies[message("n1").ID] != 2 {
		t.Errorf("copies: %v", copies)
	}
}

func TestASlowServerIsLeftWhenTheContextIsDone(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancelled": context.WithCancel,
		"past its deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t)
			ch := channel(t, server, "")
			hold := server.HoldNext()
			ctx, cancel := end(t.Context())
			defer cancel()
			result := make(chan error, 1)
			go func() {
				_, err := ch.Send(ctx, message("n1"))
				result <- err
			}()
			if name == "cancelled" {
				<-hold.Reached()
				cancel()
			}
			err := <-result
			temporary(t, err, "notice n1")
			if !errors.Is(err, ctx.Err()) {
				t.Errorf("got %v, want %v", err, ctx.Err())
			}
			select {
			case <-hold.Reached():
				hold.Abandon()
				send(t, ch, "n1")
			default: // the deadline passed before the message was begun
			}
		})
	}
}

func TestASlowServerIsLeftAfterTheTimeout(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	for _, mode := range []TLS{NoTLS, ImplicitTLS} {
		ch, err := New(Config{
			Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, From: smtptest.Sender, TLS: mode, Timeout: 50 * time.Millisecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = ch.Send(t.Context(), message("n1"))
		temporary(t, err, envURL)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAServerThatIsNotThereIsATemporaryError(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := ch.Send(t.Context(), message("n1"))
	temporary(t, err, "notice n1: email: connecting", server.Addr(), envURL)
	temporary(t, ch.Check(t.Context()), "email: connecting", envURL)
}

func TestWrongSettingsAreSaidWhenTheyAreTried(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options []smtptest.Option
		change  func(*Config)
		says    string
	}{
		"a wrong password": {
			[]smtptest.Option{smtptest.WithSTARTTLS(), smtptest.WithAuth("user", secret+"!")}, func(*Config) {}, "signing in",
		},
		"no STARTTLS there": {nil, func(c *Config) { c.TLS, c.Username, c.Password = StartTLS, "", "" }, "offers no STARTTLS"},
		"no sign-in there":  {nil, func(c *Config) { c.Username = "user" }, "no way of signing in"},
		"a certificate of nobody's": {
			[]smtptest.Option{smtptest.WithSTARTTLS(), smtptest.WithAuth("user", secret)}, func(c *Config) { c.Roots = nil }, envCAFile,
		},
		"TLS at once where STARTTLS is spoken": {
			[]smtptest.Option{smtptest.WithSTARTTLS(), smtptest.WithAuth("user", secret)}, func(c *Config) { c.TLS = ImplicitTLS }, "connecting",
		},
		"no sign-in where one is needed": {
			[]smtptest.Option{smtptest.WithAuth("user", secret)}, func(c *Config) { c.Username, c.Password = "", "" }, "naming the sender",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t, c.options...)
			cfg := Config{
				Host: "127.0.0.1", From: smtptest.Sender, Username: "user", Password: secret, TLS: NoTLS, Roots: server.Roots(),
			}
			if server.Roots() != nil {
				cfg.TLS = StartTLS
			}
			if _, err := fmt.Sscanf(server.Addr(), "127.0.0.1:%d", &cfg.Port); err != nil {
				t.Fatal(err)
			}
			c.change(&cfg)
			ch, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, err = ch.Send(t.Context(), message("n1"))
			temporary(t, err, c.says)
			if len(server.Messages()) > 0 {
				t.Error("the message was sent all the same")
			}
		})
	}
}

func TestAnAddressThatIsNoneIsRefusedForGood(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	for _, to := range []string{"", "ada", "Ada <ada@council.example>", "ada@council.example\r\nRCPT TO:<x@y.example>", "ada@a, ada@b"} {
		m := message("n1")
		m.To = to
		_, err := ch.Send(t.Context(), m)
		if !errors.Is(err, notify.ErrRefused) {
			t.Errorf("%q: %v", to, err)
		}
		private(t, err)
	}
	if n := server.Connections(); n > 0 {
		t.Errorf("%d connections for nothing", n)
	}
}

func TestAMessageIDThatIsNoneIsNotSent(t *testing.T) {
	t.Parallel()
	ch := channel(t, smtptest.Start(t), "")
	for _, id := range []string{"", "n1", "@b", "a@", "a@b@c", "<a@b>", "a@b\r\nBcc: x", "ä@b"} {
		m := message("n1")
		m.ID = id
		_, err := ch.Send(t.Context(), m)
		temporary(t, err, "Message-ID")
	}
}

func TestNothingInAMessageCanAddAHeader(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	m := message("n1")
	m.Subject, m.ToName, m.Notice = "Due\r\nBcc: x@y.example", "\"Ada\"\nBcc: <x@y.example>", "n1\r\nBcc: x@y.example"
	m.Text = ".\r\n.\r\nRSET\r\n..two dots\n"
	if _, err := ch.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := server.Messages()[0]
	if got.Header.Get("Bcc") != "" || got.Subject != "Due Bcc: x@y.example" || got.To[0] != address {
		t.Errorf("got %v", got.Header)
	}
	if want := ".\n.\nRSET\n..two dots\n"; got.Text != want {
		t.Errorf("the text is %q", got.Text)
	}
}

func TestNamesInEveryScriptArrive(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	m := message("n1")
	m.ToName, m.Subject = "Siân Ó Briain", "Due by Thu: “visit” – ŵythnos"
	if _, err := ch.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := server.Messages()[0]
	to, err := got.Header.AddressList("To")
	if err != nil || to[0].Name != m.ToName || got.Subject != m.Subject {
		t.Errorf("got %v, %q, %v", to, got.Subject, err)
	}
}

func TestAReceiptHoldsNoAddress(t *testing.T) {
	t.Parallel()
	got := redact("250 2.0.0 Ok\r\n <ADA@Council.example> queued as 7F for ada@council.example"+strings.Repeat("x", 300), "ada@council.example")
	if strings.Contains(strings.ToLower(got), "ada@") || strings.ContainsAny(got, "\r\n") || len(got) > 200 || !strings.Contains(got, "queued as 7F") {
		t.Errorf("got %q", got)
	}
}
