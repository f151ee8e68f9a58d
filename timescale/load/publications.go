package load

import (
	"longstop/calendar"
	"longstop/timescale"
)

// publications reads the texts of guidance that come out anew: {name, editions}.
func (r *reader) publications(v *value) []timescale.Publication {
	var list []timescale.Publication
	listOf(r, "publications", &list, r.publication)(v)
	return list
}

func (r *reader) publication(v *value) (timescale.Publication, bool) {
	var p timescale.Publication
	before := len(*r.found)
	ok := r.mapping(v, "a publication", keys{
		"name":     r.textInto("name", &p.Name),
		"editions": listOf(r, "editions", &p.Editions, r.comesOut),
	})
	switch {
	case !ok || len(*r.found) > before:
		return p, false
	case p.Name == "" || len(p.Editions) == 0:
		r.fault(v, "a publication needs its name, as sources name it, and editions, the days on which it came out")
		return p, false
	}
	for i := 1; i < len(p.Editions); i++ {
		if p.Editions[i] <= p.Editions[i-1] {
			r.fault(v, "the editions are out of order: %s does not come after %s", p.Editions[i], p.Editions[i-1])
			return p, false
		}
	}
	return p, true
}

func (r *reader) comesOut(v *value) (calendar.Date, bool) {
	var day calendar.Date
	r.dateInto("an edition", &day)(v)
	return day, !day.IsZero()
}
