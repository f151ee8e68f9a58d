package pages

import (
	"fmt"
	"strings"

	"longstop/timescale"
)

// starts are the ways in which the clock of a timescale starts, each with the limit that
// it brings.
func (b *book) starts(t *timescale.Timescale) []string {
	if t.Windows != "" {
		return []string{windows(t)}
	}
	words := make([]string, len(t.Starts))
	for i := range t.Starts {
		s := &t.Starts[i]
		words[i] = b.start(t, s)
		if len(s.Limits) > 0 {
			words[i] += ": **" + limits(t, s.Limits) + "**"
		}
	}
	return words
}

func windows(t *timescale.Timescale) string {
	each := "each calendar month"
	if t.Windows == timescale.SchoolTerms {
		each = "each [school term](" + wordsFile + "#school-terms)"
	}
	return fmt.Sprintf("%s begins during %s%s", each, periodName(t.Period), code(t.Period))
}

func (b *book) start(t *timescale.Timescale, s *timescale.Start) string {
	words := event(s.Match)
	switch {
	case s.PeriodOpens:
		words = b.opening(t.Period)
	case s.Birthday > 0:
		words = timescale.Birthday(s.Birthday)
		words = fmt.Sprintf("%s of the child falls in %s%s", words, periodName(t.Period), code(t.Period))
	}
	for _, fact := range startFacts(t, s) {
		words += ", " + fact
	}
	return words
}

// opening is what begins a period: "the child protection plan begins: …".
func (b *book) opening(name string) string {
	p := b.pack.Period(name)
	words := make([]string, len(p.Opens))
	for i, o := range p.Opens {
		words[i] = event(o.Match)
		if o.OnlyIfNone {
			words[i] = "where that is not recorded by the end of the day, " + words[i]
		}
	}
	return strings.Join(words, ", or ")
}

// startFacts are what else must hold for a start to count.
func startFacts(t *timescale.Timescale, s *timescale.Start) []string {
	var facts []string
	add := func(format string, args ...any) { facts = append(facts, fmt.Sprintf(format, args...)) }
	period := periodName(t.Period)
	if s.Nth != nil {
		in := s.NthIn
		if in == "" {
			in = t.Period
		}
		add("for the %s time during %s", nth(s.Nth), periodName(in))
	}
	if s.Within != nil {
		in := period
		if s.Within.In != "" {
			in = periodName(s.Within.In)
		}
		add("%s", within(s.Within, in))
	}
	if len(s.PeriodWhere) > 0 {
		add("where %s", tests(s.PeriodWhere, period))
	}
	if s.NoneSince != "" {
		add("unless before that, during %s, %s%s", period, phrase(s.NoneSince), code(s.NoneSince))
	}
	facts = append(facts, sameDay(s)...)
	if s.Aged != nil {
		add("where the child is %s or the birth is not known", s.Aged)
	}
	if s.OrBefore != nil {
		add("also where that was in the %s up to the beginning of %s (the latest counts)", stretchOf(s.OrBefore), period)
	}
	if bounds := stretch(s.From, s.Until); bounds != "" {
		add("%s", bounds)
	}
	return facts
}

// sameDay are facts of the days up to and including the start.
func sameDay(s *timescale.Start) []string {
	var facts []string
	if s.NoneSameDay != "" {
		facts = append(facts, fmt.Sprintf("unless on that day %s%s", phrase(s.NoneSameDay), code(s.NoneSameDay)))
	}
	if s.SameDay != "" {
		facts = append(facts, fmt.Sprintf("where on that day %s%s", phrase(s.SameDay), code(s.SameDay)))
	}
	if p := s.PrecededBy; p != nil {
		times := ""
		if p.Times > 1 {
			times = fmt.Sprintf(" %d times or more", p.Times)
		}
		facts = append(facts, fmt.Sprintf("where %s%s in the %s up to and including that day", event(p.Match), times, stretchOf(&p.Within)))
	}
	return facts
}

func nth(n *timescale.Nth) string {
	switch n.To {
	case n.From:
		return ordinal(n.From)
	case 0:
		return ordinal(n.From) + " or a later"
	default:
		return ordinal(n.From) + " to " + ordinal(n.To)
	}
}

func within(s *timescale.Since, period string) string {
	switch {
	case s.From == nil:
		return fmt.Sprintf("in the first %s of %s", stretchOf(s.Before), period)
	case s.Before == nil:
		return fmt.Sprintf("after the first %s of %s", stretchOf(s.From), period)
	default:
		return fmt.Sprintf("after the first %s of %s and in its first %s", stretchOf(s.From), period, stretchOf(s.Before))
	}
}

// stretchOf is a length after "the first": "year", "6 weeks".
func stretchOf(l *timescale.Limit) string { return strings.TrimPrefix(l.String(), "1 ") }

// meetings are what meets a duty.
func meetings(t *timescale.Timescale) []string {
	words := make([]string, len(t.MetBy))
	for i, m := range t.MetBy {
		words[i] = event(m.Match)
		if m.OrBefore != nil {
			words[i] += fmt.Sprintf(", also where that was in the %s up to the start", stretchOf(m.OrBefore))
		}
	}
	return words
}
