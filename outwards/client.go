package outwards

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// SettingNetworks is the environment variable that names the private networks in which receivers may be.
const SettingNetworks = "LONGSTOP_WEBHOOK_NETWORKS"

// Networks are private networks in which receivers may be, such as 10.20.0.0/16.
type Networks []netip.Prefix

// ParseNetworks reads networks with commas or blanks between them.
func ParseNetworks(text string) (list Networks, err error) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("%s: %s is not a network such as 10.20.0.0/16 or fd12:3456::/32", SettingNetworks, part)
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

func (n Networks) include(a netip.Addr) bool {
	return slices.ContainsFunc(n, func(p netip.Prefix) bool { return p.Contains(a) })
}

// mostURL is how long the address of a receiver may be.
const mostURL = 2000

// CheckURL returns what is wrong with the address of a receiver.
func (n Networks) CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || len(address) > mostURL:
		return fmt.Errorf("expected an address of at most %d characters, such as https://case-system.council.example/longstop", mostURL)
	case u.User != nil:
		return errors.New("an address with a name and a password is not taken: receivers know Longstop by its signature")
	case u.Fragment != "":
		return errors.New("an address has no part after #")
	case strings.Contains(u.Hostname(), "%"):
		return errors.New("an address has no zone: it would be of one machine's networks alone")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (isLoopback(u.Hostname()) || n.includeHost(u.Hostname())):
		return nil
	}
	return fmt.Errorf("it must begin with https://: without that only this machine is told, and addresses in the networks of %s", SettingNetworks)
}

func (n Networks) includeHost(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && n.include(a.Unmap())
}

// isLoopback reports whether a host is this machine by its name.
func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// notPublic are the networks that no receiver is in unless they are named, but for those that package netip knows.
var notPublic = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
)

func prefixes(list ...string) Networks {
	var all Networks
	for _, p := range list {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

// errAddress says that a receiver's name leads to an address that is not called.
var errAddress = errors.New("its name leads to an address that is not public: name its network in " + SettingNetworks)

// mayCall checks an address that a name was resolved to, just before it is called: another answer of the name
// server cannot come in between.
func (n Networks) mayCall(loopback bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return errAddress
		}
		a := at.Addr().Unmap()
		switch {
		case a.Zone() != "": // no network contains an address with a zone, so nothing below would refuse one
			return errAddress
		case n.include(a), loopback && a.IsLoopback():
			return nil
		case !a.IsGlobalUnicast() || a.IsPrivate() || notPublic.include(a):
			return errAddress
		}
		return nil
	}
}

// Client sends signed events. It is safe for concurrent use.
type Client struct {
	public, loopback *http.Client
	now              func() time.Time
}

// The bounds of an attempt.
const (
	answerWithin = 15 * time.Second
	mostHeader   = 64 << 10
	mostAnswer   = 64 << 10
	callsAtOnce  = 8 // of one receiver
)

// NewClient returns a client that calls public addresses, those of the networks, and this machine where an address
// says so. now is the wall clock.
func NewClient(networks Networks, now func() time.Time) *Client {
	return &Client{public: httpClient(networks.mayCall(false)), loopback: httpClient(networks.mayCall(true)), now: now}
}

func httpClient(check func(network, address string, c syscall.RawConn) error) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: check}
	return &http.Client{
		Timeout: answerWithin,
		// A redirect would lead to where nobody has checked.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			// No proxy: it would resolve the name, where nothing checks the address.
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: 10 * time.Second,
			ForceAttemptHTTP2: true, MaxConnsPerHost: callsAtOnce, MaxIdleConnsPerHost: callsAtOnce, IdleConnTimeout: 90 * time.Second,
			MaxResponseHeaderBytes: mostHeader, DisableCompression: true,
		},
	}
}

// Outcome is how an attempt ended.
type Outcome struct {
	Verdict Verdict
	// After is how long the receiver asks to be left alone; 0: it does not say.
	After  time.Duration
	Reason string // of what was not taken: nothing of the message, the address or the answer
}

// Verdict is what an attempt says of the message and of the receiver.
type Verdict int

// The verdicts.
const (
	Taken   Verdict = iota
	Refused         // the receiver answers, and does not take this message
	Down            // it takes nothing now
	Gone            // it wants no more
)

// Send sends an event to an address, signed with each secret.
func (c *Client) Send(ctx context.Context, address string, e *Event, secrets []Secret) Outcome {
	body, err := e.body()
	if err != nil {
		return Outcome{Verdict: Refused, Reason: "the message cannot be written"}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return Outcome{Verdict: Down, Reason: "its address cannot be read"}
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", "Longstop")
	sign(r.Header, e.ID, c.now(), body, secrets)
	caller := c.public
	if isLoopback(r.URL.Hostname()) {
		caller = c.loopback
	}
	answer, err := caller.Do(r)
	if err != nil {
		return Outcome{Verdict: Down, Reason: reasonOf(err)}
	}
	defer answer.Body.Close() //nolint:errcheck // its status is all that counts
	// So that the connection can be used again; what the receiver says is not looked at.
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, mostAnswer)) //nolint:errcheck // see above
	return c.outcomeOf(answer)
}

func (c *Client) outcomeOf(answer *http.Response) Outcome {
	o := Outcome{Verdict: verdictOf(answer.StatusCode), After: retryAfter(answer.Header.Get("Retry-After"), c.now())}
	if o.Verdict != Taken {
		o.Reason = "it answered " + strconv.Itoa(answer.StatusCode)
	}
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		o.Reason += ", which would lead elsewhere and is not followed"
	}
	return o
}

// verdictOf tells what is about the message from what is about the receiver: a wrong address or a missing right
// hits every message alike.
func verdictOf(status int) Verdict {
	switch {
	case status >= 200 && status < 300:
		return Taken
	case status == http.StatusGone:
		return Gone
	case status < 400:
		return Down
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired,
		http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusNotImplemented, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout:
		return Down
	default:
		return Refused
	}
}

// mostAfter is the longest pause that a receiver may ask for.
const mostAfter = 24 * time.Hour

// retryAfter reads seconds, or the instant of a date.
func retryAfter(value string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), mostAfter)
}

// reasonOf says why there was no answer. The errors of package net/http repeat the address.
func reasonOf(err error) string {
	var certificate *tls.CertificateVerificationError
	var resolving *net.DNSError
	var timed interface{ Timeout() bool }
	switch {
	case errors.Is(err, errAddress):
		return errAddress.Error()
	case errors.Is(err, context.Canceled):
		return "the program stopped"
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	case errors.As(err, &resolving):
		return "its name is not known"
	case errors.As(err, &timed) && timed.Timeout():
		return fmt.Sprintf("no answer within %v", answerWithin)
	default:
		return "no connection"
	}
}
