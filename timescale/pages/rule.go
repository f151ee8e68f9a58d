package pages

import (
	"fmt"
	"strings"

	"longstop/calendar"
	"longstop/english"
	"longstop/timescale"
)

// rule is the section of one timescale.
func (b *book) rule(t *timescale.Timescale) string {
	var s strings.Builder
	fmt.Fprintf(&s, "### %s\n\n%s\n\n", heading(t), english.Sentence(t.Todo))
	if t.Off != "" {
		s.WriteString(fact("Off:", english.Capital(t.Off)))
	}
	s.WriteString(b.runs(t))
	s.WriteString(b.bounds(t))
	s.WriteString(fact("Repeats:", repeats(t)))
	s.WriteString(fact("Extension:", b.extension(t)))
	s.WriteString(fact("Who is told:", b.whoIsTold(t)...))
	s.WriteString(b.editions(t))
	s.WriteString(b.corrected(t))
	return ended(s.String()) + "\n"
}

// corrected is what was put right of the timescale.
func (b *book) corrected(t *timescale.Timescale) string {
	list := b.pack.CorrectionsOf(t)
	if len(list) == 0 {
		return ""
	}
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = fmt.Sprintf("on %s; until then %s", english.Date(c.On), strings.TrimSpace(c.Was))
	}
	return fact("Corrected:", words...)
}

// runs returns when the timescale starts, how long it runs and what stops it.
func (b *book) runs(t *timescale.Timescale) string {
	s := fact("Starts when", b.starts(t)...)
	s += fact("Limit:", b.limitWords(t))
	if met := b.meetings(t); len(met) > 0 {
		s += fact("Done when", met...)
	} else {
		s += fact("Done by", "nothing: it runs until it ends")
	}
	if ends := b.endings(t); len(ends) > 0 {
		s += fact("Ends without being done when", ends...)
	}
	return s
}

// limitWords is the limit as a whole; that of each edition stands with the edition.
func (b *book) limitWords(t *timescale.Timescale) string {
	switch {
	case t.Windows == timescale.CalendarMonths:
		return "**The last day of the month**"
	case t.Windows == timescale.SchoolTerms:
		return "**The last day of the term**"
	case len(t.Drift) > 0:
		return "None. Alerts say how long it has run"
	case latest(t).NoLimit:
		return "**No number.** The law or the procedure sets none. It runs until it is done, without a date, and nobody is reminded"
	}
	words := b.limitOf(t, latest(t))
	if len(ownLimits(t)) > 0 {
		return strings.TrimSuffix("**By how it started**, as above; else **"+words+"**", "; else ****")
	}
	if e := latest(t); len(e.Limits) == 0 && len(e.By) == 0 {
		words += "**. What is done before that does not count. There is no latest date, and nobody is reminded**"
	}
	return strings.TrimSuffix("**"+english.Capital(words)+"**", "****")
}

// endings are what closes a duty that is no longer owed. What ends every case stands once,
// in the index.
func (b *book) endings(t *timescale.Timescale) []string {
	words := b.events(t.EndedBy)
	for _, p := range t.EndsWith {
		if p != t.Period {
			words = append(words, b.periodName(p)+" ends"+code(p))
		}
	}
	return words
}

// bounds is when the timescale runs at all, and by which calendar.
func (b *book) bounds(t *timescale.Timescale) string {
	s := ""
	if t.Period != "" {
		s += fact("Only during", b.periodName(t.Period)+code(t.Period)+", and ends with it")
	}
	if words := whatAddsUp(t); words != "" {
		s += fact("Adds up", words)
	}
	if len(t.NotWhile) > 0 {
		words := make([]string, len(t.NotWhile))
		for i, p := range t.NotWhile {
			words[i] = b.periodName(p) + code(p)
		}
		s += fact("Does not start during", english.Or(words))
	}
	if t.Calendar != "" {
		s += fact("Working days", fmt.Sprintf("are those of the calendar [%s](%s#calendars)", t.Calendar, wordsFile))
	}
	if t.DateAsDays > 0 {
		s += fact("Known by its day only,", fmt.Sprintf("it runs to the end of day %d after it", t.DateAsDays))
	}
	return s
}

func (b *book) extension(t *timescale.Timescale) string {
	x := t.Extend
	if x == nil && t.Pausable {
		return "None. The timescale may be paused, with a reason"
	}
	if x == nil {
		return "None"
	}
	words := fmt.Sprintf("By at most %s after the due date", x.Most)
	if x.AfterLaterOfDueAndGranted {
		words = fmt.Sprintf("By at most %s after the due date or the day granted, whichever is later", x.Most)
	}
	switch {
	case x.Times == 1:
		words += ", once"
	case x.Times > 1:
		words += fmt.Sprintf(", %d times at most", x.Times)
	}
	if x.Total != nil {
		words += fmt.Sprintf(", and to no more than %s in all", x.Total)
	}
	words += fmt.Sprintf(", when %s%s", b.phrase(x.Event), code(x.Event))
	if x.MayFollowDue {
		words += ", also after the due date"
	}
	return words + ". " + x.Source
}

// stretch is "for starts from 15 April 2013, before 22 April 2014"; "" without bounds.
func stretch(from, until calendar.Date) string {
	var parts []string
	if !from.IsZero() {
		parts = append(parts, "from "+english.Date(from))
	}
	if !until.IsZero() {
		parts = append(parts, "before "+english.Date(until))
	}
	return strings.Join(parts, ", ")
}

// starts are the ways in which a timescale starts, each with the limit that
// it brings.
func (b *book) starts(t *timescale.Timescale) []string {
	if t.Windows != "" {
		return []string{b.windows(t)}
	}
	words := make([]string, len(t.Starts))
	for i := range t.Starts {
		s := &t.Starts[i]
		words[i] = b.start(t, s)
		if len(s.Limits) > 0 {
			words[i] += ": **" + b.limits(t, s.Limits) + "**"
		}
	}
	return words
}

func (b *book) windows(t *timescale.Timescale) string {
	each := "each calendar month"
	if t.Windows == timescale.SchoolTerms {
		each = "each [school term](" + wordsFile + "#school-terms)"
	}
	return fmt.Sprintf("%s begins during %s%s", each, b.periodName(t.Period), code(t.Period))
}

func (b *book) start(t *timescale.Timescale, s *timescale.Start) string {
	words := b.event(s.Match)
	switch {
	case s.PeriodOpens:
		words = b.opening(t.Period)
	case s.Birthday > 0:
		words = timescale.Birthday(s.Birthday)
		words = fmt.Sprintf("%s of the child falls in %s%s", words, b.periodName(t.Period), code(t.Period))
	}
	for _, fact := range b.startFacts(t, s) {
		words += ", " + fact
	}
	return words
}

// opening is what begins a period: "the child protection plan begins: …".
func (b *book) opening(name string) string {
	p := b.pack.Period(name)
	words := make([]string, len(p.Opens))
	for i, o := range p.Opens {
		words[i] = b.event(o.Match)
		if o.OnlyIfNone {
			words[i] = "where that is not recorded by the end of the day, " + words[i]
		}
	}
	return strings.Join(words, ", or ")
}

// startFacts are what else must hold for a start to count.
func (b *book) startFacts(t *timescale.Timescale, s *timescale.Start) []string {
	var facts []string
	add := func(format string, args ...any) { facts = append(facts, fmt.Sprintf(format, args...)) }
	period := b.periodName(t.Period)
	if s.Nth != nil {
		in := s.NthIn
		if in == "" {
			in = t.Period
		}
		add("for the %s time during %s", nth(s.Nth), b.periodName(in))
	}
	if s.Within != nil {
		in := period
		if s.Within.In != "" {
			in = b.periodName(s.Within.In)
		}
		add("%s", within(s.Within, in))
	}
	if len(s.PeriodWhere) > 0 {
		add("where %s", b.tests(s.PeriodWhere, period))
	}
	if s.NoneSince != "" {
		add("unless before that, during %s, %s%s", period, b.phrase(s.NoneSince), code(s.NoneSince))
	}
	facts = append(facts, b.sameDay(s)...)
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
func (b *book) sameDay(s *timescale.Start) []string {
	var facts []string
	if s.NoneSameDay != "" {
		facts = append(facts, fmt.Sprintf("unless on that day %s%s", b.phrase(s.NoneSameDay), code(s.NoneSameDay)))
	}
	if s.SameDay != "" {
		facts = append(facts, fmt.Sprintf("where on that day %s%s", b.phrase(s.SameDay), code(s.SameDay)))
	}
	if p := s.PrecededBy; p != nil {
		times := ""
		if p.Times > 1 {
			times = fmt.Sprintf(" %d times or more", p.Times)
		}
		facts = append(facts, fmt.Sprintf("where %s%s in the %s up to and including that day", b.event(p.Match), times, stretchOf(&p.Within)))
	}
	return facts
}

func nth(n *timescale.Nth) string {
	switch n.To {
	case n.From:
		return english.Ordinal(n.From)
	case 0:
		return english.Ordinal(n.From) + " or a later"
	default:
		return english.Ordinal(n.From) + " to " + english.Ordinal(n.To)
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
func (b *book) meetings(t *timescale.Timescale) []string {
	words := make([]string, len(t.MetBy))
	for i, m := range t.MetBy {
		words[i] = b.event(m.Match)
		if m.OrBefore != nil {
			words[i] += fmt.Sprintf(", also where that was in the %s up to the start", stretchOf(m.OrBefore))
		}
	}
	return words
}
