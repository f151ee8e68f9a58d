package sample_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"longstop/calendar"
)

// node is an element of a return as it stands in the file, read without the types that
// wrote it.
type node struct {
	name, text string
	kids       []*node
}

func parse(tb testing.TB, r io.Reader) *node {
	tb.Helper()
	decoder := xml.NewDecoder(r)
	root := &node{}
	open := []*node{root}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return root.kids[0]
		}
		if err != nil {
			tb.Fatalf("the return is not well-formed: %v", err)
		}
		top := open[len(open)-1]
		switch x := token.(type) {
		case xml.StartElement:
			kid := &node{name: x.Name.Local}
			top.kids = append(top.kids, kid)
			open = append(open, kid)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.text += strings.TrimSpace(string(x))
		}
	}
}

// all are the kids of a name.
func (n *node) all(name string) []*node {
	var list []*node
	for _, k := range n.kids {
		if k.name == name {
			list = append(list, k)
		}
	}
	return list
}

// get is the text at a path of names, or "".
func (n *node) get(path string) string {
	if k := n.at(path); k != nil {
		return k.text
	}
	return ""
}

func (n *node) at(path string) *node {
	for name := range strings.SplitSeq(path, "/") {
		kids := n.all(name)
		if len(kids) == 0 {
			return nil
		}
		n = kids[0]
	}
	return n
}

// day is the date at a path, or zero.
func (n *node) day(tb testing.TB, path string) calendar.Date {
	tb.Helper()
	text := n.get(path)
	if text == "" {
		return 0
	}
	return date(tb, text)
}

// days are the dates of the kids of a name.
func (n *node) days(tb testing.TB, name string) []calendar.Date {
	tb.Helper()
	var list []calendar.Date
	for _, k := range n.all(name) {
		list = append(list, date(tb, k.text))
	}
	return list
}

func date(tb testing.TB, s string) calendar.Date {
	tb.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}
