package main

import (
	"longstop/api"
	"longstop/timescale"
)

// printDefaults names them, one a line.
func printDefaults(a *app, rows []api.Default) {
	if len(rows) == 0 {
		return
	}
	a.printf("\nEach of these limits is %s:\n", timescale.LongstopsDefault)
	for _, r := range rows {
		a.printf("  %s  %s: %s\n", r.Ref, r.Title, r.Limit)
	}
	a.printf("No law sets them. An overlay confirms or changes each (docs/rule-language.md, An overlay).\n")
}
