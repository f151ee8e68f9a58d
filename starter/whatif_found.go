package main

import (
	"cmp"
	"slices"

	"longstop/casework"
)

// whatIf is two laws on the same cases, and what differs.
type whatIf struct {
	before, after *casework.Book
	team          func([]casework.Event) string
	moment        casework.Moment
	cases         int

	touched int // cases in which something that is still owed differs
	closed  int // duties that are owed no more about which something differs
	live    []found
	all     []found
}

// found is a duty that differs, with the team that its case is with.
type found struct {
	casework.Change
	team string
}

// compare compares one case. It is called for several at once.
func (w *whatIf) compare(events []casework.Event) []found {
	changes := casework.Compare(w.before.Fold(events, w.moment), w.after.Fold(events, w.moment))
	if len(changes) == 0 {
		return nil
	}
	team := w.team(events)
	list := make([]found, len(changes))
	for i := range changes {
		list[i] = found{changes[i], team}
	}
	return list
}

// add adds what differs in one case.
func (w *whatIf) add(list []found) {
	w.all = append(w.all, list...)
	owed := slices.DeleteFunc(slices.Clone(list), func(f found) bool { return !f.Live() })
	w.live = append(w.live, owed...)
	w.closed += len(list) - len(owed)
	if len(owed) > 0 {
		w.touched++
	}
}

// counts are the tallies by team and timescale, and all of them together.
func (w *whatIf) counts() (rows []tallyRow, all tally) {
	at := map[[2]string]int{}
	for i := range w.live {
		f := &w.live[i]
		ref := f.Duty().Ref
		key := [2]string{f.team, ref}
		place, known := at[key]
		if !known {
			place = len(rows)
			at[key] = place
			rows = append(rows, tallyRow{Team: f.team, Ref: ref, Title: titleUnder(ref, w.after, w.before)})
		}
		rows[place].count(&f.Change)
		all.count(&f.Change)
	}
	slices.SortFunc(rows, func(x, y tallyRow) int { return cmp.Or(cmp.Compare(x.Team, y.Team), cmp.Compare(x.Ref, y.Ref)) })
	return rows, all
}

// whatIfRow is what differs as JSON.
type whatIfRow struct {
	AsOf    string      `json:"as_of"`
	Before  lawRow      `json:"before"`
	After   lawRow      `json:"after"`
	Cases   int         `json:"cases"`
	Touched int         `json:"cases_that_change"`
	All     tally       `json:"duties"`
	Closed  int         `json:"closed_duties"`
	Counts  []tallyRow  `json:"counts"`
	Changes []changeRow `json:"changes"`
}

// changeRow is one duty that differs as JSON.
type changeRow struct {
	Case           string              `json:"case"`
	Team           string              `json:"team,omitempty"`
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
	Live           bool                `json:"live"` // it is still owed under one of the two
	BecomesOverdue bool                `json:"becomes_overdue,omitempty"`
}

func (w *whatIf) row() whatIfRow {
	rows, all := w.counts()
	row := whatIfRow{
		AsOf: instantText(w.moment.AsOf), Before: lawRowOf(w.before), After: lawRowOf(w.after), Cases: w.cases, Touched: w.touched,
		All: all, Closed: w.closed, Counts: append([]tallyRow{}, rows...), Changes: make([]changeRow, len(w.all)),
	}
	for i := range w.all {
		row.Changes[i] = w.all[i].row()
	}
	return row
}

func (f *found) row() changeRow {
	d := f.Duty()
	row := changeRow{
		Case: d.Case, Team: f.team, Ref: d.Ref, Duty: d.ID, Pathway: d.Pathway, Change: f.Kind,
		StateBefore: f.StateBefore, StateAfter: f.StateAfter, Live: f.Live(), BecomesOverdue: f.BecomesOverdue(),
	}
	if f.Before != nil {
		row.DueBefore, row.LocalDueBefore = f.Before.DueText(), f.Before.LocalDue.String()
	}
	if f.After != nil {
		row.DueAfter, row.LocalDueAfter = f.After.DueText(), f.After.LocalDue.String()
	}
	return row
}
