package main

import (
	"context"
	"errors"
	"os"
	"time"

	"longstop/internal/program"
	"longstop/notify"
	"longstop/notify/channel/breaker"
	"longstop/notify/channel/email"
	notifylog "longstop/notify/channel/log"
)

// channel is how people are told.
type channel struct {
	notify.Channel
	logOnly bool             // it reaches nobody
	domain  string           // of the Message-IDs; "": the record's own
	slots   int              // how many messages may be under way at once
	breaker *breaker.Breaker // nil where the channel needs none
	close   func() error     // ends its connections
}

// The values of LONGSTOP_NOTICES. Unset, notices go by e-mail, which must then be set up.
const (
	noticesByEmail = "email"
	noticesToLog   = "log"
)

// logSlots is how many notices are written to the log at once: each waits for Postgres only.
const logSlots = 4

var (
	errNoChannel = errors.New("nobody could be told of anything: neither LONGSTOP_SMTP_URL nor LONGSTOP_NOTICES is set. " +
		"Name the mail server, for example LONGSTOP_SMTP_URL=smtp://longstop@mail.council.example:587?tls=starttls and " +
		"LONGSTOP_SMTP_FROM=longstop@council.example; or, to try Longstop without telling anybody, say LONGSTOP_NOTICES=log")
	errTwoChannels = errors.New("LONGSTOP_NOTICES=log says that notices reach nobody, but LONGSTOP_SMTP_URL names a mail server: unset one of them")
	errNoMail      = errors.New("LONGSTOP_NOTICES=email says that notices go by e-mail, but no mail server is set; " +
		"for example LONGSTOP_SMTP_URL=smtp://longstop@mail.council.example:587?tls=starttls and LONGSTOP_SMTP_FROM=longstop@council.example")
	errNoticesUnknown = errors.New("LONGSTOP_NOTICES: email or log; for example LONGSTOP_NOTICES=log, with which notices reach nobody")
)

// newChannel returns e-mail, or the log where LONGSTOP_NOTICES says so in as many words. A mail
// server that does not answer now may later: notices wait and are tried again.
func (s *service) newChannel(ctx context.Context) (channel, error) {
	log, m := s.log, s.metrics
	config, mail, err := email.ParseEnv(os.Getenv)
	if err == nil {
		err = checkNotices(s.settings.Notices, mail)
	}
	if err != nil {
		return channel{}, program.Usage(err)
	}
	if !mail {
		log.Warn().Msg("LONGSTOP_NOTICES=log: notices are written to this log and reach nobody; what is due is made up for once e-mail is set up (LONGSTOP_SMTP_URL)")
		return channel{Channel: m.counted(notifylog.New(log)), logOnly: true, slots: logSlots, close: func() error { return nil }}, nil
	}
	c, err := email.New(config)
	if err != nil {
		return channel{}, program.Usage(err)
	}
	if config.InTheClear() {
		log.Warn().Str("server", config.Addr()).Msg("letters about children travel to the mail server in the clear (tls=none&cleartext=yes in LONGSTOP_SMTP_URL): everybody on the way can read them")
	}
	if err := c.Check(ctx); err != nil {
		log.Warn().Err(err).Msg("the mail server does not take messages now: notices wait until it does")
	} else {
		log.Info().Str("server", config.Addr()).Msg("notices go by e-mail")
	}
	b := breaker.New(breaker.Options{Channel: c, Log: log, Now: s.wallNow, Resumed: s.wakeUnsent})
	m.watch(b)
	return channel{Channel: m.counted(b), domain: config.Domain(), slots: config.Connections, breaker: b, close: c.Close}, nil
}

func checkNotices(notices string, mail bool) error {
	switch {
	case notices != "" && notices != noticesByEmail && notices != noticesToLog:
		return errNoticesUnknown
	case notices == noticesToLog && mail:
		return errTwoChannels
	case notices == noticesByEmail && !mail:
		return errNoMail
	case notices == "" && !mail:
		return errNoChannel
	}
	return nil
}

// detail returns what /readyz adds about the channel; "" where all is well.
func (c *channel) detail() string {
	if c.breaker == nil {
		return ""
	}
	if s := c.breaker.State(); s.Paused {
		return "sending is paused since " + s.Since.UTC().Format(time.RFC3339) + ", see the log"
	}
	return ""
}
