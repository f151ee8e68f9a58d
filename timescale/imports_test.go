package timescale_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The packages of the core are pure: what reads files, clocks or databases stands outside.
func TestOnlyTheStandardLibraryAndTheCalendarAreImported(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range file.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			outside := strings.Contains(path, ".") || strings.HasPrefix(path, "longstop/") || path == "os" || path == "net"
			if outside && path != "longstop/calendar" {
				t.Errorf("%s imports %s: put what needs it into timescale/load", name, path)
			}
		}
	}
}
