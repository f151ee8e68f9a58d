package nudge

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
	// replanWithin bounds one chunk: it takes a second, and some minutes where one case
	// after the other must be tried to find the one that the database cannot take.
	replanWithin = 10 * time.Minute
)

// Replan plans the cases that wait for it, until the context ends. It is a loop apart from
// Sweep, so that nudges do not wait for plans: after an adoption there are as many of these
// as there are cases.
func Replan(ctx context.Context, replans Replans, log zerolog.Logger) {
	every(ctx, replanEvery, replanRest, func() error {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = replanOnce(ctx, replans); err != nil {
				log.Error().Err(err).Msg("cases wait to be planned again")
				return err
			}
		}
		return nil
	})
}

func replanOnce(ctx context.Context, replans Replans) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, replanWithin)
	defer cancel()
	return replans.PlanQueued(ctx)
}
