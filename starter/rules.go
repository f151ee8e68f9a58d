package main

import (
	"longstop/api"
	"longstop/calendar"
	"longstop/english"
	"longstop/internal/arguments"
	"longstop/service"
	"longstop/timescale"
)

type rulesCommand struct {
	Ref      string `arg:"" optional:"" help:"One timescale, such as AS-01. Default: all."`
	Unset    bool   `help:"Only what a council has still to set, with the numbers that councils use."`
	Template bool   `help:"With --unset: an overlay with these commented out, to choose from."`
	Stale    bool   `help:"Only the checks of the law that are to be made again, and why."`
	AsOf     string `name:"as-of" placeholder:"DATE" help:"With --stale: as of a day. Default: today."`
	Adopted  bool   `help:"The law in force on the record, instead of what the flags name."`
	JSON     bool   `name:"json" help:"A JSON array of timescales, for machines."`
	law
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
	return a.with(func(s *session) error {
		pack, err := s.uses.AdoptedPack(a.ctx)
		if err != nil {
			return err
		}
		return run(pack)
	})
}

func (c *rulesCommand) rules(a *app, pack *timescale.Pack) error {
	rows, err := service.Rules(pack, c.Ref)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return a.printJSON(rows)
	case c.Ref != "":
		return a.page().Rule(&rows[0])
	default:
		return a.page().Rules(pack, rows)
	}
}

// unset shows what a council has still to set.
func (c *rulesCommand) unset(a *app, pack *timescale.Pack) error {
	switch {
	case c.Template:
		a.printf("%s", service.Template(pack))
	case c.JSON:
		return a.printJSON(service.Unset(pack))
	default:
		return a.page().Unset(pack, service.Unset(pack))
	}
	return nil
}

// stale shows which checks of the law are to be made again.
func (c *rulesCommand) stale(a *app, pack *timescale.Pack, day calendar.Date) error {
	rows := service.Stale(pack, day)
	if c.JSON {
		return a.printJSON(rows)
	}
	return a.page().Stale(pack, day, rows)
}

type checkCommand struct {
	Files []string `arg:"" name:"file" help:"Rule packs and overlays; a folder stands for every .yaml file in it."`
	JSON  bool     `name:"json" help:"One JSON object a fault, for machines."`
}

// Run names every fault, and warns of what may not be meant.
func (c *checkCommand) Run(a *app) error {
	found := service.Check(c.Files, calendar.DateOf(a.now()))
	if err := c.say(a, found.Faults, false); err != nil {
		return err
	}
	if err := c.say(a, found.Warnings, true); err != nil {
		return err
	}
	if len(found.Faults) > 0 {
		return errRefused
	}
	if !c.JSON {
		a.printf("%s, no fault\n", english.Count(found.Files, "file"))
	}
	return nil
}

// say names faults or warnings.
func (c *checkCommand) say(a *app, list []timescale.Fault, warning bool) error {
	for _, f := range list {
		if c.JSON {
			if err := a.printJSON(api.Fault{File: f.File, Line: f.Line, Rule: f.Rule, Reason: f.Reason, Warning: warning}); err != nil {
				return err
			}
		}
		words := f.String()
		if warning {
			words = "warning: " + words
		}
		a.say(words)
	}
	return nil
}

type dueCommand struct {
	Ref  string           `arg:"" help:"The timescale, such as AS-01."`
	Date arguments.Moment `arg:"" placeholder:"DATE" help:"The day on which it started (YYYY-MM-DD); for a limit in hours the instant (2026-12-10T14:30:00Z)."`
	JSON bool             `name:"json" help:"One JSON object, for machines."`
	law
}

// Run works the date out.
func (c *dueCommand) Run(a *app) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	d, err := service.Due(book, c.Ref, c.Date.When)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return a.printJSON(d.Answer())
	default:
		return a.page().Due(d)
	}
}
