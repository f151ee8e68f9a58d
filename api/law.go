package api

import (
	"time"

	"longstop/casework"
	"longstop/timescale"
)

// Law is a law in words.
type Law struct {
	Pack         string `json:"pack" doc:"The rule pack, with its edition." example:"England, edition 2026-11-29"`
	Overlay      string `json:"overlay,omitempty" doc:"The council's overlay over it; left out without one." example:"Anytown"`
	BankHolidays string `json:"bank_holidays" doc:"By which bank holidays working days are counted."`

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
	Appears         int `json:"appear" doc:"How many would be new."`
	Moves           int `json:"move" doc:"Of how many the date would move."`
	Local           int `json:"local_date_changes" doc:"Of how many the council's own date, next to that of law, would change."`
	Stands          int `json:"stand_differently" doc:"How many would be done, or otherwise stand differently, on the same dates."`
	Goes            int `json:"go" doc:"How many would be gone."`
	Overdue         int `json:"become_overdue" doc:"Of all these: how many would come to be past a limit of law or guidance."`
	NoLongerOverdue int `json:"no_longer_overdue" doc:"Of all these: how many would be past a limit of law or guidance no longer."`
	LocalPassed     int `json:"local_date_passed,omitempty" doc:"Apart from those that become overdue: how many would come to be past a limit that no law sets."`
	NotPastLocal    int `json:"no_longer_past_local_date,omitempty" doc:"How many would be past a limit that no law sets no longer."`
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
	Team  string `json:"team,omitempty" doc:"The team whose cases are counted; left out where cases have none." example:"T1"`
	Ref   string `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Title string `json:"title" doc:"What the timescale is called." example:"Child protection visit"`
	Tally
}

// PastRow is what a law says otherwise of the duties of one timescale that are over.
type PastRow struct {
	Ref   string `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Title string `json:"title" doc:"What the timescale is called." example:"Child protection visit"`
	casework.Past
}

// AtOnce counts the open duties that a law would bring past a limit as soon as it is in force, and what is open
// under the law before.
type AtOnce struct {
	Before casework.OpenDuties `json:"before" doc:"What is open under the law before."`
	casework.AtOnce
	Timescales []AtOnceRow `json:"timescales" doc:"The same by timescale."`
}

// AtOnceRow is that of one timescale.
type AtOnceRow struct {
	Ref   string `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	Title string `json:"title" doc:"What the timescale is called." example:"Child protection visit"`
	casework.AtOnce
}

// Correction is what was put right of a timescale.
type Correction struct {
	Ref string `json:"ref" doc:"The timescale of the rule pack." example:"CP-10"`
	On  string `json:"on" doc:"The day on which it was put right." format:"date" example:"2026-11-20"`
	Was string `json:"was" doc:"What the pack said until then."`
	// Text says both in a sentence.
	Text string `json:"text" doc:"Both in a sentence."`
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
	AsOf    string `json:"as_of" doc:"The moment at which cases are compared: an instant in UTC." format:"date-time"`
	Before  Law    `json:"before" doc:"The law in force."`
	After   Law    `json:"after" doc:"The law that is tried."`
	Cases   int    `json:"cases" doc:"How many cases were compared."`
	Touched int    `json:"cases_that_change" doc:"In how many of them something differs."`
	All     Tally  `json:"duties" doc:"What differs of duties that are still owed."`
	Closed  int    `json:"closed_duties" doc:"How many duties that are over would be shown otherwise."`
	// Past counts the closed duties that it shows otherwise; RestatesThePast: adopting asks to be told that it is meant.
	Past            casework.Past `json:"past" doc:"What would be shown otherwise of these, by kind."`
	Pasts           []PastRow     `json:"past_by_timescale" doc:"The same by timescale."`
	RestatesThePast bool          `json:"restates_the_past" doc:"Whether adopting it asks to be told that this is meant."`
	// OverdueAtOnce is which open duties are brought past a limit by it; ConfirmOverdue: adopting asks to be told that
	// this is meant.
	OverdueAtOnce  AtOnce `json:"overdue_at_once" doc:"Which open duties it would bring past a limit as soon as it is in force."`
	ConfirmOverdue bool   `json:"needs_confirm_overdue" doc:"Whether these are so many that adopting it asks to be told that this is meant."`
	Unread         int    `json:"cases_not_compared,omitempty" doc:"How many cases could not be worked out, and are left out."`
	// Corrected is what the law that is tried says was put right, of the timescales of which something differs.
	Corrected []Correction `json:"corrected,omitempty" doc:"What the law that is tried says was put right, of the timescales of which something differs."`
	Counts    []TallyRow   `json:"counts" doc:"What differs of duties that are still owed, by team and timescale."`
	Changes   []Change     `json:"changes" doc:"Each duty that differs; empty for a key that does not allow read."`

	HolidaysAlone bool `json:"-"` // nothing but the bank holidays is another
}

// Change is one duty that differs.
type Change struct {
	Case string `json:"case" doc:"The reference of the case that people are shown." example:"C1"`
	Team string `json:"team,omitempty" doc:"The team that holds the case." example:"T1"`
	DutyChange
	Live           bool `json:"live" doc:"Whether it is still owed under one of the two laws."`
	BecomesOverdue bool `json:"becomes_overdue,omitempty" doc:"Whether it comes to be past a limit of law or guidance."`
	PassesLocal    bool `json:"passes_local_date,omitempty" doc:"Whether it comes to be past a limit that no law sets."`

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
