package timescale

import "slices"

// periods checks that every period can open, can end, and does not end with itself.
func (s *soundness) periods() {
	for i := range s.pack.Periods {
		p := &s.pack.Periods[i]
		at := Fault{Rule: "period " + p.Name}
		if len(p.Opens) == 0 {
			s.fault(at, "nothing opens the period: say what does in opens")
		}
		if len(p.Ends) == 0 && p.EndsWith == "" {
			s.fault(at, "nothing ends the period: say what does in ends or ends_with")
		}
		if p.EndsWith != "" && s.pack.Period(p.EndsWith) == nil {
			s.fault(at, "it ends with the period %q, which is not known", p.EndsWith)
		}
		if p.Single && p.Replaces {
			s.fault(at, "single and replaces contradict each other: an opening while it is open does nothing, or ends it")
		}
		if s.endsWithItself(p) {
			s.fault(at, "a cycle: it ends with a period that ends with it")
		}
	}
}

func (s *soundness) endsWithItself(p *Period) bool {
	var seen []string
	for q := p; q != nil && q.EndsWith != ""; q = s.pack.Period(q.EndsWith) {
		if q.EndsWith == p.Name {
			return true
		}
		if slices.Contains(seen, q.EndsWith) {
			return false // a cycle further on, which is told there
		}
		seen = append(seen, q.EndsWith)
	}
	return false
}
