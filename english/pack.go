package english

import (
	"strings"

	"longstop/timescale"
)

// Event returns what an event says happened: "a referral is received". The phrase stands in the
// pack; without one, as in packs of earlier releases, it is made of the parts of the name.
func Event(pack *timescale.Pack, name string) string {
	if e, ok := pack.EventType(name); ok && e.Phrase != "" {
		return e.Phrase
	}
	thing, happened, ok := strings.Cut(name, ".")
	if !ok {
		return inFull(name)
	}
	return "the " + inFull(thing) + " is " + inFull(happened)
}

// Period returns what a period lasts with: "the child protection plan". The phrase stands in the
// pack; without one it is the name.
func Period(pack *timescale.Pack, name string) string {
	if p := pack.Period(name); p != nil && p.Phrase != "" {
		return p.Phrase
	}
	return "the " + inFull(name)
}

// parts are written out where names of events, periods and fields have no phrase.
var parts = map[string]string{
	"cin": "child in need", "cp": "child protection", "icpc": "initial conference", "lac": "looked-after child",
	"nfa": "no further action", "pf": "private fostering", "s47": "section 47",
}

// Name returns a name of the pack as words, its abbreviations written out: "looked-after child
// review" for lac_review.
func Name(name string) string { return inFull(name) }

func inFull(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words {
		if full := parts[w]; full != "" {
			words[i] = full
		}
	}
	return strings.Join(words, " ")
}

// stages are the stages of a case that are not said as their codes are spelt.
var stages = map[string]string{
	"ChildInNeed": "Children in need", "PreProceedings": "Pre-proceedings", "LookedAfter": "Looked-after children", "Missing": "Missing children",
}

// Stage returns a stage of a case as people say it, for its code: "Child protection", "Section 47".
func Stage(pathway string) string {
	if name := stages[pathway]; name != "" {
		return name
	}
	var s strings.Builder
	for i, c := range pathway {
		upper, digit := c >= 'A' && c <= 'Z', c >= '0' && c <= '9'
		if i > 0 && (upper || digit && !isDigit(pathway[i-1])) {
			s.WriteByte(' ')
		}
		if i > 0 && upper {
			c += 'a' - 'A'
		}
		s.WriteRune(c)
	}
	return s.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
