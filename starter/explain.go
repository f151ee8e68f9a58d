package main

import (
	"cmp"

	"longstop/casework"
	"longstop/store"
)

type explainCommand struct {
	Case     string    `arg:"" help:"The case's reference."`
	Ref      string    `arg:"" help:"The timescale, such as AS-01."`
	Events   string    `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	AsOf     momentArg `placeholder:"DATE|INSTANT" help:"As things stood then; a date means the end of that day. Default: now."`
	JSON     bool      `name:"json" xor:"form" help:"A JSON object a duty, for machines."`
	Markdown bool      `xor:"form" help:"Markdown, for a page or a file."`
	anySource
	law
}

// Help shows examples.
func (explainCommand) Help() string {
	return `Example:

    starter explain --events events.jsonl C1 AS-01
    starter explain --events events.jsonl C1 CP-10 --as-of 2026-12-01 --markdown
    starter explain C1 CP-10`
}

// Run explains every duty of the timescale in the case.
func (c *explainCommand) Run(a *app) error {
	if c.Events == "" && !named(a.getenv) {
		return usagef("name a file of events with --events, or the record with %s", exampleDatabase)
	}
	if c.Events == "" {
		return a.withService(false, c.fromRecord)
	}
	from, err := a.fromFile(c.law, c.Events)
	if err != nil {
		return err
	}
	events := eventsOf(from.cases, c.Case)
	if len(events) == 0 {
		return refusef("%s: the file has no event of that case", c.Case)
	}
	moment, err := momentOf(a, c.AsOf, momentArg{})
	if err != nil {
		return err
	}
	plan := from.book.Fold(events, moment)
	list, err := c.explained(from.book, plan, events, nil)
	if err != nil {
		return err
	}
	return cmp.Or(c.print(a, list), refusedIf(from.refused))
}

// fromRecord explains what the record holds, with the notices that were sent.
func (c *explainCommand) fromRecord(s *service) error {
	if s.record.Book() == nil {
		return store.ErrNotMigrated
	}
	if err := s.goByRecord(); err != nil {
		return err
	}
	moment, err := momentOf(s.app, c.AsOf, momentArg{})
	if err != nil {
		return err
	}
	asOf := moment.AsOf
	if _, err := s.readsCase(c.Source, c.Case); err != nil {
		return err
	}
	folded, err := s.record.Fold(s.app.ctx, c.Source, c.Case, asOf)
	if err != nil {
		return unknownCase(err, c.Case)
	}
	list, err := c.explained(s.record.Book(), folded.Plan, folded.Events, folded.Told)
	if err != nil {
		return err
	}
	if err := s.addLawChanges(c.Source, c.Case, asOf, list); err != nil {
		return err
	}
	if err := s.addReceipts(c.Source, c.Case, asOf, list); err != nil {
		return err
	}
	return c.print(s.app, list)
}

func eventsOf(cases [][]casework.Event, ref string) []casework.Event {
	for _, events := range cases {
		if events[0].Case == ref {
			return events
		}
	}
	return nil
}

// explained are the duties of the timescale in a plan, explained.
func (c *explainCommand) explained(
	book *casework.Book, plan *casework.Plan, events []casework.Event, told []casework.Notice,
) ([]*casework.Explanation, error) {
	if _, err := timescaleOf(book.Pack(), c.Ref); err != nil {
		return nil, err
	}
	var list []*casework.Explanation
	for i := range plan.Duties {
		if plan.Duties[i].Ref == c.Ref {
			list = append(list, book.Explain(plan, plan.Duties[i].ID, events, told))
		}
	}
	if len(list) == 0 {
		return nil, refusef("%s: the case has no duty of %s: 'starter duties' or 'plan' shows those that it has", c.Case, c.Ref)
	}
	return list, nil
}

func (c *explainCommand) print(a *app, list []*casework.Explanation) error {
	if c.JSON {
		return printLines(a, list)
	}
	for i, x := range list {
		if i > 0 {
			a.printf("\n")
		}
		if c.Markdown {
			a.printf("%s", x.Markdown())
		} else {
			a.printf("%s", x.Text())
		}
	}
	return nil
}
