package schema_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"longstop/timescale/load"
)

// kinds has each kind of mapping that the loader reads, with a key that it does not know.
var kinds = []struct {
	name, file, text string
	own              bool // a timescale of a council's own
}{
	{name: "a file of a pack", file: packSchema, text: "zz: 1\nlanguage: 1"},
	{name: "a group of events", file: packSchema, text: "events: [{zz: 1}]"},
	{name: "a period", file: packSchema, text: "periods: [{zz: 1}]"},
	{name: "what opens a period", file: packSchema, text: "periods: [{opens: [{zz: 1}]}]"},
	{name: "what ends a period", file: packSchema, text: "periods: [{ends: [{zz: 1}]}]"},
	{name: "what was put right", file: packSchema, text: "timescales: [{corrected: [{zz: 1}]}]"},
	{name: "what was put right of a period", file: packSchema, text: "periods: [{corrected: [{zz: 1}]}]"},
	{name: "a ladder", file: packSchema, text: "ladders: [{zz: 1}]"},
	{name: "a band of limits", file: packSchema, text: "ladders: [{for: [{zz: 1}]}]"},
	{name: "a rung", file: packSchema, text: "ladders: [{name: a, rungs: [{zz: 1}]}]"},
	{name: "a calendar", file: packSchema, text: "calendars: [{zz: 1}]"},
	{name: "a stretch of closed days", file: packSchema, text: "calendars: [{closed: [{zz: 1}]}]"},
	{name: "a term", file: packSchema, text: "terms: [{zz: 1}]"},
	{name: "a publication", file: packSchema, text: "publications: [{zz: 1}]"},
	{name: "a timescale", file: packSchema, text: "timescales: [{zz: 1}]"},
	{name: "a start", file: packSchema, text: "timescales: [{starts: [{zz: 1}]}]"},
	{name: "a start's time since the period opened", file: packSchema, text: "timescales: [{starts: [{within: {zz: 1}}]}]"},
	{name: "what comes before a start", file: packSchema, text: "timescales: [{starts: [{preceded_by: {zz: 1}}]}]"},
	{name: "the ages of a start", file: packSchema, text: "timescales: [{starts: [{aged: {zz: 1}}]}]"},
	{name: "the limit of a start", file: packSchema, text: "timescales: [{starts: [{limit: {zz: 1}}]}]"},
	{name: "the limits of a start", file: packSchema, text: "timescales: [{starts: [{limits: [{zz: 1}]}]}]"},
	{name: "what meets a timescale", file: packSchema, text: "timescales: [{met_by: [{zz: 1}]}]"},
	{name: "what ends a timescale", file: packSchema, text: "timescales: [{ended_by: [{zz: 1}]}]"},
	{name: "what shows a timescale open", file: packSchema, text: "timescales: [{shown_open_by: {zz: 1}}]"},
	{name: "an edition", file: packSchema, text: "timescales: [{editions: [{zz: 1}]}]"},
	{name: "how an edition was checked", file: packSchema, text: "timescales: [{editions: [{checked: {zz: 1}}]}]"},
	{name: "a number that councils use", file: packSchema, text: "timescales: [{editions: [{councils: [{zz: 1}]}]}]"},
	{name: "a limit", file: packSchema, text: "timescales: [{editions: [{limit: {zz: 1}}]}]"},
	{name: "one of several limits", file: packSchema, text: "timescales: [{editions: [{limits: [{zz: 1}]}]}]"},
	{name: "a condition", file: packSchema, text: "timescales: [{editions: [{limits: [{when: {zz: 1}}]}]}]"},
	{name: "one of the earliest", file: packSchema, text: "timescales: [{editions: [{earliest: [{zz: 1}]}]}]"},
	{name: "what it is too early before", file: packSchema, text: "timescales: [{editions: [{not_before: {zz: 1}}]}]"},
	{name: "where a limit counts from", file: packSchema, text: "timescales: [{editions: [{limit: {from: {zz: 1}}}]}]"},
	{name: "what a thing is owed before", file: packSchema, text: "timescales: [{editions: [{by: {zz: 1}}]}]"},
	{name: "one of what a thing is owed before", file: packSchema, text: "timescales: [{editions: [{by: [{zz: 1}]}]}]"},
	{name: "an extension", file: packSchema, text: "timescales: [{extend: {zz: 1}}]"},
	{name: "an alarm", file: packSchema, text: "timescales: [{drift: [{zz: 1}]}]"},
	{name: "an overlay", file: overlaySchema, text: "overlay: A\nlanguage: 1\nzz: 1"},
	{name: "a limit of a council", file: overlaySchema, text: "overlay: A\nlanguage: 1\ntimescales: [{ref: CP-10, editions: [{zz: 1}]}]"},
	{name: "a council's limit that counts from a date", file: overlaySchema, text: "overlay: A\nlanguage: 1\ntimescales: [{ref: CP-10, editions: [{limit: {zz: 1}}]}]"},
	{name: "a timescale of a council's own", file: overlaySchema, text: "overlay: A\nlanguage: 1\ntimescales: [{ref: ZZ-01, starts: [], zz: 1}]", own: true},
	{name: "a ladder of a council's own", file: overlaySchema, text: "overlay: A\nlanguage: 1\nladders: [{name: quick, zz: 1}]"},
	{name: "a calendar of a council's own", file: overlaySchema, text: "overlay: A\nlanguage: 1\ncalendars: [{zz: 1}]"},
	{name: "a term of a council's own", file: overlaySchema, text: "overlay: A\nlanguage: 1\nterms: [{zz: 1}]"},
}

// change is where the schema describes a change to a timescale of the pack. The loader
// answers to a key that it does not know there in another way: see the test of it.
const change = overlaySchema + "#/$defs/change"

func TestTheSchemaHasTheKeysThatTheLoaderHas(t *testing.T) {
	t.Parallel()
	s := readSchemas(t)
	covered := map[string]bool{change: true}
	for _, kind := range kinds {
		found := s.mappings(t, kind.file, kind.text, kind.own)
		if len(found) != 1 {
			t.Errorf("%s: the schema describes %d mappings there, not one", kind.name, len(found))
			continue
		}
		covered[found[0].at] = true
		expectSame(t, kind.name, keysOf(found[0]), said(t, kind.text, `has no key "zz": it may have `))
	}
	s.everywhere("properties", func(at string) {
		if closed := s.find(at).is["additionalProperties"] == false; closed && !covered[at] {
			t.Errorf("%s is a mapping that no kind of this test reaches: add one", at)
		}
	})
}

// mappings are those of a schema where the mark stands in a text.
func (s schemas) mappings(t *testing.T, file, text string, own bool) []node {
	t.Helper()
	path, ok := pathTo(parsed(t, text))
	if !ok {
		t.Fatalf("no mark in %s", text)
	}
	var found []node
	for _, n := range s.follow(file, path, own) {
		if n.is["properties"] != nil && n.is["additionalProperties"] == false {
			found = append(found, n)
		}
	}
	return found
}

func keysOf(n node) []string {
	properties, _ := n.is["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

// said is the list that the loader's fault has after some words.
func said(t *testing.T, text, after string) []string {
	t.Helper()
	for _, f := range load.Check([]load.File{{Name: "x.yaml", Text: text}}) {
		if _, list, ok := strings.Cut(f.Reason, after); ok {
			words := strings.Split(list, ", ")
			slices.Sort(words)
			return words
		}
	}
	t.Errorf("no fault of the loader says %q of:\n%s", after, text)
	return nil
}

func expectSame(t *testing.T, name string, schema, loader []string) {
	t.Helper()
	for _, key := range loader {
		if !slices.Contains(schema, key) {
			t.Errorf("%s: the loader knows %s, the schema does not: add it", name, key)
		}
	}
	for _, key := range schema {
		if !slices.Contains(loader, key) {
			t.Errorf("%s: the schema has %s, the loader does not know it: remove it", name, key)
		}
	}
}

// Of a timescale of the pack an overlay may change a few things, and the loader says so of
// each other key.
func TestTheSchemaHasWhatAnOverlayMayChange(t *testing.T) {
	t.Parallel()
	s := readSchemas(t)
	allowed := keysOf(s.find(change))
	candidates := append(keysOf(s.find(packSchema+"#/$defs/timescale")), allowed...)
	candidates = append(candidates, mark)
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

func TestTheSchemaHasTheWordsThatTheLoaderHas(t *testing.T) {
	t.Parallel()
	s := readSchemas(t)
	// The loader names four kinds of fields, each of which may follow "required".
	covered := map[string]bool{packSchema + "#/$defs/kind/anyOf/0": true}
	for _, text := range []string{
		"timescales: [{repeat_from: zz}]",
		"timescales: [{windows: zz}]",
		"timescales: [{extend: {counted_from: zz}}]",
		"timescales: [{drift: [{role: zz}]}]",
		"timescales: [{editions: [{running: zz}]}]",
		"timescales: [{editions: [{status: zz}]}]",
		"timescales: [{editions: [{checked: {read: zz}}]}]",
		"ladders: [{for: [{unit: zz}]}]",
		"ladders: [{name: a, rungs: [{remind: zz}]}]",
	} {
		path, _ := pathTo(parsed(t, text))
		var words []string
		for _, n := range s.follow(packSchema, path, false) {
			list, _ := n.is["enum"].([]any)
			for _, w := range list {
				words = append(words, w.(string))
				covered[n.at] = true
			}
		}
		expectSame(t, text, words, said(t, text, "is not known: it is one of "))
	}
	s.everywhere("enum", func(at string) {
		if !covered[at] {
			t.Errorf("%s lists words that no text of this test reaches: add one", at)
		}
	})
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
