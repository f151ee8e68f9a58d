package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var awkward = []setting{
	{"PLAIN", "postgres://longstop:5ecret@127.0.0.1:5433/longstop?sslmode=disable"},
	{"OPTIONS", "postgres://u:p@h:1/d?sslmode=verify-full&sslrootcert=/a b/ca.pem"},
	{"QUOTE", "it's $HOME"},
	{"EMPTY", ""},
}

// What is written can be read back, by us and by a shell.
func TestEnvFileRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	if err := writeEnvFile(path, awkward); err != nil {
		t.Fatal(err)
	}
	values, err := readEnvFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range awkward {
		if values[s.name] != s.value {
			t.Errorf("%s: read %q, wrote %q", s.name, values[s.name], s.value)
		}
		out, err := exec.Command("sh", "-c", `. "$0"; eval printf %s \"\$$1\"`, path, s.name).Output()
		if err != nil || string(out) != s.value {
			t.Errorf("%s: the shell read %q, %v", s.name, out, err)
		}
	}
}

// The usual URL is not quoted: not every reader of such files takes quotes away.
func TestEnvFileQuotesOnlyWhatNeedsIt(t *testing.T) {
	if got := quoted(awkward[0].value); got != awkward[0].value {
		t.Errorf("got %s", got)
	}
}

// The file holds a password: only its owner may read it, whatever was there before.
func TestEnvFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeEnvFile(path, awkward); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".env-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
