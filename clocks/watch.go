package clocks

import (
	"context"
	"time"

	"github.com/rs/zerolog"
)

const (
	watchEvery = 10 * time.Minute
	watchRest  = time.Hour
	// watchWithin is enough for a million clocks.
	watchWithin = time.Hour
	// Settle is how long a check waits before it looks at a suspect again.
	Settle = 3 * time.Second
)

// Watcher checks the clocks again and again. All of its fields are needed.
type Watcher struct {
	Healer  *Healer
	Log     zerolog.Logger
	Now     func() time.Time // the wall's time
	Checked func(Report)     // is told of every report
}

// Run checks the clocks until the context ends, says in the log which do not run as the
// record wants, and heals them. What is healed is logged once; what comes back needs somebody
// to look.
func (w *Watcher) Run(ctx context.Context) {
	loop(ctx, w.Log, rhythm{watchEvery, watchRest, watchWithin}, func(ctx context.Context) error {
		report, err := Check(ctx, w.Healer.Record, w.Healer.Temporal, w.Healer.Namespace, w.Healer.Settle, w.Now())
		if err != nil {
			w.Log.Error().Err(err).Msg("the clocks could not be checked")
			return err
		}
		w.Checked(report)
		return w.heal(ctx, report)
	})
}

// heal heals what a check has found.
func (w *Watcher) heal(ctx context.Context, report Report) error {
	for _, c := range report.Faulty {
		level := zerolog.WarnLevel // it is healed
		if c.Trouble == Faulted || c.Trouble == Late {
			level = zerolog.ErrorLevel
		}
		w.Log.WithLevel(level).Str("workflow", c.WorkflowID).Str("trouble", string(c.Trouble)).
			Msg("a clock does not run as the record wants: " + c.Why)
	}
	healed, err := w.Healer.Heal(ctx, report, w.Now())
	if err != nil {
		w.Log.Error().Err(err).Msg("not every clock could be put right; it is tried again")
	}
	if healed != (Healed{}) {
		w.Log.Info().Int("nudged", healed.Nudged).Int("restarted", healed.Restarted).Int("ended", healed.Ended).
			Msg("put right the clocks that did not run as the record wants")
	}
	return err
}
