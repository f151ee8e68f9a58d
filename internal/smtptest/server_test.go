package smtptest_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	stdsmtp "net/smtp"
	"net/textproto"
	"strings"
	"testing"

	"longstop/internal/smtptest"
)

// raw is what a client that shares no code with the server sends.
func raw(id string) []byte {
	return []byte("Message-ID: <" + id + "@x>\r\nSubject: =?utf-8?q?S=C3=AE?=\r\nContent-Transfer-Encoding: base64\r\n\r\nw65uCg==\r\n")
}

func deliver(s *smtptest.Server, auth stdsmtp.Auth, to, id string) error {
	return stdsmtp.SendMail(s.Addr(), auth, "a@x.example", []string{to}, raw(id))
}

func TestAMessageIsKeptAndTakenApart(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	if err := deliver(s, nil, "b@x.example", "n1"); err != nil {
		t.Fatal(err)
	}
	got, err := s.WaitFor(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	m := got[0]
	if m.ID != "n1@x" || m.Subject != "Sî" || m.Text != "în\n" || m.From != "a@x.example" || m.To[0] != "b@x.example" || m.TLS || m.User != "" {
		t.Errorf("got %+v", m)
	}
	if s.Copies()["n1@x"] != 1 || s.Connections() != 1 || s.SignIns() != 0 {
		t.Errorf("copies %v, connections %d", s.Copies(), s.Connections())
	}
}

func TestAMessageThatNobodyCouldReadIsRefused(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	for name, text := range map[string]string{
		"no header": "nothing\r\n", "subject": "Subject: =?klingon?q?x?=\r\n\r\nx\r\n", "text": "Content-Transfer-Encoding: base64\r\n\r\n!!\r\n",
	} {
		if err := stdsmtp.SendMail(s.Addr(), nil, "a@x.example", []string{"b@x.example"}, []byte(text)); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	if len(s.Messages()) != 0 {
		t.Error("one was kept")
	}
}

func TestFailuresComeInTurnAndOnce(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	s.FailNext(550)
	s.FailNextAt(smtptest.AtEnd, smtptest.Failure{Code: 554, Enhanced: [3]int{5, 6, 0}, Text: "not like this"})
	s.FailNext(451)
	for i, want := range []string{
		`550 "5.1.1 <b@x.example>: not taken"`, `451 "4.3.0 <b@x.example>: not taken"`, `554 "5.6.0 not like this"`, "",
	} {
		err := deliver(s, nil, "b@x.example", "n1")
		if got := fmt.Sprint(err); want != "" && got != want || want == "" && err != nil {
			t.Errorf("%d: got %v, want %s", i, err, want)
		}
	}
}

func TestARefusedAddressStaysRefusedUntilItIsTakenAgain(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	s.Refuse("B@x.example", 550)
	for range 2 {
		var answer *textproto.Error
		if err := deliver(s, nil, "b@X.example", "n1"); !errors.As(err, &answer) || answer.Code != 550 {
			t.Errorf("got %v", err)
		}
	}
	if err := deliver(s, nil, "c@x.example", "n1"); err != nil {
		t.Error(err)
	}
	s.Refuse("b@x.example", 0)
	if err := deliver(s, nil, "b@x.example", "n1"); err != nil {
		t.Error(err)
	}
}

func TestADroppedMessageIsKeptAndNotAnswered(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	s.DropNext()
	if err := deliver(s, nil, "b@x.example", "n1"); err == nil {
		t.Error("it was answered")
	}
	if len(s.Messages()) != 1 {
		t.Error("it was not kept")
	}
}

func TestAHeldMessageIsTakenOnReleaseAndNotWhenAbandoned(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	for i, end := range []func(*smtptest.Hold){(*smtptest.Hold).Release, (*smtptest.Hold).Abandon} {
		hold := s.HoldNext()
		sent := make(chan error, 1)
		go func() { sent <- deliver(s, nil, "b@x.example", "n1") }()
		<-hold.Reached()
		if n := len(s.Messages()); n != i {
			t.Errorf("%d messages before the end", n)
		}
		end(hold)
		end(hold)
		if err := <-sent; (err == nil) != (i == 0) {
			t.Errorf("%d: got %v", i, err)
		}
	}
	if n := len(s.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestASenderThatIsKilledInTheMiddleLeavesNoMessage(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	hold := s.HoldNext()
	lines := bufio.NewReader(conn)
	for _, say := range []string{"", "EHLO x", "MAIL FROM:<a@x.example>", "RCPT TO:<b@x.example>", "DATA"} {
		if say != "" {
			if _, err := fmt.Fprintf(conn, "%s\r\n", say); err != nil {
				t.Fatal(err)
			}
		}
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if line[3] == ' ' {
				break
			}
		}
	}
	<-hold.Reached()
	if _, err := fmt.Fprint(conn, "Message-ID: <n1@x>\r\n\r\nhalf of"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	hold.Release()
	if err := deliver(s, nil, "b@x.example", "n2"); err != nil {
		t.Fatal(err)
	}
	if copies := s.Copies(); len(copies) != 1 || copies["n2@x"] != 1 {
		t.Errorf("copies: %v", copies)
	}
}

func TestWaitForSaysHowManyCame(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	sent := make(chan error, 2)
	go func() {
		for _, id := range []string{"n1", "n2"} {
			sent <- deliver(s, nil, "b@x.example", id)
		}
	}()
	if got, err := s.WaitFor(t.Context(), 2); err != nil || len(got) != 2 {
		t.Errorf("got %d, %v", len(got), err)
	}
	if err := errors.Join(<-sent, <-sent); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := s.WaitFor(ctx, 3); !errors.Is(err, context.Canceled) || len(got) != 2 || !strings.Contains(err.Error(), "2 of 3") {
		t.Errorf("got %d, %v", len(got), err)
	}
}

func TestSignInIsAskedForAndChecked(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t, smtptest.WithAuth("user", "right"))
	if err := deliver(s, nil, "b@x.example", "n1"); err == nil {
		t.Error("a message was taken without a sign-in")
	}
	if err := deliver(s, stdsmtp.PlainAuth("", "user", "wrong", "127.0.0.1"), "b@x.example", "n1"); err == nil {
		t.Error("a wrong password was taken")
	}
	if err := deliver(s, stdsmtp.PlainAuth("", "user", "right", "127.0.0.1"), "b@x.example", "n1"); err != nil {
		t.Error(err)
	}
	if s.SignIns() != 1 || s.Messages()[0].User != "user" {
		t.Errorf("%d sign-ins", s.SignIns())
	}
	if want := "smtp://user@" + s.Addr() + "?from=longstop%40council.example&tls=none"; s.URL() != want {
		t.Errorf("the URL is %s", s.URL())
	}
}

func TestTheCertificateIsTrustedByRootsOnly(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t, smtptest.WithTLS())
	conn, err := tls.Dial("tcp", s.Addr(), &tls.Config{RootCAs: s.Roots(), MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if _, err := tls.Dial("tcp", s.Addr(), &tls.Config{MinVersion: tls.VersionTLS12}); err == nil {
		t.Error("the machine trusts it")
	}
	if !strings.Contains(s.URL(), "tls=tls") || !strings.Contains(string(s.CertPEM()), "BEGIN CERTIFICATE") {
		t.Errorf("the URL is %s", s.URL())
	}
	if plain := smtptest.Start(t); plain.Roots() != nil || plain.CertPEM() != nil {
		t.Error("a server without TLS has a certificate")
	}
	if url := smtptest.Start(t, smtptest.WithSTARTTLS()).URL(); !strings.Contains(url, "tls=starttls") {
		t.Errorf("the URL is %s", url)
	}
}

func TestTwoServersCannotHaveOneAddress(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	if _, err := smtptest.New(smtptest.WithAddr(s.Addr())); err == nil || !strings.Contains(err.Error(), "listening for mail") {
		t.Errorf("got %v", err)
	}
}

func TestCloseEndsWhatIsHeldAndMayBeDoneTwice(t *testing.T) {
	t.Parallel()
	s, err := smtptest.New()
	if err != nil {
		t.Fatal(err)
	}
	hold := s.HoldNext()
	sent := make(chan error, 1)
	go func() { sent <- deliver(s, nil, "b@x.example", "n1") }()
	<-hold.Reached()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-sent; err == nil {
		t.Error("the message was answered")
	}
}

// failing is a test that notes how it fails.
type failing struct{ said string }

func (*failing) Helper()                             {}
func (*failing) Cleanup(func())                      {}
func (f *failing) Fatalf(format string, args ...any) { f.said = fmt.Sprintf(format, args...) }

func TestStartFailsTheTestWhereItCannotListen(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t)
	var f failing
	if smtptest.Start(&f, smtptest.WithAddr(s.Addr())) != nil || !strings.Contains(f.said, "smtptest: listening") {
		t.Errorf("it said %q", f.said)
	}
}
