package keepalive

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
	conn, err := Dialer(time.Second).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	if err := raw.Control(func(fd uintptr) {
		got, failed = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout)
	}); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	if got != 30_000 {
		t.Errorf("TCP_USER_TIMEOUT is %d ms", got)
	}
}
