package main

import (
	"longstop/english"
	"longstop/timescale"
)

// roleWords is a role as people say it: "team manager".
func roleWords(r timescale.Role) string { return english.Spaced(string(r)) }

// plural is the word for n of something.
func plural(n int, one string) string { return english.Plural(n, one, one+"s") }

// countDuties is "1 duty", "3 duties".
func countDuties(n int) string { return english.CountOf(n, "duty", "duties") }
