package pages

import (
	"cmp"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// phrase is an event in plain words: "a review conference is held".
func (b *book) phrase(event string) string { return english.Event(b.pack, event) }

// periodName is what a period lasts with: "the child protection plan".
func (b *book) periodName(period string) string { return english.Period(b.pack, period) }

// event is a match in words, followed by its name: "a child protection visit is made
// (`cp_visit.made`) and the child is seen".
func (b *book) event(m timescale.Match) string {
	s := b.phrase(m.Event) + code(m.Event)
	where := b.tests(m.Where, "it")
	switch len(m.Where) {
	case 0:
		return s
	case 1:
		return s + " and " + where
	default:
		return s + ", where " + where
	}
}

func (b *book) events(list []timescale.Match) []string {
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = b.event(m)
	}
	return words
}

// tests is what must hold of an event, or of a period, whose noun it names once.
func (b *book) tests(list []timescale.Test, subject string) string {
	parts := make([]string, len(list))
	for i, t := range list {
		parts[i] = b.test(t)
		if strings.Contains(parts[i], "{it}") {
			parts[i] = strings.ReplaceAll(parts[i], "{it}", subject)
			subject = "it"
		}
	}
	return english.And(parts)
}

func (b *book) test(t timescale.Test) string {
	switch {
	case t.Filled != nil && *t.Filled:
		return b.fieldNoun(t.Field) + " is recorded"
	case t.Filled != nil:
		return b.fieldNoun(t.Field) + " is not recorded"
	case t.Flag == nil:
		return b.fieldNoun(t.Field) + " is " + english.Or(b.answers(t.Words))
	}
	words := b.pack.FieldPhrases[t.Field]
	switch {
	case *t.Flag:
		return cmp.Or(words.Holds, english.Name(t.Field)+": yes")
	default:
		return cmp.Or(words.DoesNot, english.Name(t.Field)+": no")
	}
}

// answers returns the words that a field may hold as people say them.
func (b *book) answers(words []string) []string {
	said := make([]string, len(words))
	for i, w := range words {
		said[i] = cmp.Or(b.pack.WordPhrases[w], english.Name(w))
	}
	return said
}

// fieldNoun returns what a field holds: "the date by which it is due".
func (b *book) fieldNoun(field string) string {
	return cmp.Or(b.pack.FieldPhrases[field].Phrase, "the "+english.Name(field))
}

// dateOf returns the date that a field of an event holds, as in "the day of the hearing"; "" where the
// pack has no words for it.
func (b *book) dateOf(event, field string) string { return b.pack.FieldPhrases[field].Of[event] }
