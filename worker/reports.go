package main

import (
	"context"
	"errors"
	"time"

	"longstop/clocks"
	"longstop/internal/program"
	"longstop/notify"
	"longstop/notify/bounce/mailbox"
	"longstop/notify/channel/govuknotify"
	"longstop/store"
)

// How long after a message has gone GOV.UK Notify is asked what became of it: where it sends receipts, when
// one should have come.
const (
	askAfter          = 15 * time.Minute
	askWithoutReceipt = 2 * time.Hour
)

// keeper is the record as those who read reports see it.
type keeper struct{ record *store.Store }

var _ notify.Taker = keeper{}

// Take keeps a report in the record.
func (k keeper) Take(ctx context.Context, r notify.Report) error {
	err := k.record.Reported(ctx, store.Report{
		Delivery: r.Delivery, Attempt: r.Attempt, MessageID: r.MessageID, Address: r.Address, Outcome: string(r.Outcome), Reason: r.Reason,
	})
	switch {
	case errors.Is(err, store.ErrUnknown):
		return notify.ErrUnknown
	case errors.Is(err, store.ErrBusy):
		return notify.ErrNotYet
	}
	return err
}

// openMailbox opens the mailbox of reports, if one is set.
func (s *service) openMailbox(context.Context) (err error) {
	set := s.channel.bounces
	switch {
	case set.IMAP != nil:
		s.mailbox, err = mailbox.IMAP(*set.IMAP, set.Addresses, keeper{s.record})
	case set.Maildir != "":
		s.mailbox, err = mailbox.Maildir(set.Maildir, set.Addresses, keeper{s.record})
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
	_, err = s.channel.notify.Ask(ctx, awaited, keeper{s.record})
	return err
}
