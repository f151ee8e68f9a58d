package api

import (
	"time"

	"longstop/casework"
	"longstop/timescale"
)

// Law is a law in words.
type Law struct {
	Pack         string `json:"pack"`
	Overlay      string `json:"overlay,omitempty"`
	BankHolidays string `json:"bank_holidays"`

	// The hashes of the texts of the pack and of its overlays: two texts may have one name.
	PackHash    string `json:"-"`
	OverlayHash string `json:"-"`
}

// LawOf returns the law of a book.
func LawOf(book *casework.Book) Law {
	p := book.Pack()
	return Law{
		Pack: p.Name + ", edition " + p.Edition, Overlay: p.Overlay, BankHolidays: book.Calendar().Edition(),
		PackHash: p.Base, OverlayHash: p.Overlays,
	}
}

// Tally counts duties that are still owed about which two laws differ. A duty is counted in one of the first five, and
// also in the rest.
type Tally struct {
	Appears         int `json:"appear"`
	Moves           int `json:"move"`
	Local           int `json:"local_date_changes"`
	Stands          int `json:"stand_differently"`
	Goes            int `json:"go"`
	Overdue         int `json:"become_overdue"`
	NoLongerOverdue int `json:"no_longer_overdue"`
	LocalPassed     int `json:"local_date_passed,omitempty"`
	NotPastLocal    int `json:"no_longer_past_local_date,omitempty"`
}

// Add adds another tally.
func (t *Tally) Add(o Tally) {
	t.Appears += o.Appears
	t.Moves += o.Moves
	t.Local += o.Local
	t.Stands += o.Stands
	t.Goes += o.Goes
	t.Overdue += o.Overdue
	t.NoLongerOverdue += o.NoLongerOverdue
	t.LocalPassed += o.LocalPassed
	t.NotPastLocal += o.NotPastLocal
}

// Count counts a change.
func (t *Tally) Count(c *casework.Change) {
	switch c.Kind {
	case casework.Appears:
		t.Appears++
	case casework.Moves:
		t.Moves++
	case casework.Local:
		t.Local++
	case casework.Stands:
		t.Stands++
	case casework.Goes:
		t.Goes++
	}
	for _, counted := range []struct {
		is bool
		n  *int
	}{
		{c.BecomesOverdue(), &t.Overdue},
		{c.NoLongerOverdue(), &t.NoLongerOverdue},
		{c.PassesLocalDate(), &t.LocalPassed},
		{c.NoLongerPastLocalDate(), &t.NotPastLocal},
	} {
		if counted.is {
			*counted.n++
		}
	}
}

// TallyRow is the tally of one timescale, and of one team where cases are told apart by them.
type TallyRow struct {
	Team  string `json:"team,omitempty"`
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Tally
}

// PastRow is what a law says otherwise of the duties of one timescale that are over.
type PastRow struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	casework.Past
}

// AtOnce counts the open duties that a law would bring past a limit as soon as it is in force, and what is open
// under the law before.
type AtOnce struct {
	Before casework.OpenDuties `json:"before"`
	casework.AtOnce
	Timescales []AtOnceRow `json:"timescales"`
}

// AtOnceRow is that of one timescale.
type AtOnceRow struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	casework.AtOnce
}

// Correction is what was put right of a timescale.
type Correction struct {
	Ref string `json:"ref"`
	On  string `json:"on"`
	Was string `json:"was"`
	// Text says both in a sentence.
	Text string `json:"text"`
}

// CorrectionsOf returns what was put right of a timescale.
func CorrectionsOf(ref string, list []timescale.Correction) []Correction {
	var rows []Correction
	for _, c := range list {
		rows = append(rows, Correction{Ref: ref, On: c.On.String(), Was: c.Was, Text: casework.CorrectionWords([]timescale.Correction{c})})
	}
	return rows
}

// WhatIf is what differs under two laws.
type WhatIf struct {
	AsOf    string `json:"as_of"`
	Before  Law    `json:"before"`
	After   Law    `json:"after"`
	Cases   int    `json:"cases"`
	Touched int    `json:"cases_that_change"`
	All     Tally  `json:"duties"`
	Closed  int    `json:"closed_duties"`
	// Past counts the closed duties that it shows otherwise; RestatesThePast: adopting asks to be told that it is meant.
	Past            casework.Past `json:"past"`
	Pasts           []PastRow     `json:"past_by_timescale"`
	RestatesThePast bool          `json:"restates_the_past"`
	// OverdueAtOnce is which open duties are brought past a limit by it; ConfirmOverdue: adopting asks to be told that
	// this is meant.
	OverdueAtOnce  AtOnce `json:"overdue_at_once"`
	ConfirmOverdue bool   `json:"needs_confirm_overdue"`
	Unread         int    `json:"cases_not_compared,omitempty"`
	// Corrected is what the law that is tried says was put right, of the timescales of which something differs.
	Corrected []Correction `json:"corrected,omitempty"`
	Counts    []TallyRow   `json:"counts"`
	Changes   []Change     `json:"changes"`

	HolidaysAlone bool `json:"-"` // nothing but the bank holidays is another
}

// Change is one duty that differs.
type Change struct {
	Case string `json:"case"`
	Team string `json:"team,omitempty"`
	DutyChange
	Live           bool `json:"live"` // it is still owed under one of the two
	BecomesOverdue bool `json:"becomes_overdue,omitempty"`
	PassesLocal    bool `json:"passes_local_date,omitempty"` // no law sets it

	Title string `json:"-"`
}

// ChangeOf returns a duty that differs, in a case of a team.
func ChangeOf(c *casework.Change, team string, books ...*casework.Book) Change {
	return Change{
		Case: c.Duty().Case, Team: team, DutyChange: DutyChangeOf(c), Live: c.Live(), BecomesOverdue: c.BecomesOverdue(), PassesLocal: c.PassesLocalDate(),
		Title: TitleUnder(c.Duty().Ref, books...),
	}
}

// TitleUnder is what a timescale is called under the first of some laws that has it.
func TitleUnder(ref string, books ...*casework.Book) string {
	for _, b := range books {
		if b == nil {
			continue
		}
		if t := b.Pack().Timescale(ref); t != nil {
			return t.Title
		}
	}
	return "-"
}

// Adoption says what adopting a law did.
type Adoption struct {
	Changed bool   `json:"changed"`
	Hash    string `json:"law"`
	On      string `json:"adopted"`
	Reason  string `json:"reason"`
	By      string `json:"by"`
	*Law           // in force now; nil where it could not be read again
	Cases   int    `json:"cases"`
	All     Tally  `json:"duties"`
	Closed  int    `json:"closed_duties"`
	// Past is what it says otherwise of those, as counted before it was adopted.
	Past *casework.Past `json:"past,omitempty"`
	// Corrected is what the law says was put right, of the timescales of which something differs.
	Corrected  []Correction `json:"corrected,omitempty"`
	Unread     int          `json:"cases_not_compared,omitempty"`
	Timescales []TallyRow   `json:"timescales"`
	Clocks     Clocks       `json:"clocks"`
	// Where not every case was planned again. The reason above is that of the adoption.
	Failed  bool   `json:"failed,omitempty"`
	Failure string `json:"failure,omitempty"`
	Waiting int    `json:"cases_not_planned,omitempty"`

	At        time.Time `json:"-"` // when it was adopted
	Before    *Law      `json:"-"` // the law before; nil where that is not known
	Planned   bool      `json:"-"` // cases were planned again, now
	Pasts     []PastRow `json:"-"`
	LawUnread int       `json:"-"` // cases of which the law before could not be read
	PutAside  int       `json:"-"` // cases that could not be worked out by it, and are tried again
}

// The flags that say that what an adoption would do is meant.
const (
	RestateThePast = "--restate-the-past"
	ConfirmOverdue = "--confirm-overdue"
)

// AdoptionRefused says what a law would do that was not said to be meant.
type AdoptionRefused struct {
	Changed       bool          `json:"changed"` // false: nothing was adopted
	Needs         []string      `json:"needs"`   // the flags that say that it is meant
	Past          casework.Past `json:"past"`
	OverdueAtOnce AtOnce        `json:"overdue_at_once"`

	Pasts         []PastRow `json:"-"`
	After         Law       `json:"-"`
	HolidaysAlone bool      `json:"-"` // nothing but the bank holidays is another
}
