package cincensus

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"longstop/intake"
)

// group is one element that holds others, as it was read.
type group struct {
	name   string
	line   int
	leaves []leaf
	groups []*group
}

// leaf is one element with a text, trimmed.
type leaf struct {
	name string
	line int
	text string
}

// first is the first leaf of a name that holds text, and how many there are.
func (g *group) first(name string) (found leaf, count int) {
	for _, l := range g.leaves {
		if l.name != name || l.text == "" {
			continue
		}
		if count == 0 {
			found = l
		}
		count++
	}
	return found, count
}

// within are the groups of a name that stand directly inside.
func (g *group) within(name string) []*group {
	var found []*group
	for _, inner := range g.groups {
		if inner.name == name {
			found = append(found, inner)
		}
	}
	return found
}

// walker reads a return token by token. It holds one child at a time.
type walker struct {
	in       *bounded
	xml      *xml.Decoder
	encoding string
	open     []opened // the elements that have begun and not ended, the outermost first
	headers  int
	rows     int // elements of the group being read
	unknown  intake.Unknowns

	header func(*group) error // called for each Header
	child  func(*group) error // called for each Child, in file order
}

func newWalker(r io.Reader) (*walker, error) {
	text, name, err := decode(r)
	if err != nil {
		return nil, err
	}
	in := &bounded{text: bufio.NewReaderSize(text, 4<<10)}
	w := &walker{in: in, xml: xml.NewDecoder(in), encoding: name}
	// The text is UTF-8 by now, whatever the declaration says; a label that was not
	// seen at the start of the file has not been judged.
	w.xml.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if labels[strings.ToLower(label)] != name {
			return nil, intake.Broken(0, "its declaration of the encoding does not stand where XML wants it, on the first line")
		}
		return r, nil
	}
	return w, nil
}

func (w *walker) line() int {
	line, _ := w.xml.InputPos()
	return line
}

// next is the next token that matters: a start, an end or a text. At the end of the file
// it is io.EOF.
func (w *walker) next() (xml.Token, error) {
	for {
		w.in.since = 0
		token, err := w.xml.Token()
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		if err != nil {
			line, column := w.xml.InputPos()
			return nil, explain(err, position{line, column}, w.open)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, intake.Broken(w.line(), "it holds a DOCTYPE or another declaration: a return has none, and entities are not read")
		case xml.StartElement:
			if len(w.open) >= maxDepth {
				return nil, intake.Broken(w.line(), "more than %d elements inside one another: this is not a return, check the file", maxDepth)
			}
			w.open = append(w.open, opened{t.Name.Local, w.line()})
			return token, nil
		case xml.EndElement:
			w.open = w.open[:len(w.open)-1]
			return token, nil
		case xml.CharData:
			return token, nil
		}
	}
}

// inside calls start for each element directly inside the one that was opened last, until
// it ends; start must read its element to the end. Stray text is passed over.
func (w *walker) inside(start func(name string) error) error {
	for {
		token, err := w.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := start(t.Name.Local); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// message reads the whole return.
func (w *walker) message() error {
	if err := w.root(); err != nil {
		return err
	}
	err := w.inside(func(name string) error {
		switch name {
		case "Header":
			if w.headers++; w.headers > 1 {
				return intake.Broken(w.line(), "it has two headers: a file holds one return")
			}
			return w.whole(name, headerShape, w.header)
		case "Children":
			return w.inside(w.oneChild)
		default:
			return w.skip(name, "Message")
		}
	})
	if err != nil {
		return err
	}
	return w.nothingMore()
}

func (w *walker) oneChild(name string) error {
	if name != "Child" {
		return w.skip(name, "Children")
	}
	return w.whole(name, childShape, w.child)
}

func (w *walker) root() error {
	for {
		token, err := w.next()
		if errors.Is(err, io.EOF) {
			return intake.Broken(w.line(), "it holds no XML")
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "Message" {
				return intake.Broken(w.line(), "its outermost element is not Message: this is not a Children in Need census return")
			}
			return nil
		case xml.CharData:
			if stray(t) {
				return intake.Broken(1, "it is not XML: text stands before the first element")
			}
		}
	}
}

// nothingMore makes sure that the file ends where the return does: whatever is glued to
// its end would otherwise be lost without a word.
func (w *walker) nothingMore() error {
	for {
		token, err := w.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text, ok := token.(xml.CharData)
		if !ok || stray(text) {
			return intake.Broken(w.line(), "something follows the end of Message: a file holds one return")
		}
	}
}

func stray(text xml.CharData) bool { return strings.TrimSpace(string(text)) != "" }

// whole reads one group to its end and hands it over.
func (w *walker) whole(name string, s *shape, then func(*group) error) error {
	w.rows = 0
	g, err := w.group(name, s)
	if err != nil {
		return err
	}
	return then(g)
}

func (w *walker) group(name string, s *shape) (*group, error) {
	g := &group{name: name, line: w.line()}
	err := w.inside(func(name string) error {
		if w.rows++; w.rows > maxRows {
			return intake.Broken(w.line(), "more than %d elements in one %s: this is not a return, check the file", maxRows, g.name)
		}
		switch inner := s.groups[name]; {
		case inner != nil && len(g.groups) >= maxAlike:
			return intake.Broken(w.line(), "more than %d groups in one %s: this is not a return, check the file", maxAlike, g.name)
		case inner != nil:
			read, err := w.group(name, inner)
			g.groups = append(g.groups, read)
			return err
		case s.read[name]:
			read, err := w.leaf(name)
			g.leaves = append(g.leaves, read)
			return err
		case s.passed[name]:
			return w.pass()
		default:
			return w.skip(name, g.name)
		}
	})
	return g, err
}

// leaf reads the text of an element; elements inside it are unknown ones.
func (w *walker) leaf(name string) (leaf, error) {
	l := leaf{name: name, line: w.line()}
	var text strings.Builder
	for {
		token, err := w.next()
		if err != nil {
			return l, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := w.skip(t.Name.Local, name); err != nil {
				return l, err
			}
		case xml.CharData:
			if text.Len()+len(t) > maxText {
				return l, intake.Broken(l.line, "the text of %s is longer than %d bytes: this is not a return, check the file", name, maxText)
			}
			text.Write(t)
		case xml.EndElement:
			l.text = strings.TrimSpace(text.String())
			return l, nil
		}
	}
}

// skip passes over an unknown element inside another and counts it.
func (w *walker) skip(name, inside string) error {
	w.unknown.Add(name, inside, w.line())
	return w.pass()
}

// pass passes over an element and everything inside it.
func (w *walker) pass() error {
	return w.inside(func(string) error { return w.pass() })
}

// Bounds on what one return may hold. They are far beyond any real return and keep a
// damaged or hostile file from filling the memory.
const (
	maxToken = 64 << 10 // bytes of one tag, text or comment
	maxText  = 16 << 10 // bytes of the text of one element
	maxDepth = 32       // elements inside one another; a return has 6
	maxRows  = 5_000    // elements of one child
	maxAlike = 200      // groups side by side in one element, such as the episodes of a child
)

// bounded gives the decoder one byte at a time and stops it before one token grows beyond
// all measure: the decoder holds a whole token in memory.
type bounded struct {
	text  *bufio.Reader
	since int // bytes read since the last token
}

// ReadByte gives the next byte of the text; past the bound it gives a *intake.BrokenError.
func (b *bounded) ReadByte() (byte, error) {
	if b.since >= maxToken {
		return 0, intake.Broken(0, "a text, tag or comment of more than %d bytes: this is not a return, check the file", maxToken)
	}
	b.since++
	return b.text.ReadByte()
}

// Read gives one byte, so that the bound holds whoever reads.
func (b *bounded) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := b.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

var _ io.ByteReader = (*bounded)(nil)
