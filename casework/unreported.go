package casework

import (
	"slices"

	"longstop/calendar"
)

// What a source says it reports.
const typeSource = "source.attached"

// coverage is what the attached sources could have shown of a timescale's meetings.
type coverage struct {
	any         bool          // some source reports a type that could meet it
	from, until calendar.Date // zero: without bound
}

// findUnreported marks a duty that no attached source could have shown met (rules.md,
// section 3, "Unreported"). A case without a source is taken to report everything.
func (t *timeline) findUnreported(d *Duty) {
	sources := t.of(typeSource)
	if len(sources) == 0 || d.Met || len(d.Rule.MetBy) == 0 {
		return
	}
	c := t.coverage(d, sources)
	switch {
	case !c.any:
		d.NotReported, d.NotReportedWhy = true, "no source reports what could meet it"
	case !c.from.IsZero() && d.Started.Day < c.from && !t.shownOpen(d):
		d.NotReported, d.NotReportedWhy = true, "it started before "+longDay(c.from)+", the first day that a source covers"
	default:
		d.ReportedUntil = c.until
	}
}

func (t *timeline) coverage(d *Duty, sources []*entry) coverage {
	var c coverage
	for _, s := range sources {
		reports := s.Data.Names("reports")
		if !slices.ContainsFunc(reports, func(name string) bool { return couldMeet(d, name) }) {
			continue
		}
		from, until := s.Data.Day("from"), s.Data.Day("until")
		if !c.any {
			c = coverage{any: true, from: from, until: until}
			continue
		}
		c.from = min(c.from, from) // the zero date is no bound, and sorts first
		if until.IsZero() || c.until.IsZero() {
			c.until = 0
		} else {
			c.until = max(c.until, until)
		}
	}
	return c
}

func couldMeet(d *Duty, eventType string) bool {
	for i := range d.Rule.MetBy {
		if d.Rule.MetBy[i].Event == eventType {
			return true
		}
	}
	return false
}

// shownOpen says whether an event of the episode shows that the duty was still open.
func (t *timeline) shownOpen(d *Duty) bool {
	m := d.Rule.ShownOpenBy
	if m == nil {
		return false
	}
	return slices.ContainsFunc(t.of(m.Event), func(n *entry) bool {
		return matches(m, n.Event) && touches(n.Episode, d)
	})
}
