package pages

import (
	"fmt"
	"regexp"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// slug is the anchor that a heading gets, as GitHub and others make it.
func slug(heading string) string {
	var s strings.Builder
	for _, c := range strings.ToLower(heading) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
			s.WriteRune(c)
		case c == ' ':
			s.WriteByte('-')
		}
	}
	return s.String()
}

// heading is a timescale's heading, without its marks.
func heading(t *timescale.Timescale) string { return t.Ref + ": " + t.Title }

// link leads to a timescale; on is the page that it stands on.
func link(t *timescale.Timescale, on string) string {
	file := pathwayFile(t.Pathway)
	if file == on {
		file = ""
	}
	return fmt.Sprintf("[%s](%s#%s)", t.Ref, file, slug(heading(t)))
}

// table is a Markdown table. The columns from the number-th on are numbers.
func table(header []string, number int, rows [][]string) string {
	var s strings.Builder
	line := func(cells []string) {
		s.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	line(header)
	rule := make([]string, len(header))
	for i := range rule {
		rule[i] = "---"
		if i >= number {
			rule[i] = "--:"
		}
	}
	line(rule)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		line(cells)
	}
	return s.String() + "\n"
}

// textOnly is the number of a table without columns of numbers.
const textOnly = 100

// fact is a line of a timescale: one thing of it, or several below each other.
func fact(name string, parts ...string) string {
	if len(parts) == 1 {
		return fmt.Sprintf("- **%s** %s\n", name, english.Sentence(parts[0]))
	}
	return fmt.Sprintf("- **%s**\n  - %s\n", name, strings.Join(parts, "\n  - "))
}

// code is a name as a program spells it, after the words for it.
func code(name string) string { return " (`" + name + "`)" }

// named matches a name after the words for it.
var named = regexp.MustCompile(" \\(`[^`]*`\\)")

func withoutCode(s string) string { return named.ReplaceAllString(s, "") }

// ended is a text that ends with one line's end.
func ended(s string) string { return strings.TrimRight(s, "\n") + "\n" }
