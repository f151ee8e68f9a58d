package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"longstop/internal/program"
	"longstop/notify"
	"longstop/notify/bounce/mailbox"
	"longstop/notify/channel/breaker"
	"longstop/notify/channel/email"
	"longstop/notify/channel/failover"
	"longstop/notify/channel/govuknotify"
	notifylog "longstop/notify/channel/log"
)

// channel is how people are told.
type channel struct {
	notify.Channel
	logOnly  bool               // it reaches nobody
	domain   string             // of the Message-IDs; "": the record's own
	slots    int                // how many messages may be under way at once
	breakers []*breaker.Breaker // one for each channel that needs one
	close    func() error       // ends its connections

	bounces  mailbox.Config       // how mail servers report what they could not deliver
	notify   *govuknotify.Channel // nil where notices do not go by GOV.UK Notify
	receipts bool                 // GOV.UK Notify sends receipts
}

// The values of LONGSTOP_NOTICES. Unset, notices go by e-mail, which must then be set up.
const (
	noticesByEmail  = "email"
	noticesByNotify = "govuknotify"
	noticesToLog    = "log"
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
	errNoNotify = errors.New("LONGSTOP_NOTICES=govuknotify says that notices go by GOV.UK Notify, but there is no key or no template for e-mail; " +
		"for example LONGSTOP_NOTIFY_API_KEY_FILE=/run/secrets/notify_api_key and LONGSTOP_NOTIFY_EMAIL_TEMPLATE=f33517ff-2a88-4f6e-b855-c550268ce08a")
	errNotifyToo = errors.New("both a mail server (LONGSTOP_SMTP_URL) and GOV.UK Notify (LONGSTOP_NOTIFY_API_KEY) are set: " +
		"say by which notices go, with LONGSTOP_NOTICES=email, LONGSTOP_NOTICES=govuknotify, or email,govuknotify: by the second while the first takes nothing")
	errNotifyToLog    = errors.New("LONGSTOP_NOTICES=log says that notices reach nobody, but LONGSTOP_NOTIFY_API_KEY is set: unset one of them")
	errNoBounces      = errors.New("LONGSTOP_BOUNCES_... is for notices that go by a mail server: unset it, since GOV.UK Notify reports what it could not deliver in its own way")
	errNoticesUnknown = errors.New("LONGSTOP_NOTICES: email, govuknotify or log, or the first two joined by a comma; for example LONGSTOP_NOTICES=log, with which notices reach nobody")
)

// newChannel returns e-mail, by a mail server or by GOV.UK Notify, or the log where LONGSTOP_NOTICES says so
// in as many words. A server that does not answer now may later: notices wait and are tried again.
func (s *service) newChannel(ctx context.Context) (channel, error) {
	config, mail, err := email.ParseEnv(os.Getenv)
	if err != nil {
		return channel{}, program.Usage(err)
	}
	gov, byNotify, err := govuknotify.ParseEnv(os.Getenv)
	if err != nil {
		return channel{}, program.Usage(err)
	}
	bounces, reports, err := mailbox.ParseEnv(os.Getenv)
	if err != nil {
		return channel{}, program.Usage(err)
	}
	order, err := chooseChannels(s.settings.Notices, mail, byNotify && gov.EmailTemplate != "")
	if err == nil && reports && !slices.Contains(order, noticesByEmail) && !slices.Contains(order, noticesToLog) {
		err = errNoBounces
	}
	if err != nil {
		return channel{}, program.Usage(err)
	}
	var all []channel
	for _, how := range order {
		var c channel
		switch how {
		case noticesByEmail:
			c, err = s.emailChannel(ctx, config, bounces)
		case noticesByNotify:
			c, err = s.notifyChannel(ctx, gov)
		default:
			c = s.logChannel()
		}
		if err != nil {
			return channel{}, err
		}
		all = append(all, c)
	}
	c := join(all)
	s.metrics.watch(c.breakers)
	return c, nil
}

// join makes one channel of several, of which each carries the messages while those before it take none.
func join(all []channel) channel {
	c := all[0]
	if len(all) == 1 {
		return c
	}
	var next []notify.Channel
	var ends []func() error
	for i, other := range all {
		ends = append(ends, other.close)
		if i == 0 {
			continue
		}
		next = append(next, other.Channel)
		c.breakers = append(c.breakers, other.breakers...)
		c.domain = cmp.Or(c.domain, other.domain)
		c.receipts = c.receipts || other.receipts
		if c.notify == nil {
			c.notify = other.notify
		}
		if other.bounces != (mailbox.Config{}) {
			c.bounces = other.bounces
		}
	}
	c.Channel = failover.New(c.Channel, next...)
	c.close = func() error {
		var failed error
		for _, end := range ends {
			failed = errors.Join(failed, end())
		}
		return failed
	}
	return c
}

func (s *service) logChannel() channel {
	s.log.Warn().Msg("LONGSTOP_NOTICES=log: notices are written to this log and reach nobody; what is due is made up for once e-mail is set up (LONGSTOP_SMTP_URL)")
	return channel{Channel: s.metrics.counted(notifylog.New(s.log)), logOnly: true, slots: logSlots, close: func() error { return nil }}
}

// notifyChannel returns e-mail by GOV.UK Notify.
func (s *service) notifyChannel(ctx context.Context, config govuknotify.Config) (channel, error) {
	c, err := govuknotify.New(config, govuknotify.Email)
	if err != nil {
		return channel{}, program.Usage(err)
	}
	if err := c.Check(ctx); err != nil {
		s.log.Warn().Err(err).Msg("GOV.UK Notify does not take messages now: notices wait until it does")
	} else {
		s.log.Info().Msg("notices go by e-mail, by GOV.UK Notify")
	}
	b := breaker.New(breaker.Options{Channel: c, Log: s.log, Now: s.wallNow, Resumed: s.wakeUnsent})
	return channel{
		Channel: s.metrics.counted(b), slots: govuknotify.DefaultAtOnce, breakers: []*breaker.Breaker{b}, close: func() error { return nil },
		notify: c, receipts: config.ReceiptToken != "",
	}, nil
}

// emailChannel returns e-mail by a mail server.
func (s *service) emailChannel(ctx context.Context, config email.Config, bounces mailbox.Config) (channel, error) {
	log, m := s.log, s.metrics
	config.Bounces = bounces.Addresses
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
	return channel{Channel: m.counted(b), domain: config.Domain(), slots: config.Connections, breakers: []*breaker.Breaker{b}, close: c.Close, bounces: bounces}, nil
}

// chooseChannels returns how notices go, in the order in which it is tried, by LONGSTOP_NOTICES and by what is
// set up.
func chooseChannels(notices string, mail, byNotify bool) (order []string, err error) {
	if notices == "" {
		switch {
		case mail && byNotify:
			return nil, errNotifyToo
		case mail:
			return []string{noticesByEmail}, nil
		case byNotify:
			return []string{noticesByNotify}, nil
		}
		return nil, errNoChannel
	}
	order = strings.Split(notices, ",")
	for i, how := range order {
		how = strings.TrimSpace(how)
		switch {
		case how != noticesByEmail && how != noticesByNotify && how != noticesToLog,
			slices.Contains(order[:i], how), how == noticesToLog && len(order) > 1:
			return nil, errNoticesUnknown
		case how == noticesByEmail && !mail:
			return nil, errNoMail
		case how == noticesByNotify && !byNotify:
			return nil, errNoNotify
		case how == noticesToLog && mail:
			return nil, errTwoChannels
		case how == noticesToLog && byNotify:
			return nil, errNotifyToLog
		}
		order[i] = how
	}
	return order, nil
}

// detail returns what /readyz adds about the channel; "" where all is well.
func (c *channel) detail() string {
	var since time.Time
	paused := 0
	for _, b := range c.breakers {
		if state := b.State(); state.Paused {
			paused++
			since = state.Since
		}
	}
	switch {
	case paused == 0:
		return ""
	case paused < len(c.breakers):
		return "one way of sending is paused since " + since.UTC().Format(time.RFC3339) + ", the other carries the messages, see the log"
	}
	return "sending is paused since " + since.UTC().Format(time.RFC3339) + ", see the log"
}
