package clocks

import (
	"context"
	"time"

	"github.com/rs/zerolog"
)

// Logged is the record of notices that were only written to a log.
type Logged interface {
	// WakeLogged makes pathways say again what was only logged of late, where this program
	// can send, and returns how many cases it woke.
	WakeLogged(ctx context.Context) (cases int, err error)
}

const (
	loggedEvery  = 5 * time.Minute
	loggedRest   = 5 * time.Minute
	loggedWithin = 5 * time.Minute
)

// WakeLogged makes up for what a worker without a mail server only logged while another has
// one, until the context ends.
func WakeLogged(ctx context.Context, record Logged, log zerolog.Logger) {
	loop(ctx, log, rhythm{loggedEvery, loggedRest, loggedWithin}, func(ctx context.Context) error {
		cases, err := record.WakeLogged(ctx)
		switch {
		case err != nil:
			log.Error().Err(err).Msg("what was only logged was not woken")
		case cases > 0:
			log.Warn().Int("cases", cases).Msg("another worker only wrote notices to its log: they are sent again")
		}
		return err
	})
}
