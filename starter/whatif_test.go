package main

import (
	"bytes"
	"strings"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/store"
	"longstop/timescale/load"
)

// A law may be adopted though one case cannot be worked out by it; nobody may take what is said of
// the others for all of it.
func TestCasesThatCouldNotBeComparedAreSaidAndTheCommandFails(t *testing.T) {
	t.Parallel()
	book := casework.NewBook(load.Embedded(), calendar.Published())
	w := &whatIf{before: book, after: book, past: past{}, cases: 5}
	if err := w.uncompared(); err != nil {
		t.Errorf("every case was compared, and yet: %v", err)
	}
	w.unread = 2
	err := w.uncompared()
	if exitCode(err) != exitFailed || !strings.HasPrefix(err.Error(), "2 cases could not be worked out") {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
	for name, print := range map[string]func(*app) error{
		"what-if": func(a *app) error { return w.print(a, false) },
		"adopt": func(a *app) error {
			x := &adopted{Adopted: store.Adopted{Changed: true, Before: book}, now: book, past: w.past, unread: w.unread, planned: true}
			return x.print(a, false)
		},
		"adopt --json": func(a *app) error { return (&adopted{now: book, unread: w.unread}).print(a, true) },
	} {
		var out bytes.Buffer
		if err := print(&app{streams: streams{out: &out}}); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"what-if": "2 cases could not be worked out and are left out.",
			"adopt":   "Of 2 cases it could not be told beforehand what it says anew of what is over", "adopt --json": `"cases_not_compared":2`,
		}[name]
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s does not say %q:\n%s", name, want, out.String())
		}
	}
}
