package main

import "longstop/timescale/load"

type checkCommand struct {
	Files []string `arg:"" name:"file" help:"Rule packs and overlays; a folder stands for every .yaml file in it."`
	JSON  bool     `name:"json" help:"One JSON object a fault, for machines."`
}

// Help shows examples.
func (checkCommand) Help() string {
	return `Example:

    starter check council.yaml
    starter check packs/ council.yaml

Files that are named together are checked together: an overlay against the pack beside it, or else against the pack that ships with this program.`
}

// countFiles counts a folder's files one by one.
func countFiles(paths []string) int {
	n := 0
	for _, p := range paths {
		files, err := load.Paths(p)
		if err == nil { // else it is among the faults
			n += len(files)
		}
	}
	return n
}

// faultRow is a fault as JSON.
type faultRow struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Rule   string `json:"rule,omitempty"`
	Reason string `json:"reason"`
}

// Run names every fault.
func (c *checkCommand) Run(a *app) error {
	faults := load.CheckFiles(c.Files)
	if len(faults) == 0 {
		if !c.JSON {
			n := countFiles(c.Files)
			a.printf("%d %s, no fault\n", n, plural(n, "file"))
		}
		return nil
	}
	for _, f := range faults {
		if c.JSON {
			if err := a.printJSON(faultRow(f)); err != nil {
				return err
			}
		}
		a.say(f.String())
	}
	return errRefused
}
