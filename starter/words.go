package main

import "longstop/english"

// countTimescales returns "1 timescale", "3 timescales".
func countTimescales(n int) string { return english.Count(n, "timescale") }
