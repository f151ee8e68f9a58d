package district_test

import (
	"flag"

	"longstop/calendar"
)

var (
	children = flag.Int("children", 40, "how many children there are")
	teams    = flag.Int("teams", 0, "how many teams these are; 0: one for each seven workers")
	days     = flag.Int("days", 10, "how many working days are measured")
	seed     = flag.Uint64("seed", 1744, "by which all is drawn")
	printed  = flag.Bool("print", false, "print the figures")
)

// Before the days that are measured lie some in which what a first load brings to light is told.
const daysBefore = 8

// lastDay is a day on which a return shows children of every kind, well into its year.
var lastDay = calendar.NewDate(2027, 2, 26)
