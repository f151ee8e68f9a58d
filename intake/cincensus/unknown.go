package cincensus

import (
	"cmp"
	"slices"
	"strings"
)

// Unknown is an element that no layout from 2017 to 2026 has in its place. It was passed
// over.
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
	maxUnknownName = 60
	others         = "(others)"
)

type unknowns map[string]*Unknown

func (u *unknowns) add(name, inside string, line int) {
	if *u == nil {
		*u = unknowns{}
	}
	if len(name) > maxUnknownName {
		name = strings.ToValidUTF8(name[:maxUnknownName], "")
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

// list is what was found, the most frequent first.
func (u unknowns) list() []Unknown {
	list := make([]Unknown, 0, len(u))
	for _, found := range u {
		list = append(list, *found)
	}
	slices.SortFunc(list, func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Element, b.Element))
	})
	return list
}
