package load

import "longstop/timescale"

// exampleChecked is how an edition says how its words are known.
const exampleChecked = "checked: {read: words, in: legislation.gov.uk/ukpga/1989/41/section/47, on: " + exampleFrom + "}"

// checked reads how the words behind an edition are known: {read, in, missing, on}.
func (r *reader) checked(v *value) timescale.Check {
	var c timescale.Check
	before := len(*r.found)
	ok := r.mapping(v, "checked", keys{
		"read":    func(v *value) { c.Read = r.reading(v) },
		"in":      r.textInto("in", &c.In),
		"missing": r.textInto("missing", &c.Missing),
		"on":      r.dateInto("on", &c.On),
	})
	if ok && len(*r.found) == before { // what is missing may be what was misspelt
		if wrong := wrongIn(c); wrong != "" {
			r.fault(v, "%s", wrong)
		}
	}
	return c
}

func (r *reader) reading(v *value) timescale.Reading {
	words := make([]string, len(timescale.Readings))
	for i, reading := range timescale.Readings {
		words[i] = string(reading)
	}
	s, _ := r.oneOf(v, "read", words)
	return timescale.Reading(s)
}

// wrongIn says what a check lacks or has too much, and what to do; "" where it is whole.
func wrongIn(c timescale.Check) string {
	switch {
	case c.Read == "":
		return "checked needs read, what was read, as in " + exampleChecked
	case c.Read == timescale.NotRead && (c.In != "" || c.Missing != ""):
		return "nothing was read, so there is nothing that it was read in or that is missing: leave out in and missing, or say what was read"
	case c.Read == timescale.NotRead:
		return ""
	case c.In == "":
		return "checked needs in, where it was read or the secondary text, as in " + exampleChecked
	case c.On.IsZero():
		return "checked needs on, the day on which it was read, as in " + exampleChecked
	case c.Missing != "" && (c.Read == timescale.OwnWords || c.Read == timescale.Through):
		return "missing says what was not read, and read says that the words were: leave out missing, or say read: part or read: similar"
	}
	return ""
}
