package main

import (
	"cmp"

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
