package clocks

import (
	"context"
	"time"

	"github.com/rs/zerolog"
)

// Replans is where the record keeps the cases that must be planned again: because people or
// the law changed, or because they could not be worked out before.
type Replans interface {
	// PlanQueued plans a chunk of them, and reports whether there may be more. A case that
	// cannot be planned is put aside; the error is that of the record as a whole.
	PlanQueued(ctx context.Context) (more bool, err error)
}

const (
	replanEvery = 2 * time.Second
	replanRest  = 30 * time.Second
	// replanWithin bounds a run over many chunks. One takes a second, and some minutes where
	// one half after the other must be tried to find the case that the database cannot take.
	replanWithin = 10 * time.Minute
)

// Replan plans the cases that wait for it, until the context ends. It is a loop apart from
// Sweep, so that nudges do not wait for plans: after an adoption there are as many of these
// as there are cases.
func Replan(ctx context.Context, replans Replans, log zerolog.Logger) {
	loop(ctx, log, rhythm{replanEvery, replanRest, replanWithin}, func(ctx context.Context) error {
		for more := true; more && ctx.Err() == nil; {
			Beat(ctx, replanWithin+slack)
			var err error
			if more, err = replans.PlanQueued(ctx); err != nil {
				log.Error().Err(err).Msg("cases wait to be planned again")
				return err
			}
		}
		return nil
	})
}
