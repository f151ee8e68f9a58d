package report

import (
	"fmt"
	"strings"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
	"longstop/service"
)

func wouldBe(int) string { return "would be" }

// leaveThePast says how the past stays as it is.
func leaveThePast(holidaysAlone bool) string {
	if holidaysAlone {
		return "A calendar with fewer bank holidays than the one in force is often an older copy: see that this is the right file."
	}
	return "The past stays as it is where each change of an overlay has a from:, the first day on which it holds."
}

// pastKind is one way in which duties that are over would be shown otherwise.
type pastKind struct {
	of    func(casework.Past) int
	words func(n int, shown string) string
}

var pastKinds = []pastKind{
	{func(p casework.Past) int { return p.InTimeToLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time %s shown as late", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.InTimeToLocal }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time %s shown as past the council's own date", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.LateToInTime }, func(n int, shown string) string {
		return fmt.Sprintf("that %s late %s shown as in time", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.LocalToInTime }, func(n int, shown string) string {
		return fmt.Sprintf("that %s past the council's own date %s shown as in time", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.AppearLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not there %s shown as late", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.Appear - p.AppearLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not there %s shown", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.Go }, func(_ int, shown string) string { return shown + " shown no longer" }},
	{func(p casework.Past) int { return p.ToUnreported }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time or late %s shown as not reported", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.FromUnreported }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not reported %s shown as in time or late", english.Plural(n, "was", "were"), shown)
	}},
	{func(p casework.Past) int { return p.OtherwiseTheSame }, func(_ int, shown string) string {
		return shown + " shown with another date, and otherwise as before"
	}},
	{func(p casework.Past) int { return p.TakenAsDone }, func(n int, shown string) string {
		return fmt.Sprintf("that %s taken as done without a date %s shown with another due date, and in time or late neither before nor after", english.Are(n), shown)
	}},
}

// pastTotals adds up what a law says otherwise of the past.
func pastTotals(rows []api.PastRow) casework.Past {
	var all casework.Past
	for i := range rows {
		all.Add(rows[i].Past)
	}
	return all
}

// pastLines are the kinds in words, each with its timescales: "234 that were in time would be
// shown as late (CP-10)".
func pastLines(rows []api.PastRow, shown func(n int) string) []string {
	var lines []string
	for _, kind := range pastKinds {
		if n := kind.of(pastTotals(rows)); n > 0 {
			lines = append(lines, fmt.Sprintf("%d %s (%s)", n, kind.words(n, shown(n)), pastRefs(rows, kind)))
		}
	}
	return lines
}

// pastRefs are the timescales of a kind, with their numbers where there are several.
func pastRefs(rows []api.PastRow, kind pastKind) string {
	var refs []string
	for i := range rows {
		if n := kind.of(rows[i].Past); n > 0 {
			refs = append(refs, fmt.Sprintf("%s %d", rows[i].Ref, n))
		}
	}
	if len(refs) == 1 {
		ref, _, _ := strings.Cut(refs[0], " ")
		return ref
	}
	return strings.Join(refs, ", ")
}

// past lists what would be shown otherwise of what is over.
func (p *Page) past(rows []api.PastRow, head string, shown func(n int) string) {
	if len(rows) == 0 {
		return
	}
	p.printf("\n%s\n", head)
	for _, line := range pastLines(rows, shown) {
		p.printf("  %s\n", line)
	}
}

// atOnceHead says how many they are, and of how many: "103 open duties would at once be …".
func atOnceHead(x *api.AtOnce) string {
	n := x.All()
	return fmt.Sprintf("%d open %s would at once be past a limit, and %s past none now (%d %s open now, %d of them past a limit):",
		n, english.Plural(n, "timescale", "timescales"), english.Are(n), x.Before.Open, english.Are(x.Before.Open), x.Before.Past)
}

// atOnceLines say it by kind, each with its timescales: "103 would be overdue (LA-11 60, LA-12 43)".
func atOnceLines(x *api.AtOnce) []string {
	var lines []string
	for _, kind := range []struct {
		of    func(casework.AtOnce) int
		words string
	}{
		{func(a casework.AtOnce) int { return a.Overdue }, "overdue"},
		{func(a casework.AtOnce) int { return a.Local }, "past a date that no law sets"},
	} {
		var refs []string
		for i := range x.Timescales {
			if n := kind.of(x.Timescales[i].AtOnce); n > 0 {
				refs = append(refs, fmt.Sprintf("%s %d", x.Timescales[i].Ref, n))
			}
		}
		if len(refs) > 0 {
			lines = append(lines, fmt.Sprintf("%d would be %s (%s)", kind.of(x.AtOnce), kind.words, strings.Join(refs, ", ")))
		}
	}
	return lines
}

// fewerAtOnce says what to do before, so that fewer are. What an overlay brings may begin on a day; a
// rule of law that the pack has may not be put off.
func (h Hints) fewerAtOnce(after api.Law) string {
	words := h.after("Whoever holds these cases, and their managers, would be told of each.", BeforeOverdue)
	if after.Overlay != "" {
		words += " What the overlay switches on or changes may begin on a day: give it a from:."
	}
	return words
}

// atOnce says it below a comparison, where adopt would ask.
func (p *Page) atOnce(x *api.WhatIf) {
	p.printf("\n%s\n", atOnceHead(&x.OverdueAtOnce))
	for _, line := range atOnceLines(&x.OverdueAtOnce) {
		p.printf("  %s\n", line)
	}
	p.printf("%s\n", p.hints.before(ToOverdue, p.hints.fewerAtOnce(x.After)))
}

// Unconfirmed returns the lines that refuse an adoption, a line each for what was not said to be meant.
func (h Hints) Unconfirmed(e *service.UnconfirmedError) []string {
	var lines []string
	for _, need := range e.Needs {
		switch need {
		case api.RestateThePast:
			lines = append(lines, "nothing was adopted, because it would show timescales that are over (done, ended or not reported) otherwise than until now:")
			lines = append(lines, pastLines(e.Pasts, wouldBe)...)
			lines = append(lines, h.after(leaveThePast(e.HolidaysAlone), RestateMeant))
		case api.ConfirmOverdue:
			lines = append(lines, "nothing was adopted, because "+atOnceHead(&e.OverdueAtOnce))
			lines = append(lines, atOnceLines(&e.OverdueAtOnce)...)
			lines = append(lines, h.after(h.fewerAtOnce(e.After), OverdueMeant))
		}
	}
	return lines
}
