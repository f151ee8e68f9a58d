package report

import (
	"fmt"
	"slices"
	"strings"

	"longstop/api"
	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// Rules lists the timescales of a pack.
func (p *Page) Rules(pack *timescale.Pack, rows []api.Rule) error {
	off := 0
	for i := range rows {
		if rows[i].Off != "" {
			off++
		}
	}
	p.printf("%s, edition %s: %d timescales, of which %d are in force\n\n", pack.Name, pack.Edition, len(rows), len(rows)-off)
	cells := [][]string{{"REF", "WHAT", "PATHWAY", "STATUS", "ITS WORDS", "LIMIT, AND SINCE WHEN"}}
	for i := range rows {
		r := &rows[i]
		cells = append(cells, []string{r.Ref, r.Title, r.Pathway, statusWords(r), wordsKnown(r), r.Limit})
	}
	p.table("", cells...)
	if off > 0 {
		p.printf("\nWhat is off ships with the pack and does not run until a council's overlay switches it on (docs/rule-language.md).\n")
	}
	if slices.ContainsFunc(rows, func(r api.Rule) bool { return r.Default }) {
		p.printf("\nDefault: the number is %s. An overlay confirms or changes it (docs/rule-language.md).\n", timescale.LongstopsDefault)
	}
	p.printf("\nIts words: how the words of the latest source are known. What is read in part, by a similar text or not at all does not show the limit; a council sets what is local%s.\n", p.hints[UnsetRules])
	p.paragraph(p.hints[OneRule])
	return p.err
}

func statusWords(r *api.Rule) string {
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
func wordsKnown(r *api.Rule) string {
	switch {
	case r.Checked != nil:
		return r.Checked.Mark
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

// Rule shows one timescale, with its source, what starts it, what it asks for and who is told.
func (p *Page) Rule(r *api.Rule) error {
	p.printf("%s  %s\n%s\n\n", r.Ref, r.Title, r.Todo)
	if r.Off != "" {
		p.printf("Not in force: %s. An overlay switches it on.\n\n", r.Off)
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
			add("", e.Checked.Sentence)
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
	return p.tableAlone(rows)
}

func startWords(r *api.Rule) string {
	words := strings.Join(r.Starts, "; ")
	if r.Each {
		words += " (each starts a timescale of its own)"
	}
	return words
}

func editionWords(e *api.Edition) string {
	words := limitWords(e)
	words += ", " + dates(e.From, e.Until)
	if e.LocalLimit != "" {
		words += "; here " + e.LocalLimit
	}
	switch {
	case e.Default:
		words += " (local, " + e.Whose + ": no law sets it)"
	case e.Local:
		words += " (local: no law sets it)"
	}
	return words
}

// limitWords is what an edition allows.
func limitWords(e *api.Edition) string {
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

// Unset lists what a council has still to set.
func (p *Page) Unset(pack *timescale.Pack, unset []api.Unset) error {
	var on, off []api.Unset
	for _, t := range unset {
		if t.Off == "" {
			on = append(on, t)
		} else {
			off = append(off, t)
		}
	}
	if len(unset) == 0 {
		p.printf("%s: nothing is left for a council to set.\n", lawWords(pack))
		return p.err
	}
	p.printf("%s: %s that no law sets %s for a council to set.\n", lawWords(pack), english.Count(len(unset), "timescale"), english.Plural(len(unset), "waits", "wait"))
	if len(on) > 0 {
		p.printf("\nIn force, on %s:\n", timescale.LongstopsDefault)
		p.inUse(on)
	}
	if len(off) > 0 {
		p.printf("\nOff, until an overlay switches them on:\n")
		p.inUse(off)
	}
	p.paragraph(p.hints[TemplateOfUnset])
	return p.err
}

// Stale lists the checks of the law that are to be made again on a day, and why.
func (p *Page) Stale(pack *timescale.Pack, day calendar.Date, rows []api.Stale) error {
	p.printf("%s: of the checks of the law, %d %s stale on %s.\n", lawWords(pack), len(rows), english.Are(len(rows)), day)
	if len(rows) == 0 {
		return p.err
	}
	p.printf("\n")
	cells := [][]string{{"REF", "WHAT", "CHECKED", "STALE SINCE", "WHY"}}
	for _, r := range rows {
		title := r.Title
		if r.Off {
			title += " (off)"
		}
		cells = append(cells, []string{r.Ref, title, r.Checked.On + ", " + r.Checked.Mark, r.Since, r.Why})
	}
	p.table("", cells...)
	p.printf("\nRead the source of each again, and put what was read and the day into checked (docs/rule-language.md, An edition).\n")
	return p.err
}

// lawWords names a pack, with the overlay over it.
func lawWords(pack *timescale.Pack) string {
	words := pack.Name + ", edition " + pack.Edition
	if pack.Overlay != "" {
		words += ", with the overlay of " + pack.Overlay
	}
	return words
}

func (p *Page) inUse(rules []api.Unset) {
	for _, t := range rules {
		p.printf("  %-6s  %s: %s\n", t.Ref, t.Title, t.Limit)
		if len(t.Councils) > 0 {
			p.printf("          councils use: %s\n", councilsWords(t.Councils))
		}
	}
}

func councilsWords(used []api.InUse) string {
	words := make([]string, len(used))
	for i, u := range used {
		words[i] = u.Words
	}
	return strings.Join(words, " · ")
}
