package main

import (
	"longstop/timescale"
)

type rulesCommand struct {
	Ref  string `arg:"" optional:"" help:"One timescale, such as AS-01. Default: all."`
	JSON bool   `name:"json" help:"A JSON array of timescales, for machines."`
	law
}

// Help shows examples.
func (rulesCommand) Help() string {
	return `Example:

    starter rules
    starter rules CP-10
    starter rules --json`
}

// Run shows the pack.
func (c *rulesCommand) Run(a *app) error {
	pack, err := c.pack()
	if err != nil {
		return err
	}
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
