// Package email is the channel that sends notices by SMTP.
//
// A message goes out with the Message-ID that it is given, so that a repetition after a
// crash can be recognised. The connection is kept for a moment, so that several messages
// in a row share it. No error and no receipt holds a recipient's address.
package email

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/net/idna"

	"longstop/notify/bounce"
	"longstop/notify/setting"
)

// TLS is how the connection to the mail server is protected.
type TLS string

// StartTLS begins in the clear and must turn to TLS before anything else (port 587 as a
// rule); ImplicitTLS speaks TLS at once (port 465); NoTLS never does: for a server on
// this machine, or with Config.Cleartext in a network of its own.
const (
	StartTLS    TLS = "starttls"
	ImplicitTLS TLS = "tls"
	NoTLS       TLS = "none"
)

// DefaultTimeout bounds the sending of one message, the connection included.
const DefaultTimeout = 30 * time.Second

// DefaultConnections is fewer than the three that Exchange Online allows a mailbox.
const DefaultConnections = 2

// mostConnections is more than any mail server likes from one client.
const mostConnections = 20

// Secret is a text that is never printed, whatever prints it.
type Secret = setting.Secret

// Config says how to reach the mail server, and who writes.
type Config struct {
	Host     string
	Port     int    // 0: 587, or 465 with ImplicitTLS
	From     string // the sender's address
	FromName string // "Longstop" where it is empty
	Username string // "": no sign-in
	Password Secret
	TLS      TLS           // "": StartTLS
	HELO     string        // what we call ourselves; "": the domain of From
	Timeout  time.Duration // of one message; 0: DefaultTimeout
	Roots    *x509.CertPool
	// Cleartext allows NoTLS to another machine: everybody on the way can read the letters.
	Cleartext bool
	// Bounces makes an envelope address of each attempt's own, to which servers report what
	// became of it; nil: they report to From.
	Bounces *bounce.Addresses
	// Connections is how many there are at once at most; 0: DefaultConnections.
	Connections int
	// PerMinute is how many messages are begun in a minute at most; 0: no limit.
	PerMinute int
}

// withDefaults fills what is empty.
func (c Config) withDefaults() Config {
	if c.TLS == "" {
		c.TLS = StartTLS
	}
	if c.Port == 0 {
		c.Port = 587
		if c.TLS == ImplicitTLS {
			c.Port = 465
		}
	}
	if c.FromName == "" {
		c.FromName = "Longstop"
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Connections == 0 {
		c.Connections = DefaultConnections
	}
	if c.HELO == "" {
		c.HELO = heloName(c.Domain())
	}
	return c
}

// Domain is the part of From after the @; "" where From is no address.
func (c Config) Domain() string {
	at := strings.LastIndexByte(c.From, '@')
	if at < 0 {
		return ""
	}
	return c.From[at+1:]
}

// heloName is what the mail server is told that we are. Servers refuse a name that is not
// fully qualified, such as the bare id that a container has for its machine's name; the
// sender's domain always is, and it exists.
func heloName(domain string) string {
	if strings.HasPrefix(domain, "[") {
		return domain // an address in place of a name, which HELO takes too
	}
	name, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(name, ".") {
		return "localhost" // what net/smtp says; servers take it from a client that signs in
	}
	return name
}

// check says what is wrong with a filled Config, and which setting to change.
func (c Config) check() error {
	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, " \t\r\n/"):
		return wrong(envURL, "it names no mail server")
	case c.Port < 1 || c.Port > 65535:
		return wrong(envURL, "the port must be a number from 1 to 65535")
	case c.TLS != StartTLS && c.TLS != ImplicitTLS && c.TLS != NoTLS:
		return wrong(envURL, "tls must be starttls, tls or none")
	case c.Timeout < 0:
		return wrong(envURL, "timeout must be longer than nothing")
	case c.Connections < 1 || c.Connections > mostConnections:
		return wrong(envURL, "connections must be a number from 1 to "+strconv.Itoa(mostConnections))
	case c.PerMinute < 0:
		return wrong(envURL, "per_minute must be a number, 1 or more")
	case strings.ContainsAny(c.HELO, " \t\r\n"):
		return wrong(envURL, "helo must be one word, the name of this machine")
	case c.From == "":
		return wrong(envFrom, "nobody is named as the sender")
	case !isAddress(c.From):
		return wrong(envFrom, "the sender is not an e-mail address")
	case c.Username != "" && c.Password == "":
		return wrong(envPassword, "the mail server's address names a user, but there is no password")
	case c.Username == "" && c.Password != "":
		return wrong(envURL, "there is a password, but no user is named")
	case c.Username != "" && c.InTheClear():
		return wrong(envURL, "a password is not sent without TLS to another machine: use tls=starttls or tls=tls")
	case c.InTheClear() && !c.Cleartext:
		return wrong(envURL, "tls=none to another machine lets everybody on the way read letters about children: "+
			"use tls=starttls or tls=tls, or say cleartext=yes as well if that network is your own")
	}
	return nil
}

// loopback reports whether the mail server runs on this machine.
func (c Config) loopback() bool {
	if strings.EqualFold(c.Host, "localhost") {
		return true
	}
	ip := net.ParseIP(c.Host)
	return ip != nil && ip.IsLoopback()
}

// InTheClear reports whether messages travel to another machine without TLS: allowed where
// it was asked for (Cleartext), and worth a warning at the start.
func (c Config) InTheClear() bool { return c.TLS == NoTLS && !c.loopback() }

// Addr is the mail server as host:port.
func (c Config) Addr() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// String is the settings without the password.
func (c Config) String() string {
	return fmt.Sprintf("smtp %s tls=%s from=%s user=%s password=%s", c.Addr(), c.TLS, c.From, c.Username, c.Password)
}

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

// MarshalZerologObject logs the settings without the password.
func (c Config) MarshalZerologObject(e *zerolog.Event) {
	e.Str("server", c.Addr()).Str("tls", string(c.TLS)).Str("from", c.From).Str("user", c.Username).
		Stringer("password", c.Password).Dur("timeout", c.Timeout)
}

// isAddress reports whether a text is one plain address, local@domain, and nothing else.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s
}
