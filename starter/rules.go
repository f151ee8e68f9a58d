package main

import (
	"longstop/calendar"
	"longstop/store"
	"longstop/timescale"
)

type rulesCommand struct {
	Ref      string `arg:"" optional:"" help:"One timescale, such as AS-01. Default: all."`
	Unset    bool   `help:"Only what a council has still to set, with the numbers that councils use."`
	Template bool   `help:"With --unset: an overlay with these commented out, to choose from."`
	Stale    bool   `help:"Only the checks of the law that are to be made again, and why."`
	AsOf     string `name:"as-of" placeholder:"DATE" help:"With --stale: as of a day. Default: today."`
	Adopted  bool   `help:"The law in force on the record, in the place of what the flags name."`
	JSON     bool   `name:"json" help:"A JSON array of timescales, for machines."`
	law
}

// Help shows examples.
func (rulesCommand) Help() string {
	return `Example:

    starter rules
    starter rules CP-10
    starter rules --json
    starter rules --unset --overlay anytown.yaml
    starter rules --unset --template > anytown.yaml
    starter rules --stale --as-of 2028-06-01

A check of the law is stale where it is older than eighteen months, or than an edition that came since.`
}

// Run shows the pack.
func (c *rulesCommand) Run(a *app) error {
	day, err := c.day(a)
	if err != nil {
		return err
	}
	return c.withPack(a, func(pack *timescale.Pack) error {
		switch {
		case c.Unset:
			return c.unset(a, pack)
		case c.Stale:
			return c.stale(a, pack, day)
		default:
			return c.rules(a, pack)
		}
	})
}

// day is the day of --as-of, and says which flags go together.
func (c *rulesCommand) day(a *app) (calendar.Date, error) {
	switch {
	case c.Unset && c.Stale:
		return 0, usagef("--unset and --stale list different things: choose one")
	case c.Ref != "" && (c.Unset || c.Stale):
		return 0, usagef("--unset and --stale list the whole pack: leave out %s", c.Ref)
	case c.Template && (!c.Unset || c.JSON):
		return 0, usagef("--template goes with --unset, and is no JSON")
	case c.AsOf != "" && !c.Stale:
		return 0, usagef("--as-of goes with --stale")
	case c.AsOf == "":
		return calendar.DateOf(a.now()), nil
	}
	day, err := calendar.ParseDate(c.AsOf)
	if err != nil {
		return 0, usagef("--as-of: %w", err)
	}
	return day, nil
}

// withPack runs on what the flags name, or on the law in force on the record.
func (c *rulesCommand) withPack(a *app, run func(*timescale.Pack) error) error {
	switch {
	case c.Adopted && (c.Overlay != a.getenv("LONGSTOP_OVERLAY") || c.Pack != a.getenv("LONGSTOP_PACK")):
		return usagef("--adopted is the law of the record: leave out --pack and --overlay")
	case !c.Adopted:
		pack, err := c.pack()
		if err != nil {
			return err
		}
		return run(pack)
	}
	return a.withService(false, func(s *session) error {
		if s.record.Book() == nil {
			return store.ErrNotMigrated
		}
		if err := s.readsCases(); err != nil { // the audit notes the command, and no one case
			return err
		}
		return run(s.record.Book().Pack())
	})
}

func (c *rulesCommand) rules(a *app, pack *timescale.Pack) error {
	chosen := make([]*timescale.Timescale, 0, len(pack.Timescales))
	for i := range pack.Timescales {
		chosen = append(chosen, &pack.Timescales[i])
	}
	if c.Ref != "" {
		t, err := timescaleOf(pack, c.Ref)
		if err != nil {
			return err
		}
		chosen = []*timescale.Timescale{t}
	}
	rows := make([]ruleRow, len(chosen))
	for i, t := range chosen {
		rows[i] = ruleRowOf(pack, t)
	}
	switch {
	case c.JSON:
		return a.printJSON(rows)
	case c.Ref != "":
		return printRule(a, &rows[0])
	default:
		return printRules(a, pack, rows)
	}
}
