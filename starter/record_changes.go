package main

import (
	"cmp"
	"fmt"

	"longstop/casework"
	"longstop/store"
)

// dutyChange is what changed of one duty, as JSON.
type dutyChange struct {
	Ref            string              `json:"ref"`
	Duty           string              `json:"duty"`
	Pathway        string              `json:"pathway"`
	Change         casework.ChangeKind `json:"change"`
	DueBefore      string              `json:"due_before,omitempty"`
	DueAfter       string              `json:"due_after,omitempty"`
	LocalDueBefore string              `json:"local_due_before,omitempty"`
	LocalDueAfter  string              `json:"local_due_after,omitempty"`
	StateBefore    casework.State      `json:"state_before,omitempty"`
	StateAfter     casework.State      `json:"state_after,omitempty"`

	passedBefore, passedAfter casework.Passed
}

func dutyChangeOf(c *casework.Change) dutyChange {
	d := c.Duty()
	x := dutyChange{
		Ref: d.Ref, Duty: d.ID, Pathway: d.Pathway, Change: c.Kind, StateBefore: c.StateBefore, StateAfter: c.StateAfter,
		passedBefore: c.PassedBefore, passedAfter: c.PassedAfter,
	}
	if c.Before != nil {
		x.DueBefore, x.LocalDueBefore = c.Before.DueText(), c.Before.LocalDue.String()
	}
	if c.After != nil {
		x.DueAfter, x.LocalDueAfter = c.After.DueText(), c.After.LocalDue.String()
	}
	return x
}

// recordedChange is what corrections and voids changed of one duty, as JSON.
type recordedChange struct {
	Case string `json:"case"`
	dutyChange
}

func recordedChanges(list []store.CaseChanged) []recordedChange {
	rows := []recordedChange{}
	for _, c := range list {
		for i := range c.Duties {
			rows = append(rows, recordedChange{c.Reference, dutyChangeOf(&c.Duties[i])})
		}
	}
	return rows
}

// changesShown bounds the lines about changed duties in an answer for people.
const changesShown = 30

// printChanges says of each duty what was changed of it: "CP-11: due Tue 6 Oct 2026, now Wed 7 Oct
// 2026 (case C1, CP-11:e5)".
func (r *recorded) printChanges(a *app) {
	if r.Changed == nil {
		return
	}
	if len(*r.Changed) == 0 {
		a.printf("No due date moved, and no duty stands otherwise.\n")
	}
	for i := range *r.Changed {
		if i == changesShown {
			a.printf("and %d more: --json lists them all.\n", len(*r.Changed)-i)
			return
		}
		c := &(*r.Changed)[i]
		a.printf("%s: %s (case %s, %s)\n", c.Ref, c.words(), c.Case, c.Duty)
	}
}

// words say what was, then what is.
func (c *dutyChange) words() string {
	before, after := dueInWords(c.DueBefore), dueInWords(c.DueAfter)
	switch c.Change {
	case casework.Appears:
		return fmt.Sprintf("opened, %s, %s", after, passedWord(c.StateAfter, c.passedAfter))
	case casework.Goes:
		return fmt.Sprintf("owed no more; it was %s, %s", before, passedWord(c.StateBefore, c.passedBefore))
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
		words += fmt.Sprintf("; it was %s, now %s", passedWord(c.StateBefore, c.passedBefore), passedWord(c.StateAfter, c.passedAfter))
	}
	return words
}

func dueInWords(due string) string {
	if due == "" {
		return "without a due date"
	}
	return "due " + dueDay(due)
}

// dueDay is a due date, or the instant of a limit in hours, as people read it.
func dueDay(due string) string {
	when, err := casework.ParseWhen(due)
	switch {
	case err != nil:
		return due
	case when.DayOnly():
		return longDay(when.Day)
	default:
		return londonTime(when.Instant)
	}
}
