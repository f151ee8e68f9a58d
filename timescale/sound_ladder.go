package timescale

// ladders checks that a limit takes one ladder, and that rungs stand in the order in
// which they come due.
func (s *soundness) ladders() {
	for i := range s.pack.Ladders {
		l := &s.pack.Ladders[i]
		at := Fault{Rule: "ladder " + l.Name}
		if len(l.Rungs) == 0 {
			s.fault(at, "it has no rungs")
		}
		s.bands(l, at)
		s.rungs(l, at)
		for j := range s.pack.Ladders[:i] {
			s.apart(l, &s.pack.Ladders[j], at)
		}
	}
}

func (s *soundness) bands(l *Ladder, at Fault) {
	for _, b := range l.For {
		if b.To != 0 && b.To < b.From {
			s.fault(at, "the band of %s from %d to %d holds no limit", b.Unit, b.From, b.To)
		}
		if (b.Unit == Hours) != (l.For[0].Unit == Hours) {
			s.fault(at, "it is for limits in hours and for others: their rungs are counted differently, so make two")
			return
		}
	}
}

// apart says that two ladders share no name and no limit.
func (s *soundness) apart(l, other *Ladder, at Fault) {
	if l.Name == other.Name {
		s.fault(at, "two ladders have this name: remove one")
		return
	}
	for _, a := range l.For {
		for _, b := range other.For {
			if a.Unit == b.Unit && a.From <= b.last() && b.From <= a.last() {
				s.fault(at, "limits of %d %s take this ladder and %q: the bands overlap", max(a.From, b.From), a.Unit, other.Name)
			}
		}
	}
}

// last is the greatest number of a band.
func (b Band) last() int {
	if b.To == 0 {
		return 1 << 30
	}
	return b.To
}

func (s *soundness) rungs(l *Ladder, at Fault) {
	for i := 1; i < len(l.Rungs); i++ {
		if l.Rungs[i].Moment() <= l.Rungs[i-1].Moment() {
			s.fault(at, "the rung %s stands after %s but comes due no later: put them in order", l.Rungs[i].Label, l.Rungs[i-1].Label)
		}
	}
}

// Moment orders the rungs of one ladder: percents before the due instant, hours after it.
func (r Rung) Moment() int {
	if r.Percent > 0 {
		return r.Percent - 100
	}
	return r.Days + r.Hours
}
