package teams

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"longstop/internal/casetime"
	"longstop/notify/setting"
)

// The settings.
const (
	envURL      = "LONGSTOP_TEAMS_URL"
	envEnvelope = "LONGSTOP_TEAMS_ENVELOPE"
	envHosts    = "LONGSTOP_TEAMS_HOSTS"
)

var examples = setting.Examples{
	envURL:           envURL + "_FILE=/run/secrets/teams_url",
	envURL + "_FILE": envURL + "_FILE=/run/secrets/teams_url",
	envEnvelope:      envEnvelope + "=message",
	envHosts:         envHosts + "=.environment.api.powerplatform.com",
}

// Envelope is what the council's workflow takes.
type Envelope string

// Message is what the template "Post to a channel when a webhook request is received" takes, Card
// what "Send webhook alerts to a channel" takes.
const (
	Message Envelope = "message"
	Card    Envelope = "card"
)

// hosts are where Power Automate has its webhooks.
var hosts = []string{".environment.api.powerplatform.com"}

// DefaultTimeout bounds the posting of one card.
const DefaultTimeout = 30 * time.Second

// Config says where cards are posted.
type Config struct {
	URL      setting.Secret // whoever has it can post
	Envelope Envelope       // "": Message
	// Hosts are the machines that cards may go to; one that begins with a dot is a domain with all
	// that is below it. nil: Power Automate's.
	Hosts []string

	Timeout time.Duration    // of one card; 0: DefaultTimeout
	Now     func() time.Time // nil: the machine's clock
}

func (c Config) withDefaults() Config {
	if c.Envelope == "" {
		c.Envelope = Message
	}
	if c.Hosts == nil {
		c.Hosts = hosts
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Now == nil {
		c.Now = casetime.WallNow
	}
	return c
}

// ParseEnv reads the settings of Teams:
//
//	LONGSTOP_TEAMS_URL       the address of the workflow's webhook, or LONGSTOP_TEAMS_URL_FILE, a file that holds it
//	LONGSTOP_TEAMS_ENVELOPE  message (unless set) or card: what the workflow's template takes
//	LONGSTOP_TEAMS_HOSTS     the hosts that the webhook may be on, joined by commas; Power Automate's unless set
//
// It returns ok false, and no error, where there is no address. An error is a *setting.Error.
func ParseEnv(getenv func(string) string) (cfg Config, ok bool, err error) {
	cfg.URL, err = examples.ReadSecret(getenv, envURL)
	if err != nil || cfg.URL == "" {
		return Config{}, false, err
	}
	cfg.URL = setting.Secret(strings.TrimSpace(string(cfg.URL)))
	cfg.Envelope = Envelope(strings.TrimSpace(getenv(envEnvelope)))
	for _, host := range strings.FieldsFunc(getenv(envHosts), func(r rune) bool { return r == ',' || r == ' ' }) {
		cfg.Hosts = append(cfg.Hosts, strings.ToLower(strings.TrimPrefix(host, "*")))
	}
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return Config{}, false, err
	}
	return cfg, true, nil
}

// check returns what is wrong with a filled Config.
func (c Config) check() error {
	u, err := url.Parse(string(c.URL))
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return examples.Wrong(envURL, "it is not the address of a webhook")
	case u.String() != string(c.URL):
		// The signature in it is checked against what is sent.
		return examples.Wrong(envURL, "it cannot be sent as it stands, byte for byte; copy it from the workflow again")
	case !c.allows(u.Hostname()):
		return examples.Wrong(envURL, "its host is not one that "+envHosts+" allows")
	case u.Scheme != "https" && !isLoopback(u.Hostname()):
		return examples.Wrong(envURL, "it must begin with https://")
	case c.Envelope != Message && c.Envelope != Card:
		return examples.Wrong(envEnvelope, "it can be message or card, by the template of the workflow")
	}
	return nil
}

func (c Config) allows(host string) bool {
	host = strings.ToLower(host)
	return slices.ContainsFunc(c.Hosts, func(allowed string) bool {
		return host == allowed || strings.HasPrefix(allowed, ".") && strings.HasSuffix(host, allowed)
	})
}

func isLoopback(host string) bool { return host == "127.0.0.1" || host == "::1" || host == "localhost" }
