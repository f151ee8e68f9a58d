package nudge

import (
	"context"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/pathway"
)

const (
	watchEvery = 10 * time.Minute
	watchRest  = time.Hour
	// Settle is how long a check waits before it looks at a suspect again.
	Settle = 3 * time.Second
)

// Watcher checks the clocks again and again. All of its fields are needed.
type Watcher struct {
	Nudger    *Nudger
	Record    Pathways
	Temporal  client.Client
	Namespace string
	Log       zerolog.Logger
	Now       func() time.Time // the wall's time
	Checked   func(Report)     // is told of every report
}

// Run checks the clocks until the context ends, raises an alarm in the log for each that
// does not run as the record wants, and nudges those again that a nudge can mend.
func (w *Watcher) Run(ctx context.Context) {
	every(ctx, watchEvery, watchRest, func() error {
		report, err := Check(ctx, w.Record, w.Temporal, w.Namespace, Settle, w.Now())
		if err != nil {
			w.Log.Error().Err(err).Msg("the clocks could not be checked")
			return err
		}
		w.Checked(report)
		for _, c := range report.Faulty {
			w.Log.Error().Str("workflow", c.WorkflowID).Str("trouble", string(c.Trouble)).
				Msg("a clock does not run as the record wants: " + c.Why)
		}
		return w.Nudger.Heal(ctx, report, w.Log)
	})
}

// Heal nudges again what a nudge can mend: clocks that are missing or stale. The error is
// that of the last nudge that could not be sent; the next check finds it again.
func (n *Nudger) Heal(ctx context.Context, report Report, log zerolog.Logger) (failed error) {
	var nudges []pathway.Nudge
	for _, c := range report.Faulty {
		if c.Trouble == Missing || c.Trouble == Stale {
			nudges = append(nudges, c.Nudge)
		}
	}
	for _, err := range n.Send(ctx, nudges) {
		if err != nil {
			failed = err
		}
	}
	if len(nudges) > 0 {
		log.Info().Int("clocks", len(nudges)).AnErr("failed", failed).Msg("nudged the clocks that did not run")
	}
	return failed
}
