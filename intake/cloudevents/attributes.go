package cloudevents

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/internal/names"
)

// The attributes that an event may carry, apart from data.
const (
	attrSpec     = "specversion"
	attrID       = "id"
	attrSource   = "source"
	attrType     = "type"
	attrSubject  = "subject"
	attrTime     = "time"
	attrDataType = "datacontenttype"
	attrAt       = "at"
	attrEpisode  = "episode"
	attrBy       = "by"
	attrCorrects = "corrects"
	attrVoids    = "voids"
)

var (
	required = []string{attrSpec, attrID, attrSource, attrType}
	known    = []string{
		attrSpec, attrID, attrSource, attrType, attrSubject, attrTime, attrDataType, attrAt, attrEpisode, attrBy, attrCorrects, attrVoids,
		"dataschema", "traceparent", "tracestate", // taken and not kept
	}
)

// Attributes returns the attributes that an event may carry apart from data, and those that it has to.
func Attributes() (taken, needed []string) { return slices.Clone(known), slices.Clone(required) }

// place says where an attribute stands: under its prefix in the body, or in a header.
type place struct {
	prefix string // a JSON pointer
	binary bool
}

func (p place) fault(attribute string, code Code, format string, args ...any) Fault {
	f := Fault{Code: code, Detail: fmt.Sprintf(format, args...)}
	switch {
	case attribute == "":
		f.Pointer = p.prefix
	case p.binary:
		f.Header = "ce-" + attribute
	default:
		f.Pointer = p.prefix + "/" + attribute
	}
	return f
}

// attributes are those of one event, by their names, and what is wrong with them.
type attributes struct {
	at     place
	values map[string]string
	faults []Fault
}

func (a *attributes) fault(attribute string, code Code, format string, args ...any) {
	a.faults = append(a.faults, a.at.fault(attribute, code, format, args...))
}

// isKnown reports whether an attribute may be there, and notes a fault where it may not.
func (a *attributes) isKnown(name string, n int) bool {
	switch {
	case slices.Contains(known, name):
		return true
	case !wellNamed.MatchString(name):
		a.fault("", WrongKey, "its attribute %d has a name that no attribute may have: names are up to 20 lower-case letters and digits", n+1)
	default:
		a.fault(name, Unknown, "no event here has this attribute: leave it out, or put it into data%s", names.DidYouMean(name, slices.Values(known)))
	}
	return false
}

var (
	wellNamed = regexp.MustCompile(`^[a-z0-9]{1,20}$`)
	typeForm  = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)
)

// longestType bounds a type, which a refusal may repeat.
const longestType = 80

// event reads the attributes, and returns the event without its data.
func (a *attributes) event() casework.Event {
	for _, name := range required {
		if _, given := a.values[name]; !given {
			a.fault(name, Missing, "it is missing: %s", why(name))
		}
	}
	a.checkForms()
	at, noted := a.when()
	line := casework.Line{
		ID: a.values[attrID], Source: a.values[attrSource], Case: a.values[attrSubject], Type: a.values[attrType], At: at, Recorded: noted,
		Episode: a.values[attrEpisode], By: a.values[attrBy], Corrects: a.values[attrCorrects], Voids: a.values[attrVoids],
	}
	e, err := line.Event()
	var wrong *casework.KeyError
	if errors.As(err, &wrong) { // the line's at is the attribute time where there is no other
		attribute := attrTime
		if _, hasAt := a.values[attrAt]; hasAt && wrong.Key == "at" {
			attribute = attrAt
		}
		a.badTime(attribute)
		return casework.Event{}
	}
	a.checkNames(&e)
	return e
}

func why(name string) string {
	switch name {
	case attrSpec:
		return "give 1.0"
	case attrID:
		return "give each event one of its own, and the same when it is sent again"
	case attrSource:
		return "give the source of the key"
	default:
		return "give a type such as cp_visit.made; docs/law/words.md lists them"
	}
}

func (a *attributes) checkForms() {
	if v, given := a.values[attrSpec]; given && v != "1.0" {
		a.fault(attrSpec, Form, "it is not 1.0, the only version that is read")
	}
	if v := a.values[attrType]; v != "" && (len(v) > longestType || !typeForm.MatchString(v)) {
		a.fault(attrType, Form, "it is not a type such as cp_visit.made; docs/law/words.md lists them")
	}
	if v := a.values[attrDataType]; v != "" && !isJSON(v) {
		a.fault(attrDataType, Form, "data is a JSON object: give application/json, or leave it out")
	}
	if a.values[attrCorrects] != "" && a.values[attrVoids] != "" {
		a.fault(attrVoids, Twice, "it both corrects and voids: send two events")
	}
}

func isJSON(mediaType string) bool {
	kind, _, _ := strings.Cut(mediaType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, inJSON)
}

// when returns the texts that say when it happened, and when the source noted it: that is time, where at says when
// it happened. Senders' libraries give every event a time, so the two do not exclude each other.
func (a *attributes) when() (at, noted string) {
	instant, hasTime := a.values[attrTime]
	if hasTime && len(instant) <= len("2026-11-04") { // a date is not an instant
		a.badTime(attrTime)
		return "", ""
	}
	at, hasAt := a.values[attrAt]
	switch {
	case hasAt && at == "":
		a.badTime(attrAt)
	case hasAt:
		return at, instant
	case !hasTime && a.values[attrVoids] == "":
		a.fault(attrTime, Missing, "it does not say when it happened: give time, an instant, or at, a date where only the day is known")
	}
	return instant, ""
}

func (a *attributes) badTime(attribute string) {
	if attribute == attrTime {
		a.fault(attrTime, Form, "it is not an instant of RFC 3339 that can be: give 2026-11-04T10:00:00Z, with Z or an offset from -12:00 to +14:00; "+
			"where only the day is known, give at")
		return
	}
	a.fault(attrAt, Form, "it is neither a date that can be (2026-11-04) nor an instant with its offset (2026-11-04T10:00:00Z)")
}

// checkNames refuses names that are empty once they are cleaned, and those that hold what nobody sees.
func (a *attributes) checkNames(e *casework.Event) {
	for _, n := range []struct{ attribute, kept string }{
		{attrID, e.ID},
		{attrSource, e.Source},
		{attrType, e.Type},
		{attrSubject, e.Case},
		{attrEpisode, e.Episode},
		{attrBy, e.By},
		{attrCorrects, e.Corrects},
		{attrVoids, e.Voids},
	} {
		_, given := a.values[n.attribute]
		switch fault := names.Fault(n.kept); {
		case given && n.kept == "":
			a.fault(n.attribute, Form, "it is empty: give a text, or leave the attribute out where it may be")
		case fault != "":
			a.fault(n.attribute, Form, "it %s", fault)
		}
	}
	if e.ID != "" && (e.Corrects == e.ID || e.Voids == e.ID) {
		a.fault(attrID, Form, "it corrects or voids itself: give it an id of its own")
	}
}
