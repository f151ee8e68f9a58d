package outwards

import (
	"net/netip"
	"time"
)

// AnswerWithin changes how long a client waits for an answer.
func (c *Client) AnswerWithin(d time.Duration) { c.public.Timeout, c.loopback.Timeout = d, d }

// MayCall reports whether an address may be called.
func (n Networks) MayCall(address string, loopback bool) bool {
	return n.mayCall(loopback)("tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 443).String(), nil) == nil
}

// Lease is how long a claimed message is left alone.
const Lease = lease
