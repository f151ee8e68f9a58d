package clocks

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"longstop/internal/temporal"
)

const (
	prepareEvery = 30 * time.Second
	prepareRest  = 2 * time.Minute
	// prepareWithin bounds one look: a worker that has just begun, or an attribute that
	// has just been added, is known within seconds.
	prepareWithin = 30 * time.Second
	// remindAfter is after how many looks an alarm that still holds is raised again: ten
	// minutes.
	remindAfter = int(10 * time.Minute / prepareEvery)
)

// Preparer keeps a namespace fit for the pathways. All of its fields are needed.
type Preparer struct {
	Candidate *temporal.Candidate
	Namespace string
	Log       zerolog.Logger
	Stands    func(temporal.Standing) // is told of every look

	before temporal.Standing // at the last look
	looks  int               // since it was last said
}

// Run sees again and again, until the context ends, that the search attributes are
// registered and that some build runs the pathways: a Temporal that was replaced under
// a running worker has neither. It logs how this build stands whenever that changes.
func (p *Preparer) Run(ctx context.Context) {
	loop(ctx, p.Log, rhythm{prepareEvery, prepareRest, prepareWithin}, func(ctx context.Context) error {
		err := p.prepare(ctx)
		if err != nil {
			p.Log.Error().Err(err).Msg("Temporal is not prepared for the pathways")
		}
		return err
	})
}

func (p *Preparer) prepare(ctx context.Context) error {
	if err := temporal.RegisterSearchAttributes(ctx, p.Candidate.Temporal, p.Namespace); err != nil {
		return err
	}
	standing, err := p.Candidate.Stand(ctx)
	if err != nil {
		return err
	}
	p.Stands(standing)
	p.looks++
	if standing != p.before || standing.Refused != "" && p.looks >= remindAfter {
		p.tell(standing)
		p.looks = 0
	}
	p.before = standing
	p.before.Made = false // that is news once
	return nil
}

func (p *Preparer) tell(s temporal.Standing) {
	const promote = "promote it by starting one worker of it with LONGSTOP_PROMOTE=true, or with `temporal worker deployment set-current-version`"
	build := p.Candidate.Build
	info, alarm := p.Log.Info().Str("build", build), p.Log.Error().Str("build", build).Str("current", s.Current).Str("reason", s.Refused)
	switch {
	case s.Made:
		info.Msg("this build now runs the pathways")
	case s.Current == build:
		info.Msg("this build runs the pathways")
	case s.Refused != "" && s.Current == "":
		alarm.Msg("the clocks stand still: no build runs the pathways, and this one does not begin by itself: " + promote)
	case s.Refused != "":
		alarm.Msg("the clocks stand still: the build that runs the pathways has no worker any more, and this one does not take its " +
			"place by itself: start a worker of that build, or make this one run the pathways: " + promote)
	default:
		p.Log.Warn().Str("build", build).Str("current", s.Current).
			Msg("another build runs the pathways and this one gets no work: " + promote)
	}
}
