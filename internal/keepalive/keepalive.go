// Package keepalive dials TCP connections that notice, within half a minute, when the other end is
// gone: a machine that was switched off, or a network that was cut, sends no farewell.
package keepalive

import (
	"net"
	"syscall"
	"time"
)

// userTimeout is how long what was sent may stay unacknowledged.
const userTimeout = 30 * time.Second

// Dialer returns a dialer whose connections end when the other end is gone. timeout is how long
// connecting may take; 0: as long as the system lets it.
func Dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{
		Timeout:         timeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3},
		Control: func(network, _ string, c syscall.RawConn) error {
			if network == "unix" {
				return nil
			}
			return setUserTimeout(c, userTimeout)
		},
	}
}
