// Package english puts into English what the programs show people: roles and states, dates and
// instants in London, counts and lists, the steps of a ladder, and the events of a case.
//
// Each has its words here once, those that people in children's social care use, so that a
// letter, an explanation, a list and the Temporal UI cannot differ. Keys of JSON, flags and
// codes are not English and do not come from here. The package is pure.
package english

import (
	"strconv"
	"strings"
)

// Count returns a number of things: "1 day", "3 days". The plural is the word with an s; for
// others see [CountOf].
func Count(n int, one string) string { return CountOf(n, one, one+"s") }

// CountOf is [Count] for a word with another plural: "1 reply", "2 replies".
func CountOf(n int, one, many string) string { return strconv.Itoa(n) + " " + Plural(n, one, many) }

// Plural returns the word for n things, without the number.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Are returns "is" for one thing and "are" for any other number.
func Are(n int) string { return Plural(n, "is", "are") }

// And returns a list: "a", "a and b", "a, b and c".
func And(parts []string) string { return series(parts, " and ") }

// Or returns alternatives: "a", "a or b", "a, b or c".
func Or(parts []string) string { return series(parts, " or ") }

// AndAlso returns a list of clauses, which take a comma: "a", "a, and b".
func AndAlso(clauses []string) string { return series(clauses, ", and ") }

func series(parts []string, last string) string {
	n := len(parts)
	if n < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:n-1], ", ") + last + parts[n-1]
}

// Capital returns a text that begins with a capital letter, where its first letter is ASCII.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Sentence returns a text that ends like a sentence: with a full stop, unless it already ends
// with one or with another mark. Nothing stays nothing.
func Sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// Spaced returns a code as words: "not reported" for not_reported.
func Spaced(code string) string { return strings.ReplaceAll(code, "_", " ") }

var ordinals = []string{"first", "second", "third", "fourth", "fifth"}

// Ordinal returns "first" to "fifth", and after that "6th", "21st", "22nd". n is at least 1.
func Ordinal(n int) string {
	if n <= len(ordinals) {
		return ordinals[n-1]
	}
	switch {
	case n%100 >= 11 && n%100 <= 13:
		return strconv.Itoa(n) + "th"
	case n%10 == 1:
		return strconv.Itoa(n) + "st"
	case n%10 == 2:
		return strconv.Itoa(n) + "nd"
	case n%10 == 3:
		return strconv.Itoa(n) + "rd"
	default:
		return strconv.Itoa(n) + "th"
	}
}
