package store

import (
	"net"
	"syscall"
	"testing"
	"time"
)

func TestAConnectionGivesUpWhatIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var got int
	dialer := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		if err := setUserTimeout(c, 30*time.Second); err != nil {
			return err
		}
		return c.Control(func(fd uintptr) { got, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout) })
	}}
	conn, dialled := dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil || dialled != nil {
		t.Fatal(err, dialled)
	}
	defer conn.Close()
	if got != 30_000 {
		t.Errorf("TCP_USER_TIMEOUT is %d ms", got)
	}
}
