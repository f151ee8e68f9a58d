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
	list  []*Notice
	spell int // that the duty is in, if it is open: one more than were resolved
	// escalated is the last escalation that each role got, if it was not told since that
	// the duty is resolved.
	escalated map[timescale.Role]*Notice
}

func tell(notices []Notice) said {
	s := said{byDuty: make(map[string]*saidOfDuty, len(notices))}
	for i := range notices {
		s.add(&notices[i])
	}
	return s
}

func (s *said) add(n *Notice) {
	of := s.byDuty[n.Duty]
	if of == nil {
		of = &saidOfDuty{spell: 1}
		s.byDuty[n.Duty] = of
		s.all = append(s.all, of)
	}
	of.list = append(of.list, n)
	switch {
	case n.Kind == Resolved:
		of.spell = max(of.spell, n.Spell+1)
		delete(of.escalated, n.Role)
	case n.Kind == Escalation && of.escalated == nil:
		of.escalated = map[timescale.Role]*Notice{n.Role: n}
	case n.Kind == Escalation:
		of.escalated[n.Role] = n
	}
}

// nothing is what was said about a duty that nobody has spoken of.
var nothing = &saidOfDuty{spell: 1}

// of is what was said about a duty.
func (s *said) of(duty string) *saidOfDuty {
	if of := s.byDuty[duty]; of != nil {
		return of
	}
	return nothing
}

// wasTold says whether a rung of a due date was sent in the present spell to a role; to any
// where it is "".
func (s *saidOfDuty) wasTold(rung, due string, role timescale.Role) bool {
	return slices.ContainsFunc(s.list, func(n *Notice) bool {
		return n.Rung == rung && n.Due == due && n.Spell == s.spell && (role == "" || n.Role == role)
	})
}

// sent says whether a rung of a due date was sent, in whichever spell.
func (s *saidOfDuty) sent(rung, due string) bool {
	return slices.ContainsFunc(s.list, func(n *Notice) bool { return n.Rung == rung && n.Due == due })
}

// saidAt says whether a due date was spoken of at an instant.
func (s *saidOfDuty) saidAt(t time.Time, due string) bool {
	return slices.ContainsFunc(s.list, func(n *Notice) bool { return n.Due == due && n.At.Equal(t) })
}

// hasMoved says whether a role was told in the present spell that the date moved to this one.
func (s *saidOfDuty) hasMoved(role timescale.Role, due string) bool {
	return slices.ContainsFunc(s.list, func(n *Notice) bool {
		return n.Kind == Moved && n.Role == role && n.Due == due && n.Spell == s.spell
	})
}

// lastDue is the due date that a role had last been told of at an instant; "" where it had
// been told none, or since then that the duty is resolved.
func (s *saidOfDuty) lastDue(role timescale.Role, at time.Time) string {
	last := ""
	for _, n := range s.list {
		switch {
		case n.Role != role || n.At.After(at):
		case n.Kind == Resolved:
			last = ""
		case n.Due != "":
			last = n.Due
		}
	}
	return last
}
