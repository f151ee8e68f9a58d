package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"longstop/calendar"
	"longstop/casework"
)

type planCommand struct {
	AsOf    momentArg `placeholder:"DATE|INSTANT" help:"See what had happened by then; a date means the end of that day. Default: now."`
	KnownAt momentArg `placeholder:"INSTANT" help:"See only what had been recorded by then. Default: everything."`
	JSON    bool      `name:"json" help:"One JSON object a line, for machines."`

	NotCounted bool `help:"With --json: after the duties also what did not count, one object a line. The table always shows it."`
	casesFrom
}

// Help shows examples.
func (planCommand) Help() string {
	return `Example:

    starter plan --events events.jsonl --as-of 2026-12-01
    starter plan --events events.jsonl --as-of 2026-12-01 --known-at 2026-11-15T09:00:00Z --json
    cat events.jsonl | starter plan --events -

A line of the file:

    {"id":"e1","case":"C1","type":"referral.received","at":"2026-11-02"}

Lines that are refused are named on standard error, and the rest is folded. Nothing is written anywhere.`
}

// Run folds each case of the file, or of the record.
func (c *planCommand) Run(a *app) error {
	return c.with(a, func(from *casebook) error {
		moment, err := momentOf(a, c.AsOf, c.KnownAt)
		if err != nil {
			return err
		}
		p := a.progress("cases folded", len(from.cases))
		plans, err := eachCase(a.ctx, from.cases,
			func(events []casework.Event) *casework.Plan { return from.book.Fold(events, moment) }, p.step)
		p.End()
		if err != nil {
			return err
		}
		if c.JSON {
			err = c.printJSON(a, plans, moment.AsOf)
		} else {
			err = printPlans(a, plans, moment.AsOf)
		}
		return cmp.Or(err, refusedIf(from.refused))
	})
}

// printJSON writes the duties of all cases, one a line, and what did not count where that is asked
// for. Where it is not, how much came to nothing is said on standard error, so that a pipe of duties
// stays one.
func (c *planCommand) printJSON(a *app, plans []*casework.Plan, asOf time.Time) error {
	if err := printLines(a, planRows(plans, asOf)); err != nil {
		return err
	}
	if c.NotCounted {
		return printLines(a, notCountedRows(plans))
	}
	nothing := 0
	for _, p := range plans {
		for _, n := range p.NotCounted {
			if n.Nowhere && !n.Unseen {
				nothing++
			}
		}
	}
	if nothing > 0 {
		a.say(fmt.Sprintf("warning: %d %s did not count: --not-counted lists them with the reasons", nothing, plural(nothing, "event")))
	}
	return nil
}

// notCountedRow is what did not count, as JSON.
type notCountedRow struct {
	Case    string `json:"case"`
	Event   string `json:"did_not_count"` // the id of its first event
	Type    string `json:"type"`
	At      string `json:"at"`
	Ref     string `json:"ref,omitempty"`
	Duty    string `json:"for_duty,omitempty"` // that it came too late for, or that ran already
	Nowhere bool   `json:"nowhere,omitempty"`  // it counted for nothing else either
	Why     string `json:"why"`
}

func notCountedRows(plans []*casework.Plan) []notCountedRow {
	var rows []notCountedRow
	for _, p := range plans {
		for _, n := range p.NotCounted {
			rows = append(rows, notCountedRow{p.Case, n.Entry, n.Type, n.At.String(), n.Ref, n.Duty, n.Nowhere, n.Why})
		}
	}
	slices.SortStableFunc(rows, func(x, y notCountedRow) int {
		return cmp.Or(cmp.Compare(x.Case, y.Case), cmp.Compare(x.At, y.At), cmp.Compare(x.Event, y.Event), cmp.Compare(x.Ref, y.Ref))
	})
	return rows
}

// yearsAtMost bounds what a command looks at in one go: no child's case is open for longer,
// and recurring duties grow with the time that is looked at.
const yearsAtMost = 30

// momentOf is the moment that --as-of and --known-at mean. It is wrong usage to look further
// ahead than any case lasts.
func momentOf(a *app, asOf, knownAt momentArg) (casework.Moment, error) {
	m := casework.Moment{AsOf: a.now()}
	if !asOf.isZero() {
		m.AsOf = asOf.through()
	}
	if !knownAt.isZero() {
		m.KnownAt = knownAt.through()
	}
	if last := calendar.DateOf(a.now()).AddYears(yearsAtMost); calendar.DateOf(m.AsOf) > last {
		return m, usagef("--as-of %s lies more than %d years ahead, and no case is open for so long: look at %s or earlier", asOf, yearsAtMost, last)
	}
	return m, nil
}

// planRows are the duties of all cases, in the order that docs/commands.md gives.
func planRows(plans []*casework.Plan, asOf time.Time) []casework.DutyRow {
	var rows []casework.DutyRow
	for _, p := range plans {
		for i := range p.Duties {
			rows = append(rows, p.Duties[i].Row(asOf))
		}
	}
	slices.SortStableFunc(rows, func(x, y casework.DutyRow) int {
		return cmp.Or(cmp.Compare(x.Case, y.Case), cmp.Compare(x.Ref, y.Ref), cmp.Compare(x.Started, y.Started),
			cmp.Compare(x.Episode, y.Episode), cmp.Compare(x.Due, y.Due), cmp.Compare(x.Duty, y.Duty))
	})
	return rows
}
