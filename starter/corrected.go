package main

import (
	"longstop/casework"
	"longstop/timescale"
)

// correctionRow is what was put right of a timescale.
type correctionRow struct {
	Ref string `json:"ref"`
	On  string `json:"on"`
	Was string `json:"was"`
	// Text says both in a sentence.
	Text string `json:"text"`
}

// correctionRows are what a law says was put right of some timescales that the one before it does
// not say yet.
func correctionRows(before, after *casework.Book, refs []string) []correctionRow {
	if before == nil || after == nil {
		return nil
	}
	var rows []correctionRow
	for _, ref := range refs {
		rows = append(rows, correctionRowsOf(ref, casework.Corrections(before.Pack(), after.Pack(), ref))...)
	}
	return rows
}

func correctionRowsOf(ref string, list []timescale.Correction) []correctionRow {
	var rows []correctionRow
	for _, c := range list {
		rows = append(rows, correctionRow{Ref: ref, On: c.On.String(), Was: c.Was, Text: casework.CorrectionWords([]timescale.Correction{c})})
	}
	return rows
}

// printCorrections says why rules give other dates than they did.
func printCorrections(a *app, rows []correctionRow) {
	if len(rows) == 0 {
		return
	}
	a.printf("\nOf these rules it says what was wrong before:\n")
	for _, r := range rows {
		a.printf("  %s: %s\n", r.Ref, r.Text)
	}
}
