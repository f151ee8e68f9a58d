package markdown

import (
	"regexp"
	"strings"
	"testing"
)

func TestWhatMeansSomethingInMarkdownIsEscaped(t *testing.T) {
	t.Parallel()
	const space = "\u00a0"
	for _, c := range []struct{ text, want string }{
		{"To do by Thursday: visit.", "To do by Thursday: visit."},
		{"# Ada", `\# Ada`},
		{"- one\n- two", "\\- one\n\\- two"},
		{"16. February", `16\. February`},
		{"due on 16. February", "due on 16. February"},
		{"* _x_ **y** `z` ~~w~~", "\\* \\_x\\_ \\*\\*y\\*\\* \\`z\\` \\~\\~w\\~\\~"},
		{"[click here](https://evil.example/a_b)", `\[click here\](https://evil.example/a_b)`},
		{"a | b", `a \| b`},
		{"> quoted", `\> quoted`},
		{"Title\n=====", "Title\n\\====="},
		{"Title\n---", "Title\n\\---"},
		{"-- \nLongstop", "\\-- \nLongstop"},
		{"^ inset", `\^ inset`},
		{"    # four spaces", space + space + space + space + `\# four spaces`},
		{"\ta tab", strings.Repeat(space, 4) + "a tab"},
		{`C:\temp`, `C:\\temp`},
		{"see https://longstop.example/n/a_b*c. Then", "see https://longstop.example/n/a_b*c. Then"},
		{"one\r\ntwo\n\nthree", "one\ntwo\n\nthree"},
	} {
		if got := Escape(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// What Notify's Markdown takes for an escape.
var escape = regexp.MustCompile("\\\\([\\\\`*{}\\[\\]()#+\\-.!_>~|])")

func FuzzAnEscapedTextReadsAsItStood(f *testing.F) {
	for _, s := range []string{"", "# a", "- a\n1. b", `\`, `\\*`, "https://a.example/_x_*", "a_b https://c.example/)_d_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		escaped := Escape(text)
		read := escape.ReplaceAllString(escaped, "$1")
		want := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\t", "    ")
		for i, line := range strings.Split(read, "\n") {
			was := strings.Split(want, "\n")[i]
			line = strings.ReplaceAll(line, "\u00a0", " ")
			was = strings.ReplaceAll(was, "\u00a0", " ")
			if strings.Contains(was, "http") || strings.HasPrefix(strings.TrimLeft(was, " "), "=") || strings.HasPrefix(strings.TrimLeft(was, " "), "^") {
				continue // an address is left as it is, and two things cannot be escaped
			}
			if line != was {
				t.Fatalf("%q reads as %q", was, line)
			}
		}
	})
}
