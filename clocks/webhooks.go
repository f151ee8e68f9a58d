package clocks

import (
	"context"
	"time"

	"github.com/rs/zerolog"
)

// Dispatcher tells systems outside of what changed. *outwards.Sender is one.
type Dispatcher interface {
	// Dispatch begins to tell every system that has something waiting, and does not wait for them; ctx ends what it began.
	Dispatch(ctx context.Context) error
	// Wait returns when nobody is being told any more.
	Wait()
}

const (
	webhooksEvery  = 2 * time.Second
	webhooksRest   = 30 * time.Second
	webhooksWithin = time.Minute
)

// TellOutside gives changes their places in the feed and has webhooks told of them, until the context ends. It needs
// the record alone: what falls due while Temporal is away is told when its clock runs again, and everything else at once.
func TellOutside(ctx context.Context, d Dispatcher, log zerolog.Logger) {
	defer d.Wait()
	loop(ctx, log, rhythm{webhooksEvery, webhooksRest, webhooksWithin}, func(context.Context) error {
		err := d.Dispatch(ctx)
		if err != nil && ctx.Err() == nil {
			log.Error().Err(err).Msg("changes wait to be told outside")
		}
		return err
	})
}
