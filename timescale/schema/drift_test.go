package schema_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"longstop/timescale/load"
)

// unknown is a key, a word and a name that the language does not have.
const unknown = "zz"

// probes are values that stand at a place in turn: a word, a mapping, a list.
var probes = []string{unknown, unknown + ": {}", "- " + unknown}

// wrongKind is how the loader refuses a value whatever the pack and the rest of the file hold.
var wrongKind = regexp.MustCompile(`must be (a text|a list|a mapping|true or false|a whole number|a date)|a limit begins with|is not known: it is one of|has no key "zz"`)

// The loader says what it asks for when it refuses: "it may have after, every, role", "it is one of
// done, due, start", "a whole number from 1 to 25". So at every place of the schemas it is asked, and what
// it says must be what the schema has: a key, a word or a bound that one of them has and the other has
// not, or a value of another kind, is found whatever mapping it is added to.
func TestAtEveryPlaceTheSchemaAsksForWhatTheLoaderAsksFor(t *testing.T) {
	t.Parallel()
	s := readSchemas(t)
	places := append(s.places(packSchema, false), s.places(overlaySchema, false)...)
	places = append(places, s.places(overlaySchema, true)...)
	compiler := jsonschema.NewCompiler() // which reads each file once
	for _, p := range places {
		schema := compileWith(t, compiler, p.at)
		for _, value := range probes {
			p.expectSame(t, schema, value)
		}
	}
	if len(places) < 300 {
		t.Errorf("only %d places were reached", len(places))
	}
}

// expectSame compares what schema and loader say of a value at a place.
func (p place) expectSame(t *testing.T, schema *jsonschema.Schema, value string) {
	t.Helper()
	said := p.refusals(value)
	taken := schema.Validate(parsed(t, value)) == nil
	switch {
	case !taken && said == "" && !p.toldOfTheWhole():
		t.Errorf("%s: the schema refuses %q, the loader takes it", p, value)
	case taken && wrongKind.MatchString(said) && !ofThePack(said):
		t.Errorf("%s: the schema takes %q, the loader does not: %s", p, value, said)
	}
	switch value {
	case probes[0]:
		if !ofThePack(said) && !p.kinds() {
			expectList(t, p, p.words(), listAfter(said, "is not known: it is one of "))
		}
		bounds := ""
		if m := wholeNumber.FindStringSubmatch(said); m != nil {
			bounds = m[1]
		}
		if bounds != p.bounds() {
			t.Errorf("%s: the schema takes a whole number %q, the loader %q: %s", p, p.bounds(), bounds, said)
		}
	case probes[1]:
		if !p.change() {
			expectList(t, p, p.keys(), listAfter(said, "it may have "))
		}
	}
}

var wholeNumber = regexp.MustCompile(`must be a whole number (from \d+ to \d+)`)

// ofThePack reports whether the loader speaks of words that the pack has and not the language.
func ofThePack(said string) bool { return strings.Contains(said, "the pathway") }

// refusals returns what the loader says of a value at a place, a line for each fault.
func (p place) refusals(value string) string {
	text := p.text(value)
	line := strings.Count(text, "\n")
	var said []string
	for _, f := range load.Check([]load.File{{Name: "x.yaml", Text: text}}) {
		if f.Line == line {
			said = append(said, f.Reason)
		}
	}
	return strings.Join(said, "\n")
}

// toldOfTheWhole reports whether the loader tells what is wrong with the value at the head of the
// timescale or ladder that it belongs to.
func (p place) toldOfTheWhole() bool {
	path := strings.Join(p.path, ".")
	return path == "timescales.[].ref" || p.file == overlaySchema && path == "ladders.[].for"
}

// change reports whether the place is a change to a timescale of the pack. The loader answers to a key
// that it does not know there in another way: see the test of it.
func (p place) change() bool {
	return slices.ContainsFunc(p.is, func(n node) bool { return n.at == changeAt })
}

// kinds reports whether the place is the kind of an event's field: see the test of it.
func (p place) kinds() bool {
	return slices.ContainsFunc(p.is, func(n node) bool { return strings.HasPrefix(n.at, packSchema+"#/$defs/kind") })
}

// listAfter returns the list that stands after some words, sorted.
func listAfter(said, words string) []string {
	_, rest, ok := strings.Cut(said, words)
	if !ok {
		return nil
	}
	rest, _, _ = strings.Cut(rest, "\n")
	list := strings.Split(rest, ", ")
	slices.Sort(list)
	return list
}

func expectList(t *testing.T, p place, schema, loader []string) {
	t.Helper()
	for _, name := range loader {
		if !slices.Contains(schema, name) {
			t.Errorf("%s: the loader knows %s, the schema does not: add it", p, name)
		}
	}
	for _, name := range schema {
		if !slices.Contains(loader, name) {
			t.Errorf("%s: the schema has %s, the loader does not know it: remove it", p, name)
		}
	}
}

const changeAt = overlaySchema + "#/$defs/change"

// Of a timescale of the pack an overlay may change a few things, and the loader says so of
// each other key.
func TestTheSchemaHasWhatAnOverlayMayChange(t *testing.T) {
	t.Parallel()
	s := readSchemas(t)
	allowed := keysOf(s.find(changeAt))
	candidates := append(keysOf(s.find(packSchema+"#/$defs/timescale")), allowed...)
	candidates = append(candidates, unknown)
	slices.Sort(candidates)
	for _, key := range slices.Compact(candidates) {
		text := "overlay: A\nlanguage: 1\ntimescales:\n  - ref: CP-10\n"
		if key != "ref" {
			text += "    " + key + ": 1\n"
		}
		refused := slices.ContainsFunc(load.Check([]load.File{{Name: "x.yaml", Text: text}}), func(f load.Fault) bool {
			return strings.Contains(f.Reason, "an overlay may not change "+key+" ")
		})
		if refused == slices.Contains(allowed, key) {
			t.Errorf("%s: the schema has it: %t; the loader refuses it: %t", key, slices.Contains(allowed, key), refused)
		}
	}
}

func TestTheLoaderTakesTheKindsOfFieldsThatTheSchemaHas(t *testing.T) {
	t.Parallel()
	s := readSchemas(t)
	list, _ := s.find(packSchema + "#/$defs/kind/anyOf/0").is["enum"].([]any)
	if len(list) == 0 {
		t.Fatal("the schema has no kinds of fields")
	}
	for _, kind := range list {
		text := "every_event: {x: " + kind.(string) + "}"
		for _, f := range load.Check([]load.File{{Name: "x.yaml", Text: text}}) {
			t.Errorf("%s: %s", kind, f)
		}
	}
}
