package main

import (
	"fmt"
	"slices"
	"strings"

	"longstop/timescale"
)

// ruleRow is a timescale as "rules" shows it. Status, source and the dates are those of the
// edition in force last; every edition is listed.
type ruleRow struct {
	Ref      string   `json:"ref"`
	Title    string   `json:"title"`
	Todo     string   `json:"todo"`
	Pathway  string   `json:"pathway"`
	Period   string   `json:"period,omitempty"`
	Each     bool     `json:"each,omitempty"`
	Starts   []string `json:"starts"`
	MetBy    []string `json:"met_by"`
	EndedBy  []string `json:"ended_by,omitempty"`
	EndsWith []string `json:"ends_with,omitempty"`
	NotWhile []string `json:"not_while,omitempty"`
	Limit    string   `json:"limit"`
	Status   string   `json:"status"`
	Source   string   `json:"source"`
	From     string   `json:"from,omitempty"`
	Until    string   `json:"until,omitempty"`
	Local    bool     `json:"local,omitempty"`
	Default  bool     `json:"default,omitempty"` // local, and no overlay has set or confirmed it
	// Checked is how the words of the source are known; left out where nobody has said, as of a local limit.
	Checked *checkedRow `json:"checked,omitempty"`
	// Off is why the timescale is not in force until a council's overlay switches it on.
	Off      string `json:"off,omitempty"`
	Windows  string `json:"windows,omitempty"`
	Calendar string `json:"calendar,omitempty"`
	// Corrected is what was put right of it: when, and what it said until then.
	Corrected []correctionRow `json:"corrected,omitempty"`
	Editions  []editionRow    `json:"editions"`
	Extension string          `json:"extension,omitempty"`
	Ladder    []rungRow       `json:"ladder"`
}

// editionRow is what a timescale said in a stretch of time; until is the first day outside it.
type editionRow struct {
	From       string      `json:"from,omitempty"`
	Until      string      `json:"until,omitempty"`
	Limits     []string    `json:"limits"`
	LocalLimit string      `json:"local_limit,omitempty"`
	Earliest   bool        `json:"earliest,omitempty"`
	By         string      `json:"by,omitempty"`
	NotBefore  string      `json:"not_before,omitempty"`
	NoLimit    bool        `json:"no_limit,omitempty"`
	Moves      bool        `json:"moves_running_duties,omitempty"`
	Status     string      `json:"status"`
	Source     string      `json:"source"`
	Local      bool        `json:"local,omitempty"`
	Default    bool        `json:"default,omitempty"` // local, and no overlay has set or confirmed it
	Checked    *checkedRow `json:"checked,omitempty"`
	Councils   []inUseRow  `json:"councils,omitempty"` // the numbers that councils use

	whose string
}

// rungRow is one step of a ladder.
type rungRow struct {
	Rung string `json:"rung"`
	Role string `json:"role"`
	Kind string `json:"kind"`
}

func ruleRowOf(pack *timescale.Pack, t *timescale.Timescale) ruleRow {
	row := ruleRow{
		Ref: t.Ref, Title: t.Title, Todo: t.Todo, Pathway: t.Pathway, Period: t.Period, Each: t.Each,
		Starts: startTexts(t), MetBy: texts(t.MetBy), EndedBy: texts(t.EndedBy),
		EndsWith: t.EndsWith, NotWhile: t.NotWhile, Limit: t.LimitText(), Ladder: ladderRows(pack, t),
		Off: t.Off, Windows: string(t.Windows), Calendar: t.Calendar, Corrected: correctionRowsOf(t.Ref, pack.CorrectionsOf(t)),
	}
	for i := range t.Editions {
		row.Editions = append(row.Editions, editionRowOf(&t.Editions[i]))
	}
	last := row.Editions[len(row.Editions)-1]
	row.Status, row.Source, row.Local, row.Default, row.Checked = last.Status, last.Source, last.Local, last.Default, last.Checked
	row.From, row.Until = row.Editions[0].From, last.Until
	if x := t.Extend; x != nil {
		row.Extension = extensionWords(x)
	}
	return row
}

func editionRowOf(e *timescale.Edition) editionRow {
	row := editionRow{
		From: e.From.String(), Until: e.Until.String(), Limits: make([]string, len(e.Limits)),
		Status: e.Status, Source: e.Source, Local: e.Local, Default: e.Default, Checked: checkedRowOf(e.Checked), Councils: inUseRows(e.Councils),
		Earliest: e.Earliest, NoLimit: e.NoLimit, Moves: e.Moves, whose: e.Whose(),
	}
	if len(e.By) > 0 {
		row.By = e.OwedBefore()
	}
	if e.NotBefore != nil {
		row.NotBefore = e.NotBefore.String()
	}
	for i, l := range e.Limits {
		row.Limits[i] = l.String()
		if l.When != nil {
			row.Limits[i] += " " + l.When.String()
		}
	}
	if e.LocalLimit != nil {
		row.LocalLimit = e.LocalLimit.String()
	}
	return row
}

func extensionWords(x *timescale.Extension) string {
	words := "by " + x.Event
	if x.Times == 1 {
		words += ", once"
	} else if x.Times > 1 {
		words += fmt.Sprintf(", %d times", x.Times)
	}
	words += ", by at most " + x.Most.String()
	if x.AfterLaterOfDueAndGranted {
		words += " after the later of the due date and the day granted"
	}
	if x.Total != nil {
		words += ", " + x.Total.String() + " in all"
	}
	return words + " (" + x.Source + ")"
}

// ladderRows are the rungs of the timescale's latest limit, or its drift alarms.
func ladderRows(pack *timescale.Pack, t *timescale.Timescale) []rungRow {
	rows := []rungRow{}
	for _, a := range t.Drift {
		rung := a.Label(0)
		if a.Every != nil {
			rung += ", then every " + a.Every.String()
		}
		rows = append(rows, rungRow{Rung: rung, Role: string(a.Role), Kind: "drift"})
	}
	ladder := latestLadder(pack, t)
	if ladder == nil {
		return rows
	}
	for _, r := range ladder.Rungs {
		for _, role := range r.Roles {
			kind := "reminder"
			if role.Escalation {
				kind = "escalation"
			}
			rows = append(rows, rungRow{Rung: r.Label, Role: string(role.Role), Kind: kind})
		}
	}
	return rows
}

// startTexts are the ways in which the timescale starts, with the limits that they bring.
func startTexts(t *timescale.Timescale) []string {
	words := texts(t.Starts)
	for i := range t.Starts {
		if own := texts(t.Starts[i].Limits); len(own) > 0 {
			words[i] += ": " + strings.Join(own, ", else ")
		}
	}
	return words
}

// latestLadder is the one that the timescale's latest limit takes; nil where there is none.
func latestLadder(pack *timescale.Pack, t *timescale.Timescale) *timescale.Ladder {
	e := &t.Editions[len(t.Editions)-1]
	limits := e.Limits
	for i := range t.Starts {
		limits = append(slices.Clip(limits), t.Starts[i].Limits...)
	}
	switch {
	case len(limits) > 0:
		return pack.LadderOf(t, limits[len(limits)-1])
	case e.By != nil:
		return pack.LadderOf(t, timescale.Limit{Unit: timescale.Days})
	default:
		return pack.Ladder(t.Ladder)
	}
}

func texts[T fmt.Stringer](list []T) []string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.String()
	}
	return words
}
