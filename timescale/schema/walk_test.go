package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// schemas are the files of this folder as plain JSON, by name.
type schemas map[string]any

func readSchemas(t *testing.T) schemas {
	t.Helper()
	s := schemas{}
	for _, name := range []string{packSchema, overlaySchema} {
		var v any
		if err := json.Unmarshal([]byte(read(t, name)), &v); err != nil {
			t.Fatal(err)
		}
		s[name] = v
	}
	return s
}

// node is one subschema and where it stands: "pack.schema.json#/$defs/start/anyOf/1".
type node struct {
	at string
	is map[string]any
}

// find returns the subschema at a place.
func (s schemas) find(at string) node {
	file, pointer, _ := strings.Cut(at, "#")
	v := s[file]
	for _, step := range strings.Split(strings.Trim(pointer, "/"), "/") {
		switch holder := v.(type) {
		case map[string]any:
			if step != "" {
				v = holder[step]
			}
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(holder) {
				panic("no " + at)
			}
			v = holder[i]
		}
	}
	is, ok := v.(map[string]any)
	if !ok {
		panic("no subschema at " + at)
	}
	return node{strings.TrimSuffix(at, "/"), is}
}

// alternatives returns a subschema with everything that it refers to, chooses from or adds. Of
// if, then and else it takes then for a timescale of the council's own.
func (s schemas) alternatives(n node, own bool) []node {
	list := []node{n}
	add := func(at string) { list = append(list, s.alternatives(s.find(at), own)...) }
	if ref, ok := n.is["$ref"].(string); ok {
		file, _, _ := strings.Cut(n.at, "#")
		if strings.HasPrefix(ref, "#") {
			ref = file + ref
		}
		add(ref)
	}
	for _, kind := range []string{"anyOf", "allOf", "oneOf"} {
		choices, _ := n.is[kind].([]any)
		for i := range choices {
			add(fmt.Sprintf("%s/%s/%d", n.at, kind, i))
		}
	}
	branch := "else"
	if own {
		branch = "then"
	}
	if n.is[branch] != nil {
		add(n.at + "/" + branch)
	}
	return list
}

// place is one way through a schema from its root, and what the schema asks for there.
type place struct {
	file string
	own  bool     // through a timescale of a council's own
	path []string // keys, and item for one of a list
	at   string   // the subschema
	is   []node   // it, with everything that it refers to or chooses from
}

// item is the step of a path into a list.
const item = "[]"

func (p place) String() string { return p.file + ": " + strings.Join(p.path, ".") }

// places returns every place of a schema: its root, each key of each mapping whose keys are listed, one
// of each whose keys are names, and the items of each list. Of an overlay it takes, where own is set, the timescales of its own only.
func (s schemas) places(file string, own bool) []place {
	var all []place
	var walk func(at string, path []string)
	walk = func(at string, path []string) {
		if own && len(path) > 0 && path[0] != "timescales" {
			return
		}
		p := place{file: file, own: own, path: path, at: at, is: s.alternatives(s.find(at), own)}
		all = append(all, p)
		for _, n := range p.is {
			for _, key := range keysOf(n) {
				walk(n.at+"/properties/"+key, append(slices.Clone(path), key))
			}
			// What a period must hold has the form of what an event must, and needs a period to be read.
			if _, named := n.is["additionalProperties"].(map[string]any); named && !slices.Contains(path, "period_where") {
				walk(n.at+"/additionalProperties", append(slices.Clone(path), nameIn(path)))
			}
			if n.is["items"] != nil && n.is["type"] == "array" {
				walk(n.at+"/items", append(slices.Clone(path), item))
			}
		}
	}
	walk(file+"#", nil)
	return all
}

// nameIn returns a name of the pack for a mapping whose keys are names.
func nameIn(path []string) string {
	switch path[len(path)-1] {
	case "types":
		return "tea.served"
	case "of":
		return "hearing.listed"
	case "where":
		return "outcome"
	case "word_phrases":
		return "nfa"
	}
	return "for"
}

// keysOf returns the keys of a mapping that has no others, sorted.
func keysOf(n node) []string {
	if n.is["additionalProperties"] != false {
		return nil
	}
	properties, _ := n.is["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

// keys returns those of the mapping that may stand at the place, sorted.
func (p place) keys() []string {
	var keys []string
	for _, n := range p.is {
		keys = append(keys, keysOf(n)...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// words returns those that a value at the place is one of, sorted.
func (p place) words() []string {
	var words []string
	for _, n := range p.is {
		list, _ := n.is["enum"].([]any)
		for _, w := range list {
			words = append(words, fmt.Sprint(w))
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// bounds returns "from 1 to 25" for a whole number at the place, "" where it takes none so bounded.
func (p place) bounds() string {
	for _, n := range p.is {
		if n.is["minimum"] != nil && n.is["maximum"] != nil {
			return fmt.Sprintf("from %v to %v", n.is["minimum"], n.is["maximum"])
		}
	}
	return ""
}

// text returns a file of one value, which stands at the place: a line of YAML for each step, with what
// the loader must find next to it to get there. The last line is the value's.
func (p place) text(value string) string {
	var s strings.Builder
	indent, parent := "", ""
	for i := 0; ; i++ {
		step := ""
		if i < len(p.path) {
			step = p.path[i]
		}
		if step != item {
			company := p.company(parent, step)
			for _, key := range slices.Sorted(maps.Keys(company)) {
				if key != step && (step != "" || p.ofMapping(value)) {
					s.WriteString(indent + key + ": " + company[key] + "\n")
				}
			}
		}
		switch step {
		case "":
			s.WriteString(indent + value + "\n")
			return s.String()
		case item:
			s.WriteString(indent + "-\n")
		default:
			s.WriteString(indent + step + ":\n")
			parent = step
		}
		indent += "  "
	}
}

// ofMapping reports whether the value is a mapping where others may stand next to what it says: at the
// root, or as one of a list.
func (p place) ofMapping(value string) bool {
	return strings.Contains(value, ": ") && (len(p.path) == 0 || p.path[len(p.path)-1] == item)
}

// company returns what must stand next to a key for the loader to read it.
func (p place) company(parent, key string) map[string]string {
	overlay := p.file == overlaySchema
	switch {
	case key == "where" || key == "has" || key == "lacks":
		return map[string]string{"event": "referral.decided"}
	case parent == "" && overlay:
		return map[string]string{"overlay": "Anytown", "language": "1"}
	case parent == "timescales" && overlay && p.own:
		return map[string]string{"ref": "ZZ-01", "starts": "[referral.decided]"}
	case parent == "timescales" && overlay:
		return map[string]string{"ref": "CP-10"}
	case parent == "ladders":
		return map[string]string{"name": "quick", "rungs": "[]"}
	case parent == "events":
		return map[string]string{"pathway": "FrontDoor", "types": "{}"}
	}
	return nil
}
