// Package jsonkeys reads the keys of a JSON text. Package encoding/json takes the last of two
// equal keys without a word, and takes "At" for "at": who checks the keys first can refuse both.
package jsonkeys

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Twin is a key that stands twice in one object, as it is written each time: the two may differ
// by case.
type Twin struct {
	First, Again string
	// In leads to the object from the outermost value: keys, and the indices of lists.
	In []string
}

// Depth returns how deep the objects and lists of a JSON text are nested: 1 for an object that holds none.
// Whoever reads texts of strangers asks first.
func Depth(text []byte) int {
	depth, deepest := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		case '"':
			i = endOfString(text, i) - 1
		}
	}
	return deepest
}

// Read returns the keys of the outermost object of a JSON text, and the first key at any depth
// that stands twice in its object; nil if there is none. The text should be valid JSON: of
// any other something is returned, in time proportional to its length.
func Read(text []byte) (top []string, twin *Twin) {
	s := scanner{}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			s.open(true)
		case '[':
			s.open(false)
		case '}', ']':
			s.close()
		case ',':
			s.next()
		case ':':
			s.key = false
		case '"':
			end := endOfString(text, i)
			if s.key {
				s.add(unquoted(text[i:end]))
			}
			i = end - 1
		}
	}
	return s.top, s.twin
}

// scanner is within some objects and arrays, the innermost last.
type scanner struct {
	frames []frame
	keys   [][]byte // of the objects that are open
	key    bool     // the next string is a key
	top    []string
	twin   *Twin
}

type frame struct {
	object bool
	from   int // where its keys begin
	index  int // of a list: of the value that is read
	many   map[string]string
}

// fewKeys is up to how many keys an object's are compared one by one.
const fewKeys = 16

func (s *scanner) open(object bool) {
	s.frames, s.key = append(s.frames, frame{object: object, from: len(s.keys)}), object
}

// next is at the comma between two members of an object, or two values of a list.
func (s *scanner) next() {
	s.key = false
	if n := len(s.frames) - 1; n >= 0 {
		s.key = s.frames[n].object
		s.frames[n].index++
	}
}

// path leads to the innermost object.
func (s *scanner) path() []string {
	steps := make([]string, len(s.frames)-1)
	for i := range steps {
		f, keys := &s.frames[i], s.frames[i+1].from
		switch {
		case !f.object:
			steps[i] = strconv.Itoa(f.index)
		case keys > f.from:
			steps[i] = string(s.keys[keys-1])
		}
	}
	return steps
}

func (s *scanner) close() {
	s.key = false
	if n := len(s.frames) - 1; n >= 0 {
		s.keys, s.frames = s.keys[:s.frames[n].from], s.frames[:n]
	}
}

func (s *scanner) add(key []byte) {
	f := &s.frames[len(s.frames)-1]
	if len(s.frames) == 1 {
		s.top = append(s.top, string(key))
	}
	if first, again := f.find(s.keys[f.from:], key); again && s.twin == nil {
		s.twin = &Twin{First: first, Again: string(key), In: s.path()}
	}
	s.keys, s.key = append(s.keys, key), false
}

// find looks for a key among those of its object, and notes it where they are many.
func (f *frame) find(keys [][]byte, key []byte) (first string, found bool) {
	if len(keys) < fewKeys {
		for _, k := range keys {
			if bytes.EqualFold(k, key) {
				return string(k), true
			}
		}
		return "", false
	}
	if f.many == nil {
		f.many = make(map[string]string, 2*len(keys))
		for _, k := range keys {
			f.many[folded(k)] = string(k)
		}
	}
	name := folded(key)
	if first, found = f.many[name]; !found {
		f.many[name] = string(key)
	}
	return first, found
}

// folded returns the same for keys that bytes.EqualFold takes for one: those few letters that have a
// third form have one lower case of their upper case.
func folded(key []byte) string { return string(bytes.ToLower(bytes.ToUpper(key))) }

// endOfString returns the index after a string that begins at a quotation mark.
func endOfString(text []byte, from int) int {
	for i := from + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// unquoted returns what a quoted string says.
func unquoted(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return bytes.Trim(quoted, `"`)
	}
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return quoted
	}
	return []byte(s)
}
