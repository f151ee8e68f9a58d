// Package schema_test holds the JSON Schemas of rule packs and overlays, which editors use,
// to what package load reads: the same files, the same keys, the same words.
package schema_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"longstop/timescale/load"
)

const (
	packSchema    = "pack.schema.json"
	overlaySchema = "overlay.schema.json"
)

// compile makes a schema, which is itself checked against draft 2020-12.
func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return compileWith(t, c, name)
}

func compileWith(t *testing.T, c *jsonschema.Compiler, name string) *jsonschema.Schema {
	t.Helper()
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// parsed is a YAML text as an editor's language server reads it.
func parsed(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v, err = jsonschema.UnmarshalJSON(strings.NewReader(string(plain)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryFileOfTheShippedPackFitsTheSchema(t *testing.T) {
	t.Parallel()
	schema := compile(t, packSchema)
	for _, f := range load.EmbeddedFiles() {
		if err := schema.Validate(parsed(t, f.Text)); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestTheOverlaysThatShipFitTheSchema(t *testing.T) {
	t.Parallel()
	schema := compile(t, overlaySchema)
	overlays, err := filepath.Glob("../../overlays/*.yaml")
	if err != nil || len(overlays) == 0 {
		t.Fatalf("no overlays: %v", err)
	}
	for _, path := range append(overlays, "../load/testdata/overlay-anytown.yaml") {
		if err := schema.Validate(parsed(t, read(t, path))); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// loaded is what the loader finds wrong with the pack or the overlay of testdata where a
// part of it is replaced.
func loaded(t *testing.T, file, text string) []load.Fault {
	t.Helper()
	files := []load.File{{Name: file, Text: text}}
	if file == "overlay.yaml" {
		files = append(files, load.File{Name: "pack.yaml", Text: read(t, "testdata/pack.yaml")})
	}
	return load.Check(files)
}

func TestTheTwoExamplesHaveNoFault(t *testing.T) {
	t.Parallel()
	for file, schema := range map[string]string{"pack.yaml": packSchema, "overlay.yaml": overlaySchema} {
		text := read(t, filepath.Join("testdata", file))
		for _, f := range loaded(t, file, text) {
			t.Errorf("the loader: %s", f)
		}
		if err := compile(t, schema).Validate(parsed(t, text)); err != nil {
			t.Errorf("the schema: %s: %v", file, err)
		}
	}
}

// The overlay that the language's own page shows must be one that a council can take over.
func TestTheOverlayInTheDocumentationHasNoFault(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(read(t, "../../docs/rule-language.md"), "\n## An overlay\n")
	_, text, _ := strings.Cut(section, "```yaml\n")
	text, _, ok := strings.Cut(text, "```")
	if !ok {
		t.Fatal("docs/rule-language.md shows no overlay")
	}
	for _, f := range load.Check([]load.File{{Name: "overlay.yaml", Text: text}}) {
		t.Errorf("the loader: %s", f)
	}
	if err := compile(t, overlaySchema).Validate(parsed(t, text)); err != nil {
		t.Errorf("the schema: %v", err)
	}
}

// What an editor marks, the loader refuses: what cannot stand together, and a text of the wrong form. Keys,
// words, bounds and kinds are compared at every place, and everything is left out once, by tests of their own.
func TestWhatIsMisshapenIsRefusedByTheSchemaAndByTheLoader(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, old, with string }{
		{"a check of nothing in particular", "pack.yaml", "read: part, in: A summary", "in: A summary"},
		{"a check that was made nowhere", "pack.yaml", "read: part, in: A summary,", "read: part,"},
		{"a check that was never made", "pack.yaml", "missing: the number, on: 2026-02-01", "missing: the number"},
		{"nothing read, in a text", "pack.yaml", "read: through", "read: none"},
		{"a council's number without a number", "pack.yaml", "{says: before the second visit}", "{who: Anytown}"},
		{"a range without a beginning", "pack.yaml", "{limit: 20 working days, to:", "{to:"},
		{"a publication that never came out", "pack.yaml", "editions: [2023-12-15, 2026-03-18]", "editions: []"},
		{"a publication of no day", "pack.yaml", "editions: [2023-12-15, 2026-03-18]", "editions: [spring]"},
		{"an unknown key of an alarm", "pack.yaml", "after: the same day", "months: 9"},
		{"a timescale that is a text", "pack.yaml", "timescales:\n", "timescales:\n  - XX-00\n"},
		{"starts that are a text", "pack.yaml", "starts: [care.started]", "starts: care.started"},
		{"an event that is a list", "pack.yaml", "met_by: [visit.made]", "met_by: [[visit.made]]"},
		{"an event without its happening", "pack.yaml", "met_by: [visit.made]", "met_by: [visit]"},
		{"a limit of an unknown unit", "pack.yaml", "limit: 10 working days", "limit: 10 fortnights"},
		{"a limit without a unit", "pack.yaml", "limit: 10 working days", "limit: 10"},
		{"a limit of nothing", "pack.yaml", "limit: 10 working days", "limit: 0 working days"},
		{"hours that begin with a day", "pack.yaml", "limit: 10 working days", "limit: 72 hours beginning with the day"},
		{"a sum of working days", "pack.yaml", "limit: 75 days in any 12 months", "limit: 75 working days in any 12 months"},
		{"a sum in working days", "pack.yaml", "limit: 75 days in any 12 months", "limit: 75 days in any 12 working days"},
		{"a sum of hours in months", "pack.yaml", "limit: 75 days in any 12 months", "limit: 75 hours in any 12 months"},
		{"the zeroth birthday", "pack.yaml", "birthday: 16,", "birthday: 0,"},
		{"a birthday in words", "pack.yaml", "birthday: 16,", "birthday: sixteenth,"},
		{"a birthday beyond those of care leavers", "pack.yaml", "from: {birthday: 12}", "from: {birthday: 26}"},
		{"a start of two kinds, one a birthday", "pack.yaml", "birthday: 16,", "birthday: 16, event: visit.made,"},
		{"a date of an event and a birthday", "pack.yaml", "from: {birthday: 12}", "from: {birthday: 12, event: thing.started, field: on}"},
		{"owed before nothing", "pack.yaml", "by: [thing.done, {event: thing.started, has: [on]}]", "by: []"},
		{"not a date", "pack.yaml", "until: 2026-01-01\n        limit", "until: spring\n        limit"},
		{"a rung at no moment", "pack.yaml", "{at: -1wd, remind", "{at: wd, remind"},
		{"a rung for nobody", "pack.yaml", "{at: -1wd, remind: worker}", "{at: -1wd}"},
		{"nth that is a word", "pack.yaml", "nth: 2 or later", "nth: second"},
		{"not a kind of field", "pack.yaml", "open: flag", "open: bool"},
		{"a field without phrases", "pack.yaml", "{phrase: the day, of: {thing.started: the day of the thing}}", "{}"},
		{"a field with a capital letter", "pack.yaml", "open: flag", "Open: flag"},

		{"a change of more than a limit", "overlay.yaml", "on: true", "on: true\n    title: Mine"},
		{"an overlay's edition with two limits", "overlay.yaml", "local_limit: 5 days", "limit: 5 days, local_limit: 5 days"},
		{"a timescale of its own of another status", "overlay.yaml", "limit: 3 working days,", "limit: 3 working days, status: statute,"},
		{"limits for a ladder of its own", "overlay.yaml", "for: []", "for: [{unit: days, from: 1}]"},
	}
	schemas := map[string]*jsonschema.Schema{"pack.yaml": compile(t, packSchema), "overlay.yaml": compile(t, overlaySchema)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := read(t, filepath.Join("testdata", tt.file))
			if strings.Count(text, tt.old) == 0 {
				t.Fatalf("%s does not hold %q", tt.file, tt.old)
			}
			spoilt := strings.Replace(text, tt.old, tt.with, 1)
			if len(loaded(t, tt.file, spoilt)) == 0 {
				t.Error("the loader takes it")
			}
			if schemas[tt.file].Validate(parsed(t, spoilt)) == nil {
				t.Error("the schema takes it")
			}
		})
	}
}
