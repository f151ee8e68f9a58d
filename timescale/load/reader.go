package load

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"longstop/calendar"
	"longstop/internal/names"
	"longstop/timescale"
)

// reader turns the values of one file into the types of a pack. What is wrong it notes
// and passes over, so that one reading finds every fault.
type reader struct {
	file  string
	rule  string // the rule being read
	known *vocabulary
	found *faults
	// anchored are the dates of the rule's starting event that its limits count from.
	anchored []anchored
}

func (r *reader) fault(v *value, format string, args ...any) {
	r.found.add(r.file, v.line, r.rule, format, args...)
}

// within is the reader of a named part of the file.
func (r *reader) within(rule string) *reader {
	inner := *r
	inner.rule = rule
	return &inner
}

// named is the reader of a period or ladder, under its name where it has one.
func (r *reader) named(what string, v *value) *reader {
	name := strings.TrimSpace(v.textOf("name"))
	if name == "" {
		return r
	}
	return r.within(what + " " + name)
}

// keys says how each key of a mapping is read.
type keys map[string]func(*value)

// mapping reads a mapping and reports whether the value is one. An unknown key is a fault.
func (r *reader) mapping(v *value, what string, known keys) bool {
	if v.kind != mapping {
		r.fault(v, "%s must be a mapping, and is %s", what, v.kind)
		return false
	}
	for _, e := range v.entries {
		read, ok := known[e.key]
		if !ok {
			meant := near(e.key, slices.Collect(maps.Keys(known)))
			if meant == "" {
				meant = ": it may have " + sorted(known)
			}
			r.found.add(r.file, e.line, r.rule, "%s has no key %q%s", what, e.key, meant)
			continue
		}
		read(e.value)
	}
	return true
}

// sorted is the keys of a mapping in words.
func sorted[V any](known map[string]V) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return inWords(names)
}

func inWords(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// each reads a list.
func (r *reader) each(v *value, what string, read func(*value)) {
	switch v.kind {
	case list:
	case nothing:
		r.fault(v, "%s is empty: leave it out, or give it entries, each with a dash before it", what)
	default:
		r.fault(v, "%s must be a list, and is %s: put a dash and a blank before each of its entries", what, v.kind)
	}
	for _, item := range v.items {
		read(item)
	}
}

// listOf reads a list of things of one kind.
func listOf[T any](r *reader, what string, into *[]T, read func(*value) (T, bool)) func(*value) {
	return func(v *value) {
		r.each(v, what, func(item *value) {
			if one, ok := read(item); ok {
				*into = append(*into, one)
			}
		})
	}
}

// text reads a scalar that is not empty.
func (r *reader) text(v *value, what string) (string, bool) {
	if v.kind != scalar {
		r.fault(v, "%s must be a text, and is %s", what, v.kind)
		return "", false
	}
	s := strings.TrimSpace(v.text)
	if s == "" {
		r.fault(v, "%s is empty", what)
		return "", false
	}
	return s, true
}

func (r *reader) textInto(what string, into *string) func(*value) {
	return func(v *value) { *into, _ = r.text(v, what) }
}

func (r *reader) flag(v *value, what string) bool {
	if !v.isBool {
		r.fault(v, "%s must be true or false%s", what, found(v))
		return false
	}
	return v.text == "true"
}

func (r *reader) flagInto(what string, into *bool) func(*value) {
	return func(v *value) { *into = r.flag(v, what) }
}

// number reads a whole number between two bounds, both included.
func (r *reader) number(v *value, what string, least, most int) (int, bool) {
	n, err := strconv.Atoi(v.text)
	if v.kind != scalar || err != nil || n < least || n > most {
		r.fault(v, "%s must be a whole number from %d to %d", what, least, most)
		return 0, false
	}
	return n, true
}

func (r *reader) numberInto(what string, least, most int, into *int) func(*value) {
	return func(v *value) { *into, _ = r.number(v, what, least, most) }
}

func (r *reader) dateInto(what string, into *calendar.Date) func(*value) {
	return func(v *value) {
		day, err := calendar.ParseDate(v.text)
		switch {
		case v.kind != scalar || err != nil:
			r.fault(v, "%s must be a date, YYYY-MM-DD, as in %s%s", what, exampleFrom, found(v))
		case day.Year() < firstYear || day.Year() > lastYear:
			r.fault(v, "%s lies outside the years %d to %d%s", what, firstYear, lastYear, found(v))
		default:
			*into = day
		}
	}
}

// Bounds on dates in files: another is taken for a slip.
const (
	firstYear = 1900
	lastYear  = 2199
)

// found says what stands in a file instead of what was expected.
func found(v *value) string {
	if v.kind != scalar {
		return ", and is " + string(v.kind)
	}
	return fmt.Sprintf(", and is %q", v.text)
}

// oneOf reads one of a list of words.
func (r *reader) oneOf(v *value, what string, words []string) (string, bool) {
	s, ok := r.text(v, what)
	if !ok {
		return "", false
	}
	if !slices.Contains(words, s) {
		r.fault(v, "%s %q is not known: it is one of %s", what, s, inWords(words))
		return s, false
	}
	return s, true
}

func (r *reader) role(v *value) (timescale.Role, bool) { return r.roleAmong(v, timescale.Roles) }

func (r *reader) roleAmong(v *value, roles []timescale.Role) (timescale.Role, bool) {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = string(role)
	}
	s, ok := r.oneOf(v, "the role", words)
	return timescale.Role(s), ok
}

// event reads the name of an event type of the vocabulary.
func (r *reader) event(v *value) (string, bool) {
	name, ok := r.text(v, "an event")
	if !ok {
		return "", false
	}
	if _, ok := r.known.event(name); !ok {
		r.fault(v, "the event %q is not in the vocabulary%s", name, near(name, r.known.eventNames()))
		return "", false
	}
	return name, true
}

func (r *reader) eventInto(into *string) func(*value) {
	return func(v *value) { *into, _ = r.event(v) }
}

// period reads the name of a period.
func (r *reader) period(v *value) (string, bool) {
	name, ok := r.text(v, "a period")
	if !ok {
		return "", false
	}
	if r.known.period(name) == nil {
		r.fault(v, "the period %q is not known%s", name, near(name, r.known.periodNames()))
		return "", false
	}
	return name, true
}

func (r *reader) periodInto(into *string) func(*value) {
	return func(v *value) { *into, _ = r.period(v) }
}

// near returns ": did you mean X?" for a name that differs from a known one by little.
func near(name string, known []string) string {
	if meant := names.Meant(name, slices.Values(known)); meant != "" {
		return ": did you mean " + meant + "?"
	}
	return ""
}
