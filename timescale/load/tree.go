package load

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"longstop/internal/textfile"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 1 << 20

// maxTokens is how many words and marks a file may have: the parser's time grows with the
// square of the keys of one mapping. The largest file of the shipped pack has some 4,200.
const maxTokens = 20_000

// What a file may nest. The parser calls itself for every level, so a hostile file could
// otherwise exhaust the stack, which no program survives.
const (
	maxFlowDepth   = 20 // brackets within brackets
	maxPerLine     = 8  // "- - - -" or "a: b: c:" on one line
	maxIndentation = 80 // columns before a key or an entry
)

// value is a node of a YAML document with the line on which it stands.
type value struct {
	line    int
	kind    kind
	text    string // of a scalar: as written, without its quotes
	isBool  bool   // a bare true or false
	items   []*value
	entries []entry
}

// entry is one key of a mapping, in the order of the file.
type entry struct {
	key   string
	line  int
	value *value
}

type kind string

const (
	nothing kind = "nothing"
	scalar  kind = "a single value"
	list    kind = "a list"
	mapping kind = "a mapping"
)

// get is the value of a key of a mapping; nil if there is none.
func (v *value) get(key string) *value {
	for _, e := range v.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// without returns a mapping without one of its keys, and any other value as it is.
func (v *value) without(key string) *value {
	if v.get(key) == nil {
		return v
	}
	rest := *v
	rest.entries = slices.DeleteFunc(slices.Clone(v.entries), func(e entry) bool { return e.key == key })
	return &rest
}

// textOf is the text of a key of a mapping; "" if there is none or it is not a scalar.
func (v *value) textOf(key string) string {
	if w := v.get(key); w != nil {
		return w.text
	}
	return ""
}

// syntaxError is a fault of a file as YAML.
type syntaxError struct {
	line   int
	reason string
}

func (m *syntaxError) Error() string { return m.reason }

func syntaxErrorAt(tk *token.Token, format string, args ...any) error {
	line := 1
	if tk != nil && tk.Position != nil {
		line = max(tk.Position.Line, 1)
	}
	return &syntaxError{line: line, reason: fmt.Sprintf(format, args...)}
}

// parse reads one YAML document into a tree. The error is a *syntaxError.
//
// Anchors, aliases, merge keys, tags, directives and complex keys are refused: a rule
// reads the same wherever it stands, and no document can expand into a larger one.
func parse(text []byte) (tree *value, err error) {
	if len(text) > MaxFile {
		return nil, &syntaxError{line: 1, reason: fmt.Sprintf("the file has %d bytes; at most %d are read", len(text), MaxFile)}
	}
	text, err = textfile.UTF8(text)
	if err != nil {
		return nil, &syntaxError{line: 1, reason: err.Error()}
	}
	if !utf8.Valid(text) {
		return nil, &syntaxError{line: 1, reason: "the text is not UTF-8: save the file as UTF-8"}
	}
	// The parser is somebody else's: a file that it cannot bear is a faulty file, and
	// never the end of the program.
	defer func() {
		if p := recover(); p != nil {
			tree, err = nil, &syntaxError{line: 1, reason: fmt.Sprintf("this is not YAML that can be read: %v", p)}
		}
	}()
	tokens := lexer.Tokenize(string(text))
	if err := checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, syntaxFault(err)
	}
	return document(file)
}

func syntaxFault(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) {
		return &syntaxError{line: 1, reason: "this is not YAML: " + firstLine(err.Error())}
	}
	message := firstLine(at.GetMessage())
	return syntaxErrorAt(at.GetToken(), "this is not YAML: %s%s", message, mendYAML(message))
}

// mendYAML says what to do about the commonest faults of a file that is not YAML.
func mendYAML(message string) string {
	switch {
	case strings.Contains(message, "'\t'"):
		return " (a tab): indent with blanks"
	case strings.Contains(message, "mapping value is not allowed"):
		return ": a text that holds a colon and a blank stands in quotation marks"
	case strings.Contains(message, "value is not allowed in this context"):
		return ": see that this line begins in the same column as those of the same entry"
	}
	return ""
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// refusedTokens are the parts of YAML that a pack does not use, and what to do instead.
var refusedTokens = map[token.Type]string{
	token.AnchorType:     "anchors (&) are not allowed: write the value out",
	token.AliasType:      "aliases (*) are not allowed: write the value out",
	token.MergeKeyType:   "merge keys (<<) are not allowed: write the keys out",
	token.TagType:        "tags (!) are not allowed: quote the text if it begins with one",
	token.DirectiveType:  "directives (%) are not allowed: leave the line out",
	token.MappingKeyType: "complex keys (?) are not allowed: quote the text if it begins with one",
}

// checkTokens refuses what the tree could not hold, before anything recursive runs.
func checkTokens(tokens token.Tokens) error {
	if len(tokens) > maxTokens {
		return &syntaxError{line: 1, reason: fmt.Sprintf("the file has %d words and marks; at most %d are read: make several files of it",
			len(tokens), maxTokens)}
	}
	flow, line, onLine := 0, 0, 0
	for _, tk := range tokens {
		if why := refusedTokens[tk.Type]; why != "" {
			return syntaxErrorAt(tk, "%s", why)
		}
		if tk.Position.Line != line {
			line, onLine = tk.Position.Line, 0
		}
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType, token.MappingValueType:
			if flow <= 0 {
				onLine++
			}
			if tk.Position.Column > maxIndentation && flow <= 0 {
				return syntaxErrorAt(tk, "a key or an entry stands beyond column %d: indent less", maxIndentation)
			}
		default: // the rest nests nothing
		}
		if flow > maxFlowDepth || onLine > maxPerLine {
			return syntaxErrorAt(tk, "values are nested too deeply")
		}
	}
	return nil
}

func document(file *ast.File) (*value, error) {
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			return nil, syntaxErrorAt(doc.Body.GetToken(), "the file holds a second document: one file holds one document")
		}
		body = doc.Body
	}
	if body == nil {
		return nil, &syntaxError{line: 1, reason: "the file is empty"}
	}
	return tree(body)
}

// tree turns a node into a value.
func tree(node ast.Node) (*value, error) {
	v := &value{kind: scalar}
	tk := node.GetToken()
	if tk != nil && tk.Position != nil {
		v.line = tk.Position.Line
	}
	switch n := node.(type) {
	case *ast.NullNode:
		v.kind = nothing
	case *ast.BoolNode:
		v.text, v.isBool = tk.Value, true
		if v.text != "true" && v.text != "false" {
			return nil, syntaxErrorAt(tk, "%q: write true or false", v.text)
		}
	case *ast.StringNode:
		v.text = n.Value
	case *ast.LiteralNode:
		v.text = strings.TrimSpace(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		v.text = tk.Value
	case *ast.SequenceNode:
		return sequence(v, n)
	case *ast.MappingNode:
		return mappingOf(v, n.Values)
	case *ast.MappingValueNode:
		return mappingOf(v, []*ast.MappingValueNode{n})
	default:
		return nil, syntaxErrorAt(tk, "%s cannot stand here", strings.ToLower(node.Type().String()))
	}
	return v, nil
}

func sequence(v *value, n *ast.SequenceNode) (*value, error) {
	v.kind = list
	for _, item := range n.Values {
		child, err := tree(item)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, child)
	}
	return v, nil
}

func mappingOf(v *value, pairs []*ast.MappingValueNode) (*value, error) {
	v.kind = mapping
	seen := map[string]bool{}
	for i, pair := range pairs {
		key, err := tree(pair.Key)
		if err != nil {
			return nil, err
		}
		if i == 0 && key.line > 0 {
			v.line = key.line
		}
		if seen[key.text] {
			return nil, syntaxErrorAt(pair.Key.GetToken(), "the key %q stands twice", key.text)
		}
		seen[key.text] = true
		child, err := tree(pair.Value)
		if err != nil {
			return nil, err
		}
		if child.line == 0 {
			child.line = key.line
		}
		v.entries = append(v.entries, entry{key: key.text, line: key.line, value: child})
	}
	return v, nil
}
