package main

import (
	"context"
	"time"

	"longstop/clocks"
	"longstop/internal/program"
	"longstop/notify/bounce/mailbox"
	"longstop/notify/channel/govuknotify"
	"longstop/store/reports"
)

// How long after a message has gone GOV.UK Notify is asked what became of it: where it sends receipts, when
// one should have come.
const (
	askAfter          = 15 * time.Minute
	askWithoutReceipt = 2 * time.Hour
)

// openMailbox opens the mailbox of reports, if one is set.
func (s *service) openMailbox(context.Context) (err error) {
	set := s.channel.bounces
	switch {
	case set.IMAP != nil:
		s.mailbox, err = mailbox.IMAP(*set.IMAP, set.Addresses, reports.Of(s.record))
	case set.Maildir != "":
		s.mailbox, err = mailbox.Maildir(set.Maildir, set.Addresses, reports.Of(s.record))
	case set.Addresses != nil:
		s.log.Warn().Msg("mail servers report what they could not deliver to LONGSTOP_BOUNCES_ADDRESS, and nobody reads it: set LONGSTOP_BOUNCES_IMAP_URL or LONGSTOP_BOUNCES_MAILDIR")
	}
	if err != nil {
		return program.Usage(err)
	}
	return nil
}

// readReports starts the loops that read what far sides report later.
func (s *service) readReports(ctx context.Context) {
	if s.mailbox != nil {
		s.health.loops.start(ctx, "mailbox", func(ctx context.Context) { clocks.ReadMailbox(ctx, s.readMailbox, s.log) })
	}
	if s.channel.notify != nil {
		s.health.loops.start(ctx, "receipts", func(ctx context.Context) { clocks.AskForReports(ctx, s.askNotify, s.log) })
	}
}

func (s *service) readMailbox(ctx context.Context) error {
	counts, err := s.mailbox.Once(ctx)
	s.metrics.mailbox(counts)
	if counts.Taken > 0 {
		s.log.Info().Int("reports", counts.Taken).Msg("mail servers reported what became of messages")
	}
	return err
}

// askNotify asks GOV.UK Notify what became of the messages that it has sent no receipt for.
func (s *service) askNotify(ctx context.Context) error {
	after := askAfter
	if s.channel.receipts {
		after = askWithoutReceipt
	}
	list, err := s.record.Awaited(ctx, s.channel.notify.Name(), after)
	if err != nil {
		return err
	}
	var awaited []govuknotify.Awaited
	for _, a := range list {
		awaited = append(awaited, govuknotify.Awaited{Notice: a.Delivery, Attempt: a.N})
	}
	_, err = s.channel.notify.Ask(ctx, awaited, reports.Of(s.record))
	return err
}
