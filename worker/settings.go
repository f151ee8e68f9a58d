package main

import (
	"errors"
	"net/mail"

	"github.com/alecthomas/kong"

	"longstop/internal/program"
)

const description = `Runs Longstop's clocks: the workflows that wait, and the activities that tell people.

Example:

    LONGSTOP_DATABASE_URL=postgres://longstop@localhost:5432/longstop TEMPORAL_ADDRESS=127.0.0.1:7233 \
      LONGSTOP_SMTP_URL=smtp://mail.council.example LONGSTOP_SMTP_FROM=longstop@council.example worker

Temporal is reached through the SDK's own settings: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE (longstop where it is not set),
TEMPORAL_API_KEY, TEMPORAL_TLS_..., TEMPORAL_PROFILE. E-mail: LONGSTOP_SMTP_URL, LONGSTOP_SMTP_FROM, LONGSTOP_SMTP_PASSWORD,
or by GOV.UK Notify: LONGSTOP_NOTIFY_API_KEY, LONGSTOP_NOTIFY_EMAIL_TEMPLATE;
without it the worker does not start, unless LONGSTOP_NOTICES=log says that notices are to reach nobody.`

// settings are the worker's own. Each can be given as a flag or in the environment.
type settings struct {
	DatabaseURL     string   `env:"LONGSTOP_DATABASE_URL" placeholder:"URL" help:"The Postgres that holds the record. Better given in the environment: other users can see a command line."`
	DatabaseURLFile string   `env:"LONGSTOP_DATABASE_URL_FILE" placeholder:"FILE" help:"A file that holds it."`
	TrustedHosts    []string `env:"LONGSTOP_DATABASE_TRUSTED_HOSTS" placeholder:"HOST,..." help:"Other machines to which the record may go without sslmode=verify-full: those of a network that nobody else can reach."`
	MetricsAddress  string   `env:"LONGSTOP_METRICS_ADDRESS" default:"127.0.0.1:9464" placeholder:"HOST:PORT" help:"Where /metrics, /healthz and /readyz answer. Default: ${default}."`
	CodecOrigin     string   `env:"LONGSTOP_CODEC_ORIGIN" placeholder:"ORIGIN" help:"The Temporal UI for which payloads are opened under /codec/ of that address, such as https://temporal.example.org. Default: for none."`
	CodecTokenFile  string   `env:"LONGSTOP_CODEC_TOKEN_FILE" placeholder:"FILE" help:"A file with the token that whoever has payloads opened must show."`
	LogLevel        string   `env:"LONGSTOP_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error. Default: ${default}."`
	Notices         string   `env:"LONGSTOP_NOTICES" placeholder:"HOW" help:"email, govuknotify, both joined by a comma, or log: notices are written to the log and reach nobody. Needed where no mail server is set."`
	ReplyTo         string   `env:"LONGSTOP_REPLY_TO" placeholder:"ADDRESS" help:"The e-mail address of who reads replies to notices and answers questions about them. Default: nobody, and each notice says so."`
	DemoClock       string   `env:"LONGSTOP_DEMO_CLOCK" placeholder:"JSON" help:"Case time that runs fast; refused outside of a namespace and a database made for it."`
	Promote         bool     `env:"LONGSTOP_PROMOTE" help:"Make this build the one that runs the pathways, though another does."`
	TakeOver        string   `env:"LONGSTOP_TAKE_OVER" placeholder:"WHEN" help:"when-gone: a newer build takes over once the one that runs the pathways has no worker any more. never: only a promoted one does. Default: when-gone."`

	Probe   bool             `help:"Ask the worker on this machine whether it is ready, and exit 0 if it is."`
	Version kong.VersionFlag `help:"Print the build and exit."`
}

// errReplyTo says what LONGSTOP_REPLY_TO should be. It does not repeat what it is.
var errReplyTo = errors.New("LONGSTOP_REPLY_TO: expected one e-mail address, without a name; for example LONGSTOP_REPLY_TO=longstop-help@council.example")

// checkReplyTo refuses an address for replies with which no message could be sent.
func (s settings) checkReplyTo() error {
	if s.ReplyTo == "" {
		return nil
	}
	if a, err := mail.ParseAddress(s.ReplyTo); err != nil || a.Address != s.ReplyTo {
		return program.Usage(errReplyTo)
	}
	return nil
}

// database returns the address of the record. It holds a password, so no error repeats it.
func (s settings) database() (string, error) {
	url, err := program.Address(program.Database, s.DatabaseURL, s.DatabaseURLFile)
	if err == nil && url == "" {
		err = program.NoDatabase()
	}
	return url, err
}
