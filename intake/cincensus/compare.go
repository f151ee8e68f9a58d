package cincensus

import (
	"fmt"
	"slices"

	"longstop/calendar"
	"longstop/casework"
	"longstop/intake"
)

// Why what the record holds of an episode is kept.
const (
	whyReferral = "the referral of its episode was refused in this return"
	whyLost     = "a referral of this child was refused in this return, and it may be that of this episode"
)

// comparison compares one child of a return with what the record holds.
type comparison struct {
	*intake.Comparison
	referrals []calendar.Date // of the episodes as they will stand
}

// Compare pairs the episodes of the return with those of the record and compares each, then what is
// the child's own.
func (s *statement) Compare(with *intake.Comparison) {
	c := &comparison{Comparison: with}
	found := c.pairEpisodes(s.episodes)
	for _, h := range found.kept {
		c.keepEpisode(h.held, whyReferral, h.line)
	}
	why, onlyAdds := c.OnlyAdds()
	for _, h := range found.left {
		switch {
		case onlyAdds:
			c.keepEpisode(h, why, 0)
		case found.lost > 0 && len(found.left) == 1:
			c.keepEpisode(h, whyReferral, found.lost)
		case found.lost > 0:
			c.keepEpisode(h, whyLost, found.lost)
		default:
			c.leave(h)
		}
	}
	for _, p := range found.pairs {
		name := ""
		if p.held == nil {
			name = c.NewEpisode()
		} else {
			name = p.held.Name
		}
		c.referrals = append(c.referrals, c.episode(name, p))
	}
	c.person(s)
}

// leave takes back what the return no longer holds of an episode that it does not tell of.
func (c *comparison) leave(h *intake.HeldEpisode) {
	if h.Opening != nil && !h.Opening.Voided && !c.Period.Holds(h.Opening.Current.At.Day) {
		c.referrals = append(c.referrals, h.Opening.Current.At.Day)
	}
	c.Leave(h)
}

// keepEpisode leaves an episode of which the return could not be read as it is.
func (c *comparison) keepEpisode(h *intake.HeldEpisode, why string, line int) {
	if h.Opening != nil && !h.Opening.Voided {
		c.referrals = append(c.referrals, h.Opening.Current.At.Day)
	}
	c.KeepEpisode(h, why, line)
}

// episode compares one episode and returns the day of its referral as it will stand.
func (c *comparison) episode(name string, p paired) calendar.Date {
	p.said = c.heed(p)
	_, onlyAdds := c.OnlyAdds()
	facts := p.said.facts(against{known: p.held, period: c.Period, onlyAdds: onlyAdds})
	at := slices.IndexFunc(facts, func(f *intake.Fact) bool { return f.Element == elReferral })
	referral := facts[at]
	var known *intake.Entry
	var rows []*intake.Entry
	if p.held != nil {
		known, rows = p.held.Opening, p.held.Rows
	}
	if known != nil && !known.Voided && referral.Day != known.Stated.At.Day && c.refusedAgainst(&p.said.referral, p.held, p.said.standing()) {
		c.Keep(known, intake.WhyRefused, p.said.referral.Line)
		referral = referral.On(known.Stated.At.Day)
	}
	day := c.Row(name, referral, known, true)
	c.Rows(intake.Group{Episode: name, Facts: slices.Delete(facts, at, at+1), Held: rows, Refused: p.said.refused})
	return day
}

// cost is what it would take to record an episode of the return as one of the record; with nil for the
// one or the other, to record it as new or to take it back.
func (c *comparison) cost(said *episode, held *intake.HeldEpisode) intake.Cost {
	trial := &comparison{Comparison: c.Trial()}
	switch {
	case said == nil:
		trial.leave(held)
	case held == nil:
		trial.episode("", paired{said: said})
	default:
		trial.episode(held.Name, paired{said, held})
	}
	return trial.Cost()
}

// person compares what is outside any episode. A birth and a death are the child's own and in every
// return, so they are corrected whenever they happened; an expected birth is dated by the first referral
// and stays when the birth date comes.
func (c *comparison) person(s *statement) {
	of := c.Record().PersonRows
	c.own(typeBorn, s.born, of(elBorn))
	c.own(typeDied, s.died, of(elDied))
	known := slices.ContainsFunc(of(elBorn), func(e *intake.Entry) bool { return !e.Voided })
	switch {
	case s.born.Valid(), s.born.Refused && (known || !s.expected.Valid()):
		return
	case s.expected.Refused:
		for _, e := range of(elExpected) {
			c.Keep(e, intake.WhyRefused, s.expected.Line)
		}
		return
	}
	expected := &intake.Fact{Element: elExpected, Type: typeExpected, Data: casework.Data{"date": s.expected.Day.String()}}
	if s.expected.Valid() {
		expected.Day = slices.Min(c.referrals)
	}
	c.Rows(intake.Group{Facts: layout.InOrder([]*intake.Fact{expected}), Held: of(elExpected)})
}

// own compares a date of the person, of whatever day.
func (c *comparison) own(eventType string, said dated, held []*intake.Entry) {
	if said.Refused {
		for _, e := range held {
			c.Keep(e, intake.WhyRefused, said.Line)
		}
		return
	}
	facts := layout.InOrder([]*intake.Fact{say(said, eventType, nil)})
	c.Rows(intake.Group{Facts: facts, Held: held, AnyDay: true})
}

// heed returns an episode of the return without the starts and the closure that go against what the
// record holds of it: those that refused a row which the record holds as the return says it. Then
// it is the start or the closure that is mistyped; loaded, it would put in the record what happened
// before it began, or after it was closed, and clocks would start or stop by it. A referral, which
// every episode must have, is left to the caller.
//
// What the record holds, or held until it was taken back, was not mistyped this time. Of rows of one
// element and day it must hold all: where it holds fewer nobody knows which of them it holds, so that
// all that go against something are refused, and are so again when the return is loaded again.
func (c *comparison) heed(p paired) *episode {
	if p.held == nil {
		return p.said
	}
	e, said := p.said, p.said.standing()
	for i, row := range e.dates() {
		if row.Element == elReferral || p.held.EverHeld(row.RowDay()) >= said[row.RowDay()] || !c.refusedAgainst(row, p.held, said) {
			continue
		}
		if e == p.said {
			e = e.clone()
		}
		mistyped := e.dates()[i]
		mistyped.Was, mistyped.Day, mistyped.Refused = mistyped.Day, 0, true
	}
	if e != p.said {
		e.noteRefused()
	}
	return e
}

// standing counts the rows of an episode that stand.
func (e *episode) standing() map[intake.RowDay]int {
	count := map[intake.RowDay]int{}
	for _, d := range e.dates() {
		if d.Valid() {
			count[d.RowDay()]++
		}
	}
	return count
}

// goesAgainst returns the first row that a row of the return goes against and that the record holds,
// or nil. Such a row was refused when the return was read; the record holds it where it holds more
// rows of its element and day than those of the return that stand, given in said. A conference is one
// row however often it is written.
func goesAgainst(h *intake.HeldEpisode, row *dated, said map[intake.RowDay]int) *dated {
	var first *dated
	for _, other := range row.Against {
		was := intake.RowDay{Element: other.Element, Day: other.Was}
		others := said[was]
		if was.Element == elConference {
			others = 0
		}
		if h.Holding(was) > others && (first == nil || other.Was < first.Was) {
			first = other
		}
	}
	return first
}

// refusedAgainst reports whether a row goes against one that the record holds, and says so.
func (c *comparison) refusedAgainst(row *dated, held *intake.HeldEpisode, said map[intake.RowDay]int) bool {
	first := goesAgainst(held, row, said)
	if first == nil || !row.Valid() {
		return false
	}
	c.Refuse(row.Element, row.Line, fmt.Sprintf("goes against %s in line %d, which the record holds with the same date, %s: it is %s",
		first.Element, first.Line, first.Was, row.Day))
	return true
}

// clone copies an episode, so that rows of the copy can be refused.
func (e *episode) clone() *episode {
	c := *e
	c.refused = nil
	c.assessments, c.cinPlans, c.enquiries = slices.Clone(e.assessments), slices.Clone(e.cinPlans), slices.Clone(e.enquiries)
	c.plans, c.pre = slices.Clone(e.plans), slices.Clone(e.pre)
	for i := range c.plans {
		c.plans[i].reviews = slices.Clone(e.plans[i].reviews)
	}
	return &c
}
