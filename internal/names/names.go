// Package names says when two ids, references or names are one, what none of them may hold, and
// which of those that are known somebody may have meant.
//
// What people cannot see must not tell two names apart: else a blank after a case's reference
// makes a second case, and nobody is told about it.
package names

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean returns a name or a text as it is kept: without blanks around it, with ordinary spaces
// for those of other widths, and with letters and their accents composed (Unicode's NFC), so that
// "é" is the same however it was typed. Cleaning it again changes nothing.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimFunc(norm.NFC.String(strings.TrimFunc(s, isBlank)), isBlank)
}

// isPlain reports whether a text is clean at first sight: ASCII, with no blank around it.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// isBlank reports whether a character at the edge of a text is none of it: spaces of any width
// or none, line breaks and the byte order mark.
func isBlank(r rune) bool {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u180e':
		return true
	}
	return unicode.IsSpace(r)
}

// Longest is the longest name that may be, in bytes.
const Longest = 200

// Fault returns what is wrong with a name, and where; "" if nothing is. It does not repeat the
// name. Wrong are control characters, what has no width, what turns the direction of the text, the
// mark of a text that was damaged, and more than 200 bytes.
func Fault(name string) string {
	if len(name) > Longest {
		return fmt.Sprintf("is longer than %d bytes", Longest)
	}
	return fault(name, func(r rune) bool {
		return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Variation_Selector) ||
			unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == '\u2800' || r == utf8.RuneError
	})
}

// TextFault returns Fault for a text of several words, such as a reason: there line breaks, tabs, and
// what joins the parts of letters and pictures may stand.
func TextFault(text string) string {
	return fault(text, func(r rune) bool {
		switch r {
		case '\n', '\r', '\t':
			return false
		}
		return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r)
	})
}

func fault(text string, wrong func(rune) bool) string {
	if isPlain(text) {
		return ""
	}
	n := 0
	for _, r := range text {
		if n++; wrong(r) {
			return fmt.Sprintf("holds %s as its character %d, which nobody sees: take it out", describe(r), n)
		}
	}
	return ""
}

// known are the characters that people meet most, by what their programs call them.
var known = map[rune]string{
	0: "null", '\t': "tab", '\n': "line break", '\r': "line break", '\x1b': "escape", '\u00ad': "soft hyphen",
	'\u200b': "zero-width space", '\u200c': "zero-width non-joiner", '\u200d': "zero-width joiner",
	'\u200e': "left-to-right mark", '\u200f': "right-to-left mark", '\u202e': "right-to-left override",
	'\u2028': "line separator", '\u2060': "word joiner", '\ufeff': "byte order mark", utf8.RuneError: "replacement of a damaged character",
}

func describe(r rune) string {
	if name := known[r]; name != "" {
		return fmt.Sprintf("U+%04X (%s)", r, name)
	}
	return fmt.Sprintf("U+%04X", r)
}
