package main

import (
	"cmp"
	"slices"
	"sync"

	"longstop/api"
	"longstop/casework"
)

// whatIf is two laws on the same cases, and what differs.
type whatIf struct {
	before, after *casework.Book
	team          func([]casework.Event) string
	moment        casework.Moment
	holidaysAlone bool // only the bank holidays are others
	named         bool // each duty that differs is kept, by name

	mu      sync.Mutex
	cases   int
	unread  int                  // cases that could not be worked out
	touched int                  // cases in which something that is still owed differs
	tallies map[[2]string]*tally // by team and ref, of duties that are still owed
	past    past
	atOnce  atOnce
	rows    []changeRow
}

// compare compares one case. It is called for several at once.
func (w *whatIf) compare(events []casework.Event) {
	before := w.before.FoldDuties(events, w.moment)
	changes := casework.Compare(before, w.after.FoldDuties(events, w.moment))
	team := ""
	if len(changes) > 0 {
		team = w.team(events)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cases++
	w.past.add(changes)
	w.atOnce.add(before, changes)
	touched := false
	for i := range changes {
		c := &changes[i]
		if c.Live() {
			touched = true
			w.tally(team, c.Duty().Ref).count(c)
		}
		if w.named {
			w.rows = append(w.rows, changeRowOf(c, team))
		}
	}
	if touched {
		w.touched++
	}
}

func (w *whatIf) tally(team, ref string) *tally {
	key := [2]string{team, ref}
	if w.tallies[key] == nil {
		w.tallies[key] = &tally{}
	}
	return w.tallies[key]
}

// counts are the tallies by team and timescale, and all of them together.
func (w *whatIf) counts() (rows []tallyRow, all tally) {
	for key, t := range w.tallies {
		rows = append(rows, tallyRow{Team: key[0], Ref: key[1], Title: titleUnder(key[1], w.after, w.before), tally: *t})
		all.add(*t)
	}
	slices.SortFunc(rows, func(x, y tallyRow) int { return cmp.Or(cmp.Compare(x.Team, y.Team), cmp.Compare(x.Ref, y.Ref)) })
	return rows, all
}

// refs are the timescales of which something differs, in order, each once.
func (w *whatIf) refs() []string {
	var refs []string
	for key := range w.tallies {
		refs = append(refs, key[1])
	}
	for ref := range w.past {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// changes are the duties that differ, by case and in the order in which a plan lists them.
func (w *whatIf) changes() []changeRow {
	slices.SortStableFunc(w.rows, func(x, y changeRow) int { return cmp.Compare(x.Case, y.Case) })
	return w.rows
}

// whatIfRow is what differs as JSON.
type whatIfRow struct {
	AsOf    string `json:"as_of"`
	Before  lawRow `json:"before"`
	After   lawRow `json:"after"`
	Cases   int    `json:"cases"`
	Touched int    `json:"cases_that_change"`
	All     tally  `json:"duties"`
	Closed  int    `json:"closed_duties"`
	// Past is what is said anew of the closed duties; Asks: adopt wants to be told that it is
	// meant.
	Past  casework.Past `json:"past"`
	Pasts []pastRow     `json:"past_by_timescale"`
	Asks  bool          `json:"restates_the_past"`
	// OverdueAtOnce is which open duties are brought past a limit by it, and Floods that adopt wants to be told
	// that this is meant.
	OverdueAtOnce atOnceRow `json:"overdue_at_once"`
	Floods        bool      `json:"needs_confirm_overdue"`
	Unread        int       `json:"cases_not_compared,omitempty"`
	// Corrected is what the law that is tried says was put right, of the timescales of which
	// something differs.
	Corrected []correctionRow `json:"corrected,omitempty"`
	Counts    []tallyRow      `json:"counts"`
	Changes   []changeRow     `json:"changes"`
}

// changeRow is one duty that differs as JSON.
type changeRow struct {
	Case string `json:"case"`
	Team string `json:"team,omitempty"`
	api.DutyChange
	Live           bool `json:"live"` // it is still owed under one of the two
	BecomesOverdue bool `json:"becomes_overdue,omitempty"`
	PassesLocal    bool `json:"passes_local_date,omitempty"` // no law sets it
}

func (w *whatIf) row() whatIfRow {
	rows, all := w.counts()
	past := w.past.all()
	return whatIfRow{
		AsOf: instantText(w.moment.AsOf), Before: lawRowOf(w.before), After: lawRowOf(w.after), Cases: w.cases, Touched: w.touched,
		All: all, Closed: past.All(), Past: past, Pasts: w.past.rows(w.after, w.before), Asks: w.past.asks(w.holidaysAlone), Unread: w.unread,
		OverdueAtOnce: w.atOnce.row(w.after, w.before), Floods: w.atOnce.asks(),
		Corrected: correctionRows(w.before, w.after, w.refs()),
		Counts:    append([]tallyRow{}, rows...), Changes: append([]changeRow{}, w.changes()...),
	}
}

func changeRowOf(c *casework.Change, team string) changeRow {
	return changeRow{
		Case: c.Duty().Case, Team: team, DutyChange: api.DutyChangeOf(c), Live: c.Live(), BecomesOverdue: c.BecomesOverdue(), PassesLocal: c.PassesLocalDate(),
	}
}
