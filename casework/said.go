package casework

import (
	"slices"
	"time"

	"longstop/timescale"
)

// said is what was said in a case.
type said struct {
	byDuty map[string]*saidOfDuty
	all    []*saidOfDuty // in the order in which each duty was first spoken of
}

// saidOfDuty is what was said about one duty, in order.
type saidOfDuty struct {
	list  []Notice
	spell int  // that the duty is in, if it is open: one more than were resolved
	owed  bool // a role got an escalation and was not told since that it is resolved
}

func tell(notices []Notice) said {
	s := said{byDuty: map[string]*saidOfDuty{}}
	for _, n := range notices {
		s.add(n)
	}
	return s
}

func (s *said) add(n Notice) {
	of := s.byDuty[n.Duty]
	if of == nil {
		of = &saidOfDuty{spell: 1}
		s.byDuty[n.Duty] = of
		s.all = append(s.all, of)
	}
	of.list = append(of.list, n)
	if n.Kind == Resolved {
		of.spell = max(of.spell, n.Spell+1)
	}
	of.owed = slices.ContainsFunc(timescale.Roles, func(role timescale.Role) bool { return of.unresolved(role) != nil })
}

// of is what was said about a duty; nothing where nothing was.
func (s *said) of(duty string) *saidOfDuty {
	if of := s.byDuty[duty]; of != nil {
		return of
	}
	return &saidOfDuty{spell: 1}
}

// current says whether a notice is of the duty's present spell and due date.
func (s *saidOfDuty) current(n *Notice, d *Duty) bool {
	return n.Due == d.DueText() && n.Spell == s.spell
}

// sent says whether a rung of the duty's present due date was sent, in whichever spell.
func (s *saidOfDuty) sent(rung string, d *Duty) bool {
	return slices.ContainsFunc(s.list, func(n Notice) bool { return n.Rung == rung && n.Due == d.DueText() })
}

func (s *saidOfDuty) has(key string) bool {
	return slices.ContainsFunc(s.list, func(n Notice) bool { return n.Key() == key })
}

// lastDue is the due date that a role had last been told of at an instant; "" where it had
// been told none, or since then that the duty is resolved.
func (s *saidOfDuty) lastDue(role timescale.Role, at time.Time) string {
	last := ""
	for i := range s.list {
		switch n := &s.list[i]; {
		case n.Role != role || n.At.After(at):
		case n.Kind == Resolved:
			last = ""
		case n.Due != "":
			last = n.Due
		}
	}
	return last
}

// unresolved is the last escalation that a role got and was not told since to be resolved;
// nil where there is none.
func (s *saidOfDuty) unresolved(role timescale.Role) *Notice {
	var last *Notice
	for i := range s.list {
		switch n := &s.list[i]; {
		case n.Role != role:
		case n.Kind == Escalation:
			last = n
		case n.Kind == Resolved:
			last = nil
		}
	}
	return last
}
