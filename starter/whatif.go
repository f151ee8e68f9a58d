package main

import (
	"cmp"

	"longstop/api"
	"longstop/service"
)

type whatIfCommand struct {
	draft
	Events string    `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	AsOf   momentArg `placeholder:"DATE|INSTANT" help:"Compare as things stood then; a date means the end of that day. Default: now."`
	List   bool      `help:"Name every timescale that would change."`
	JSON   bool      `name:"json" help:"One JSON object, for machines; it names every timescale."`
}

// Help shows examples.
func (whatIfCommand) Help() string {
	return `Example:

    starter what-if --overlay anytown.yaml
    starter what-if --overlay anytown.yaml --list
    starter what-if --bank-holidays bank-holidays.json --events events.jsonl --as-of 2026-12-01
    starter what-if --pack shipped --json

Plans every case twice, under the law in force and under the one that is named, and shows what differs: which timescales there would be, which dates would move, what would be overdue. What is not named stays as it is. With --events the law in force is the one that LONGSTOP_PACK, LONGSTOP_OVERLAY and LONGSTOP_BANK_HOLIDAYS name, or that ships with this program. Nothing is written anywhere; 'starter adopt' puts the law in force.`
}

// Run compares two laws, on the record or on a file of events.
func (c *whatIfCommand) Run(a *app) error {
	if err := c.named(); err != nil {
		return err
	}
	if c.Events != "" {
		return c.ofFile(a)
	}
	if err := a.needsRecord(); err != nil {
		return err
	}
	change, err := c.change()
	if err != nil {
		return err
	}
	return a.with(func(s *session) error {
		found, err := s.uses.WhatIf(a.ctx, change, c.comparison())
		return cmp.Or(c.print(a, found), err)
	})
}

// print shows what differs.
func (c *whatIfCommand) print(a *app, x *api.WhatIf) error {
	switch {
	case x == nil:
		return nil
	case c.JSON:
		return a.printJSON(x)
	default:
		return a.page().WhatIf(x, c.List)
	}
}

func (c *whatIfCommand) comparison() service.Comparison {
	return service.Comparison{AsOf: c.AsOf.When, Named: c.List || c.JSON}
}

// ofFile compares on a file of events, without any service.
func (c *whatIfCommand) ofFile(a *app) error {
	set := draft{Pack: a.getenv("LONGSTOP_PACK"), BankHolidays: a.getenv("LONGSTOP_BANK_HOLIDAYS")}
	if overlay := a.getenv("LONGSTOP_OVERLAY"); overlay != "" {
		set.Overlay = []string{overlay}
	}
	before, err := set.book()
	if err != nil {
		return err
	}
	after, err := c.or(set).book()
	if err != nil {
		return err
	}
	return a.onFile(after, c.Events, func(o service.Offline, cases *service.Cases) error {
		found, err := o.WhatIf(a.ctx, before, cases, c.comparison())
		return cmp.Or(c.print(a, found), err, cases.PartlyRefused())
	})
}
