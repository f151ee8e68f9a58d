package main

import (
	"fmt"

	"longstop/timescale"
)

// ruleRow is a timescale as "rules" shows it. Status, source and the dates are those of the
// edition in force last; every edition is listed.
type ruleRow struct {
	Ref        string       `json:"ref"`
	Title      string       `json:"title"`
	Todo       string       `json:"todo"`
	Pathway    string       `json:"pathway"`
	Period     string       `json:"period,omitempty"`
	Each       bool         `json:"each,omitempty"`
	Starts     []string     `json:"starts"`
	MetBy      []string     `json:"met_by"`
	EndedBy    []string     `json:"ended_by,omitempty"`
	EndsWith   []string     `json:"ends_with,omitempty"`
	NotWhile   []string     `json:"not_while,omitempty"`
	Limit      string       `json:"limit"`
	Status     string       `json:"status"`
	Source     string       `json:"source"`
	From       string       `json:"from,omitempty"`
	Until      string       `json:"until,omitempty"`
	Local      bool         `json:"local,omitempty"`
	Unverified bool         `json:"unverified,omitempty"`
	Editions   []editionRow `json:"editions"`
	Extension  string       `json:"extension,omitempty"`
	Ladder     []rungRow    `json:"ladder"`
}

// editionRow is what a timescale said in a stretch of time; until is the first day outside it.
type editionRow struct {
	From       string   `json:"from,omitempty"`
	Until      string   `json:"until,omitempty"`
	Limits     []string `json:"limits"`
	LocalLimit string   `json:"local_limit,omitempty"`
	Status     string   `json:"status"`
	Source     string   `json:"source"`
	Local      bool     `json:"local,omitempty"`
	Unverified bool     `json:"unverified,omitempty"`
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
		Starts: texts(t.Starts), MetBy: texts(t.MetBy), EndedBy: texts(t.EndedBy),
		EndsWith: t.EndsWith, NotWhile: t.NotWhile, Limit: t.LimitText(), Ladder: ladderRows(pack, t),
	}
	for i := range t.Editions {
		row.Editions = append(row.Editions, editionRowOf(&t.Editions[i]))
	}
	last := row.Editions[len(row.Editions)-1]
	row.Status, row.Source, row.Local, row.Unverified = last.Status, last.Source, last.Local, last.Unverified
	row.From, row.Until = row.Editions[0].From, last.Until
	if x := t.Extend; x != nil {
		row.Extension = extensionWords(x)
	}
	return row
}

func editionRowOf(e *timescale.Edition) editionRow {
	row := editionRow{
		From: e.From.String(), Until: e.Until.String(), Limits: make([]string, len(e.Limits)),
		Status: e.Status, Source: e.Source, Local: e.Local, Unverified: e.Unverified,
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
	return words + " (" + x.Source + ")"
}

// ladderRows are the rungs of the timescale's latest limit, or its drift alarms.
func ladderRows(pack *timescale.Pack, t *timescale.Timescale) []rungRow {
	rows := []rungRow{}
	for _, a := range t.Drift {
		rung := fmt.Sprintf("%dm", a.Months)
		if a.Every > 0 {
			rung += fmt.Sprintf(", then every %dm", a.Every)
		}
		rows = append(rows, rungRow{Rung: rung, Role: string(a.Role), Kind: "drift"})
	}
	limits := t.Editions[len(t.Editions)-1].Limits
	if len(limits) == 0 {
		return rows
	}
	ladder := pack.LadderFor(limits[len(limits)-1])
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

func texts[T fmt.Stringer](list []T) []string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.String()
	}
	return words
}
