package report

import (
	"cmp"
	"fmt"

	"longstop/api"
	"longstop/casework"
	"longstop/english"
)

// Recorded says what recording events did. What was refused, and what is probably a slip, the answer lists.
func (p *Page) Recorded(r *api.Recorded) error {
	if r.ID != "" && r.New > 0 {
		p.printf("Recorded as %s.\n", r.ID)
	} else if r.ID == "" || r.Failure == nil {
		p.printf("%d %s recorded, %d known already, %d refused.\n", r.New, english.Plural(r.New, "event", "events"), r.Known, len(r.Refused))
	}
	if r.GaveWay > 0 {
		p.printf("%d inferred %s gave way to a real one.\n", r.GaveWay, english.Plural(r.GaveWay, "event", "events"))
	}
	p.changes(r.Changed)
	p.clocks(r.Clocks)
	if r.Failure != nil {
		p.notFinished(untriedEvents(*r.NotTried), r.Reason)
	}
	return p.err
}

// notFinished says what was not tried, and why.
func (p *Page) notFinished(untried, why string) {
	p.printf("Not finished: %s (%s). What is recorded stays, and the same command again does the rest.\n", untried, why)
}

func untriedEvents(n int) string {
	switch n {
	case 0:
		return "every event was tried, and not all that follows from them is worked out"
	case 1:
		return "1 event was not tried"
	default:
		return fmt.Sprintf("%d events were not tried", n)
	}
}

// changesShown bounds the lines about changed duties in an answer for people.
const changesShown = 30

// changes says of each duty what was changed of it: "CP-11: due Tue 6 Oct 2026, now Wed 7 Oct
// 2026 (case C1, CP-11:e5)".
func (p *Page) changes(changed *[]api.CaseDutyChange) {
	if changed == nil {
		return
	}
	if len(*changed) == 0 {
		p.printf("No due date moved, and nothing stands otherwise.\n")
	}
	for i := range *changed {
		if i == changesShown {
			p.printf("and %d more%s.\n", len(*changed)-i, p.hints[AllChanges])
			return
		}
		c := &(*changed)[i]
		p.printf("%s: %s (case %s, %s)\n", c.Ref, changedDuty(&c.DutyChange), c.Case, c.Duty)
	}
}

// changedDuty says what was, then what is.
func changedDuty(c *api.DutyChange) string {
	before, after := dueInWords(c.DueBefore), dueInWords(c.DueAfter)
	switch c.Change {
	case casework.Appears:
		return fmt.Sprintf("opened, %s, %s", after, passedWord(c.StateAfter, c.PassedAfter))
	case casework.Goes:
		return fmt.Sprintf("owed no more; it was %s, %s", before, passedWord(c.StateBefore, c.PassedBefore))
	case casework.Moves, casework.Local, casework.Stands: // it says how below
	}
	words := before
	if c.DueBefore != c.DueAfter {
		words += ", now " + cmp.Or(dueDay(c.DueAfter), "without a date")
	}
	if c.LocalDueBefore != c.LocalDueAfter {
		words += fmt.Sprintf(", the council's own date %s, now %s", cmp.Or(dueDay(c.LocalDueBefore), "none"), cmp.Or(dueDay(c.LocalDueAfter), "none"))
	}
	if c.StateBefore != c.StateAfter {
		words += fmt.Sprintf("; it was %s, now %s", passedWord(c.StateBefore, c.PassedBefore), passedWord(c.StateAfter, c.PassedAfter))
	}
	return words
}

// clocks says what became of the clocks.
func (p *Page) clocks(c api.Clocks) {
	if c.Told+c.Ended > 0 {
		p.printf("%d %s started or moved, %d ended.\n", c.Told, english.Plural(c.Told, "timescale", "timescales"), c.Ended)
	}
	if c.Waiting > 0 {
		p.printf("%s\n", Waiting(c))
	}
}

// Waiting says what becomes of nudges that could not be sent.
func Waiting(c api.Clocks) string {
	if c.Waiting == 1 {
		return fmt.Sprintf("1 nudge waits in the record until the worker program sends it: %v", c.Why)
	}
	return fmt.Sprintf("%d nudges wait in the record until the worker program sends them: %v", c.Waiting, c.Why)
}
