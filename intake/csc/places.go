package csc

import (
	"slices"
	"strings"
	"unicode"

	"longstop/casework"
	"longstop/intake"
)

// places is where things stand in what a body says of one child. Refusals name items by their numbers, which differ from
// body to body; here they are found by their ids.
type places struct {
	reference, mis string // the ids of the child
	repeats        string // the id of a child that came before in the body
	disputed       bool   // and says something else

	paths   map[string]string // of objects, by the names that refusals have for them
	ids     map[string]string // what the id of an item is called, by the same names
	said    map[intake.Place]bool
	deleted []string // paths
	lists   []*listPlace
}

func newPlaces(reference, mis string) *places {
	return &places{reference: reference, mis: mis, paths: map[string]string{"": ""}, ids: map[string]string{}, said: map[intake.Place]bool{}}
}

// listPlace is a list that came, or that did not.
type listPlace struct {
	*places
	path    string
	id      string // what the id of its items is called
	came    bool
	isWhole bool // every item of it could be read
	items   map[string]bool
}

// segment is an id as a part of a path.
func segment(id string) string {
	id = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, id)
	return inPointer.Replace(id)
}

// inPointer writes a text as a part of a JSON pointer.
var inPointer = strings.NewReplacer("~", "~0", "/", "~1")

// enter notes an object within another, by the name that refusals have for it.
func (c *places) enter(name, within, key string) { c.paths[name] = within + "/" + key }

// says notes that the body says an element.
func (c *places) says(path, element string) {
	c.said[intake.Place{Reference: c.reference, Path: path, Element: element}] = true
}

// deletes notes that the body deletes an object.
func (c *places) deletes(path string) { c.deleted = append(c.deleted, path) }

// list notes a list of an object.
func (c *places) list(within, key, id string, came bool) *listPlace {
	l := &listPlace{places: c, path: within + "/" + key, id: id, came: came, items: map[string]bool{}}
	c.lists = append(c.lists, l)
	if came {
		c.says(within, key)
		c.says(l.path, id)
	}
	return l
}

// enter notes an item by the name that refusals have for it; one without an id is found at its list.
func (l *listPlace) enter(name, id string) {
	l.paths[name], l.ids[name] = l.path, l.id
	if id != "" {
		l.items[segment(id)] = true
		l.paths[name] = l.path + "/" + segment(id)
		l.says(l.paths[name], l.id)
	}
}

// whole notes whether every item of the list could be read.
func (l *listPlace) whole(is bool) { l.isWhole = l.came && is }

// Refused returns where a refused element stands. Of an item that is refused whole, that is its id.
func (c *places) Refused(element string) (place intake.Place, ok bool) {
	switch {
	case c.repeats != "":
		return intake.Place{Reference: c.repeats, Element: elChild}, c.disputed
	case c.reference == "":
		return intake.Place{Path: c.without(), Element: elChild}, true
	}
	place.Reference = c.reference
	if id, item := c.ids[element]; item {
		place.Path, place.Element = c.paths[element], id
	} else {
		object, field := lastOf(element)
		place.Path, place.Element = c.paths[object], field
	}
	return place, !c.deletedByBody(place.Path)
}

// Child returns the place of the child itself.
func (c *places) Child() intake.Place { return intake.Place{Reference: c.reference, Element: elChild} }

// without is the path of a child without a reference: the id that the council's system has for it, "" where it has none.
func (c *places) without() string {
	if c.mis == "" {
		return ""
	}
	return "/mis_child_id/" + segment(c.mis)
}

// lastOf cuts the last part off the name of an element.
func lastOf(element string) (object, field string) {
	i := strings.LastIndex(element, ".")
	if i < 0 {
		return "", element
	}
	return element[:i], element[i+1:]
}

// Event returns where the field stands that an event was made of, or the name of its element where that cannot be told.
func (c *places) Event(e casework.Event) intake.Place {
	element := e.Data.Text(intake.FieldElement)
	if element == "" {
		element = elChild
	}
	place := intake.Place{Reference: c.reference, Element: element}
	object, field := lastOf(element)
	if path, there := c.paths[object]; there {
		place.Path, place.Element = path, field
	}
	row := segment(e.Data.Text(fieldRow))
	for _, l := range c.lists {
		if row != "" && l.items[row] && strings.HasSuffix(l.path, "/"+object) {
			place.Path, place.Element = l.path+"/"+row, field
		}
	}
	return place
}

// deletedByBody reports whether the body deletes what stands at a path.
func (c *places) deletedByBody(path string) bool {
	return slices.ContainsFunc(c.deleted, func(d string) bool { return path == d || strings.HasPrefix(path, d+"/") })
}

// Settles reports whether the body puts an earlier refusal right, unless it is refused in it as well.
func (c *places) Settles(p intake.Place) bool {
	if p.Reference == "" { // a child who came without a reference, and has one now
		return c.reference != "" && c.mis != "" && p.Path == c.without()
	}
	if p.Reference != c.reference {
		return false
	}
	return c.said[p] || c.deletedByBody(p.Path) || slices.ContainsFunc(c.lists, func(l *listPlace) bool {
		rest, within := strings.CutPrefix(p.Path, l.path+"/")
		item, _, _ := strings.Cut(rest, "/")
		return l.isWhole && within && !l.items[item]
	})
}
