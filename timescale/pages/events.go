package pages

import (
	"strings"

	"longstop/timescale"
)

// phrase is an event in plain words: "a review conference is held". A name that no table
// has gives one by its parts: what it is about, and what happened.
func phrase(event string) string {
	if p := phrases[event]; p != "" {
		return p
	}
	thing, happened, _ := strings.Cut(event, ".")
	is, ok := happenings[happened]
	if !ok {
		is = "is " + spaced(happened)
	}
	if plural[thing] {
		is = severally(is)
	}
	noun := things[thing]
	if noun == "" {
		noun = "the " + spaced(thing)
	}
	if known[happened] {
		noun = definite(noun)
	}
	return noun + " " + is
}

// definite is a thing that has been spoken of: "the plan" for "a plan".
func definite(noun string) string {
	for _, article := range []string{"a ", "an "} {
		if rest, ok := strings.CutPrefix(noun, article); ok {
			return "the " + rest
		}
	}
	return noun
}

// severally is a verb of several things: "start", "are sent".
func severally(verb string) string {
	if rest, ok := strings.CutPrefix(verb, "is "); ok {
		return "are " + rest
	}
	return strings.TrimSuffix(verb, "s")
}

// spaced is a name as words, its abbreviations written out.
func spaced(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words {
		if full := abbreviations[w]; full != "" {
			words[i] = full
		}
	}
	return strings.Join(words, " ")
}

// periodName is what a period lasts with: "the child protection plan".
func periodName(period string) string {
	if p := periodWords[period]; p != "" {
		return p
	}
	return "the " + spaced(period)
}

// event is a match in words, with its name beside it: "a child protection visit is made
// (`cp_visit.made`) and the child is seen".
func event(m timescale.Match) string {
	s := phrase(m.Event) + code(m.Event)
	where := tests(m.Where, "it")
	if thing, _, _ := strings.Cut(m.Event, "."); plural[thing] {
		where = strings.ReplaceAll(where, "its ", "their ")
	}
	switch len(m.Where) {
	case 0:
		return s
	case 1:
		return s + " and " + where
	default:
		return s + ", where " + where
	}
}

func events(list []timescale.Match) []string {
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = event(m)
	}
	return words
}

// tests is what must hold of an event, or of a period, whose noun it names once.
func tests(list []timescale.Test, subject string) string {
	parts := make([]string, len(list))
	for i, t := range list {
		parts[i] = test(t)
		if strings.Contains(parts[i], "{it}") {
			parts[i] = strings.ReplaceAll(parts[i], "{it}", subject)
			subject = "it"
		}
	}
	return all(parts)
}

func test(t timescale.Test) string {
	switch {
	case t.Filled != nil && *t.Filled:
		return fieldNoun(t.Field) + " is recorded"
	case t.Filled != nil:
		return fieldNoun(t.Field) + " is not recorded"
	case t.Flag == nil:
		return fieldNoun(t.Field) + " is " + either(answersOf(t.Words))
	}
	words, ok := flags[t.Field]
	switch {
	case ok && *t.Flag:
		return words[0]
	case ok:
		return words[1]
	case *t.Flag:
		return spaced(t.Field) + ": yes"
	default:
		return spaced(t.Field) + ": no"
	}
}

func answersOf(words []string) []string {
	said := make([]string, len(words))
	for i, w := range words {
		said[i] = answers[w]
		if said[i] == "" {
			said[i] = spaced(w)
		}
	}
	return said
}

func fieldNoun(field string) string {
	if noun := fieldNouns[field]; noun != "" {
		return noun
	}
	return "its " + spaced(field)
}
