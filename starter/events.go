package main

type eventsCommand struct {
	Case string `arg:"" help:"The case's reference."`
	anySource
	JSON bool `name:"json" hidden:"" help:"As ever: one JSON object a line."`
}

// Help shows examples.
func (eventsCommand) Help() string {
	return `Example:

    starter events C1
    starter events C1 > c1.jsonl && starter plan --events c1.jsonl

One JSON object a line, in the order of recording, in the format that record takes.`
}

// Run writes what the record holds of a case.
func (c *eventsCommand) Run(a *app) error {
	return a.withService(false, func(s *session) error {
		if _, err := s.readsCase(c.Source, c.Case); err != nil {
			return err
		}
		events, err := s.record.Events(a.ctx, c.Source, c.Case)
		if err != nil {
			return unknownCase(err, c.Case)
		}
		return printLines(a, events)
	})
}
