package timescale

import (
	"fmt"
	"slices"
	"strings"

	"longstop/calendar"
)

// HangsOnMore reports whether the limit hangs on more than the day of the start: on a fact
// of the case, on which start it was, or because there is none but alarms. Such a rule
// has no due date for a date alone.
func (t *Timescale) HangsOnMore() bool {
	if t.Windows != "" {
		return true
	}
	for _, e := range t.Editions {
		if len(e.Limits) != 1 || !e.Limits[0].Plain() || e.Limits[0].Back || len(e.By) > 0 {
			return true
		}
	}
	for _, s := range t.Starts {
		if slices.ContainsFunc(s.Limits, Limit.Plain) {
			return true
		}
	}
	return false
}

// LimitText returns every limit that the timescale has or had, in words: "7 working days until
// 17 March 2010; 10 working days from 17 March 2010 until 15 April 2013".
func (t *Timescale) LimitText() string {
	var parts []string
	if t.Windows != "" {
		parts = append(parts, "by the end of each of the "+string(t.Windows))
	}
	for _, s := range t.Starts {
		if len(s.Limits) > 0 {
			parts = append(parts, limitsText(s.Limits, ", else ")+" after "+s.String())
		}
	}
	for i := 0; i < len(t.Editions); {
		first := &t.Editions[i]
		text, until := first.limitText(), first.Until
		for i++; i < len(t.Editions) && t.Editions[i].From == until && t.Editions[i].limitText() == text; i++ {
			until = t.Editions[i].Until // the same limit by another source
		}
		if text += stretch(first.From, until); text != "" {
			parts = append(parts, strings.TrimSpace(text))
		}
	}
	if len(t.Drift) > 0 {
		parts = append(parts, driftText(t.Drift))
	}
	return strings.Join(parts, "; ")
}

func (e *Edition) limitText() string {
	between := ", else "
	if e.Earliest {
		between = " or "
	}
	text := limitsText(e.Limits, between)
	if e.Earliest {
		text += ", whichever is first"
	}
	if len(e.By) > 0 {
		text = strings.TrimPrefix(text+", and before "+e.OwedBefore(), ", and ")
	}
	if e.NotBefore != nil {
		text = strings.TrimPrefix(text+", not before "+e.NotBefore.String(), ", ")
	}
	if e.NoLimit {
		text += "no number"
	}
	if e.LocalLimit != nil {
		text += fmt.Sprintf(" (here %s)", e.LocalLimit)
	}
	return text
}

// stretch returns " from 17 March 2010 until 15 April 2013"; "" if it has no bounds.
func stretch(from, until calendar.Date) string {
	s := ""
	if !from.IsZero() {
		s += " from " + from.Format("2 January 2006")
	}
	if !until.IsZero() {
		s += " until " + until.Format("2 January 2006")
	}
	return s
}

func limitsText(limits []Limit, between string) string {
	parts := make([]string, len(limits))
	for i, l := range limits {
		parts[i] = l.String()
		if l.When != nil {
			parts[i] += " " + l.When.String()
		}
	}
	return strings.Join(parts, between)
}

func driftText(alarms []Alarm) string {
	parts := make([]string, len(alarms))
	for i, a := range alarms {
		parts[i] = a.After.String()
		if a.Every != nil {
			parts[i] += " and every " + a.Every.String() + " after"
		}
	}
	return "no limit, alerts at " + strings.Join(parts, ", ")
}

// String returns the condition in words.
func (c *Condition) String() string {
	var parts []string
	for _, t := range c.PeriodWhere {
		parts = append(parts, "where "+t.String())
	}
	if c.HeldSince != "" {
		parts = append(parts, "once there was "+c.HeldSince)
	}
	if c.NotHeldSince != "" {
		parts = append(parts, "until there was "+c.NotHeldSince)
	}
	if c.BeforeBirthday > 0 {
		parts = append(parts, fmt.Sprintf("where that falls before the age of %d", c.BeforeBirthday))
	}
	return strings.Join(parts, " and ")
}

// String returns the start in words: "adoption_review.held (1st in placed)".
func (s Start) String() string {
	switch {
	case s.PeriodOpens:
		return "the opening of the period" + conditions(s.facts())
	case s.Birthday > 0:
		return Birthday(s.Birthday) + conditions(s.facts())
	}
	return s.Event + conditions(append(testsText(s.Where), s.facts()...))
}

func (s Start) facts() []string {
	var facts []string
	if s.Nth != nil {
		facts = append(facts, s.Nth.String()+in(s.NthIn))
	}
	if s.since().From != nil {
		facts = append(facts, "from "+s.Within.From.String()+" on"+in(s.Within.In))
	}
	if s.since().Before != nil {
		facts = append(facts, "before "+s.Within.Before.String()+in(s.Within.In))
	}
	for _, t := range testsText(s.PeriodWhere) {
		facts = append(facts, "period "+t)
	}
	if s.NoneSince != "" {
		facts = append(facts, "no "+s.NoneSince+" since")
	}
	if s.NoneSameDay != "" {
		facts = append(facts, "no "+s.NoneSameDay+" that day")
	}
	if s.SameDay != "" {
		facts = append(facts, s.SameDay+" that day")
	}
	if s.PrecededBy != nil {
		facts = append(facts, s.PrecededBy.String())
	}
	if s.Aged != nil {
		facts = append(facts, s.Aged.String())
	}
	if s.OrBefore != nil {
		facts = append(facts, "or up to "+s.OrBefore.String()+" before")
	}
	if bounds := strings.TrimSpace(stretch(s.From, s.Until)); bounds != "" {
		facts = append(facts, bounds)
	}
	return facts
}

func in(period string) string {
	if period == "" {
		return ""
	}
	return " in " + period
}

// String returns "no. 1" or "no. 2 and later".
func (n Nth) String() string {
	switch n.To {
	case 0:
		return fmt.Sprintf("no. %d and later", n.From)
	case n.From:
		return fmt.Sprintf("no. %d", n.From)
	default:
		return fmt.Sprintf("no. %d to %d", n.From, n.To)
	}
}

// String returns what must have gone before: "3 times missing.started within 90 days".
func (p *Precedent) String() string {
	if p.Times == 1 {
		return fmt.Sprintf("%s within %s", p.Match, p.Within)
	}
	return fmt.Sprintf("%d times %s within %s", p.Times, p.Match, p.Within)
}

// String returns "aged 4 to 16".
func (a *Ages) String() string {
	switch {
	case a.Before == 0:
		return fmt.Sprintf("aged %d or more", a.From)
	case a.From == 0:
		return fmt.Sprintf("aged under %d", a.Before)
	case a.From == a.Before-1:
		return fmt.Sprintf("aged %d", a.From)
	default:
		return fmt.Sprintf("aged %d to %d", a.From, a.Before-1)
	}
}

// OwedBefore returns the events before which the thing is owed, in words: "b.held or no. 2 of c.held"; "" if there is none.
func (e *Edition) OwedBefore() string {
	parts := make([]string, len(e.By))
	for i := range e.By {
		parts[i] = e.By[i].String()
	}
	return strings.Join(parts, " or ")
}

// String returns what the thing is owed before: "lac_review.held (no. 2)".
func (d *Deadline) String() string {
	if d.Nth == 0 {
		return d.Match.String()
	}
	return fmt.Sprintf("no. %d of %s", d.Nth, d.Match)
}

// String returns the event with its conditions: "icpc.held (outcome plan)".
func (m Match) String() string { return m.Event + conditions(testsText(m.Where)) }

// String returns the event with its conditions, and how long before the start it may lie.
func (m Meeting) String() string {
	facts := testsText(m.Where)
	if m.OrBefore != nil {
		facts = append(facts, "or up to "+m.OrBefore.String()+" before")
	}
	return m.Event + conditions(facts)
}

func conditions(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func testsText(tests []Test) []string {
	parts := make([]string, len(tests))
	for i, t := range tests {
		parts[i] = t.String()
	}
	return parts
}

// String returns "seen", "not regulation24" or "outcome nfa/information".
func (t Test) String() string {
	switch {
	case t.Filled != nil && *t.Filled:
		return "with " + t.Field
	case t.Filled != nil:
		return "without " + t.Field
	case t.Flag == nil:
		return t.Field + " " + strings.Join(t.Words, "/")
	case *t.Flag:
		return t.Field
	default:
		return "not " + t.Field
	}
}
