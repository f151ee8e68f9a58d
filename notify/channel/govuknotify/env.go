package govuknotify

import (
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"longstop/internal/casetime"
	"longstop/notify/setting"
)

// The settings.
const (
	envKey           = "LONGSTOP_NOTIFY_API_KEY" //nolint:gosec // the name of a setting
	envURL           = "LONGSTOP_NOTIFY_URL"
	envEmailTemplate = "LONGSTOP_NOTIFY_EMAIL_TEMPLATE"
	envSMSTemplate   = "LONGSTOP_NOTIFY_SMS_TEMPLATE"
	envReplyTo       = "LONGSTOP_NOTIFY_REPLY_TO"
	envSMSSender     = "LONGSTOP_NOTIFY_SMS_SENDER"
	envReceiptToken  = "LONGSTOP_NOTIFY_RECEIPT_TOKEN" //nolint:gosec // the name of a setting
)

var examples = setting.Examples{
	envKey:                    envKey + "_FILE=/run/secrets/notify_api_key",
	envKey + "_FILE":          envKey + "_FILE=/run/secrets/notify_api_key",
	envURL:                    envURL + "=" + notifyURL,
	envEmailTemplate:          envEmailTemplate + "=f33517ff-2a88-4f6e-b855-c550268ce08a",
	envSMSTemplate:            envSMSTemplate + "=f33517ff-2a88-4f6e-b855-c550268ce08a",
	envReplyTo:                envReplyTo + "=f33517ff-2a88-4f6e-b855-c550268ce08a",
	envSMSSender:              envSMSSender + "=f33517ff-2a88-4f6e-b855-c550268ce08a",
	envReceiptToken:           envReceiptToken + "_FILE=/run/secrets/notify_receipt_token",
	envReceiptToken + "_FILE": envReceiptToken + "_FILE=/run/secrets/notify_receipt_token",
}

func templateSetting(kind Kind) string {
	if kind == SMS {
		return envSMSTemplate
	}
	return envEmailTemplate
}

// notifyURL is where Notify is. There is no other for tests.
const notifyURL = "https://api.notifications.service.gov.uk"

// DefaultTimeout bounds the sending of one message.
const DefaultTimeout = 30 * time.Second

// DefaultAtOnce is how many requests are under way at once: Notify takes 3,000 in a minute.
const DefaultAtOnce = 4

// leastToken is the fewest characters that Notify takes for the token of receipts.
const leastToken = 10

// Config says who writes by Notify, and with what.
type Config struct {
	APIKey        setting.Secret
	URL           string // "": Notify's
	EmailTemplate string // of Email; a template with ((subject)) and ((body))
	SMSTemplate   string // of SMS; a template with ((body))
	ReplyTo       string // the id of the address to answer to; "": the service's own
	SMSSender     string // the id of the sender that is shown; "": the service's own
	// ReceiptToken is what Notify shows when it sends receipts; "": it sends none, and is asked.
	ReceiptToken setting.Secret

	Timeout time.Duration    // of one message; 0: DefaultTimeout
	AtOnce  int              // requests; 0: DefaultAtOnce
	Now     func() time.Time // nil: the machine's clock
}

func (c Config) withDefaults() Config {
	if c.URL == "" {
		c.URL = notifyURL
	}
	c.URL = strings.TrimRight(c.URL, "/")
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.AtOnce == 0 {
		c.AtOnce = DefaultAtOnce
	}
	if c.Now == nil {
		c.Now = casetime.WallNow
	}
	return c
}

// ParseEnv reads the settings of Notify:
//
//	LONGSTOP_NOTIFY_API_KEY         the key, or LONGSTOP_NOTIFY_API_KEY_FILE, a file that holds it
//	LONGSTOP_NOTIFY_EMAIL_TEMPLATE  the id of a template with ((subject)) and ((body))
//	LONGSTOP_NOTIFY_SMS_TEMPLATE    the id of a template with ((body))
//	LONGSTOP_NOTIFY_REPLY_TO        the id of the address to answer to
//	LONGSTOP_NOTIFY_SMS_SENDER      the id of the sender of text messages
//	LONGSTOP_NOTIFY_RECEIPT_TOKEN   what receipts show, or LONGSTOP_NOTIFY_RECEIPT_TOKEN_FILE
//	LONGSTOP_NOTIFY_URL             another address than Notify's
//
// It returns ok false, and no error, where there is no key. An error is a *setting.Error.
func ParseEnv(getenv func(string) string) (cfg Config, ok bool, err error) {
	cfg = Config{
		URL: strings.TrimSpace(getenv(envURL)), EmailTemplate: strings.TrimSpace(getenv(envEmailTemplate)), SMSTemplate: strings.TrimSpace(getenv(envSMSTemplate)),
		ReplyTo: strings.TrimSpace(getenv(envReplyTo)), SMSSender: strings.TrimSpace(getenv(envSMSSender)),
	}
	if cfg.APIKey, err = examples.ReadSecret(getenv, envKey); err != nil {
		return Config{}, false, err
	}
	cfg.APIKey = setting.Secret(strings.TrimSpace(string(cfg.APIKey)))
	if cfg.ReceiptToken, err = examples.ReadSecret(getenv, envReceiptToken); err != nil {
		return Config{}, false, err
	}
	if cfg.APIKey == "" {
		if cfg.EmailTemplate != "" || cfg.SMSTemplate != "" {
			return Config{}, false, examples.Wrong(envKey, "there is a template of Notify's, but no key")
		}
		return Config{}, false, nil
	}
	cfg = cfg.withDefaults()
	if cfg.EmailTemplate == "" && cfg.SMSTemplate == "" {
		return Config{}, false, examples.Wrong(envEmailTemplate, "there is a key of Notify's, but no template")
	}
	for _, kind := range []Kind{Email, SMS} {
		if (kind == Email && cfg.EmailTemplate == "") || (kind == SMS && cfg.SMSTemplate == "") {
			continue
		}
		if err := cfg.check(kind); err != nil {
			return Config{}, false, err
		}
	}
	return cfg, true, nil
}

// ReceiptToken reads what receipts show, for a program that takes them and sends nothing; "" where it is
// not set. The error is a *setting.Error.
func ReceiptToken(getenv func(string) string) (setting.Secret, error) {
	token, err := examples.ReadSecret(getenv, envReceiptToken)
	if err == nil && token != "" && len(token) < leastToken {
		err = errShortToken
	}
	return token, err
}

var errShortToken = examples.Wrong(envReceiptToken, "it is too short: Notify takes 10 characters or more")

// check returns what is wrong with a filled Config, for one kind of message.
func (c Config) check(kind Kind) error {
	service, secret := splitKey(string(c.APIKey))
	template := map[Kind]string{Email: c.EmailTemplate, SMS: c.SMSTemplate}[kind]
	u, err := url.Parse(c.URL)
	switch {
	case kind != Email && kind != SMS:
		return examples.Wrong(envEmailTemplate, "Notify is used for e-mail and text messages only")
	case uuid.Validate(service) != nil || uuid.Validate(secret) != nil:
		return examples.Wrong(envKey, "it is not a key of Notify's, which is NAME-SERVICE-SECRET with two ids at its end")
	case err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "":
		return examples.Wrong(envURL, "it is not an address such as "+notifyURL)
	case u.Scheme != "https" && !isLoopback(u.Hostname()):
		return examples.Wrong(envURL, "letters about children go by https only, but for a server on this machine")
	case uuid.Validate(template) != nil:
		return examples.Wrong(templateSetting(kind), "it is not the id of a template")
	case c.ReplyTo != "" && uuid.Validate(c.ReplyTo) != nil:
		return examples.Wrong(envReplyTo, "it is not an id: Notify shows it with the address in its settings")
	case c.SMSSender != "" && uuid.Validate(c.SMSSender) != nil:
		return examples.Wrong(envSMSSender, "it is not an id: Notify shows it with the sender in its settings")
	case c.ReceiptToken != "" && len(c.ReceiptToken) < leastToken:
		return errShortToken
	}
	return nil
}

func isLoopback(host string) bool { return host == "127.0.0.1" || host == "::1" || host == "localhost" }
