package casework

import (
	"slices"
	"strings"

	"longstop/calendar"
	"longstop/internal/names"
	"longstop/timescale"
)

// sound judges what can be judged from an event alone: that it is complete, of a known
// type, holds the right kinds of data, and was not recorded before it happened.
func (b *Book) sound(e Event) *Refusal {
	if r := complete(e); r != nil {
		return r
	}
	if r := b.soundDates(&e); r != nil {
		return r
	}
	if r := b.soundTexts(&e); r != nil {
		return r
	}
	if e.Voids != "" {
		return b.soundVoid(e)
	}
	t, ok := b.types[e.Type]
	switch {
	case e.Type == "":
		return refuse(e, "it has no type: give one such as \"cp_visit.made\"")
	case !ok:
		return refuse(e, "unknown type %q%s: the types are listed in docs/rules.md, section 7", clip(e.Type), b.meant(e.Type))
	case e.At.Day.IsZero():
		return refuse(e, "it does not say when it happened: give \"at\", a date or an instant")
	case e.Recorded.Before(e.At.Start()):
		return refuse(e, "recorded before it happened: check \"at\" and \"recorded\"")
	}
	if r := soundData(e, t.EventType); r != nil {
		return r
	}
	return b.soundSource(&e)
}

func complete(e Event) *Refusal {
	switch {
	case e.ID == "":
		return refuse(e, "it has no id: every event needs one of its own")
	case e.Case == "":
		return refuse(e, "it names no case")
	case e.Corrects != "" && e.Voids != "":
		return refuse(e, "it both corrects and voids: send two events")
	case e.Corrects == e.ID || e.Voids == e.ID:
		return refuse(e, "it corrects or voids itself")
	}
	return NameFault(&e)
}

// NameFault refuses an event for what nobody sees in one of its names, or for one that is too
// long; nil where all are sound.
func NameFault(e *Event) *Refusal {
	for _, n := range e.names() {
		if fault := names.Fault(n.value); fault != "" {
			return refuse(*e, "%q %s", n.key, fault)
		}
	}
	return nil
}

// keyedName is a name that an event carries, under its key.
type keyedName struct{ key, value string }

func (e *Event) names() []keyedName {
	return []keyedName{
		{"id", e.ID},
		{"source", e.Source},
		{"case", e.Case},
		{"type", e.Type},
		{"episode", e.Episode},
		{"corrects", e.Corrects},
		{"voids", e.Voids},
		{"by", e.By},
	}
}

// soundVoid: a line that voids is no event of the case itself, so it needs no type, no
// data and no day of its own.
func (b *Book) soundVoid(e Event) *Refusal {
	if _, ok := b.types[e.Type]; e.Type != "" && !ok {
		return refuse(e, "unknown type %q%s: a line that voids needs none", clip(e.Type), b.meant(e.Type))
	}
	if !e.At.Day.IsZero() && e.Recorded.Before(e.At.Start()) {
		return refuse(e, "recorded before it happened: check \"at\" and \"recorded\"")
	}
	return nil
}

// dataNames are the fields of data that hold a name or a reference. The texts of the others may
// have several lines.
var dataNames = []string{"worker", "team", "family", "name", "ref", "duty", "owner", "by", "role", "reports"}

// shownAlways are texts of data that explanations show, whatever the vocabulary says.
var shownAlways = []string{"reason", "note"}

// soundTexts refuses what nobody sees in the texts of data that are read or shown. Data that the
// vocabulary does not know is kept as it is.
func (b *Book) soundTexts(e *Event) *Refusal {
	for _, field := range dataNames {
		for _, text := range append(e.Data.Names(field), e.Data.Text(field)) {
			if fault := names.Fault(text); fault != "" {
				return refuse(*e, "data.%s %s", field, fault)
			}
		}
	}
	fields := shownAlways
	if t := b.types[e.Type]; t != nil {
		for _, f := range t.Fields {
			fields = append(slices.Clip(fields), f.Name)
		}
	}
	for _, field := range fields {
		if fault := names.TextFault(e.Data.Text(field)); fault != "" {
			return refuse(*e, "data.%s %s", field, fault)
		}
	}
	return nil
}

// soundData checks each field that the vocabulary knows. Others are kept and never read.
func soundData(e Event, t *timescale.EventType) *Refusal {
	for _, f := range t.Fields {
		v := e.Data[f.Name]
		switch {
		case f.Required && isBlank(v):
			return refuse(e, "%s needs data.%s", e.Type, f.Name)
		case v == nil:
		case !rightKind(f, v):
			return refuse(e, "data.%s of %s must be %s", f.Name, e.Type, kindWords(f))
		}
	}
	return nil
}

// isBlank: a reason that says nothing is none.
func isBlank(v any) bool {
	s, isText := v.(string)
	return v == nil || isText && strings.TrimSpace(s) == ""
}

func rightKind(f timescale.Field, v any) bool {
	s, isText := v.(string)
	switch f.Kind {
	case timescale.Flag:
		_, ok := v.(bool)
		return ok
	case timescale.Names:
		return isList(v)
	case timescale.Word:
		return isText && slices.Contains(f.OneOf, s)
	case timescale.Day:
		_, err := calendar.ParseDate(s)
		return isText && err == nil
	default:
		return isText
	}
}

func isList(v any) bool {
	switch list := v.(type) {
	case []string:
		return true
	case []any:
		return !slices.ContainsFunc(list, func(x any) bool { _, ok := x.(string); return !ok })
	}
	return false
}

func kindWords(f timescale.Field) string {
	switch f.Kind {
	case timescale.Flag:
		return "true or false"
	case timescale.Word:
		return "one of " + strings.Join(f.OneOf, ", ")
	case timescale.Day:
		return "a date (YYYY-MM-DD)"
	case timescale.Names:
		return "a list of texts"
	default:
		return "a text"
	}
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60]
	}
	return s
}
