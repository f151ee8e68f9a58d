package nudge

import (
	"context"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"
)

const (
	prepareEvery = time.Minute
	prepareRest  = 2 * time.Minute
	// prepareWithin bounds one look: a worker that has just begun, or an attribute that
	// has just been added, is known within seconds.
	prepareWithin = 30 * time.Second
)

// Preparer keeps a namespace fit for the pathways. All of its fields but Promote are needed.
type Preparer struct {
	Temporal  client.Client
	Namespace string
	Build     string
	// Promote makes this build the current one, once: what an operator decides later
	// stands.
	Promote bool
	Log     zerolog.Logger

	current string // at the last look
}

// Run sees again and again, until the context ends, that the search attributes are
// registered and that some build runs the pathways: a Temporal that was made anew beneath
// a running worker has neither. It logs how this build stands whenever that changes.
func (p *Preparer) Run(ctx context.Context) {
	every(ctx, prepareEvery, prepareRest, func() error {
		ctx, cancel := context.WithTimeout(ctx, prepareWithin)
		defer cancel()
		err := p.prepare(ctx)
		if err != nil {
			p.Log.Error().Err(err).Msg("Temporal is not prepared for the pathways")
		}
		return err
	})
}

func (p *Preparer) prepare(ctx context.Context) error {
	if err := RegisterSearchAttributes(ctx, p.Temporal, p.Namespace); err != nil {
		return err
	}
	standing, err := EnsureCurrentVersion(ctx, p.Temporal, p.Build, p.Promote)
	if err != nil {
		return err
	}
	p.Promote = false
	if standing.Made || standing.Current != p.current {
		p.tell(standing)
	}
	p.current = standing.Current
	return nil
}

func (p *Preparer) tell(s Standing) {
	switch {
	case s.Made:
		p.Log.Info().Str("build", p.Build).Msg("this build now runs the pathways")
	case s.Current == p.Build:
		p.Log.Info().Str("build", p.Build).Msg("this build runs the pathways")
	default:
		p.Log.Warn().Str("build", p.Build).Str("current", s.Current).Msg("another build runs the pathways and this one gets no work: " +
			"promote it by starting one worker of it with --promote, or with `temporal worker deployment set-current-version`")
	}
}
