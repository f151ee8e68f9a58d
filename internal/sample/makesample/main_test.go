package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/internal/program"
	"longstop/internal/sample"
)

func TestThreeFilesAreWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "here")
	var out, help bytes.Buffer
	if err := run([]string{"--day", "2026-11-20", "--children", "5", "--out", dir}, &out, &help); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{sample.ReturnFile, sample.PeopleFile, sample.EventsFile} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err != nil || info.Size() == 0 || !strings.Contains(out.String(), path) {
			t.Errorf("%s is missing, empty or not said: %v", name, err)
		}
	}
}

func TestWrongUsageIsSaid(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no day":                  {},
		"a day that no month has": {"--day", "2026-02-30"},
		"an unknown option":       {"--day", "2026-11-20", "--kids", "3"},
		"a word too much":         {"--day", "2026-11-20", "now"},
		"fewer than none":         {"--day", "2026-11-20", "--children", "-3"},
		"a day out of bounds":     {"--day", "1999-11-20"},
	} {
		var out, help bytes.Buffer
		err := run(args, &out, &help)
		var usage *program.UsageError
		if !errors.As(err, &usage) || out.Len() > 0 {
			t.Errorf("%s: the error is %v, and %q was written", name, err, out.String())
		}
	}
}

func TestHelpIsGivenWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	var out, help bytes.Buffer
	if err := run([]string{"--help"}, &out, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "-children") {
		t.Errorf("the error is %v, said %q", err, help.String())
	}
}

func TestFolderThatCannotBeWrittenIsSaid(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := filepath.Join(t.TempDir(), "folder")
	if err := os.MkdirAll(filepath.Join(taken, sample.ReturnFile), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"the folder is a file": file, "the file is a folder": taken} {
		var out, help bytes.Buffer
		err := run([]string{"--day", "2026-11-20", "--children", "1", "--out", dir}, &out, &help)
		var usage *program.UsageError
		if err == nil || errors.As(err, &usage) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
