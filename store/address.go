package store

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrAddress says that the address of the Postgres is missing or is not one, or that the
// record would be sent to it in the clear.
var ErrAddress = errors.New("an address that cannot be used")

// addressError says what is wrong with the address that a setting gives. It repeats nothing
// of it: it holds a password.
type addressError struct{ words string }

func (e *addressError) Error() string        { return e.words }
func (e *addressError) Is(target error) bool { return target == ErrAddress }

// defaultSetting is where the address of the record comes from.
const defaultSetting = "LONGSTOP_DATABASE_URL"

const exampleURL = "postgres://longstop@localhost:5432/longstop"

// parsed reads the address, with what the environment and service files add to it.
func (o *Options) parsed() (*pgxpool.Config, error) {
	setting := o.Setting
	if setting == "" {
		setting = defaultSetting
	}
	if o.URL == "" {
		return nil, &addressError{setting + " is not set: give a Postgres URL such as " + exampleURL}
	}
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		// The parser's own words may quote the URL, and with it a password.
		return nil, &addressError{setting + " is not a Postgres URL: give one such as " + exampleURL}
	}
	if why := inTheClear(config.ConnConfig, o.TrustedHosts); why != "" {
		return nil, &addressError{setting + ": " + why}
	}
	return config, nil
}

// CheckAddress sees whether Open would take the address; the error is ErrAddress.
func CheckAddress(o Options) error {
	_, err := o.parsed()
	return err
}

// security is how a connection to a server would be protected.
type security int

const (
	plain      security = iota
	unverified          // encrypted, with whoever answers
	verified            // sslmode=verify-full: encrypted, with the host that was named
)

func securityOf(c *tls.Config) security {
	switch {
	case c == nil:
		return plain
	case c.InsecureSkipVerify || c.ServerName == "":
		// verify-ca too: whoever has any certificate of that authority would be believed,
		// and the authority of a managed Postgres is that of all its customers.
		return unverified
	default:
		return verified
	}
}

// inTheClear says why the record would be sent to a server without TLS that shows who it is;
// "" where it would not. This machine needs none, nor do the hosts that are trusted by name;
// but for these it must be said too whether TLS is used, since by default a connection falls
// back to none without a word.
func inTheClear(c *pgx.ConnConfig, trusted []string) string {
	tried := map[string][]security{}
	try := func(host string, port uint16, t *tls.Config) {
		if network, _ := pgconn.NetworkAddress(host, port); network == "unix" || isLoopback(host) {
			return
		}
		tried[host] = append(tried[host], securityOf(t))
	}
	try(c.Host, c.Port, c.TLSConfig)
	for _, f := range c.Fallbacks {
		try(f.Host, f.Port, f.TLSConfig)
	}
	for host, ways := range tried {
		known := slices.ContainsFunc(trusted, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), host) })
		switch lowest := slices.Min(ways); {
		case !known && lowest < verified:
			return fmt.Sprintf("the record would go to another machine %s: add sslmode=verify-full (and sslrootcert=FILE for a "+
				"certificate authority of your own); or, where nobody else can reach that network, name the host in "+
				"LONGSTOP_DATABASE_TRUSTED_HOSTS", map[security]string{
				plain: "in the clear", unverified: "without seeing which machine it is",
			}[lowest])
		case lowest != slices.Max(ways):
			return "it does not say whether TLS is used, and would fall back to none without a word: add sslmode=verify-full, " +
				"sslmode=require or sslmode=disable"
		}
	}
	return ""
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
