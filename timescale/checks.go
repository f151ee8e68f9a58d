package timescale

import (
	"fmt"
	"strings"

	"longstop/calendar"
)

// Check is how the words behind an edition are known: what was read of them, where and when.
type Check struct {
	Read    Reading // "" if nobody has said
	In      string  // where it was read, or the secondary text; "" if nothing was
	Missing string  // what was not read, where only a part or a similar text was; may be ""
	On      calendar.Date
}

// Reading is what was read of an instrument.
type Reading string

// What can be read of an instrument: its own words; its words in a secondary text that
// quotes or states them; a part of them; those of another instrument of the same
// structure; nothing.
const (
	OwnWords Reading = "words"
	Through  Reading = "through"
	Part     Reading = "part"
	Similar  Reading = "similar"
	NotRead  Reading = "none"
)

// Readings lists the readings, the surest first.
var Readings = []Reading{OwnWords, Through, Part, Similar, NotRead}

// Unread reports whether the words that set the limit are known not to have been read:
// neither the part of another rule nor a similar one is evidence for a number.
func (c Check) Unread() bool { return c.Read == NotRead || c.Read == Part || c.Read == Similar }

// Sentence returns how the words of a source are known; "" if nobody has said.
func (c Check) Sentence() string {
	in, on := c.In, c.On.Format("2 January 2006")
	switch c.Read {
	case OwnWords:
		return fmt.Sprintf("The words of this source were read for the rule pack on %s, in %s.", on, in)
	case Through:
		return fmt.Sprintf("The words of this source were read for the rule pack through another text, on %s: %s.", on, in)
	case Part:
		return fmt.Sprintf("Only a part of this source was read for the rule pack, on %s, in %s%s.", on, in, c.notRead(". It does not show the limit"))
	case Similar:
		return fmt.Sprintf("This source was not read for the rule pack, but one like it was, on %s: %s. That does not show the limit%s.", on, in, c.notRead(""))
	case NotRead:
		if c.On.IsZero() {
			return "The words of this source have not been read for the rule pack."
		}
		return fmt.Sprintf("By %s the words of this source had not been read for the rule pack.", on)
	}
	return ""
}

// notRead returns what is missing, or something else where that is not said.
func (c Check) notRead(otherwise string) string {
	if c.Missing == "" {
		return otherwise
	}
	return ". Not read: " + c.Missing
}

// Mark returns how the words are known in a few words, for tables; "" for those that were read and
// where nobody has said.
func (c Check) Mark() string {
	switch c.Read {
	case Through:
		return "through another text"
	case Part:
		return "read in part"
	case Similar:
		return "only a similar text read"
	case NotRead:
		return "not read"
	case OwnWords: // is what is expected
	}
	return ""
}

// checkSourceChecks checks that no check is dated after the pack that holds it. What a council has set in its
// overlay is checked by the council, whenever it is, and not with the pack.
func (s *validator) checkSourceChecks(t *Timescale) {
	last, ok := s.pack.lastDay()
	if !ok {
		return
	}
	for i := range t.Editions {
		e := &t.Editions[i]
		if councils := s.pack.Overlay != "" && e.Local && !e.Default; e.Checked.On > last && !councils {
			s.fault(e.faultOf(t), "checked on %s lies after the pack's own edition, %s: correct the date, or raise the pack's edition",
				e.Checked.On, s.pack.Edition)
		}
	}
}

// lastDay returns the last day of the pack's edition, where that is a month ("2026-11"); an
// edition may be anything else, which bounds nothing.
func (p *Pack) lastDay() (calendar.Date, bool) {
	if strings.Count(p.Edition, "-") != 1 {
		return 0, false
	}
	first, err := calendar.ParseDate(p.Edition + "-01")
	if err != nil {
		return 0, false
	}
	return first.AddMonths(1).AddDays(-1), true
}

// freshFor is for how many calendar months a check of the law may be relied on, the
// corresponding date included: a check of 29 November 2026 to 29 May 2028.
const freshFor = 18

// Stale is a check of the law that is to be made again.
type Stale struct {
	Rule    *Timescale
	Edition *Edition      // that is in force, with its check
	Since   calendar.Date // the first day on which it is stale
	Why     string        // a clause: "the check is older than eighteen months"
}

// Stale lists the checks that are stale on a day, in the pack's order: those that are older
// than eighteen months, or than an edition that came since. Only the edition of a rule that
// is in force on the day is looked at, in rules that are off too: what an earlier one said
// does not change any more. Where there is more than one reason the first to come counts.
func (p *Pack) Stale(day calendar.Date) []Stale {
	var all []Stale
	for i := range p.Timescales {
		t := &p.Timescales[i]
		e := t.EditionOn(day)
		if e == nil || e.Checked.On.IsZero() {
			continue
		}
		if s := p.staleOf(e); s.Since <= day {
			s.Rule = t
			all = append(all, s)
		}
	}
	return all
}

// staleOf returns when the check of an edition grows stale, and why.
func (p *Pack) staleOf(e *Edition) Stale {
	on := e.Checked.On
	s := Stale{Edition: e, Since: on.AddMonths(freshFor).AddDays(1), Why: "the check is older than eighteen months"}
	sooner := func(since calendar.Date, why string, args ...any) {
		if since > on && since < s.Since {
			s.Since, s.Why = since, fmt.Sprintf(why, args...)
		}
	}
	sooner(e.From, "the edition came into force on %s, after it", e.From.Format("2 January 2006"))
	for _, pub := range p.Publications {
		if !strings.Contains(e.Source, pub.Name) {
			continue
		}
		for _, out := range pub.Editions {
			sooner(out, "a new edition of %s came out on %s, after it", pub.Name, out.Format("2 January 2006"))
		}
	}
	return s
}
