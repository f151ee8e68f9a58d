package main

import (
	"path/filepath"
	"strconv"
	"strings"
)

// ignore takes an error that changes nothing for anybody, such as that of closing what was only read. It is there so
// that the checkers still find every error that was forgotten.
func ignore(error) {}

// number reads a number from a file or a program's output; 0, which is never a process, a port or a version, when
// there is none.
func number(text string) int {
	value, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return value
}

// glob lists the files that match a pattern of the program's own.
func glob(pattern string) []string {
	found, err := filepath.Glob(pattern)
	if err != nil {
		panic("a pattern that no system accepts: " + pattern)
	}
	return found
}
