package main

import (
	"fmt"
	"slices"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

func printRules(a *app, pack *timescale.Pack, rows []ruleRow) error {
	off := 0
	for i := range rows {
		if rows[i].Off != "" {
			off++
		}
	}
	a.printf("%s, edition %s: %d timescales, of which %d are in force\n\n", pack.Name, pack.Edition, len(rows), len(rows)-off)
	cells := [][]string{{"REF", "WHAT", "PATHWAY", "STATUS", "ITS WORDS", "LIMIT, AND SINCE WHEN"}}
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{r.Ref, r.Title, r.Pathway, statusWords(r), wordsKnown(r), r.Limit})
	}
	if err := a.table("", cells...); err != nil {
		return err
	}
	if off > 0 {
		a.printf("\nWhat is off ships with the pack and does not run until a council's overlay switches it on (docs/rule-language.md).\n")
	}
	if slices.ContainsFunc(rows, func(r ruleRow) bool { return r.Default }) {
		a.printf("\nDefault: the number is %s. An overlay confirms or changes it (docs/rule-language.md).\n", timescale.LongstopsDefault)
	}
	a.printf("\nIts words: how the words of the latest source are known. What is read in part, by a similar text or not at all does not show the limit; a council sets what is local ('starter rules --unset').\n")
	a.printf("\n'starter rules REF' shows one with its source, what starts it, what it asks for, and who is told.\n")
	return nil
}

func statusWords(r *ruleRow) string {
	words := r.Status
	if r.Off != "" {
		words += ", off"
	}
	if r.Default {
		words += ", default"
	}
	return words
}

// wordsKnown is how the words of the source are known, for the table.
func wordsKnown(r *ruleRow) string {
	switch {
	case r.Checked != nil:
		return r.Checked.mark
	case r.Status == timescale.StatusLocal:
		return "local"
	default:
		return "not said"
	}
}

// dates is a stretch of in-force dates, short; until is the first day outside it.
func dates(from, until string) string {
	switch {
	case from == "" && until == "":
		return "always"
	case from == "":
		return "before " + until
	case until == "":
		return "from " + from
	default:
		return "from " + from + ", before " + until
	}
}

func printRule(a *app, r *ruleRow) error {
	a.printf("%s  %s\n%s\n\n", r.Ref, r.Title, r.Todo)
	if r.Off != "" {
		a.printf("Not in force: %s. An overlay switches it on.\n\n", r.Off)
	}
	rows := [][]string{{"Stage", r.Pathway}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	add("Period", r.Period)
	add("Starts", startWords(r))
	add("For each of", r.Windows)
	add("Done by", strings.Join(r.MetBy, "; "))
	add("Ended by", strings.Join(r.EndedBy, "; "))
	add("Ends with", strings.Join(r.EndsWith, ", "))
	add("Not while", strings.Join(r.NotWhile, ", "))
	add("Extended", r.Extension)
	for _, e := range r.Editions {
		add("Limit", editionWords(&e))
		add("", fmt.Sprintf("%s (%s)", e.Source, e.Status))
		if e.Checked != nil {
			add("", e.Checked.sentence)
		}
		if len(e.Councils) > 0 {
			add("", "councils use: "+councilsWords(e.Councils))
		}
	}
	for i, c := range r.Corrected {
		add([]string{"Corrected", ""}[min(i, 1)], c.Text)
	}
	for i, step := range r.Ladder {
		name := ""
		if i == 0 {
			name = "Told"
		}
		rows = append(rows, []string{name, fmt.Sprintf("%s to the %s, %s", step.Kind, english.Role(step.Role), english.Step(step.Rung))})
	}
	return a.table("", rows...)
}

func startWords(r *ruleRow) string {
	words := strings.Join(r.Starts, "; ")
	if r.Each {
		words += " (each starts a timescale of its own)"
	}
	return words
}

func editionWords(e *editionRow) string {
	words := limitWords(e)
	words += ", " + dates(e.From, e.Until)
	if e.LocalLimit != "" {
		words += "; here " + e.LocalLimit
	}
	switch {
	case e.Default:
		words += " (local, " + e.whose + ": no law sets it)"
	case e.Local:
		words += " (local: no law sets it)"
	}
	return words
}

// limitWords is what an edition allows.
func limitWords(e *editionRow) string {
	between := ", else "
	if e.Earliest {
		between = ", or "
	}
	parts := []string{}
	if words := strings.Join(e.Limits, between); words != "" {
		parts = append(parts, words)
	}
	if e.Earliest {
		parts = append(parts, "whichever is first")
	}
	if e.By != "" {
		parts = append(parts, "before "+e.By)
	}
	if e.NotBefore != "" {
		parts = append(parts, "not before "+e.NotBefore)
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case e.NoLimit:
		return "none: the law sets no number"
	default:
		return "as above"
	}
}
