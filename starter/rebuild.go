package main

import "longstop/pathway"

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
	Cases  int    `json:"cases"`
	Clocks clocks `json:"clocks"`
}

// Run raises the revision of every open pathway and nudges it. Where Temporal does not
// answer, the record is ready all the same, and a worker sends what waits.
func (c *rebuildCommand) Run(a *app) error {
	return a.withService(true, func(s *service) error {
		cases, err := s.record.Rebuild(a.ctx)
		if err != nil {
			return err
		}
		done, err := s.nudgeAll()
		if c.JSON {
			if err := a.printJSON(rebuilt{Cases: cases, Clocks: done}); err != nil {
				return err
			}
		} else {
			a.printf("%d %s planned again.\n", cases, plural(cases, "open case"))
			done.print(a, err)
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
