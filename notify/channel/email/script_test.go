package email

import (
	"bufio"
	"cmp"
	"fmt"
	"net"
	"strings"
	"testing"

	"longstop/internal/smtptest"
)

// script is a mail server that answers what it is told to, byte for byte: "" is the
// greeting, the others are named by their command. What is not named gets the usual answer.
func script(t *testing.T, said map[string]string) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go converse(conn, said)
		}
	}()
	return listener.Addr().String()
}

func converse(conn net.Conn, said map[string]string) {
	defer func() { _ = conn.Close() }()
	usual := map[string]string{"": "220 here", "QUIT": "221 bye", "DATA": "354 go on"}
	lines := bufio.NewScanner(conn)
	verb := ""
	for {
		answer, ok := said[verb]
		if !ok {
			answer = cmp.Or(usual[verb], "250 ok")
		}
		if _, err := fmt.Fprintf(conn, "%s\r\n", answer); err != nil || !lines.Scan() {
			return
		}
		verb, _, _ = strings.Cut(strings.ToUpper(lines.Text()), " ")
	}
}

// channelTo is a Channel to a server at an address of this machine.
func channelTo(t *testing.T, addr string) *Channel {
	t.Helper()
	cfg := Config{Host: "127.0.0.1", From: smtptest.Sender, TLS: NoTLS}
	if _, err := fmt.Sscanf(addr, "127.0.0.1:%d", &cfg.Port); err != nil {
		t.Fatal(err)
	}
	ch, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ch.Close() })
	return ch
}
