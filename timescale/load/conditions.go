package load

import (
	"slices"

	"longstop/timescale"
)

// match reads an event with conditions on its data: its name alone, or
// {event: …, where: {…}}. more are further keys that this kind of match may have.
func (r *reader) match(v *value, what string, more keys) (timescale.Match, bool) {
	var m timescale.Match
	if v.kind == scalar {
		name, ok := r.event(v)
		return timescale.Match{Event: name}, ok
	}
	known := keys{
		"event": r.eventInto(&m.Event),
		// After the event, wherever they stand: see below.
		"where": func(*value) {},
		"has":   func(*value) {},
		"lacks": func(*value) {},
	}
	for name, read := range more {
		known[name] = read
	}
	if !r.mapping(v, what, known) {
		return m, false
	}
	where := v.get("where")
	if where != nil && m.Event != "" {
		m.Where = r.tests(where, "where", m.Event)
	}
	if m.Event != "" {
		m.Where = append(m.Where, r.filled(v.get("has"), m.Event, true)...)
		m.Where = append(m.Where, r.filled(v.get("lacks"), m.Event, false)...)
	}
	for _, name := range []string{"where", "has", "lacks"} {
		if speaks := v.get(name); speaks != nil && v.get("event") == nil {
			r.fault(speaks, "%s speaks of the data of an event, and there is no event: to speak of the period's, say period_where", name)
			return m, false
		}
	}
	if v.get("event") == nil && more["period_opens"] == nil {
		r.fault(v, "%s names no event", what)
		return m, false
	}
	return m, true
}

// filled reads the fields of an event that hold something, or nothing.
func (r *reader) filled(v *value, event string, is bool) []timescale.Test {
	if v == nil {
		return nil
	}
	var tests []timescale.Test
	r.each(v, "has and lacks", func(v *value) {
		name, ok := r.text(v, "a field")
		if !ok {
			return
		}
		if _, ok := r.fieldOfAny([]string{event}, name); !ok {
			r.fault(v, "%s has no field %q: it has %s", event, name, inWords(r.fieldNames([]string{event})))
			return
		}
		tests = append(tests, timescale.Test{Field: name, Filled: &is})
	})
	return tests
}

func (r *reader) matches(what string, into *[]timescale.Match) func(*value) {
	return listOf(r, what, into, func(v *value) (timescale.Match, bool) {
		m, _ := r.match(v, what, nil)
		return m, true // also a faulty one: see start
	})
}

// tests reads conditions on the data of an event of one of some types: each field must be
// one that at least one of them has. All must hold.
func (r *reader) tests(v *value, what string, types ...string) []timescale.Test {
	if v.kind != mapping || len(v.entries) == 0 {
		r.fault(v, "%s must be a mapping of fields to what they must hold", what)
		return nil
	}
	var tests []timescale.Test
	for _, e := range v.entries {
		field, ok := r.fieldOfAny(types, e.key)
		if !ok {
			r.found.add(r.file, e.line, r.rule, "%s has no field %q: it has %s", inWords(types), e.key, inWords(r.fieldNames(types)))
			continue
		}
		if t, ok := r.test(e.value, field); ok {
			tests = append(tests, t)
		}
	}
	return tests
}

func (r *reader) test(v *value, f timescale.Field) (timescale.Test, bool) {
	t := timescale.Test{Field: f.Name}
	switch f.Kind {
	case timescale.Flag:
		if !v.isBool {
			r.fault(v, "the field %s is a flag: it is compared with true or false", f.Name)
			return t, false
		}
		is := v.text == "true"
		t.Flag = &is
		return t, true
	case timescale.Word, timescale.Text:
		return r.wordTest(v, f)
	case timescale.Day, timescale.Names:
	}
	r.fault(v, "the field %s is a %s: a condition compares flags, words and texts only", f.Name, f.Kind)
	return t, false
}

func (r *reader) wordTest(v *value, f timescale.Field) (timescale.Test, bool) {
	t := timescale.Test{Field: f.Name}
	items := []*value{v}
	if v.kind == list {
		items = v.items
	}
	for _, item := range items {
		w, ok := r.text(item, "what "+f.Name+" must hold")
		if !ok {
			return t, false
		}
		if f.Kind == timescale.Word && !slices.Contains(f.OneOf, w) {
			r.fault(item, "the field %s never holds %q: it holds one of %s", f.Name, w, inWords(f.OneOf))
			return t, false
		}
		t.Words = append(t.Words, w)
	}
	if len(t.Words) == 0 {
		r.fault(v, "the field %s is compared with no words", f.Name)
		return t, false
	}
	return t, true
}

func (r *reader) fieldOfAny(types []string, name string) (timescale.Field, bool) {
	for _, typ := range types {
		e, _ := r.known.event(typ)
		if f, ok := fieldOf(e, name); ok {
			return f, true
		}
	}
	return timescale.Field{}, false
}

func (r *reader) fieldNames(types []string) []string {
	var names []string
	for _, typ := range types {
		e, _ := r.known.event(typ)
		for _, f := range e.Fields {
			names = append(names, f.Name)
		}
	}
	return names
}

// periodTests reads conditions on the event that opened a period.
func (r *reader) periodTests(v *value, period string) []timescale.Test {
	if period == "" {
		r.fault(v, "period_where speaks of the event that opened the rule's period, and it has none: name one")
		return nil
	}
	p := r.known.period(period)
	if p == nil {
		return nil // told where the period is named
	}
	types := make([]string, len(p.Opens))
	for i, o := range p.Opens {
		types[i] = o.Event
	}
	return r.tests(v, "period_where", types...)
}
