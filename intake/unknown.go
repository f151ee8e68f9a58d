package intake

import (
	"cmp"
	"slices"
	"strings"
)

// Unknown is an element that the format does not know in its place. It was passed over.
type Unknown struct {
	Element string
	Inside  string // the element in which it stood first
	Count   int
	Line    int // where it stood first
}

// The unknown elements of a return that are told apart, and the letters of a name that
// are kept: a file may hold any number of either.
const (
	maxUnknown     = 100
	MaxElementName = 60 // bytes
	others         = "(others)"
)

// Unknowns counts the unknown elements of a file. The zero value is ready.
type Unknowns map[string]*Unknown

// Add counts an unknown element inside another, in a line of the file.
func (u *Unknowns) Add(name, inside string, line int) {
	if *u == nil {
		*u = Unknowns{}
	}
	if len(name) > MaxElementName {
		name = strings.ToValidUTF8(name[:MaxElementName], "")
	}
	known, ok := (*u)[name]
	if !ok && len(*u) >= maxUnknown {
		name = others
		known, ok = (*u)[name]
	}
	if !ok {
		known = &Unknown{Element: name, Inside: inside, Line: line}
		(*u)[name] = known
	}
	known.Count++
}

// List returns what was found, the most frequent first.
func (u Unknowns) List() []Unknown {
	list := make([]Unknown, 0, len(u))
	for _, found := range u {
		list = append(list, *found)
	}
	slices.SortFunc(list, func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Element, b.Element))
	})
	return list
}
