package main

import (
	"cmp"
	"fmt"
	"strings"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
	"longstop/service"
)

type whatIfCommand struct {
	draft
	Events string    `placeholder:"FILE|-" help:"A file of events, one JSON object a line; - is standard input. Default: the record."`
	AsOf   momentArg `placeholder:"DATE|INSTANT" help:"Compare as things stood then; a date means the end of that day. Default: now."`
	List   bool      `help:"Name every timescale that would change."`
	JSON   bool      `name:"json" help:"One JSON object, for machines; it names every timescale."`
}

// Help shows examples.
func (whatIfCommand) Help() string {
	return `Example:

    starter what-if --overlay anytown.yaml
    starter what-if --overlay anytown.yaml --list
    starter what-if --bank-holidays bank-holidays.json --events events.jsonl --as-of 2026-12-01
    starter what-if --pack shipped --json

Plans every case twice, under the law in force and under the one that is named, and shows what differs: which timescales there would be, which dates would move, what would be overdue. What is not named stays as it is. With --events the law in force is the one that LONGSTOP_PACK, LONGSTOP_OVERLAY and LONGSTOP_BANK_HOLIDAYS name, or that ships with this program. Nothing is written anywhere; 'starter adopt' puts the law in force.`
}

// Run compares two laws, on the record or on a file of events.
func (c *whatIfCommand) Run(a *app) error {
	if err := c.named(); err != nil {
		return err
	}
	if c.Events != "" {
		return c.ofFile(a)
	}
	if err := a.needsRecord(); err != nil {
		return err
	}
	change, err := c.change()
	if err != nil {
		return err
	}
	return a.with(func(s *session) error {
		found, err := s.uses.WhatIf(a.ctx, change, c.comparison())
		return cmp.Or(c.print(a, found), err)
	})
}

func (c *whatIfCommand) comparison() service.Comparison {
	return service.Comparison{AsOf: c.AsOf.When, Named: c.List || c.JSON}
}

// ofFile compares on a file of events, without any service.
func (c *whatIfCommand) ofFile(a *app) error {
	set := draft{Pack: a.getenv("LONGSTOP_PACK"), BankHolidays: a.getenv("LONGSTOP_BANK_HOLIDAYS")}
	if overlay := a.getenv("LONGSTOP_OVERLAY"); overlay != "" {
		set.Overlay = []string{overlay}
	}
	before, err := set.book()
	if err != nil {
		return err
	}
	after, err := c.or(set).book()
	if err != nil {
		return err
	}
	return a.onFile(after, c.Events, func(o service.Offline, cases *service.Cases) error {
		found, err := o.WhatIf(a.ctx, before, cases, c.comparison())
		return cmp.Or(c.print(a, found), err, cases.PartlyRefused())
	})
}

// print shows what differs by team and timescale, and with --list each duty.
func (c *whatIfCommand) print(a *app, x *api.WhatIf) error {
	switch {
	case x == nil:
		return nil
	case c.JSON:
		return a.printJSON(x)
	}
	asOf, err := casework.ParseWhen(x.AsOf)
	if err != nil {
		return err
	}
	a.printf("What if this were in force, as of %s? Nothing is written.\n\n", english.Day(asOf.Day))
	if err := printLaw(a, x.After, x.Before); err != nil {
		return err
	}
	a.printf("\n")
	if err := printCounts(a, x); err != nil {
		return err
	}
	printCorrections(a, x.Corrected)
	printPast(a, x.Pasts, "Of what is over (done, ended or not reported), timescales would be shown otherwise:", wouldBe)
	if x.RestatesThePast {
		a.printf("'starter adopt' does that only with --restate-the-past. %s\n", leaveThePast(x.HolidaysAlone))
	}
	if x.ConfirmOverdue {
		printAtOnce(a, x)
	}
	if x.Unread > 0 {
		a.printf("\n%s could not be worked out and %s left out.\n", english.Count(x.Unread, "case"), english.Are(x.Unread))
	}
	if len(x.Counts) == 0 && len(x.Pasts) == 0 {
		return nil
	}
	if !c.List {
		a.printf("\n--list names every timescale; 'starter adopt' puts this law in force.\n")
		return nil
	}
	a.printf("\n")
	return printChangeList(a, x.Changes)
}

func printCounts(a *app, x *api.WhatIf) error {
	if len(x.Counts) == 0 {
		a.printf("Of %s, nothing that is still owed would change.\n", english.Count(x.Cases, "case"))
		return nil
	}
	a.printf("Of %s, %d would change. Of the timescales that are still owed there:\n\n", english.Count(x.Cases, "case"), x.Touched)
	columns := tallyColumns(x.All)
	cells := [][]string{append([]string{"TEAM", "REF", "WHAT"}, headsOf(columns)...)}
	for _, r := range x.Counts {
		cells = append(cells, append([]string{cmp.Or(r.Team, "-"), r.Ref, r.Title}, cellsOf(columns, r.Tally)...))
	}
	cells = append(cells, append([]string{"all", "", ""}, cellsOf(columns, x.All)...))
	if err := a.table("", cells...); err != nil {
		return err
	}
	printLocalDates(a, x.All)
	return nil
}

func printChangeList(a *app, rows []api.Change) error {
	cells := [][]string{{"TEAM", "CASE", "REF", "WHAT", "CHANGE", "DUE", "STATE", "ID"}}
	for i := range rows {
		r := &rows[i]
		states := arrow(passedWord(r.StateBefore, r.PassedBefore), passedWord(r.StateAfter, r.PassedAfter))
		cells = append(cells, []string{cmp.Or(r.Team, "-"), r.Case, r.Ref, r.Title, changeWords(r.Change), changedDates(r), states, r.Duty})
	}
	return a.table("", cells...)
}

// changedDates are the date before and after, or the one that there is.
func changedDates(r *api.Change) string {
	dates := arrow(r.DueBefore, r.DueAfter)
	if r.LocalDueBefore != r.LocalDueAfter {
		dates += ", here " + arrow(cmp.Or(r.LocalDueBefore, none), cmp.Or(r.LocalDueAfter, none))
	}
	return dates
}

// changeWords is a kind of change as people say it.
func changeWords(kind casework.ChangeKind) string {
	switch kind {
	case casework.Appears:
		return "new"
	case casework.Moves:
		return "date moves"
	case casework.Local:
		return "local date"
	case casework.Goes:
		return "gone"
	default:
		return "otherwise"
	}
}

// passedWord is how a duty stands. One that is past no limit of law is not called overdue.
func passedWord(s casework.State, passed casework.Passed) string {
	switch {
	case passed != casework.PassedLocal:
		return english.State(s)
	case s == casework.Overdue:
		return "past its local date"
	default:
		return english.State(s) + ", past its local date"
	}
}

// arrow shows a change; what stays or was not there is shown once.
func arrow(before, after string) string {
	switch {
	case before == after || before == "":
		return cmp.Or(after, "-")
	case after == "":
		return before
	default:
		return before + " → " + after
	}
}

// column is a column of a table of tallies.
type column struct {
	head string
	of   func(api.Tally) int
}

// tallyColumns are the columns that say something of any of the tallies.
func tallyColumns(all api.Tally) []column {
	var list []column
	for _, c := range []column{
		{"NEW", func(t api.Tally) int { return t.Appears }},
		{"DATE MOVES", func(t api.Tally) int { return t.Moves }},
		{"LOCAL DATE", func(t api.Tally) int { return t.Local }},
		{"OTHERWISE", func(t api.Tally) int { return t.Stands }},
		{"GONE", func(t api.Tally) int { return t.Goes }},
		{"BECOMES OVERDUE", func(t api.Tally) int { return t.Overdue }},
		{"NO LONGER OVERDUE", func(t api.Tally) int { return t.NoLongerOverdue }},
		{"LOCAL DATE PASSED", func(t api.Tally) int { return t.LocalPassed }},
		{"NO LONGER PAST LOCAL DATE", func(t api.Tally) int { return t.NotPastLocal }},
	} {
		if c.of(all) > 0 {
			list = append(list, c)
		}
	}
	return list
}

func cellsOf(columns []column, t api.Tally) []string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = fmt.Sprint(c.of(t))
	}
	return cells
}

func headsOf(columns []column) []string {
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = c.head
	}
	return heads
}

// printLocalDates says below a table what is past no limit of law.
func printLocalDates(a *app, t api.Tally) {
	if t.LocalPassed+t.NotPastLocal > 0 {
		a.printf("\nA local date is one that no law sets: the council's own, a default of Longstop or accepted practice. What is past it alone is not overdue.\n")
	}
}

// printCorrections says why rules give other dates than they did.
func printCorrections(a *app, rows []api.Correction) {
	if len(rows) == 0 {
		return
	}
	a.printf("\nOf these rules it says what was wrong before:\n")
	for _, r := range rows {
		a.printf("  %s: %s\n", r.Ref, r.Text)
	}
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

// printPast lists what would be shown otherwise of what is over.
func printPast(a *app, rows []api.PastRow, head string, shown func(n int) string) {
	if len(rows) == 0 {
		return
	}
	a.printf("\n%s\n", head)
	for _, line := range pastLines(rows, shown) {
		a.printf("  %s\n", line)
	}
}

func wouldBe(int) string { return "would be" }

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
func fewerAtOnce(after api.Law) string {
	words := "Whoever holds these cases, and their managers, would be told of each. First record what was done about them ('starter record'), " +
		"or say with 'starter attach' what the sources report: what none of them reports is not called overdue."
	if after.Overlay != "" {
		words += " What the overlay switches on or changes may begin on a day: give it a from:."
	}
	return words
}

// printAtOnce says it below a comparison, where adopt would ask.
func printAtOnce(a *app, x *api.WhatIf) {
	a.printf("\n%s\n", atOnceHead(&x.OverdueAtOnce))
	for _, line := range atOnceLines(&x.OverdueAtOnce) {
		a.printf("  %s\n", line)
	}
	a.printf("'starter adopt' does that only with --confirm-overdue. %s\n", fewerAtOnce(x.After))
}
