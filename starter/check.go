package main

import (
	"longstop/calendar"
	"longstop/english"
	"longstop/timescale/load"
)

type checkCommand struct {
	Files []string `arg:"" name:"file" help:"Rule packs and overlays; a folder stands for every .yaml file in it."`
	JSON  bool     `name:"json" help:"One JSON object a fault, for machines."`
}

// Help shows examples.
func (checkCommand) Help() string {
	return `Example:

    starter check council.yaml
    starter check packs/ council.yaml

Files that are named together are checked together: an overlay against the pack beside it, or else against the pack that ships with this program. A warning names what is no fault and may not be meant: a change without its first day, which holds for all that is over too, and a file that changes nothing; and in a rule pack each check of the law that is stale today ('starter rules --stale').`
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

// faultRow is a fault as JSON, or a warning.
type faultRow struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Reason  string `json:"reason"`
	Warning bool   `json:"warning,omitempty"`
}

// Run names every fault, and warns of what may not be meant.
func (c *checkCommand) Run(a *app) error {
	faults, warnings := load.CheckFiles(c.Files, calendar.DateOf(a.now()))
	if err := c.say(a, faults, false); err != nil {
		return err
	}
	if err := c.say(a, warnings, true); err != nil {
		return err
	}
	if len(faults) > 0 {
		return errRefused
	}
	if !c.JSON {
		n := countFiles(c.Files)
		a.printf("%d %s, no fault\n", n, english.Plural(n, "file", "files"))
	}
	return nil
}

// say names faults or warnings.
func (c *checkCommand) say(a *app, list []load.Fault, warning bool) error {
	for _, f := range list {
		if c.JSON {
			if err := a.printJSON(faultRow{f.File, f.Line, f.Rule, f.Reason, warning}); err != nil {
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
