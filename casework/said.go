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

// saidOfDuty is what was said about one duty.
type saidOfDuty struct {
	first   *Notice
	spell   int // that the duty is in, if it is open: one more than the times that it was resolved or owed again
	reached int // the spell that what was said shows
	// escalated is the last escalation that each role got, if it was not told since that
	// the duty is resolved.
	escalated map[timescale.Role]*Notice
	toRole    map[timescale.Role][]*Notice // in order
	rungs     map[saidRung]bool
	dues      map[saidDue]bool
}

// saidRung is a rung of a due date that was sent, in a spell and to a role; in any spell where that
// is 0, and to any role where that is "". The news that a date moved is the rung movedRung.
type saidRung struct {
	rung, due string
	spell     int
	role      timescale.Role
}

// movedRung stands for the news that a date moved, which is no rung.
const movedRung = "\x00moved"

// saidDue is a due date that was spoken of at an instant, in nanoseconds.
type saidDue struct {
	due string
	at  int64
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
		of = &saidOfDuty{
			first: n, spell: 1, reached: 1, toRole: map[timescale.Role][]*Notice{}, escalated: map[timescale.Role]*Notice{},
			rungs: map[saidRung]bool{}, dues: map[saidDue]bool{},
		}
		s.byDuty[n.Duty] = of
		s.all = append(s.all, of)
	}
	of.add(n)
}

func (s *saidOfDuty) add(n *Notice) {
	s.toRole[n.Role] = append(s.toRole[n.Role], n)
	s.dues[saidDue{n.Due, n.At.UnixNano()}] = true
	rung := n.Rung
	if n.Kind == Moved {
		rung = movedRung
	}
	s.rungs[saidRung{rung, n.Due, n.Spell, n.Role}] = true
	s.rungs[saidRung{rung, n.Due, n.Spell, ""}] = true
	s.rungs[saidRung{rung, n.Due, 0, ""}] = true
	s.reached = max(s.reached, n.Spell)
	switch n.Kind {
	case Resolved:
		s.reached = max(s.reached, n.Spell+1)
		delete(s.escalated, n.Role)
	case Escalation:
		s.escalated[n.Role] = n
	case Reminder, Moved, Drift: // nothing is taken back of these
	}
	s.spell = max(s.spell, s.reached)
}

// since sets the spell that the duty is in, which was owed again at an instant; zero where it was
// not. What was said before then belongs to the spells before.
func (s *saidOfDuty) since(again time.Time) {
	s.spell = s.reached
	if again.IsZero() {
		return
	}
	for _, list := range s.toRole {
		for _, n := range list {
			if n.At.Before(again) {
				s.spell = max(s.spell, n.Spell+1)
			}
		}
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
	return s.rungs[saidRung{rung, due, s.spell, role}]
}

// sent says whether a rung of a due date was sent, in whichever spell.
func (s *saidOfDuty) sent(rung, due string) bool { return s.rungs[saidRung{rung: rung, due: due}] }

// saidAt says whether a due date was spoken of at an instant.
func (s *saidOfDuty) saidAt(t time.Time, due string) bool { return s.dues[saidDue{due, t.UnixNano()}] }

// saidOf are the instants at which a due date was spoken of.
func (s *saidOfDuty) saidOf(due string) []time.Time {
	var list []time.Time
	for _, told := range s.toRole {
		for _, n := range told {
			if n.Due == due {
				list = append(list, n.At)
			}
		}
	}
	return list
}

// hasMoved says whether a role was told in the present spell that the date moved to this one.
func (s *saidOfDuty) hasMoved(role timescale.Role, due string) bool {
	return s.rungs[saidRung{movedRung, due, s.spell, role}]
}

// lastDue is the due date that a role had last been told of at an instant; "" where it had
// been told none, or since then that the duty is resolved.
func (s *saidOfDuty) lastDue(role timescale.Role, at time.Time) string {
	for _, n := range slices.Backward(s.toRole[role]) {
		switch {
		case n.At.After(at):
		case n.Kind == Resolved:
			return ""
		case n.Due != "":
			return n.Due
		}
	}
	return ""
}
