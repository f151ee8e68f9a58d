package mailbox

import (
	"cmp"
	"crypto/x509"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"longstop/notify/bounce"
	"longstop/notify/setting"
)

// The settings.
const (
	envAddress  = "LONGSTOP_BOUNCES_ADDRESS"
	envKey      = "LONGSTOP_BOUNCES_KEY"
	envIMAP     = "LONGSTOP_BOUNCES_IMAP_URL"
	envPassword = "LONGSTOP_BOUNCES_IMAP_PASSWORD" //nolint:gosec // the name of a setting
	envCAFile   = "LONGSTOP_BOUNCES_IMAP_CA_FILE"
	envMaildir  = "LONGSTOP_BOUNCES_MAILDIR"
)

var examples = setting.Examples{
	envAddress:            envAddress + "=bounces@council.example",
	envKey:                envKey + "_FILE=/run/secrets/bounces_key",
	envKey + "_FILE":      envKey + "_FILE=/run/secrets/bounces_key",
	envIMAP:               envIMAP + "=imaps://bounces@mail.council.example",
	envPassword:           envPassword + "_FILE=/run/secrets/bounces_password",
	envPassword + "_FILE": envPassword + "_FILE=/run/secrets/bounces_password",
	envCAFile:             envCAFile + "=/etc/ssl/council-ca.pem",
	envMaildir:            envMaildir + "=/var/mail/bounces",
}

// TLS is how the connection to the mailbox is protected.
type TLS string

// ImplicitTLS speaks TLS at once (port 993), StartTLS turns to it before anything else (port 143).
// NoTLS never does, and is for a server on this machine.
const (
	ImplicitTLS TLS = "tls"
	StartTLS    TLS = "starttls"
	NoTLS       TLS = "none"
)

// DefaultTimeout bounds one round.
const DefaultTimeout = 5 * time.Minute

// IMAPConfig says how to reach a mailbox.
type IMAPConfig struct {
	Host     string
	Port     int // 0: 993, or 143 without ImplicitTLS
	Username string
	Password setting.Secret
	TLS      TLS    // "": ImplicitTLS
	Folder   string // that is read; "": INBOX
	Taken    string // the folder that reports are moved to; "": Longstop-taken
	Timeout  time.Duration
	Roots    *x509.CertPool
}

func (c IMAPConfig) withDefaults() IMAPConfig {
	c.TLS = cmp.Or(c.TLS, ImplicitTLS)
	if c.Port == 0 {
		c.Port = 143
		if c.TLS == ImplicitTLS {
			c.Port = 993
		}
	}
	c.Folder, c.Taken, c.Timeout = cmp.Or(c.Folder, "INBOX"), cmp.Or(c.Taken, "Longstop-taken"), cmp.Or(c.Timeout, DefaultTimeout)
	return c
}

func (c IMAPConfig) addr() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

func (c IMAPConfig) check() error {
	switch {
	case c.Host == "":
		return examples.Wrong(envIMAP, "it names no server")
	case c.Port < 1 || c.Port > 65535:
		return examples.Wrong(envIMAP, "the port must be a number from 1 to 65535")
	case c.TLS != ImplicitTLS && c.TLS != StartTLS && c.TLS != NoTLS:
		return examples.Wrong(envIMAP, "tls must be tls, starttls or none")
	case c.TLS == NoTLS && !isLoopback(c.Host):
		return examples.Wrong(envIMAP, "a password is not sent without TLS to another machine")
	case c.Username == "":
		return examples.Wrong(envIMAP, "it names no user")
	case c.Password == "":
		return examples.Wrong(envPassword, "there is no password for the mailbox")
	case strings.EqualFold(c.Folder, c.Taken):
		return examples.Wrong(envIMAP, "what is taken must go to another folder than the one that is read")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Config says how reports of mail servers reach Longstop.
type Config struct {
	Addresses *bounce.Addresses // nil: the messages carry no envelope address of their own
	IMAP      *IMAPConfig       // the mailbox that is read; nil: none is
	Maildir   string            // the maildir that is read; "": none is
}

// ParseEnv reads the settings of the mailbox of reports:
//
//	LONGSTOP_BOUNCES_ADDRESS        the mailbox: each message is sent from ADDRESS with a plus and an id before its @
//	LONGSTOP_BOUNCES_KEY            what the ids are checked by, or LONGSTOP_BOUNCES_KEY_FILE
//	LONGSTOP_BOUNCES_IMAP_URL       imaps://USER@HOST:PORT?OPTIONS; imap:// is tls=starttls
//	  tls=tls|starttls|none
//	  folder=INBOX                  that is read
//	  taken=Longstop-taken          the folder that reports are moved to
//	LONGSTOP_BOUNCES_IMAP_PASSWORD  the user's password, or LONGSTOP_BOUNCES_IMAP_PASSWORD_FILE
//	LONGSTOP_BOUNCES_IMAP_CA_FILE   certificates (PEM) to trust instead of the machine's
//	LONGSTOP_BOUNCES_MAILDIR        a maildir that is read instead
//
// It returns ok false, and no error, where nothing is set. An error is a *setting.Error.
func ParseEnv(getenv func(string) string) (cfg Config, ok bool, err error) {
	if cfg.Addresses, err = readAddresses(getenv); err != nil {
		return Config{}, false, err
	}
	if cfg.IMAP, err = readIMAP(getenv); err != nil {
		return Config{}, false, err
	}
	cfg.Maildir = strings.TrimSpace(getenv(envMaildir))
	if cfg.IMAP != nil && cfg.Maildir != "" {
		return Config{}, false, examples.Wrong(envMaildir, "there is a mailbox to read by IMAP as well; keep one")
	}
	return cfg, cfg.Addresses != nil || cfg.IMAP != nil || cfg.Maildir != "", nil
}

func readAddresses(getenv func(string) string) (*bounce.Addresses, error) {
	key, err := examples.ReadSecret(getenv, envKey)
	if err != nil {
		return nil, err
	}
	mailbox := strings.TrimSpace(getenv(envAddress))
	switch {
	case mailbox == "" && key == "":
		return nil, nil //nolint:nilnil // neither is set
	case mailbox == "":
		return nil, examples.Wrong(envAddress, "there is a key for envelope addresses, but no mailbox")
	case len(key) < 16:
		return nil, examples.Wrong(envKey, "it must have 16 characters or more: make one with openssl rand -hex 32")
	}
	a, err := bounce.NewAddresses(mailbox, []byte(key))
	if err != nil {
		return nil, examples.Wrong(envAddress, err.Error())
	}
	return a, nil
}

func readIMAP(getenv func(string) string) (*IMAPConfig, error) {
	raw := strings.TrimSpace(getenv(envIMAP))
	password, err := examples.ReadSecret(getenv, envPassword)
	if err != nil {
		return nil, err
	}
	if raw == "" {
		if password != "" {
			return nil, examples.Wrong(envIMAP, "there is a password for the mailbox, but the server is not named")
		}
		return nil, nil //nolint:nilnil // it is not set
	}
	cfg, err := parseURL(raw)
	if err != nil {
		return nil, err
	}
	cfg.Password = password
	if file := getenv(envCAFile); file != "" {
		text, err := examples.ReadFile(file, envCAFile)
		if err != nil {
			return nil, err
		}
		cfg.Roots = x509.NewCertPool()
		if !cfg.Roots.AppendCertsFromPEM(text) {
			return nil, examples.Wrong(envCAFile, "it holds no certificate in PEM format")
		}
	}
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &cfg, nil
}

// parseURL reads the address of the mailbox. What net/url says is not passed on: it quotes the
// address.
func parseURL(raw string) (IMAPConfig, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return IMAPConfig{}, examples.Wrong(envIMAP, "it is not an address of the form imaps://USER@HOST:PORT")
	}
	cfg := IMAPConfig{Host: u.Hostname(), Username: u.User.Username(), TLS: ImplicitTLS}
	if _, has := u.User.Password(); has {
		return IMAPConfig{}, examples.Wrong(envIMAP, "it holds a password; put that into "+envPassword)
	}
	switch u.Scheme {
	case "imaps":
	case "imap":
		cfg.TLS = StartTLS
	default:
		return IMAPConfig{}, examples.Wrong(envIMAP, "it must begin with imaps:// or imap://")
	}
	if port := u.Port(); port != "" {
		if cfg.Port, err = strconv.Atoi(port); err != nil || cfg.Port < 1 {
			return IMAPConfig{}, examples.Wrong(envIMAP, "the port must be a number from 1 to 65535")
		}
	}
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return IMAPConfig{}, examples.Wrong(envIMAP, "the options after ? cannot be read")
	}
	for name, values := range options {
		switch {
		case len(values) != 1:
			return IMAPConfig{}, examples.Wrong(envIMAP, "an option is given twice")
		case name == "tls":
			cfg.TLS = TLS(values[0])
		case name == "folder":
			cfg.Folder = values[0]
		case name == "taken":
			cfg.Taken = values[0]
		default:
			return IMAPConfig{}, examples.Wrong(envIMAP, "the options are tls, folder and taken")
		}
	}
	return cfg, nil
}
