package pages

import (
	"fmt"
	"strings"

	"longstop/timescale"
)

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
	var s strings.Builder
	s.WriteString(templateHead)
	pathway := ""
	for _, t := range Unset(pack) {
		if t.Pathway != pathway {
			pathway = t.Pathway
			fmt.Fprintf(&s, "\n## %s\n", pathwayName(pathway))
		}
		s.WriteString("\n" + templateRow(t))
	}
	return s.String()
}

func templateRow(t *timescale.Timescale) string {
	var s strings.Builder
	e := latest(t)
	fmt.Fprintf(&s, "## %s  %s (%s, %s)\n## %s\n", t.Ref, t.Title, withoutCode(shortLimit(t)), standing(t), t.Todo)
	if len(e.Councils) > 0 {
		fmt.Fprintf(&s, "## Councils use: %s\n", orNone(e.Councils))
	}
	if t.Off == "" {
		s.WriteString("## To keep the number, write confirmed: true in the place of the editions, with its source.\n")
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
