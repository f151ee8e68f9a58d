package email

import (
	"crypto/x509"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"longstop/notify/setting"
)

// The settings.
const (
	envURL          = "LONGSTOP_SMTP_URL"
	envFrom         = "LONGSTOP_SMTP_FROM"
	envPassword     = "LONGSTOP_SMTP_PASSWORD"
	envPasswordFile = "LONGSTOP_SMTP_PASSWORD_FILE"
	envCAFile       = "LONGSTOP_SMTP_CA_FILE"
)

var examples = setting.Examples{
	envURL:          envURL + "=smtp://longstop@mail.council.example:587?tls=starttls&from=longstop@council.example",
	envFrom:         envFrom + "='Longstop <longstop@council.example>'",
	envPassword:     envPasswordFile + "=/run/secrets/smtp_password",
	envPasswordFile: envPasswordFile + "=/run/secrets/smtp_password",
	envCAFile:       envCAFile + "=/etc/ssl/council-ca.pem",
}

// SettingError says which setting is wrong, what is wrong with it, and what a right one
// looks like. It never holds the value: an address may hold a password.
type SettingError = setting.Error

func wrong(setting, reason string) error { return examples.Wrong(setting, reason) }

// ParseEnv reads the settings of the mail server:
//
//	LONGSTOP_SMTP_URL            smtp://USER@HOST:PORT?OPTIONS; smtps:// is the same as tls=tls; only HOST is needed
//	  tls=starttls|tls|none      starttls unless set
//	  cleartext=yes              needed for tls=none to another machine
//	  from=ADDRESS               the sender
//	  helo=NAME                  what we call ourselves; the sender's domain unless set
//	  timeout=30s                of one message
//	  connections=2              at once, at most
//	  per_minute=30              messages, at most; no limit unless set
//	LONGSTOP_SMTP_FROM           the sender, with or without a name; goes before from=
//	LONGSTOP_SMTP_PASSWORD       the user's password, or
//	LONGSTOP_SMTP_PASSWORD_FILE  a file that holds it
//	LONGSTOP_SMTP_CA_FILE        certificates (PEM) to trust instead of the machine's
//
// It returns ok false, and no error, where no mail server is set. An error is a
// *SettingError.
func ParseEnv(getenv func(string) string) (cfg Config, ok bool, err error) {
	raw := strings.TrimSpace(getenv(envURL))
	if raw == "" {
		if getenv(envPassword) != "" || getenv(envPasswordFile) != "" {
			return Config{}, false, wrong(envURL, "there is a password for the mail server, but the server is not named")
		}
		return Config{}, false, nil
	}
	cfg, err = parseURL(raw)
	if err != nil {
		return Config{}, false, err
	}
	for _, read := range []func(*Config, func(string) string) error{readFrom, readPassword, readRoots} {
		if err := read(&cfg, getenv); err != nil {
			return Config{}, false, err
		}
	}
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return Config{}, false, err
	}
	return cfg, true, nil
}

// parseURL reads the address of the mail server. What net/url says is not passed on: it
// quotes the address.
func parseURL(raw string) (Config, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return Config{}, wrong(envURL, "it is not an address of the form smtp://USER@HOST:PORT")
	}
	cfg := Config{Host: u.Hostname(), Username: u.User.Username()}
	if _, has := u.User.Password(); has {
		return Config{}, wrong(envURL, "it holds a password; put that into "+envPassword+" or "+envPasswordFile)
	}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		cfg.TLS = ImplicitTLS
	default:
		return Config{}, wrong(envURL, "it must begin with smtp:// or smtps://")
	}
	if strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return Config{}, wrong(envURL, "only options (?tls=…) may follow the port")
	}
	if port := u.Port(); port != "" {
		if cfg.Port, err = strconv.Atoi(port); err != nil || cfg.Port < 1 {
			return Config{}, wrong(envURL, "the port must be a number from 1 to 65535")
		}
	}
	return cfg, cfg.readOptions(u)
}

func (c *Config) readOptions(u *url.URL) error {
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return wrong(envURL, "the options after ? cannot be read")
	}
	for name, values := range options {
		if len(values) != 1 {
			return wrong(envURL, "an option is given twice")
		}
		if err := c.option(name, values[0]); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) option(name, value string) error {
	switch name {
	case "tls":
		if c.TLS == ImplicitTLS && value != string(ImplicitTLS) {
			return wrong(envURL, "smtps:// means tls=tls; write smtp:// for another")
		}
		c.TLS = TLS(value)
	case "from":
		return c.setFrom(value, envURL)
	case "helo":
		c.HELO = value
	case "cleartext":
		if value != "yes" {
			return wrong(envURL, "cleartext can only be yes; leave it out otherwise")
		}
		c.Cleartext = true
	case "connections":
		return c.readNumber(&c.Connections, name, value)
	case "per_minute":
		return c.readNumber(&c.PerMinute, name, value)
	case "timeout":
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return wrong(envURL, "timeout must be a length of time such as 30s")
		}
		c.Timeout = d
	default:
		return wrong(envURL, "the options are tls, cleartext, from, helo, timeout, connections and per_minute")
	}
	return nil
}

func (*Config) readNumber(into *int, name, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return wrong(envURL, name+" must be a number, 1 or more")
	}
	*into = n
	return nil
}

func (c *Config) setFrom(value, setting string) error {
	a, err := mail.ParseAddress(value)
	if err != nil {
		return wrong(setting, "the sender is not an e-mail address")
	}
	c.From, c.FromName = a.Address, a.Name
	return nil
}

func readFrom(c *Config, getenv func(string) string) error {
	if from := getenv(envFrom); from != "" {
		return c.setFrom(from, envFrom)
	}
	return nil
}

func readPassword(c *Config, getenv func(string) string) (err error) {
	c.Password, err = examples.ReadSecret(getenv, envPassword)
	return err
}

func readRoots(c *Config, getenv func(string) string) error {
	file := getenv(envCAFile)
	if file == "" {
		return nil
	}
	text, err := examples.ReadFile(file, envCAFile)
	if err != nil {
		return err
	}
	c.Roots = x509.NewCertPool()
	if !c.Roots.AppendCertsFromPEM(text) {
		return wrong(envCAFile, "the file holds no certificate in PEM format")
	}
	return nil
}
