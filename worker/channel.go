package main

import (
	"context"
	"os"
	"strings"

	"github.com/rs/zerolog"

	"longstop/notify"
	"longstop/notify/email"
	notifylog "longstop/notify/log"
)

// channel is how people are told.
type channel struct {
	notify.Channel
	domain string       // of the Message-IDs; "": the record's own
	close  func() error // ends its connections
}

// newChannel is e-mail where a mail server is set, else the log, which it says. A mail
// server that does not answer now may later: notices wait and are tried again.
func newChannel(ctx context.Context, log zerolog.Logger) (channel, error) {
	config, set, err := email.ParseEnv(os.Getenv)
	if err != nil {
		return channel{}, &usageError{err}
	}
	if !set {
		log.Warn().Msg("no e-mail is configured (LONGSTOP_SMTP_URL): notices go to the record and to this log, and reach nobody")
		return channel{Channel: notifylog.New(log), close: func() error { return nil }}, nil
	}
	mail, err := email.New(config)
	if err != nil {
		return channel{}, &usageError{err}
	}
	if err := mail.Check(ctx); err != nil {
		log.Warn().Err(err).Msg("the mail server does not take messages now: notices wait until it does")
	} else {
		log.Info().Str("server", config.Addr()).Msg("notices go by e-mail")
	}
	_, domain, _ := strings.Cut(config.From, "@")
	return channel{Channel: mail, domain: domain, close: mail.Close}, nil
}
