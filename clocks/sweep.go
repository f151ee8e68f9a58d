package clocks

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"longstop/pathway"
)

// Outbox is where the record keeps nudges until they have arrived.
type Outbox interface {
	// SweepOutbox hands nudges that wait to send, forgets those that have arrived, and
	// returns how many that were. A nudge whose error is not nil waits for longer.
	SweepOutbox(ctx context.Context, limit int, send func(context.Context, []pathway.Nudge) []error) (sent int, err error)
}

const (
	// sweepBatch is how many nudges are taken at once: some seconds of work, which is
	// how long a row of the outbox stays locked.
	sweepBatch = 200
	// sweepEvery is how soon a nudge that a crash kept back goes out.
	sweepEvery = 2 * time.Second
	// sweepRest is the longest rest while something is down.
	sweepRest = 30 * time.Second
	// sweepWithin bounds a run over many batches; each batch takes a minute at most.
	sweepWithin = 5 * time.Minute
)

// Sweep sends what waits in the outbox, until the context ends. It never gives up: what
// goes wrong is logged, and tried again at growing intervals.
func (n *Nudger) Sweep(ctx context.Context, outbox Outbox, log zerolog.Logger) {
	loop(ctx, log, rhythm{sweepEvery, sweepRest, sweepWithin}, func(ctx context.Context) error {
		for {
			Beat(ctx, sweepWithin+slack)
			sent, err := outbox.SweepOutbox(ctx, sweepBatch, func(ctx context.Context, nudges []pathway.Nudge) []error {
				errs := n.Send(ctx, nudges)
				failed := logUnsent(log, nudges, errs)
				if n.Swept != nil {
					n.Swept(len(nudges)-failed, failed)
				}
				return errs
			})
			if err != nil {
				log.Error().Err(err).Msg("the outbox could not be swept: nudges wait in it")
				return err
			}
			if sent > 0 {
				log.Debug().Int("nudges", sent).Msg("sent nudges that waited in the outbox")
			}
			if sent < sweepBatch || ctx.Err() != nil {
				return nil
			}
		}
	})
}

// namedErrors is how many nudges of a batch are named in the log when they cannot be sent.
const namedErrors = 5

// logUnsent names the first nudges that could not be sent, and counts them all. They wait in
// the outbox, and are tried again at growing intervals.
func logUnsent(log zerolog.Logger, nudges []pathway.Nudge, errs []error) (failed int) {
	for i, err := range errs {
		if err == nil {
			continue
		}
		if failed++; failed <= namedErrors {
			log.Warn().Err(err).Str("workflow", pathway.WorkflowID(nudges[i].Pathway, nudges[i].CaseKey)).Msg("a nudge was not sent")
		}
	}
	if failed > 0 {
		log.Error().Int("failed", failed).Int("of", len(errs)).Msg("nudges were not sent and wait in the outbox")
	}
	return failed
}
