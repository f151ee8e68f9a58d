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

// What an editor marks, the loader refuses: a misspelt key, a value of the wrong kind, a
// word that is none of those there are, something that is missing.
func TestWhatIsMisshapenIsRefusedByTheSchemaAndByTheLoader(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, old, with string }{
		{"an unknown key of the pack", "pack.yaml", "pack: A test", "pack: A test\nlaw: none"},
		{"an unknown key of a timescale", "pack.yaml", "todo: Do the thing.", "todo: Do the thing.\n    extends: true"},
		{"a misspelt key of a timescale", "pack.yaml", "title: A thing", "titel: A thing"},
		{"an unknown key of a start", "pack.yaml", "nth: 2 or later", "nht: 2 or later"},
		{"an unknown key of a limit", "pack.yaml", "from: on}", "form: on}"},
		{"an unknown condition", "pack.yaml", "not_held_since: review.held", "not_holding: review.held"},
		{"an unknown key of an edition", "pack.yaml", "unverified: true", "verified: false"},
		{"an unknown key of a check", "pack.yaml", "read: part, in:", "read: part, at:"},
		{"a check of nothing in particular", "pack.yaml", "read: part, in: A summary", "in: A summary"},
		{"not a reading", "pack.yaml", "read: part", "read: partly"},
		{"a check that was made nowhere", "pack.yaml", "read: part, in: A summary,", "read: part,"},
		{"a check that was never made", "pack.yaml", "missing: the number, on: 2026-02-01", "missing: the number"},
		{"nothing read, in a text", "pack.yaml", "read: through", "read: none"},
		{"an unknown key of a council's number", "pack.yaml", "who: Anytown", "where: Anytown"},
		{"a council's number without a number", "pack.yaml", "{says: before the second visit}", "{who: Anytown}"},
		{"a range without a beginning", "pack.yaml", "{limit: 20 working days, to:", "{to:"},
		{"an unknown key of a publication", "pack.yaml", "{name: Working Together, editions:", "{title: Working Together, editions:"},
		{"a publication that never came out", "pack.yaml", "editions: [2023-12-15, 2026-03-18]", "editions: []"},
		{"a publication of no day", "pack.yaml", "editions: [2023-12-15, 2026-03-18]", "editions: [spring]"},
		{"an unknown key of an event group", "pack.yaml", "marks: true", "marked: true"},
		{"an unknown key of a period", "pack.yaml", "ends: [care.ended", "closes: [care.ended"},
		{"an unknown key of a rung", "pack.yaml", "{at: -1wd, remind: worker}", "{at: -1wd, tell: worker}"},
		{"an unknown key of a calendar", "pack.yaml", "incomplete: true", "partial: true"},
		{"an unknown key of an alarm", "pack.yaml", "after: the same day", "months: 9"},
		{"pathways that are a text", "pack.yaml", "pathways: [Assessment, LookedAfter]", "pathways: Assessment"},
		{"timescales that are a mapping", "pack.yaml", "timescales:\n", "timescales: {}\nevery:\n"},
		{"a timescale that is a text", "pack.yaml", "timescales:\n", "timescales:\n  - XX-00\n"},
		{"a title that is a list", "pack.yaml", "title: A thing", "title: [A thing]"},
		{"a flag that is a word", "pack.yaml", "calendar: school\n", "calendar: school\n    each: sometimes\n"},
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
		{"a limit that is a list", "pack.yaml", "limit: 10 working days", "limit: [10 working days]"},
		{"not a date", "pack.yaml", "until: 2026-01-01\n        limit", "until: spring\n        limit"},
		{"not a status", "pack.yaml", "status: regulation", "status: law"},
		{"not a role", "pack.yaml", "{at: 0, remind: worker}", "{at: 0, remind: nurse}"},
		{"a rung at no moment", "pack.yaml", "{at: -1wd, remind", "{at: wd, remind"},
		{"a rung for nobody", "pack.yaml", "{at: -1wd, remind: worker}", "{at: -1wd}"},
		{"a band in weeks", "pack.yaml", "unit: working_days", "unit: weeks"},
		{"nth that is a word", "pack.yaml", "nth: 2 or later", "nth: second"},
		{"not a kind of field", "pack.yaml", "open: flag", "open: bool"},
		{"a field with a capital letter", "pack.yaml", "open: flag", "Open: flag"},
		{"unknown windows", "pack.yaml", "windows: calendar months", "windows: quarters"},
		{"no source", "pack.yaml", "        source: Another Act\n", ""},
		{"no status", "pack.yaml", "        status: regulation\n", ""},
		{"no title", "pack.yaml", "    title: A visit\n", ""},
		{"nothing that starts it", "pack.yaml", "    starts: [care.started]\n", ""},
		{"nothing that meets it", "pack.yaml", "    met_by: [visit.made]\n", ""},
		{"an extension without a source", "pack.yaml", "total: 1 year, source: An Act}", "total: 1 year}"},
		{"a term without an end", "pack.yaml", "{name: autumn term, from: 09-01, until: 12-31}", "{name: autumn term, from: 09-01}"},

		{"an unknown key of an overlay", "overlay.yaml", "language: 1", "language: 1\nlaw: none"},
		{"an unknown key of a change", "overlay.yaml", "remove: true", "gone: true"},
		{"a change of more than a limit", "overlay.yaml", "on: true", "on: true\n    title: Mine"},
		{"on that is a word", "overlay.yaml", "on: true", "on: please"},
		{"an unknown key of an overlay's edition", "overlay.yaml", "from: 2026-04-01", "status: local"},
		{"an overlay's edition without a source", "overlay.yaml", "limit: 20 working days, source: \"Anytown procedures, 4.1\"", "limit: 20 working days"},
		{"an overlay's edition with two limits", "overlay.yaml", "local_limit: 5 days", "limit: 5 days, local_limit: 5 days"},
		{"a timescale of its own of another status", "overlay.yaml", "limit: 3 working days,", "limit: 3 working days, status: statute,"},
		{"a timescale of its own without a title", "overlay.yaml", "    title: A call\n", ""},
		{"limits for a ladder of its own", "overlay.yaml", "for: []", "for: [{unit: days, from: 1}]"},
		{"no language", "overlay.yaml", "language: 1\n", ""},
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
