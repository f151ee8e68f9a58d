package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"longstop/timescale/pages"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestThePagesAreWrittenAndThoseOfAnEarlierPackGo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "law")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "gone.md"), "<!-- "+pages.Mark+" -->\n# Gone\n")
	put(t, filepath.Join(dir, "by-hand.md"), "# By hand\n\n"+pages.Mark+" are the others.\n")

	var out, help bytes.Buffer
	if err := run([]string{"--out", dir}, &out, &help); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), dir+": ") {
		t.Errorf("said %q", out.String())
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	for name, want := range map[string]bool{"README.md": true, "child-protection.md": true, "by-hand.md": true, "gone.md": false} {
		if slices.Contains(names, name) != want {
			t.Errorf("%s is there: %t, want %t", name, !want, want)
		}
	}
}

func TestWhatCannotBeWrittenIsSaid(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, "")
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no folder", nil, "say where to"},
		{"a stray word", []string{"--out", "x", "y"}, "say where to"},
		{"an unknown option", []string{"--into", "x"}, "not defined"},
		{"a file instead of a folder", []string{"--out", file}, "not a directory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out, help bytes.Buffer
			if err := run(tt.args, &out, &help); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestHelpSaysTheOptions(t *testing.T) {
	t.Parallel()
	var out, help bytes.Buffer
	if err := run([]string{"--help"}, &out, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "-out") {
		t.Errorf("got %v, said %q", err, help.String())
	}
}
