package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/english"
)

// past counts by timescale what a law says anew of duties that are over.
type past map[string]casework.Past

// add adds what differs in one case.
func (p past) add(changes []casework.Change) {
	for i := range changes {
		c := &changes[i]
		count := p[c.Duty().Ref]
		count.Count(c)
		if count.All() > 0 {
			p[c.Duty().Ref] = count
		}
	}
}

func (p past) all() casework.Past {
	var all casework.Past
	for _, one := range p {
		all.Add(one)
	}
	return all
}

// asks reports whether such a law is adopted only by who says that it is meant to change the
// past. Bank holidays are proclaimed and not chosen, and may show something that was late as
// in time; but a calendar by which something would be late is likely to be the wrong one.
func (p past) asks(holidaysAlone bool) bool {
	all := p.all()
	if holidaysAlone {
		return all.Accused() > 0
	}
	return all.Restated() > 0
}

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
		return fmt.Sprintf("that %s in time %s shown as late", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.InTimeToLocal }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time %s shown as past the council's own date", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.LateToInTime }, func(n int, shown string) string {
		return fmt.Sprintf("that %s late %s shown as in time", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.LocalToInTime }, func(n int, shown string) string {
		return fmt.Sprintf("that %s past the council's own date %s shown as in time", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.AppearLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not there %s shown as late", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.Appear - p.AppearLate }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not there %s shown", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.Go }, func(_ int, shown string) string { return shown + " shown no longer" }},
	{func(p casework.Past) int { return p.ToUnreported }, func(n int, shown string) string {
		return fmt.Sprintf("that %s in time or late %s shown as not reported", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.FromUnreported }, func(n int, shown string) string {
		return fmt.Sprintf("that %s not reported %s shown as in time or late", wasOrWere(n), shown)
	}},
	{func(p casework.Past) int { return p.OtherwiseTheSame }, func(_ int, shown string) string {
		return shown + " shown with another date, and otherwise as before"
	}},
	{func(p casework.Past) int { return p.TakenAsDone }, func(n int, shown string) string {
		return fmt.Sprintf("that %s taken as done without a date %s shown with another due date, and in time or late neither before nor after", english.Are(n), shown)
	}},
}

// lines are the kinds in words, each with its timescales: "234 that were in time would be
// shown as late (CP-10)".
func (p past) lines(shown func(n int) string) []string {
	var lines []string
	for _, kind := range pastKinds {
		if n := kind.of(p.all()); n > 0 {
			lines = append(lines, fmt.Sprintf("%d %s (%s)", n, kind.words(n, shown(n)), p.refs(kind)))
		}
	}
	return lines
}

// refs are the timescales of a kind, with their numbers where there are several.
func (p past) refs(kind pastKind) string {
	var refs []string
	for _, ref := range slices.Sorted(maps.Keys(p)) {
		if n := kind.of(p[ref]); n > 0 {
			refs = append(refs, fmt.Sprintf("%s %d", ref, n))
		}
	}
	if len(refs) == 1 {
		ref, _, _ := strings.Cut(refs[0], " ")
		return ref
	}
	return strings.Join(refs, ", ")
}

// print says what is said anew of what is over.
func (p past) print(a *app, head string, shown func(n int) string) {
	if len(p) == 0 {
		return
	}
	a.printf("\n%s\n", head)
	for _, line := range p.lines(shown) {
		a.printf("  %s\n", line)
	}
}

func wouldBe(int) string { return "would be" }

// pastRow is what a law says anew of the duties of one timescale that are over, as JSON.
type pastRow struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	casework.Past
}

func (p past) rows(books ...*casework.Book) []pastRow {
	rows := []pastRow{}
	for ref, count := range p {
		rows = append(rows, pastRow{Ref: ref, Title: titleUnder(ref, books...), Past: count})
	}
	slices.SortFunc(rows, func(x, y pastRow) int { return cmp.Compare(x.Ref, y.Ref) })
	return rows
}

// refusal refuses an adoption that would change what is over, a line for each kind.
func (p past) refusal(holidaysAlone bool) []string {
	lines := []string{"starter: nothing was adopted, because it would show timescales that are over (done, ended or not reported) otherwise than until now:"}
	for _, line := range p.lines(wouldBe) {
		lines = append(lines, "starter: "+line)
	}
	return append(lines, "starter: "+leaveThePast(holidaysAlone)+" If the past is meant as well, adopt it with --restate-the-past, "+
		"which is kept with the reason and the name; 'starter what-if --list' names the timescales.")
}
