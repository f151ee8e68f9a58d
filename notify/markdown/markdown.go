// Package markdown makes programs that read Markdown show plain text as it stands. GOV.UK Notify and
// Microsoft Teams both read it, each its own kind: what is escaped here means something in one of
// them, and every character that is escaped may be in both.
package markdown

import (
	"regexp"
	"strings"
)

var (
	// web is an address that readers make a link of, as Notify recognises one.
	web = regexp.MustCompile(`https?://[^\s<]+[^<.,:"')\]\s]`)
	// special are the characters that mean something within a line of Markdown.
	special = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `{`, `\{`, `}`, `\}`, `[`, `\[`, `]`, `\]`, `|`, `\|`, `~`, `\~`,
	)
	// opening is what makes a heading, a list, a rule or a quotation of a line that begins with it.
	opening = regexp.MustCompile(`^(\d+)\.|^([#+>-])`)
	// An underline makes a heading of the line above, and to Notify a caret begins a quotation: neither
	// can be escaped there, but behind a backslash, which is then shown, they mean nothing.
	unescapable = regexp.MustCompile(`^(=+\s*$|\^)`)
)

// Escape escapes a text line by line: our letters are plain text, and hold what people have written.
// Line breaks stay as they are.
func Escape(text string) string {
	lines := Lines(text)
	for i, line := range lines {
		lines[i] = Line(line)
	}
	return strings.Join(lines, "\n")
}

// Lines returns the lines of a text without their ends.
func Lines(text string) []string {
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// Line escapes one line. The spaces at its beginning, four of which would make it program text,
// become spaces that Markdown does not count.
func Line(line string) string {
	line = strings.ReplaceAll(line, "\t", "    ")
	words := strings.TrimLeft(line, " ")
	indent := strings.Repeat("\u00a0", len(line)-len(words))
	return indent + escapeOpening(escapeWithin(words))
}

// escapeWithin escapes a line but for the addresses in it.
func escapeWithin(line string) string {
	var out strings.Builder
	from := 0
	for _, at := range web.FindAllStringIndex(line, -1) {
		out.WriteString(special.Replace(line[from:at[0]]))
		out.WriteString(line[at[0]:at[1]])
		from = at[1]
	}
	out.WriteString(special.Replace(line[from:]))
	return out.String()
}

func escapeOpening(line string) string {
	line = opening.ReplaceAllStringFunc(line, func(found string) string {
		return found[:len(found)-1] + `\` + found[len(found)-1:]
	})
	// A rule, and the underline of a heading, is made of hyphens alone: the first is escaped already.
	return unescapable.ReplaceAllString(line, `\$1`)
}
