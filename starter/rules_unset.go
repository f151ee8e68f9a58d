package main

import (
	"strings"

	"longstop/english"
	"longstop/timescale"
	"longstop/timescale/pages"
)

// unsetRow is a timescale that waits for a council.
type unsetRow struct {
	Ref      string     `json:"ref"`
	Title    string     `json:"title"`
	Todo     string     `json:"todo"`
	Pathway  string     `json:"pathway"`
	Limit    string     `json:"limit"`
	Off      string     `json:"off,omitempty"`     // why it is not in force
	Default  bool       `json:"default,omitempty"` // in force on a number of Longstop's
	Source   string     `json:"source"`
	Councils []inUseRow `json:"councils"`
}

// inUseRow is a number that councils use; number is what an overlay's limit would say, or
// where it ranges from.
type inUseRow struct {
	Number string `json:"number,omitempty"`
	To     string `json:"to,omitempty"`
	Says   string `json:"says,omitempty"`
	Who    string `json:"who,omitempty"`

	words string // all of it
}

func unsetRowOf(t *timescale.Timescale) unsetRow {
	latest := &t.Editions[len(t.Editions)-1]
	return unsetRow{
		Ref: t.Ref, Title: t.Title, Todo: t.Todo, Pathway: t.Pathway, Limit: t.LimitText(),
		Off: t.Off, Default: t.Off == "", Source: latest.Source, Councils: inUseRows(latest.Councils),
	}
}

func inUseRows(list []timescale.InUse) []inUseRow {
	rows := make([]inUseRow, len(list))
	for i, u := range list {
		rows[i] = inUseRow{Says: u.Says, Who: u.Who, words: u.String()}
		if u.Limit != nil {
			rows[i].Number = u.Limit.String()
		}
		if u.To != nil {
			rows[i].To = u.To.String()
		}
	}
	return rows
}

// unset shows what a council has still to set.
func (c *rulesCommand) unset(a *app, pack *timescale.Pack) error {
	if c.Template {
		a.printf("%s", pages.Template(pack))
		return nil
	}
	unset := pages.Unset(pack)
	if c.JSON {
		rows := make([]unsetRow, len(unset))
		for i, t := range unset {
			rows[i] = unsetRowOf(t)
		}
		return a.printJSON(rows)
	}
	printUnset(a, pack, unset)
	return nil
}

func printUnset(a *app, pack *timescale.Pack, unset []*timescale.Timescale) {
	var on, off []*timescale.Timescale
	for _, t := range unset {
		if t.Off == "" {
			on = append(on, t)
		} else {
			off = append(off, t)
		}
	}
	if len(unset) == 0 {
		a.printf("%s: nothing is left for a council to set.\n", lawWords(pack))
		return
	}
	a.printf("%s: %d %s that no law sets %s for a council to set.\n", lawWords(pack), len(unset), english.Plural(len(unset), "timescale", "timescales"), waitOrWaits(len(unset)))
	if len(on) > 0 {
		a.printf("\nIn force, on %s:\n", timescale.LongstopsDefault)
		printInUse(a, on)
	}
	if len(off) > 0 {
		a.printf("\nOff, until an overlay switches them on:\n")
		printInUse(a, off)
	}
	a.printf("\n'starter rules --unset --template' writes an overlay with these commented out, to choose from.\n")
}

func waitOrWaits(n int) string {
	if n == 1 {
		return "waits"
	}
	return "wait"
}

// lawWords names a pack, with the overlay over it.
func lawWords(pack *timescale.Pack) string {
	words := pack.Name + ", edition " + pack.Edition
	if pack.Overlay != "" {
		words += ", with the overlay of " + pack.Overlay
	}
	return words
}

func printInUse(a *app, rules []*timescale.Timescale) {
	for _, t := range rules {
		a.printf("  %-6s  %s: %s\n", t.Ref, t.Title, t.LimitText())
		if used := t.Editions[len(t.Editions)-1].Councils; len(used) > 0 {
			a.printf("          councils use: %s\n", councilsWords(inUseRows(used)))
		}
	}
}

func councilsWords(used []inUseRow) string {
	words := make([]string, len(used))
	for i, u := range used {
		words[i] = u.words
	}
	return strings.Join(words, " · ")
}
