package main

import "longstop/timescale"

// defaultRow is a timescale in force whose number no law and no council has set.
type defaultRow struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Limit string `json:"limit"`
}

// defaultsOf lists the timescales whose number is a default of Longstop.
func defaultsOf(pack *timescale.Pack) []defaultRow {
	var rows []defaultRow
	for i := range pack.Timescales {
		t := &pack.Timescales[i]
		if last := &t.Editions[len(t.Editions)-1]; last.Default && t.Off == "" {
			rows = append(rows, defaultRow{t.Ref, t.Title, t.LimitText()})
		}
	}
	return rows
}

// printDefaults names them, one a line.
func printDefaults(a *app, rows []defaultRow) {
	if len(rows) == 0 {
		return
	}
	a.printf("\nEach of these limits is %s:\n", timescale.LongstopsDefault)
	for _, r := range rows {
		a.printf("  %s  %s: %s\n", r.Ref, r.Title, r.Limit)
	}
	a.printf("No law sets them. An overlay confirms or changes each (docs/rule-language.md, An overlay).\n")
}
