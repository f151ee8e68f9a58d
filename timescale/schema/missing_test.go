package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"longstop/timescale/load"
)

// smaller calls a function with each value that differs from v by one key of one mapping or one item of
// one list that is left out, or by all of them, and with where that stood.
func smaller(v any, at string, call func(at string, v any)) {
	switch holder := v.(type) {
	case map[string]any:
		call(at+".*", map[string]any{})
		for _, key := range slices.Sorted(maps.Keys(holder)) {
			rest := maps.Clone(holder)
			delete(rest, key)
			call(at+"."+key, rest)
			smaller(holder[key], at+"."+key, func(at string, inner any) {
				whole := maps.Clone(holder)
				whole[key] = inner
				call(at, whole)
			})
		}
	case []any:
		call(at+"[*]", []any{})
		for i := range holder {
			step := fmt.Sprintf("%s[%d]", at, i)
			call(step, slices.Delete(slices.Clone(holder), i, i+1))
			smaller(holder[i], step, func(at string, inner any) {
				whole := slices.Clone(holder)
				whole[i] = inner
				call(at, whole)
			})
		}
	}
}

// relation is how the loader speaks of what only the whole pack shows: a name that something else uses,
// limits that must follow each other, who must be told. No schema can say these.
var relation = regexp.MustCompile(strings.Join([]string{
	`is not in the vocabulary`, `has no field "`, `no event has a field`, `it has no date until`, `no event that starts the rule has a date`, // events
	`the pathway ".*" is not known`, `the period ".*" is not known`, `the pack has no (calendar|ladder)`, // names
	`no file of the pack says`, `and it has none`, `nothing ends the period`, `a rolling sum adds up the times`,
	`has no limit, and not every start`, `has no condition, so those after`, `the last limit has a condition`, `cannot give this rule a number`,
	`two editions`, `it is not in force`,
	`no ladder covers`, `a rung at "(50%|\+4h)"`, `it has no rungs`, `the worker is not reminded`, `the escalation to the`, // who is told
}, "|"))

// takenEmpty is what the loader takes, since it changes nothing, and an editor marks: a change to a timescale
// of the pack with no editions, no numbers of councils, and an empty file.
var takenEmpty = map[string]*regexp.Regexp{
	"pack.yaml":    regexp.MustCompile(`\.councils\[\*\]$`),
	"overlay.yaml": regexp.MustCompile(`^(\.timescales\[[01]\]\.editions\[[0*]\]|\.\*)$`),
}

// Every key and every item of the two examples is left out in turn, and each mapping and list emptied. What the loader then refuses the
// schema refuses too, but for relations, and the other way round: what the schema requires is what the
// loader requires.
func TestWhatMayBeLeftOutIsTheSameForTheSchemaAndTheLoader(t *testing.T) {
	t.Parallel()
	for file, name := range map[string]string{"pack.yaml": packSchema, "overlay.yaml": overlaySchema} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			schema, spoilt := compile(t, name), 0
			smaller(parsed(t, read(t, filepath.Join("testdata", file))), "", func(at string, v any) {
				text, err := json.Marshal(v) // which is YAML
				if err != nil {
					t.Fatal(err)
				}
				refused := schema.Validate(v) != nil
				faults := loaded(t, file, string(text))
				own := slices.DeleteFunc(slices.Clone(faults), func(f load.Fault) bool { return relation.MatchString(f.Reason) })
				switch {
				case refused && len(faults) == 0 && !takenEmpty[file].MatchString(at):
					t.Errorf("without %s the schema refuses it, and the loader takes it", at)
				case !refused && len(own) > 0:
					t.Errorf("without %s the schema takes it, and the loader does not: %s", at, own[0])
				case refused:
					spoilt++
				}
			})
			if spoilt == 0 {
				t.Error("nothing that was left out is required")
			}
		})
	}
}
