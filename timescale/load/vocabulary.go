package load

import (
	"slices"
	"strings"

	"longstop/timescale"
)

// vocabulary is what the rules of a pack may speak of. It is read before the rules, from
// all files of the pack.
type vocabulary struct {
	pathways []string
	every    []timescale.Field // what every event may carry
	events   []timescale.EventType
	byName   map[string]int
	periods  []timescale.Period
	origins  map[string]origin // of periods and ladders
}

// origin is where something stands in the files.
type origin struct {
	file string
	line int
}

func newVocabulary() *vocabulary {
	return &vocabulary{byName: map[string]int{}, origins: map[string]origin{}}
}

func (k *vocabulary) event(name string) (timescale.EventType, bool) {
	i, ok := k.byName[name]
	if !ok {
		return timescale.EventType{}, false
	}
	return k.events[i], true
}

func (k *vocabulary) add(e timescale.EventType) {
	k.byName[e.Name] = len(k.events)
	k.events = append(k.events, e)
}

func (k *vocabulary) eventNames() []string {
	names := make([]string, len(k.events))
	for i, e := range k.events {
		names[i] = e.Name
	}
	return names
}

func (k *vocabulary) period(name string) *timescale.Period {
	for i := range k.periods {
		if k.periods[i].Name == name {
			return &k.periods[i]
		}
	}
	return nil
}

func (k *vocabulary) periodNames() []string {
	names := make([]string, len(k.periods))
	for i, p := range k.periods {
		names[i] = p.Name
	}
	return names
}

// theCase is how a pack says that events belong to no pathway.
const theCase = "the case"

// everyEvent reads the fields that any event may carry.
func (r *reader) everyEvent(v *value) {
	r.known.every = append(r.known.every, r.fields(v, "every_event")...)
}

// events reads the vocabulary: groups of event types by pathway.
func (r *reader) events(v *value) {
	r.each(v, "events", func(group *value) {
		pathway, marks := "", false
		var types *value
		ok := r.mapping(group, "a group of events", keys{
			"pathway": func(v *value) { pathway, _ = r.oneOf(v, "the pathway", append([]string{theCase}, r.known.pathways...)) },
			"marks":   r.flagInto("marks", &marks),
			"types":   func(v *value) { types = v },
		})
		if !ok {
			return
		}
		if group.get("pathway") == nil || types == nil {
			r.fault(group, "a group of events needs pathway and types")
			return
		}
		if pathway == theCase {
			pathway = ""
		}
		r.eventTypes(types, pathway, marks)
	})
}

func (r *reader) eventTypes(v *value, pathway string, marks bool) {
	if v.kind != mapping {
		r.fault(v, "types must be a mapping of event names to their fields, and is %s", v.kind)
		return
	}
	for _, e := range v.entries {
		inner := r.within(e.key)
		thing, happened, ok := strings.Cut(e.key, ".")
		if !ok || !word(thing) || !word(happened) {
			inner.fault(e.value, "an event's name is thing.happened, in small letters, digits and _")
			continue
		}
		if _, twice := r.known.event(e.key); twice {
			inner.fault(e.value, "two events have this name: remove one")
			continue
		}
		event := timescale.EventType{Name: e.key, Pathway: pathway, Marks: marks}
		if phrase := e.value.get(phraseKey); phrase != nil {
			inner.textInto("the phrase", &event.Phrase)(phrase)
		}
		event.Fields = inner.fields(e.value.without(phraseKey), "the event's fields")
		r.known.add(event)
	}
}

// phraseKey stands among the fields of an event and is not one of them.
const phraseKey = "phrase"

// fields reads a mapping of field names to their kinds.
func (r *reader) fields(v *value, what string) []timescale.Field {
	if v.kind != mapping {
		r.fault(v, "%s must be a mapping ({} if there are none), and is %s", what, v.kind)
		return nil
	}
	var fields []timescale.Field
	for _, e := range v.entries {
		if !word(e.key) {
			r.fault(e.value, "the field %q: a name is in small letters, digits and _", e.key)
			continue
		}
		if f, ok := r.field(e.key, e.value); ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// field reads "flag", "text", "date" or "list", with "required" before it where an event
// is refused without it; or the list of the words that it may hold.
func (r *reader) field(name string, v *value) (timescale.Field, bool) {
	f := timescale.Field{Name: name}
	if v.kind == list {
		f.Kind = timescale.Word
		listOf(r, "the words of "+name, &f.OneOf, func(v *value) (string, bool) { return r.text(v, "a word of "+name) })(v)
		if len(f.OneOf) == 0 {
			r.fault(v, "the field %s may hold one of no words: name them", name)
			return f, false
		}
		return f, true
	}
	s, ok := r.text(v, "the kind of "+name)
	if !ok {
		return f, false
	}
	kind, required := strings.CutPrefix(s, "required ")
	f.Kind, f.Required = timescale.Kind(kind), required
	switch f.Kind {
	case timescale.Flag, timescale.Text, timescale.Day, timescale.Names:
		return f, true
	case timescale.Word:
	}
	r.fault(v, "the kind %q of %s is not known: it is flag, text, date, list (each may follow \"required\"), or a list of words", s, name)
	return f, false
}

// word reports whether s is a name: small letters, digits and _, beginning with a letter.
func word(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// complete gives every event the fields that any may carry.
func (k *vocabulary) complete() {
	for i := range k.events {
		for _, f := range k.every {
			if _, ok := fieldOf(k.events[i], f.Name); !ok {
				k.events[i].Fields = append(k.events[i].Fields, f)
			}
		}
	}
}

func fieldOf(e timescale.EventType, name string) (timescale.Field, bool) {
	for _, f := range e.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return timescale.Field{}, false
}

// fieldPhrases reads what fields of events say in plain words, by their names.
func (r *reader) fieldPhrases(v *value, into map[string]timescale.FieldPhrase) {
	r.phrases(v, "field_phrases", func(name string, v *value) {
		if _, twice := into[name]; twice {
			r.fault(v, "the field %s has phrases already: put them in one place", name)
			return
		}
		if fields := r.known.fieldNames(); !slices.Contains(fields, name) {
			r.fault(v, "no event has a field %q%s", name, near(name, fields))
			return
		}
		into[name] = r.fieldPhrase(v, name)
	})
}

// fieldPhrase reads {phrase, of, holds, does_not} of a field.
func (r *reader) fieldPhrase(v *value, field string) timescale.FieldPhrase {
	var p timescale.FieldPhrase
	r.mapping(v, "the phrases of a field", keys{
		"phrase":   r.textInto("the phrase", &p.Phrase),
		"of":       func(v *value) { p.Of = r.phrasesOf(v, field) },
		"holds":    r.textInto("holds", &p.Holds),
		"does_not": r.textInto("does_not", &p.DoesNot),
	})
	switch {
	case v.kind != mapping:
	case len(v.entries) == 0:
		r.fault(v, "the field %s has no phrases: leave it out", field)
	case countKeys(v, "holds", "does_not") == 1:
		r.fault(v, "a flag has words for where it holds and for where it does not: give the field %s both holds and does_not", field)
	}
	return p
}

// phrasesOf reads what a field holds of some events, by their names.
func (r *reader) phrasesOf(v *value, field string) map[string]string {
	of := map[string]string{}
	r.phrases(v, "of", func(event string, v *value) {
		e, ok := r.known.event(event)
		if !ok {
			r.fault(v, "the event %q is not in the vocabulary%s", event, near(event, r.known.eventNames()))
			return
		}
		if _, ok := fieldOf(e, field); !ok {
			r.fault(v, "the event %s has no field %q", event, field)
			return
		}
		of[event], _ = r.text(v, "the phrase")
	})
	return of
}

// wordPhrases reads what the words mean that a field may hold.
func (r *reader) wordPhrases(v *value, into map[string]string) {
	r.phrases(v, "word_phrases", func(word string, v *value) {
		if _, twice := into[word]; twice {
			r.fault(v, "the word %s has a phrase already: put it in one place", word)
			return
		}
		into[word], _ = r.text(v, "the phrase of "+word)
	})
}

// phrases reads a mapping of names to what they say.
func (r *reader) phrases(v *value, what string, read func(name string, v *value)) {
	if v.kind != mapping {
		r.fault(v, "%s must be a mapping of names to what they say, and is %s", what, v.kind)
		return
	}
	for _, e := range v.entries {
		read(e.key, e.value)
	}
}

// fieldNames returns the names of the fields that events may carry.
func (k *vocabulary) fieldNames() []string {
	var names []string
	for _, e := range k.events {
		for _, f := range e.Fields {
			names = append(names, f.Name)
		}
	}
	return names
}
