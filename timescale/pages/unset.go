package pages

import (
	"fmt"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// unsetPage lists what a council must set, with the numbers that councils use.
func (b *book) unsetPage() Page {
	var s strings.Builder
	s.WriteString(header)
	on, off := 0, 0
	for _, t := range Unset(b.pack) {
		if t.Off == "" {
			on++
		} else {
			off++
		}
	}
	fmt.Fprintf(&s, "# What a council sets\n\nNo law sets these numbers. Of the timescales here %d %s in force on a default of Longstop's, until an [overlay](../rule-language.md#an-overlay) "+
		"confirms or changes the number, and %d %s off until one switches them on. Next to each is what councils use, as far as their procedures are known, so that "+
		"writing an overlay is choosing; which one is right for a council is for the council to say.\n\n", on, english.Are(on), off, english.Are(off))
	s.WriteString("`starter rules --unset` lists them here or for a council's overlay, which takes what it sets off the list. " +
		"[The template](../../overlays/template.yaml) has each of them commented out.\n\n")
	for _, p := range b.pack.Pathways {
		if rows := b.unsetRows(b.pack, p); len(rows) > 0 {
			s.WriteString("## " + english.Stage(p) + "\n\n" + table([]string{"Ref", "Timescale", "In the pack", "Councils use"}, textOnly, rows))
		}
	}
	return Page{Name: unsetFile, Text: ended(s.String())}
}

// Unset is the timescales of a pack that wait for a council, in the pack's order.
func Unset(pack *timescale.Pack) []*timescale.Timescale {
	var unset []*timescale.Timescale
	for i := range pack.Timescales {
		if t := &pack.Timescales[i]; t.ForCouncil() {
			unset = append(unset, t)
		}
	}
	return unset
}

func (b *book) unsetRows(pack *timescale.Pack, pathway string) [][]string {
	var rows [][]string
	for _, t := range Unset(pack) {
		if t.Pathway == pathway {
			rows = append(rows, []string{link(t, unsetFile), t.Title, english.Capital(b.shortLimit(t)) + " (" + standing(t) + ")", orNone(latest(t).Councils)})
		}
	}
	return rows
}

// standing is whether a timescale that waits for a council runs.
func standing(t *timescale.Timescale) string {
	if t.Off != "" {
		return "off"
	}
	return "in force, a default of Longstop's"
}

func orNone(used []timescale.InUse) string {
	if len(used) == 0 {
		return "none known"
	}
	words := make([]string, len(used))
	for i, u := range used {
		words[i] = u.String()
	}
	return strings.Join(words, " · ")
}

// templateHead is the head of the template. Prose has two hashes and YAML one, so that
// taking one hash away from any line never makes YAML of prose.
const templateHead = `## ` + Mark + `: run make docs. Copy this file, and edit the copy.
##
## A template for a council's overlay: every timescale that no law sets, commented out.
## To set one, take the first # away from the lines of it that have only one, and from the
## line #timescales: the first time. Put in the first day on which the council works by it,
## the council's number and the paragraph of its procedure. Then run
##
##     starter check FILE
##     starter rules --unset --overlay FILE
##
## The second lists what is left. How an overlay is written: docs/rule-language.md.
overlay: Anytown County Council
language: 1

#timescales:
`

const (
	templateFrom   = "2027-01-04"
	templateSource = "the council's procedure and its paragraph"
)

// Template is an overlay in which every timescale of a pack that waits for a council is
// commented out, with the numbers that councils use.
func Template(pack *timescale.Pack) string {
	b := &book{pack: pack}
	var s strings.Builder
	s.WriteString(templateHead)
	pathway := ""
	for _, t := range Unset(pack) {
		if t.Pathway != pathway {
			pathway = t.Pathway
			fmt.Fprintf(&s, "\n## %s\n", english.Stage(pathway))
		}
		s.WriteString("\n" + b.templateRow(t))
	}
	return s.String()
}

func (b *book) templateRow(t *timescale.Timescale) string {
	var s strings.Builder
	e := latest(t)
	fmt.Fprintf(&s, "## %s  %s (%s, %s)\n## %s\n", t.Ref, t.Title, withoutCode(b.shortLimit(t)), standing(t), t.Todo)
	if len(e.Councils) > 0 {
		fmt.Fprintf(&s, "## Councils use: %s\n", orNone(e.Councils))
	}
	if t.Off == "" {
		s.WriteString("## To keep the number, write confirmed: true instead of the editions, with its source.\n")
	}
	fmt.Fprintf(&s, "#  - ref: %s\n", t.Ref)
	if t.Off != "" {
		fmt.Fprintf(&s, "#    on: true\n#    from: %s\n", templateFrom)
	}
	if own := TemplateLimit(t); own != "" {
		fmt.Fprintf(&s, "#    editions:\n#      - from: %s\n#        limit: %s\n#        source: %s\n", templateFrom, own, templateSource)
	}
	return s.String()
}

// TemplateLimit is the limit of a timescale as an overlay writes it; "" where an overlay
// switches it on as it is, because it has no one number of its own.
func TemplateLimit(t *timescale.Timescale) string {
	e := latest(t)
	if !e.Local || len(e.Limits) != 1 {
		return ""
	}
	return overlayLimit(e.Limits[0])
}

func overlayLimit(l timescale.Limit) string {
	from := ""
	switch a := l.From; {
	case a == nil:
		return l.String()
	case a.Birthday > 0:
		from = fmt.Sprintf("{birthday: %d}", a.Birthday)
	case a.Event == "":
		from = a.Field
	default:
		from = fmt.Sprintf("{event: %s, field: %s}", a.Event, a.Field)
	}
	l.From = nil
	return fmt.Sprintf("{limit: %s, from: %s}", l, from)
}
