package main

import (
	"cmp"
	"fmt"

	"longstop/api"
	"longstop/clocks"
	"longstop/english"
	"longstop/pathway"
)

type rebuildCommand struct {
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (rebuildCommand) Help() string {
	return `Example:

    starter rebuild

Plans every case again and starts every workflow from the record, whatever Temporal still holds: also after Postgres was restored
from a copy or failed over. A workflow that hears nothing is ended and started again, and one that the record knows nothing of is ended.
Safe at any time: no notice is repeated.`
}

// rebuilt says what was done.
type rebuilt struct {
	Cases  int        `json:"cases"`
	Clocks api.Clocks `json:"clocks"`
	// Restarted and Orphans are the runs that were ended: those that would have heard no
	// nudge, and those of which the record knows nothing.
	Restarted    int `json:"restarted"`
	Orphans      int `json:"orphans_ended"`
	*api.Failure     // nil where every clock was started
}

// Run begins a new epoch, raises the revision of every open pathway and nudges it, and heals
// the clocks that do not hear that. Where Temporal does not answer, the record is ready all
// the same, and a worker sends and heals what waits.
func (c *rebuildCommand) Run(a *app) error {
	return a.withService(true, func(s *session) error {
		var out rebuilt
		var err error
		if out.Cases, err = s.record.Rebuild(a.ctx); err == nil {
			out.Clocks, err = s.nudgeAll()
		}
		if err == nil {
			var healed clocks.Healed
			healed, err = s.healClocks()
			out.Restarted, out.Orphans = healed.Restarted, healed.Ended
		}
		if out.Failure = a.failureOf(err); out.Failure != nil {
			a.saidFailed = true
		}
		if c.JSON {
			return cmp.Or(a.printJSON(out), err)
		}
		a.printf("%d %s planned again.\n", out.Cases, english.Plural(out.Cases, "open case", "open cases"))
		printWaiting(a, out.Clocks, err)
		out.printEnded(a)
		if out.Failure != nil {
			a.printf("Not finished (%s). What was done stays, and the same command again does the rest.\n", out.Reason)
		}
		return err
	})
}

// healClocks looks at every clock that does not show what it was told, and replaces those
// that do not hear it. Where no worker runs, the others hear it when one does.
func (s *session) healClocks() (clocks.Healed, error) {
	healer := &clocks.Healer{
		Nudger: clocks.New(s.temporal), Record: s.record, Temporal: s.temporal, Namespace: s.options.Namespace,
		Settle: clocks.Settle, EndAll: true,
	}
	report, err := clocks.Check(s.app.ctx, s.record, s.temporal, s.options.Namespace, clocks.Settle, s.app.wall())
	if err != nil {
		return clocks.Healed{}, fmt.Errorf("checking the workflows after they were started: %w", err)
	}
	return healer.Heal(s.app.ctx, report, s.app.wall())
}

// printEnded says which runs were ended, where any were.
func (r *rebuilt) printEnded(a *app) {
	if n := r.Restarted; n > 0 {
		a.printf("%d %s heard nothing any more and %s started again.\n", n, english.Plural(n, "timescale", "timescales"), wasOrWere(n))
	}
	if n := r.Orphans; n > 0 {
		a.printf("%d %s that the record does not know %s ended.\n", n, english.Plural(n, "timescale", "timescales"), wasOrWere(n))
	}
}

func wasOrWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// pageSize is how many open pathways are nudged at once.
const pageSize = 200

// nudgeAll nudges every open pathway. They wait in the outbox as well, for a while, so that
// what is not sent here is sent by a worker.
func (s *session) nudgeAll() (api.Clocks, error) {
	c := s.connected()
	p := s.app.progress("timescales started", 0)
	defer p.End()
	after := ""
	for {
		page, err := s.record.OpenPathways(s.app.ctx, after, pageSize)
		if err != nil {
			return api.Clocks{}, err
		}
		c.Deliver(s.app.ctx, page)
		p.Add(len(page))
		if len(page) < pageSize {
			break
		}
		last := page[len(page)-1]
		after = pathway.WorkflowID(last.Pathway, last.CaseKey)
	}
	done, why := c.clocks()
	if done.Waiting == 0 {
		return done, nil
	}
	return done, why
}
