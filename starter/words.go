package main

import (
	"strings"

	"longstop/timescale"
)

// roleWords is a role as people say it: "team manager".
func roleWords(r timescale.Role) string { return strings.ReplaceAll(string(r), "_", " ") }

// plural is the word for n of something.
func plural(n int, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}
