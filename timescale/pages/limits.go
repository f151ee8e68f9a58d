package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"longstop/english"
	"longstop/timescale"
)

// limit is a length of time that a timescale allows, in words; where it counts from another
// date than that of the start, that date has the name that people give it.
func (b *book) limit(t *timescale.Timescale, l timescale.Limit) string {
	from := l.From
	if from != nil && from.Birthday > 0 && l.N == 0 {
		return "by " + timescale.Birthday(from.Birthday)
	}
	if from == nil {
		if onTheDay(l) {
			return "on the day itself"
		}
		return l.String()
	}
	l.From = nil
	switch {
	case from.Event == "person.born" && l.Unit == timescale.Years && !l.Back:
		return fmt.Sprintf("by the %dth birthday", l.N)
	case onTheDay(l):
		return "on " + b.anchor(t, from)
	case l.Back:
		return l.String() + " " + b.anchor(t, from)
	default:
		return l.String() + " after " + b.anchor(t, from)
	}
}

// whatAddsUp says what a rolling sum among the limits adds up; "" if there is none.
func whatAddsUp(t *timescale.Timescale) string {
	for _, l := range latest(t).Limits {
		switch {
		case l.Rolling() && l.InHours():
			return "all the time for which it was open, as elapsed hours"
		case l.Rolling():
			return "each day on which it was open, once, and the first and the last of each time too"
		}
	}
	return ""
}

func onTheDay(l timescale.Limit) bool { return l.N == 0 && l.Unit == timescale.Days }

// anchor is the date that a limit counts from: one of the event that starts the duty, or of
// the latest event of a type.
func (b *book) anchor(t *timescale.Timescale, a *timescale.Anchor) string {
	if a.Birthday > 0 {
		return timescale.Birthday(a.Birthday)
	}
	if a.Event != "" {
		return cmp.Or(b.dateOf(a.Event, a.Field), b.fieldNoun(a.Field)+" of the latest time that "+b.phrase(a.Event))
	}
	for _, s := range t.Starts {
		if words := b.dateOf(s.Event, a.Field); words != "" {
			return words
		}
	}
	return b.fieldNoun(a.Field)
}

// limits are those of which the first whose condition holds is taken.
func (b *book) limits(t *timescale.Timescale, list []timescale.Limit) string {
	words := ""
	for i, l := range list {
		if i > 0 {
			words += "; else "
		}
		words += b.limit(t, l)
		if l.When != nil {
			words += " " + b.condition(t, l.When)
		}
	}
	return words
}

func (b *book) condition(t *timescale.Timescale, c *timescale.Condition) string {
	var parts []string
	if len(c.PeriodWhere) > 0 {
		parts = append(parts, "where "+b.tests(c.PeriodWhere, b.periodName(t.Period)))
	}
	if c.HeldSince != "" {
		parts = append(parts, fmt.Sprintf("once %s%s during %s", b.phrase(c.HeldSince), code(c.HeldSince), b.periodName(t.Period)))
	}
	if c.NotHeldSince != "" {
		parts = append(parts, fmt.Sprintf("until %s%s during %s", b.phrase(c.NotHeldSince), code(c.NotHeldSince), b.periodName(t.Period)))
	}
	if c.BeforeBirthday > 0 {
		parts = append(parts, fmt.Sprintf("where that falls before the age of %d", c.BeforeBirthday))
	}
	return english.And(parts)
}

// limitOf is what an edition of a timescale allows, in words. It is "" where each start
// brings its own limit.
func (b *book) limitOf(t *timescale.Timescale, e *timescale.Edition) string {
	var parts []string
	switch {
	case e.Earliest:
		words := make([]string, len(e.Limits))
		for i, l := range e.Limits {
			words[i] = b.limit(t, l)
		}
		parts = append(parts, english.Or(words)+", whichever is first")
	case len(e.Limits) > 0:
		parts = append(parts, b.limits(t, e.Limits))
	}
	if len(e.By) > 0 {
		words := make([]string, len(e.By))
		for i := range e.By {
			words[i] = b.deadline(t, &e.By[i])
		}
		parts = append(parts, "before "+strings.Join(words, ", or before ")+map[bool]string{true: ", whichever is first"}[len(words) > 1])
	}
	if e.NotBefore != nil {
		parts = append(parts, "not before "+b.notBefore(t, *e.NotBefore))
	}
	if e.NoLimit {
		parts = append(parts, "no number")
	}
	return english.AndAlso(parts)
}

func (b *book) notBefore(t *timescale.Timescale, l timescale.Limit) string {
	if l.From == nil && !onTheDay(l) {
		return l.String() + " after the start"
	}
	return b.limit(t, l)
}

func (b *book) deadline(t *timescale.Timescale, d *timescale.Deadline) string {
	if d.Nth == 0 {
		return b.event(d.Match)
	}
	return fmt.Sprintf("the %s time during %s that %s", english.Ordinal(d.Nth), b.periodName(t.Period), b.event(d.Match))
}

// shortLimit is the limit as a table has it: that of the edition in force last.
func (b *book) shortLimit(t *timescale.Timescale) string {
	switch {
	case t.Windows == timescale.CalendarMonths:
		return "each calendar month"
	case t.Windows == timescale.SchoolTerms:
		return "each school term"
	case len(t.Drift) > 0 && onTheDay(t.Drift[0].After):
		return "an alert on the day itself"
	case len(t.Drift) > 0:
		return "alerts from " + t.Drift[0].After.String() + " on"
	}
	e := latest(t)
	var words []string
	for _, l := range slices.Concat(ownLimits(t), e.Limits) {
		if w := b.limit(t, l); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	short := english.Or(words)
	if e.Earliest {
		short += ", whichever is first"
	}
	bare := *e
	bare.Limits, bare.Earliest = nil, false
	return withoutCode(english.AndAlso(slices.DeleteFunc([]string{short, b.limitOf(t, &bare)}, isEmpty)))
}

func isEmpty(s string) bool { return s == "" }

// ownLimits are those that the starts bring.
func ownLimits(t *timescale.Timescale) []timescale.Limit {
	var all []timescale.Limit
	for _, s := range t.Starts {
		all = append(all, s.Limits...)
	}
	return all
}

// latest is the edition in force last.
func latest(t *timescale.Timescale) *timescale.Edition { return &t.Editions[len(t.Editions)-1] }

// editions is what the timescale says and said, by which source, for starts of when.
func (b *book) editions(t *timescale.Timescale) string {
	if len(t.Editions) > 1 {
		return b.editionTable(t)
	}
	e := &t.Editions[0]
	s := fact("Status:", status(t, e)) + fact("Source:", strings.TrimSpace(e.Source))
	if known := e.Checked.Sentence(); known != "" {
		s += fact("Checked:", known)
	}
	if len(e.Councils) > 0 {
		s += fact("Councils use:", orNone(e.Councils))
	}
	return s + fact("Applies to", applies(e))
}

// editionTable is several editions, the latest first.
func (b *book) editionTable(t *timescale.Timescale) string {
	var rows [][]string
	for i := len(t.Editions) - 1; i >= 0; i-- {
		e := &t.Editions[i]
		allowed := b.limitOf(t, e)
		if allowed == "" {
			allowed = "as above"
		}
		rows = append(rows, []string{english.Capital(applies(e)), english.Capital(allowed), status(t, e), sourceInTable(e)})
	}
	return "\n" + table([]string{"Applies to", "Limit", "Status", "Source"}, textOnly, rows)
}

// status is how binding the source is, and whether it is the council's own.
func status(t *timescale.Timescale, e *timescale.Edition) string {
	switch {
	case e.Status == timescale.StatusLocal && len(t.Drift) > 0:
		return "Local: no law sets these alerts"
	case e.Default:
		return "Local: " + e.Whose() + ". No law sets this, so being out of timescale is not a breach of law"
	case e.Status == timescale.StatusLocal:
		return "Local: no law sets this, so being out of timescale is not a breach of law"
	case e.Status == timescale.StatusPractice:
		return "Practice (national): no law sets this, so being out of timescale is not a breach of law"
	default:
		return english.Capital(e.Status) + " (national)"
	}
}

func sourceInTable(e *timescale.Edition) string {
	source := english.Sentence(strings.TrimSpace(e.Source))
	if known := e.Checked.Sentence(); known != "" {
		source += " **Checked:** " + known
	}
	return source
}

// applies is the starts that an edition governs.
func applies(e *timescale.Edition) string {
	words := "starts at any time"
	if bounds := stretch(e.From, e.Until); bounds != "" {
		words = "starts " + bounds
	}
	if e.Moves {
		words += "; it also governs what was running on " + english.Date(e.From) + ", counted from its own start"
	}
	return words
}

// repeats reports whether what meets a duty starts the next, and from when that counts.
func repeats(t *timescale.Timescale) string {
	switch {
	case t.Windows == timescale.CalendarMonths:
		return "Yes, one for each month"
	case t.Windows == timescale.SchoolTerms:
		return "Yes, one for each term"
	case !recurs(t) && t.Each:
		return "No, but every start has a timescale of its own"
	case !recurs(t):
		return "No"
	}
	from := map[timescale.RepeatFrom]string{
		timescale.FromDone:  "Yes, counted from the day on which the last was done",
		timescale.FromDue:   "Yes, counted from the day on which the last was due",
		timescale.FromStart: "Yes, in whole steps from the first start",
	}[t.From]
	if t.Each {
		from += "; every start has a timescale of its own"
	}
	return from
}

// recurs reports whether an event that meets the timescale may start it again.
func recurs(t *timescale.Timescale) bool {
	return slices.ContainsFunc(t.Starts, func(s timescale.Start) bool {
		once := s.Nth != nil && s.Nth.To != 0
		return !once && !s.PeriodOpens && slices.ContainsFunc(t.MetBy, func(m timescale.Meeting) bool {
			return m.Event == s.Event && !apart(m.Where, s.Where)
		})
	})
}

// apart reports whether no event can hold both.
func apart(a, b []timescale.Test) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Field == y.Field && contradict(x, y) {
				return true
			}
		}
	}
	return false
}

func contradict(x, y timescale.Test) bool {
	switch {
	case x.Flag != nil && y.Flag != nil:
		return *x.Flag != *y.Flag
	case x.Filled != nil && y.Filled != nil:
		return *x.Filled != *y.Filled
	case len(x.Words) > 0 && len(y.Words) > 0:
		return !slices.ContainsFunc(x.Words, func(w string) bool { return slices.Contains(y.Words, w) })
	}
	return false
}
