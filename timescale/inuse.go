package timescale

import (
	"strconv"
	"strings"
)

// InUse is a number that councils use for a limit that no law sets.
type InUse struct {
	Limit *Limit // nil if Says has words in its place
	To    *Limit // the upper end of a range that Limit begins; nil if it is one number
	Says  string // what the number holds for, or what is done if there is no number
	Who   string // the councils, or the procedures; "" if none is named
}

// String returns the number in words: "10 working days (Wirral)", "15 to 20 working days",
// "8 weeks (ages 18 to 20; Anytown)".
func (u InUse) String() string {
	words, more := u.Number(), []string{}
	if u.Limit == nil {
		words = u.Says
	} else if u.Says != "" {
		more = append(more, u.Says)
	}
	if u.Who != "" {
		more = append(more, u.Who)
	}
	if len(more) > 0 {
		words += " (" + strings.Join(more, "; ") + ")"
	}
	return words
}

// Number returns the number alone, or the range; "" if there are only words.
func (u InUse) Number() string {
	switch {
	case u.Limit == nil:
		return ""
	case u.To == nil:
		return u.Limit.String()
	default:
		return strconv.Itoa(u.Limit.N) + " to " + u.To.String()
	}
}

// ForCouncil reports whether the timescale waits for a council: no law sets it, and it is off
// or runs on a number of Longstop's that no overlay has set or confirmed. One that an overlay
// ends on a day waits for nothing.
func (t *Timescale) ForCouncil() bool {
	if len(t.Editions) == 0 {
		return false
	}
	latest := &t.Editions[len(t.Editions)-1]
	return latest.Status == StatusLocal && latest.Until.IsZero() && (t.Off != "" || latest.Default)
}

// checkCouncils checks that the numbers of councils stand where a council chooses one, and that each
// could be chosen.
func (s *validator) checkCouncils(t *Timescale) {
	for i := range t.Editions {
		e := &t.Editions[i]
		if len(e.Councils) > 0 && e.Status != StatusLocal {
			s.fault(e.faultOf(t), "councils has the numbers to choose from where no law sets one, and the status is %s: leave it out", e.Status)
			continue
		}
		for _, u := range e.Councils {
			s.checkChoosable(t, e, u)
		}
	}
}

func (s *validator) checkChoosable(t *Timescale, e *Edition, u InUse) {
	switch {
	case u.Limit == nil || u.Limit.Unit == "" || u.To != nil && u.To.Unit == "": // words, or could not be read, which was told
	case len(e.Limits) == 0 && !e.NoLimit:
		s.fault(e.faultOf(t), "an overlay cannot give this rule a number: put %s into says, in words", u.Limit)
	case len(e.Limits) > 0 && (e.Limits[0].InHours() != u.Limit.InHours() || e.Limits[0].Back != u.Limit.Back):
		s.fault(e.faultOf(t), "%s is not counted as its own limit of %s is, in hours or in days, forwards or backwards: put it into says, in words", u.Limit, e.Limits[0])
	case u.To != nil && (u.To.Unit != u.Limit.Unit || u.To.Back != u.Limit.Back || u.To.N <= u.Limit.N):
		s.fault(e.faultOf(t), "a range goes up in one unit, and this one from %s to %s: correct it, or make two entries", u.Limit, u.To)
	}
}
