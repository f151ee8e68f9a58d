package main

import (
	"net"
	"net/netip"
	"time"

	"github.com/alecthomas/kong"

	"longstop/internal/program"
	"longstop/web/server"
)

const about = `Longstop's API for other systems: they push what happened, and read what is due. GET /docs describes it.

Example:

    LONGSTOP_DATABASE_URL=postgres://longstop@localhost:5432/longstop TEMPORAL_ADDRESS=127.0.0.1:7233 \
      LONGSTOP_WEB_ADDRESS=0.0.0.0:8443 LONGSTOP_WEB_TLS_CERT=/etc/longstop/web.pem LONGSTOP_WEB_TLS_KEY=/run/secrets/web.key web

Keys are made with 'starter keys create'. Temporal is reached through the SDK's own settings, as by the worker; while it
does not answer, what is pushed is recorded all the same.`

// The names of settings that errors speak of.
const (
	envAddress   = "LONGSTOP_WEB_ADDRESS"
	envMetrics   = "LONGSTOP_WEB_METRICS_ADDRESS"
	envCert      = "LONGSTOP_WEB_TLS_CERT"
	envKey       = "LONGSTOP_WEB_TLS_KEY"
	envCleartext = "LONGSTOP_WEB_CLEARTEXT_TRUSTED"
	envProxies   = "LONGSTOP_WEB_PROXIES"
	envCalendars = "LONGSTOP_WEB_CALENDARS"
)

// settings are this program's own. Each can be given as a flag or in the environment.
type settings struct {
	DatabaseURL     string   `env:"LONGSTOP_DATABASE_URL" placeholder:"URL" help:"The Postgres that holds the record. Better given in the environment: other users can see a command line."`
	DatabaseURLFile string   `env:"LONGSTOP_DATABASE_URL_FILE" placeholder:"FILE" help:"A file that holds it."`
	TrustedHosts    []string `env:"LONGSTOP_DATABASE_TRUSTED_HOSTS" placeholder:"HOST,..." help:"Other machines to which the record may go without sslmode=verify-full: those of a network that nobody else can reach."`
	LogLevel        string   `env:"LONGSTOP_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error. Default: ${default}."`
	DemoClock       string   `env:"LONGSTOP_DEMO_CLOCK" placeholder:"JSON" help:"Case time that runs fast; refused outside of a namespace and a database made for it."`

	Address        string        `env:"LONGSTOP_WEB_ADDRESS" default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Where the API answers. Default: ${default}."`
	Cert           string        `env:"LONGSTOP_WEB_TLS_CERT" placeholder:"FILE" help:"The certificate, with those that it hangs on, as PEM. Read again when it changes."`
	Key            string        `env:"LONGSTOP_WEB_TLS_KEY" placeholder:"FILE" help:"Its private key, as PEM."`
	Cleartext      bool          `env:"LONGSTOP_WEB_CLEARTEXT_TRUSTED" help:"Listen without TLS where other machines reach it: only behind a proxy that ends TLS, on a network that nobody else can reach."`
	Proxies        []string      `env:"LONGSTOP_WEB_PROXIES" placeholder:"NETWORK,..." help:"The proxies in front, such as 10.0.3.0/24. From them alone X-Forwarded-For is believed."`
	MetricsAddress string        `env:"LONGSTOP_WEB_METRICS_ADDRESS" default:"127.0.0.1:9465" placeholder:"HOST:PORT" help:"Where /metrics, /healthz and /readyz answer. Default: ${default}."`
	PerSecond      int           `env:"LONGSTOP_WEB_PER_SECOND" default:"200" placeholder:"N" help:"Requests a second of one key, twice as many at once, unless the key has its own. Default: ${default}."`
	AtOnce         int           `env:"LONGSTOP_WEB_AT_ONCE" default:"64" placeholder:"N" help:"Requests of one key that are served at once, unless the key has its own. Default: ${default}."`
	Calendars      string        `env:"LONGSTOP_WEB_CALENDARS" placeholder:"URL" help:"Where people's calendar programs reach this program from outside, such as https://longstop.council.example. Without it nobody's calendar is served."`
	Drain          time.Duration `env:"LONGSTOP_WEB_DRAIN" default:"0s" placeholder:"TIME" help:"How long a stop goes on taking requests while /readyz answers 503, so that a load balancer looks elsewhere first. Default: ${default}."`

	Probe   bool             `help:"Ask the program on this machine whether it is ready, and exit 0 if it is."`
	Version kong.VersionFlag `help:"Print the build and exit."`
}

// database returns the address of the record. It holds a password, so no error repeats it.
func (s settings) database() (string, error) {
	url, err := program.Address(program.Database, s.DatabaseURL, s.DatabaseURLFile)
	if err == nil && url == "" {
		err = program.NoDatabase()
	}
	return url, err
}

// limits returns how much callers may ask for.
func (s settings) limits() (server.Limits, error) {
	l := server.Limits{PerSecond: s.PerSecond, AtOnce: s.AtOnce}
	if s.PerSecond < 1 || s.AtOnce < 1 {
		return l, program.Usagef("LONGSTOP_WEB_PER_SECOND and LONGSTOP_WEB_AT_ONCE are 1 or more; for example LONGSTOP_WEB_PER_SECOND=200")
	}
	for _, text := range s.Proxies {
		network, err := netip.ParsePrefix(text)
		if address, addressErr := netip.ParseAddr(text); addressErr == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return l, program.Usagef("%s: %q is not a network; for example %s=10.0.3.0/24", envProxies, text, envProxies)
		}
		l.Proxies = append(l.Proxies, network.Masked())
	}
	return l, nil
}

// checkTransport returns what is wrong with how the API would be reached: a key that goes over a network in the clear
// is everybody's on the way.
func (s settings) checkTransport() error {
	host, _, err := net.SplitHostPort(s.Address)
	switch {
	case err != nil:
		return program.Usagef("%s: %w; for example %s=127.0.0.1:8090", envAddress, err, envAddress)
	case (s.Cert == "") != (s.Key == ""):
		return program.Usagef("%s and %s go together: set both, or neither", envCert, envKey)
	case s.Cert != "" && s.Cleartext:
		return program.Usagef("%s asks for TLS and %s for none: unset one", envCert, envCleartext)
	case s.Cert == "" && !s.Cleartext && !isLoopback(host):
		return program.Usagef("%s=%s is reached from other machines, and without TLS the keys would be read on the way: set %s and %s; "+
			"or, behind a proxy that ends TLS, on a network that nobody else can reach, %s=true", envAddress, s.Address, envCert, envKey, envCleartext)
	}
	return nil
}

// isLoopback reports whether only this machine reaches a host.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
