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

// find is the subschema at a place.
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

// alternatives is a subschema with everything that it refers to, chooses from or adds. Of
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

// step goes from subschemas to those of a key, or with "[]" to those of their items.
func (s schemas) step(from []node, key string, own bool) []node {
	var to []node
	for _, n := range from {
		for _, a := range s.alternatives(n, own) {
			properties, _ := a.is["properties"].(map[string]any)
			switch {
			case key == "[]" && a.is["items"] != nil:
				to = append(to, s.find(a.at+"/items"))
			case properties[key] != nil:
				to = append(to, s.find(a.at+"/properties/"+key))
			}
		}
	}
	return to
}

// follow goes along a path from the root of a schema, and gives everything that is there.
func (s schemas) follow(file string, path []string, own bool) []node {
	nodes := []node{s.find(file + "#")}
	for _, key := range path {
		nodes = s.step(nodes, key, own)
	}
	var all []node
	for _, n := range nodes {
		all = append(all, s.alternatives(n, own)...)
	}
	return all
}

// mark is the key, or the word, that nobody knows.
const mark = "zz"

// pathTo is the way to the mark in a YAML value: as a key, or as a value.
func pathTo(v any) (path []string, ok bool) {
	switch holder := v.(type) {
	case string:
		return nil, holder == mark
	case map[string]any:
		if holder[mark] != nil {
			return nil, true
		}
		for _, key := range slices.Sorted(maps.Keys(holder)) {
			if rest, ok := pathTo(holder[key]); ok {
				return append([]string{key}, rest...), true
			}
		}
	case []any:
		for _, item := range holder {
			if rest, ok := pathTo(item); ok {
				return append([]string{"[]"}, rest...), true
			}
		}
	}
	return nil, false
}

// everywhere calls a function with each subschema that holds a key.
func (s schemas) everywhere(key string, call func(at string)) {
	for _, file := range slices.Sorted(maps.Keys(s)) {
		visit(s[file], file+"#", key, call)
	}
}

func visit(v any, at, key string, call func(at string)) {
	switch holder := v.(type) {
	case map[string]any:
		if holder[key] != nil {
			call(at)
		}
		for _, k := range slices.Sorted(maps.Keys(holder)) {
			visit(holder[k], at+"/"+k, key, call)
		}
	case []any:
		for i, item := range holder {
			visit(item, fmt.Sprintf("%s/%d", at, i), key, call)
		}
	}
}
