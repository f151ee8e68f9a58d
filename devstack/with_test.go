package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// script writes a program of a shell's.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// runWith runs a command next to a program, without a stack below them.
func runWith(t *testing.T, with string, command ...string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s := &stack{options: &upCommand{}, database: ownDatabase(1, "p"), log: zerolog.Nop(), failed: make(chan error, 1)}
	return (&runCommand{With: []string{with}}).runOn(ctx, s, s.command(command[0], command[1:]...))
}

func TestWhatRunsNextToACommandIsEndedWithIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	began, told := filepath.Join(dir, "began"), filepath.Join(dir, "told")
	other := script(t, `trap 'touch `+told+`; exit 0' TERM; touch `+began+`; while :; do sleep 0.05; done`)
	if err := runWith(t, other, "sh", "-c", "until [ -f "+began+" ]; do sleep 0.05; done; exit 7"); !errors.Is(err, commandEndedError(7)) {
		t.Errorf("the command's own end is %v", err)
	}
	if _, err := os.Stat(told); err != nil {
		t.Errorf("it was not asked to end: %v", err)
	}
}

func TestWhatEndsNextToACommandEndsIt(t *testing.T) {
	t.Parallel()
	if err := runWith(t, script(t, "exit 3"), "sleep", "600"); err == nil {
		t.Error("the command went on alone, and well")
	}
	if err := runWith(t, filepath.Join(t.TempDir(), "missing"), "true"); err == nil {
		t.Error("a program that is not there was run")
	}
}
