package load

import "longstop/timescale"

// inUse reads a number that councils use: {limit, to, says, who}.
func (r *reader) inUse(v *value) (timescale.InUse, bool) {
	var u timescale.InUse
	before := len(*r.found)
	ok := r.mapping(v, "a number of councils", keys{
		"limit": r.limitInto(&u.Limit),
		"to":    r.limitInto(&u.To),
		"says":  r.textInto("says", &u.Says),
		"who":   r.textInto("who", &u.Who),
	})
	switch {
	case len(*r.found) > before: // what is missing may be what was misspelt
	case v.get("limit") == nil && v.get("to") != nil:
		r.fault(v, "to ends a range, and there is no limit that begins it: add limit")
	case v.get("limit") == nil && v.get("says") == nil:
		r.fault(v, "a number of councils needs limit, or says with words in its place")
	}
	return u, ok
}
