package main

import (
	"cmp"

	"longstop/pathway"
)

type rebuildCommand struct {
	JSON bool `name:"json" help:"One JSON object, for machines."`
}

// Help shows examples.
func (rebuildCommand) Help() string {
	return `Example:

    starter rebuild

Plans every case again and starts every clock from the record, whatever Temporal still holds. Safe at any time: no notice is repeated.`
}

// rebuilt says what was done.
type rebuilt struct {
	Cases    int    `json:"cases"`
	Clocks   clocks `json:"clocks"`
	*failure        // nil where every clock was started
}

// Run raises the revision of every open pathway and nudges it. Where Temporal does not
// answer, the record is ready all the same, and a worker sends what waits.
func (c *rebuildCommand) Run(a *app) error {
	return a.withService(true, func(s *service) error {
		var out rebuilt
		var err error
		if out.Cases, err = s.record.Rebuild(a.ctx); err == nil {
			out.Clocks, err = s.nudgeAll()
		}
		if out.failure = a.failureOf(err); out.failure != nil {
			a.saidFailed = true
		}
		if c.JSON {
			return cmp.Or(a.printJSON(out), err)
		}
		a.printf("%d %s planned again.\n", out.Cases, plural(out.Cases, "open case"))
		out.Clocks.print(a, err)
		if out.failure != nil {
			a.printf("Not finished (%s). What was done stays, and the same command again does the rest.\n", out.Reason)
		}
		return err
	})
}

// pageSize is how many open pathways are nudged at once.
const pageSize = 200

// nudgeAll nudges every open pathway. They wait in the outbox as well, for a while, so that
// what is not sent here is sent by a worker.
func (s *service) nudgeAll() (clocks, error) {
	c := s.connectedForLoad(false)
	p := s.app.progress("clocks started", 0)
	defer p.end()
	after := ""
	for {
		page, err := s.record.OpenPathways(s.app.ctx, after, pageSize)
		if err != nil {
			return clocks{}, err
		}
		c.Deliver(s.app.ctx, page)
		p.add(len(page))
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
