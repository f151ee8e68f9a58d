package timescale

import (
	"fmt"
	"slices"
)

// StatusLocal is the status of a limit that no law, guidance or national practice sets.
const StatusLocal = "local"

// StatusPractice is the status of a limit of national good practice, which no law sets.
const StatusPractice = "practice"

// Statuses are what a limit's source may be, the most binding first.
var Statuses = []string{
	"statute", "regulation", "statutory guidance", "practice direction", "national minimum standard", "guidance",
	StatusPractice, StatusLocal,
}

// Faults is what is wrong with a pack as a whole; none for a sound one. A fault of a
// timescale says where it was read, a fault of a period or ladder names it as its rule.
// What can be seen in one value alone, package load finds while it reads.
func (p *Pack) Faults() []Fault {
	s := &soundness{pack: p}
	s.periods()
	s.ladders()
	s.calendars()
	s.refs()
	for i := range p.Timescales {
		s.timescale(&p.Timescales[i])
	}
	return s.found
}

// soundness collects the faults of a pack.
type soundness struct {
	pack  *Pack
	found []Fault
}

func (s *soundness) fault(f Fault, format string, args ...any) {
	f.Reason = fmt.Sprintf(format, args...)
	s.found = append(s.found, f)
}

func (t *Timescale) fault() Fault { return Fault{File: t.File, Line: t.Line, Rule: t.Ref} }

func (e *Edition) faultOf(t *Timescale) Fault {
	f := t.fault()
	if e.Line > 0 {
		f.Line = e.Line
	}
	return f
}

// calendars checks that a rule which names a calendar finds one.
func (s *soundness) calendars() {
	for i, c := range s.pack.Calendars {
		if slices.ContainsFunc(s.pack.Calendars[:i], func(x OwnCalendar) bool { return x.Name == c.Name }) {
			s.fault(Fault{Rule: "calendar " + c.Name}, "two calendars have this name: remove one")
		}
	}
}

func (s *soundness) refs() {
	first := map[string]*Timescale{}
	for i := range s.pack.Timescales {
		t := &s.pack.Timescales[i]
		if before, twice := first[t.Ref]; twice && t.Ref != "" {
			s.fault(t.fault(), "two timescales have this ref, the other at %s:%d: give one another ref", before.File, before.Line)
			continue
		}
		first[t.Ref] = t
	}
}
