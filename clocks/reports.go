package clocks

import (
	"context"
	"time"

	"github.com/rs/zerolog"
)

// The rhythms in which what far sides report later is read.
const (
	mailboxEvery  = time.Minute
	mailboxRest   = 10 * time.Minute
	mailboxWithin = 10 * time.Minute

	askEvery  = 15 * time.Minute
	askRest   = time.Hour
	askWithin = 10 * time.Minute
)

// ReadMailbox reads the mailbox to which mail servers report what they could not deliver, until the context
// ends.
func ReadMailbox(ctx context.Context, read func(context.Context) error, log zerolog.Logger) {
	loop(ctx, log, rhythm{mailboxEvery, mailboxRest, mailboxWithin}, func(ctx context.Context) error {
		err := read(ctx)
		if err != nil {
			log.Error().Err(err).Msg("reports of mail servers wait in their mailbox")
		}
		return err
	})
}

// AskForReports asks the far side of a channel what became of messages that it has not reported on, until the
// context ends.
func AskForReports(ctx context.Context, ask func(context.Context) error, log zerolog.Logger) {
	loop(ctx, log, rhythm{askEvery, askRest, askWithin}, func(ctx context.Context) error {
		err := ask(ctx)
		if err != nil {
			log.Error().Err(err).Msg("it is not known yet what became of some messages")
		}
		return err
	})
}
