package main

import (
	"cmp"
	"slices"

	"longstop/casework"
)

type noticesCommand struct {
	From dayArg `placeholder:"DATE" required:"" help:"The first day, London's."`
	To   dayArg `placeholder:"DATE" required:"" help:"The last day, included."`
	JSON bool   `name:"json" help:"One JSON object a line, for machines."`
	casesFrom
}

// Help shows examples.
func (noticesCommand) Help() string {
	return `Example:

    starter notices --events events.jsonl --from 2026-11-01 --to 2026-11-30
    starter notices --events events.jsonl --from 2026-11-30 --to 2026-11-30 --json

What was sent before the first day is worked out from when each event was recorded.`
}

// Run plays the ladders of each case of the file, or of the record.
func (c *noticesCommand) Run(a *app) error {
	if c.To.Date < c.From.Date {
		return usagef("--to %s lies before --from %s", c.To, c.From)
	}
	if last := c.From.AddYears(yearsAtMost); c.To.Date > last {
		return usagef("--to %s lies more than %d years after --from %s, and no case is open for so long: ask for days until %s at most",
			c.To, yearsAtMost, c.From, last)
	}
	return c.with(a, func(from *casebook) error {
		p := a.progress("cases worked out", len(from.cases))
		lists, err := eachCase(a.ctx, from.cases, func(events []casework.Event) []casework.Notice {
			return from.book.Notices(events, c.From.Date, c.To.Date)
		}, p.step)
		p.End()
		if err != nil {
			return err
		}
		rows := noticeRows(slices.Concat(lists...))
		if c.JSON {
			err = printLines(a, rows)
		} else {
			err = printNotices(a, rows)
		}
		return cmp.Or(err, refusedIf(from.refused))
	})
}

func noticeRows(list []casework.Notice) []casework.NoticeRow {
	casework.SortNotices(list)
	rows := make([]casework.NoticeRow, len(list))
	for i, n := range list {
		rows[i] = n.Row()
	}
	return rows
}

func printNotices(a *app, rows []casework.NoticeRow) error {
	if len(rows) == 0 {
		a.printf("Nothing would be sent.\n")
		return nil
	}
	cells := [][]string{{"AT", "CASE", "REF", "DUE", "RUNG", "TO", "KIND"}}
	for _, r := range rows {
		cells = append(cells, []string{r.At, r.Case, r.Ref, cmp.Or(r.Due, "-"), cmp.Or(r.Rung, "-"), roleWords(r.Role), string(r.Kind)})
	}
	return a.table("", cells...)
}
