package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// shows compares the JSON lines of the last command's output with a table:
//
//	shows want [REF...]
//
// The first line of the file want names the fields; each other line is one JSON object,
// with - for a field that is left out. Where refs are given, only rows of these are
// compared. Every row must be there, in that order.
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: shows want [REF...]")
	}
	want := strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")
	fields := strings.Fields(want[0])
	var got []string
	for _, line := range strings.Split(ts.ReadFile("stdout"), "\n") {
		if row := projected(ts, line, fields, args[1:]); row != "" {
			got = append(got, row)
		}
	}
	expected := make([]string, 0, len(want))
	for _, line := range want[1:] {
		expected = append(expected, strings.Join(strings.Fields(line), "  "))
	}
	if !slices.Equal(got, expected) {
		ts.Fatalf("%s\n\nexpected:\n%s\n\ngot:\n%s", strings.Join(fields, "  "), strings.Join(expected, "\n"), strings.Join(got, "\n"))
	}
}

func projected(ts *testscript.TestScript, line string, fields, refs []string) string {
	if line == "" {
		return ""
	}
	row := map[string]any{}
	ts.Check(json.Unmarshal([]byte(line), &row))
	if len(refs) > 0 && !slices.Contains(refs, fmt.Sprint(row["ref"])) {
		return ""
	}
	cells := make([]string, len(fields))
	for i, name := range fields {
		cells[i] = "-"
		if v, ok := row[name]; ok {
			cells[i] = fmt.Sprint(v)
		}
	}
	return strings.Join(cells, "  ")
}

// exits runs a command and compares its exit code:
//
//	exits 2 starter due AS-01 tomorrow
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	got := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, expected %s; stderr:\n%s", got, args[0], ts.ReadFile("stderr"))
	}
}
