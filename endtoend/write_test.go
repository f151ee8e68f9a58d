package endtoend_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"longstop/casework"
)

// written is a file of events, one JSON object a line, as record takes it.
func written(t testing.TB, events ...casework.Event) string {
	t.Helper()
	var lines []byte
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(append(lines, line...), '\n')
	}
	return file(t, "events.jsonl", lines)
}

// file is a file of the test's own.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
