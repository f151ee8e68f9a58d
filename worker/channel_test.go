package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"longstop/internal/casetime"
	"longstop/internal/smtptest"
	"longstop/notify"
)

// withChannel opens the channel of a worker with these settings in the environment, and
// returns the worker and its log.
func withChannel(ctx context.Context, t *testing.T, env map[string]string) (*service, *bytes.Buffer) {
	t.Helper()
	for name, value := range env {
		t.Setenv(name, value)
	}
	m, err := newMetrics("test")
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	s := &service{settings: settings{Notices: env["LONGSTOP_NOTICES"]}, log: zerolog.New(log), metrics: m, wallNow: casetime.WallNow}
	if err := s.openChannel(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.channel.close(); err != nil {
			t.Error(err)
		}
	})
	return s, log
}

func TestLettersInTheClearAreWarnedOfAtTheStart(t *testing.T) {
	nobodyWaits, cancel := context.WithCancel(t.Context())
	cancel()
	const clear = "travel to the mail server in the clear"
	for url, warned := range map[string]bool{
		"smtp://mail.council.example?tls=none&cleartext=yes&from=longstop@council.example": true,
		"smtp://mail.council.example?from=longstop@council.example":                        false,
		"smtp://127.0.0.1:1?tls=none&from=longstop@council.example":                        false,
	} {
		_, log := withChannel(nobodyWaits, t, map[string]string{"LONGSTOP_SMTP_URL": url, "LONGSTOP_NOTICES": "email"})
		if strings.Contains(log.String(), clear) != warned {
			t.Errorf("%s: %s", url, log)
		}
	}
}

func TestAnAddressForRepliesWithWhichNothingCouldBeSentIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for address, right := range map[string]bool{
		"": true, "help@council.example": true, "Help <help@council.example>": false, "help": false, "a@b.example, c@d.example": false, "a@b.example\r\nBcc: x@y.example": false,
	} {
		err := settings{ReplyTo: address}.checkReplyTo()
		if (err == nil) != right {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && address != "help" && strings.Contains(err.Error(), address) {
			t.Errorf("%q is repeated", address)
		}
	}
}

func TestWhatBecomesOfMessagesIsCountedByChannel(t *testing.T) {
	server := smtptest.Start(t)
	s, _ := withChannel(t.Context(), t, map[string]string{"LONGSTOP_SMTP_URL": server.URL(), "LONGSTOP_NOTICES": ""})
	if s.channel.domain != "council.example" || s.channel.slots != 2 || s.channel.logOnly {
		t.Errorf("the channel is %+v", s.channel)
	}
	message := notify.Message{ID: "n1@council.example", To: "ada@council.example", Subject: "Due", Text: "Due.\n", Notice: "n1"}
	for _, code := range []int{0, 550, 451, 0} {
		if code != 0 {
			server.FailNext(code)
		}
		_, err := s.channel.Send(t.Context(), message)
		if (err == nil) != (code == 0) {
			t.Errorf("%d: %v", code, err)
		}
	}
	for outcome, want := range map[string]float64{"taken": 2, "refused": 1, "failed": 1} {
		if got := s.metrics.value(t, "longstop_notices_total", "email", outcome); got != want {
			t.Errorf("%s: %v, want %v", outcome, got, want)
		}
	}
}

func TestAPauseIsShownAndTheWorkerStaysReady(t *testing.T) {
	server := smtptest.Start(t)
	s, _ := withChannel(t.Context(), t, map[string]string{"LONGSTOP_SMTP_URL": server.URL(), "LONGSTOP_NOTICES": "email"})
	s.health.detail = s.channel.detail
	s.health.polling.Store(true)
	if code, said := s.health.asked(t, "/readyz"); code != http.StatusOK || said != "ready\n" {
		t.Errorf("%d %s", code, said)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	for notify.Temporary(sendOnce(t, s)).RetryAfter == 0 {
	}
	code, said := s.health.asked(t, "/readyz")
	if code != http.StatusOK || !strings.HasPrefix(said, "ready; sending is paused since 20") {
		t.Errorf("%d %s", code, said)
	}
	if got := s.metrics.value(t, "longstop_sending_paused"); got != 1 {
		t.Errorf("longstop_sending_paused is %v", got)
	}
}

// value is that of a metric with these values of its labels.
func (m *metrics) value(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var values []string
			for _, l := range metric.GetLabel() {
				values = append(values, l.GetValue())
			}
			if family.GetName() == name && slices.Equal(values, labels) {
				return metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
			}
		}
	}
	t.Fatalf("there is no %s of %v", name, labels)
	return 0
}

func sendOnce(t *testing.T, s *service) error {
	t.Helper()
	_, err := s.channel.Send(t.Context(), notify.Message{ID: "n1@council.example", To: "ada@council.example", Notice: "n1"})
	if err == nil {
		t.Fatal("a message went to nobody")
	}
	return err
}

func TestAServiceThatTellsNobodyIsNotReady(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*service)
		query  string
		code   int
	}{
		"that logs":                           {func(s *service) { s.channel.logOnly = true }, "", http.StatusServiceUnavailable},
		"that logs, asked about the rest":     {func(s *service) { s.channel.logOnly = true }, "?exclude=notices", http.StatusOK},
		"that logs, asked about notices":      {func(s *service) { s.channel.logOnly = true }, "?exclude=Postgres", http.StatusServiceUnavailable},
		"with a mail server":                  {func(*service) {}, "", http.StatusOK},
		"without Postgres, but for Postgres":  {func(s *service) { s.health.checks = append(s.health.checks, down) }, "?exclude=Postgres", http.StatusOK},
		"without Postgres, but for its mails": {func(s *service) { s.health.checks = append(s.health.checks, down) }, "?exclude=notices", http.StatusServiceUnavailable},
	} {
		s := &service{log: zerolog.Nop()}
		s.health.checks = []check{{noticesCheck, s.noticesReachSomebody}}
		s.health.detail = s.channel.detail
		s.health.polling.Store(true)
		c.change(s)
		if code, said := s.health.asked(t, "/readyz"+c.query); code != c.code {
			t.Errorf("a service %s: %d %s", name, code, said)
		}
	}
}

var down = check{"Postgres", func(context.Context) error { return errors.New("down") }}

// asked is what the worker answers.
func (h *health) asked(t *testing.T, path string) (code int, said string) {
	t.Helper()
	answer := httptest.NewRecorder()
	handle := h.ready
	if path == "/healthz" {
		handle = h.alive
	}
	handle(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return answer.Code, answer.Body.String()
}
