//go:build !linux

package keepalive

import (
	"syscall"
	"time"
)

// setUserTimeout does nothing: only Linux has the option. Keepalive ends a connection that
// is idle, and the server's own settings its end of it.
func setUserTimeout(syscall.RawConn, time.Duration) error { return nil }
