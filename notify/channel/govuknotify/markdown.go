package govuknotify

import (
	"regexp"
	"strings"
)

var (
	// web is an address that Notify makes a link of, as it recognises one.
	web = regexp.MustCompile(`https?://[^\s<]+[^<.,:"')\]\s]`)
	// special are the characters that mean something within a line of Markdown.
	special = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `{`, `\{`, `}`, `\}`, `[`, `\[`, `]`, `\]`, `|`, `\|`, `~`, `\~`,
	)
	// opening is what makes a heading, a list, a rule or a quotation of a line that begins with it.
	opening = regexp.MustCompile(`^(\d+)\.|^([#+>-])`)
	// underline makes a heading of the line above, and a caret a quotation of its own: neither can be
	// escaped, but behind a backslash, which is then shown, they mean nothing.
	unescapable = regexp.MustCompile(`^(=+\s*$|\^)`)
)

// escapeMarkdown makes Notify show a text as it stands: our letters are plain text, and hold what
// people have written. Line breaks stay, since Notify keeps them; the spaces at the beginning of a line,
// four of which would make it program text, become spaces that Markdown does not count.
func escapeMarkdown(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		line = strings.ReplaceAll(line, "\t", "    ")
		words := strings.TrimLeft(line, " ")
		words = escapeOpening(escapeWithin(words))
		lines[i] = strings.Repeat("\u00a0", len(line)-len(strings.TrimLeft(line, " "))) + words
	}
	return strings.Join(lines, "\n")
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
