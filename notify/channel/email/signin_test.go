package email

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"longstop/internal/smtptest"
)

// scripted answers EHLO with the lines given, and everything else with one line. It
// sends what the client says to said.
func scripted(t *testing.T, hello []string, answer string) (port int, said <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	lines := make(chan string, 20)
	go func() {
		defer close(lines)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = fmt.Fprint(conn, "220 ready\r\n")
		for in := bufio.NewScanner(conn); in.Scan(); {
			lines <- in.Text()
			if strings.HasPrefix(in.Text(), "EHLO ") {
				_, _ = fmt.Fprintf(conn, "250-%s\r\n", strings.Join(append([]string{"hello"}, hello...), "\r\n250-"))
				_, _ = fmt.Fprint(conn, "250 8BITMIME\r\n")
				continue
			}
			_, _ = fmt.Fprintf(conn, "%s\r\n", answer)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, lines
}

func TestTheSafestWayOfSigningInThatIsOfferedIsTaken(t *testing.T) {
	t.Parallel()
	for offered, want := range map[string]string{
		"LOGIN PLAIN SCRAM-SHA-256": "AUTH SCRAM-SHA-256",
		"XOAUTH2 LOGIN PLAIN":       "AUTH PLAIN ",
		"LOGIN NTLM":                "AUTH LOGIN",
	} {
		t.Run(offered, func(t *testing.T) {
			t.Parallel()
			port, said := scripted(t, []string{"AUTH " + offered}, "535 5.7.8 no, ada")
			ch, err := New(Config{Host: "127.0.0.1", Port: port, From: smtptest.Sender, TLS: NoTLS, Username: "user", Password: secret})
			if err != nil {
				t.Fatal(err)
			}
			temporary(t, ch.Check(t.Context()), "signing in", "535 5.7.8", envPassword)
			<-said // EHLO
			if got := <-said; !strings.HasPrefix(got, want) {
				t.Errorf("the client says %q", got)
			}
		})
	}
}

func TestASignInThatMakesNoSenseGivesNothingAway(t *testing.T) {
	t.Parallel()
	const nonsense = "334 YWRhLCBodW50ZXIyLWlzLXNlY3JldA==" // "ada, hunter2-is-secret"
	port, _ := scripted(t, []string{"AUTH SCRAM-SHA-256"}, nonsense)
	ch, err := New(Config{Host: "127.0.0.1", Port: port, From: smtptest.Sender, TLS: NoTLS, Username: "user", Password: secret})
	if err != nil {
		t.Fatal(err)
	}
	temporary(t, ch.Check(t.Context()), "signing in", errSignIn.Error())
}

func TestAServerThatRefusesEverythingIsATemporaryError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hello        []string
		tls          TLS
		answer, says string
	}{
		"STARTTLS":      {[]string{"STARTTLS"}, StartTLS, "454 4.7.0 not now", "turning to TLS"},
		"the beginning": {nil, NoTLS, "502 5.5.1 never", "naming the sender"},
		"not an answer": {nil, NoTLS, "what, ada?", "not SMTP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, _ := scripted(t, c.hello, c.answer)
			ch, err := New(Config{Host: "127.0.0.1", Port: port, From: smtptest.Sender, TLS: c.tls})
			if err != nil {
				t.Fatal(err)
			}
			_, err = ch.Send(t.Context(), message("n1"))
			temporary(t, err, c.says, "notice n1")
		})
	}
}
