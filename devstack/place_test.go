package main

import (
	"os"
	"testing"

	"github.com/rs/zerolog"
)

// outsideFor makes a folder and prepares a place outside of it, as a start by root in an unreachable folder does.
func outsideFor(t *testing.T, parent string, dir stackDir) place {
	t.Helper()
	where := outsidePlace(parent, dir)
	if err := where.prepare(dir, postgresUser{}, true, zerolog.Nop()); err != nil {
		t.Fatal(err)
	}
	return where
}

// The same folder always finds the same place, also after it was moved; a copy of it gets a place of its own, for two
// Postgres servers must never work on one data folder.
func TestOutsidePlaceBelongsToOneFolder(t *testing.T) {
	parent, first := t.TempDir(), stackDir(t.TempDir())
	where := outsideFor(t, parent, first)
	if got := recordedPlace(first); got != where {
		t.Errorf("the second start found %q, want %q", got, where)
	}
	copied := stackDir(t.TempDir())
	record, err := os.ReadFile(first.placeFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied.placeFile(), record, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := recordedPlace(copied); got != "" {
		t.Errorf("the copy took the original's place %q", got)
	}
	if err := os.RemoveAll(string(first)); err != nil { // now it is the folder itself under a new name, not a copy
		t.Fatal(err)
	}
	if got := recordedPlace(copied); got != where {
		t.Errorf("the moved folder found %q, want %q", got, where)
	}
}

// Removing the stack's folder means starting afresh: the data outside is set aside, not used and not deleted.
func TestOutsidePlaceIsSetAsideWhenTheFolderWasRemoved(t *testing.T) {
	parent, dir := t.TempDir(), stackDir(t.TempDir())
	where := outsideFor(t, parent, dir)
	if err := os.Mkdir(where.data(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir.placeFile()); err != nil {
		t.Fatal(err)
	}
	outsideFor(t, parent, dir)
	if exists(where.data()) || !exists(where.old().data()) {
		t.Error("the old data was not set aside")
	}
}

// A folder that others may enter gets no database.
func TestPlaceOpenToOthersIsRefused(t *testing.T) {
	dir := stackDir(t.TempDir())
	if err := os.Mkdir(dir.postgres(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir.postgres(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := place(dir.postgres()).prepare(dir, postgresUser{}, false, zerolog.Nop()); err == nil {
		t.Error("it was accepted")
	}
}

// Two commands never work on one folder; a look at it disturbs nobody.
func TestLock(t *testing.T) {
	dir := stackDir(t.TempDir())
	lock, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir); err == nil {
		t.Error("the lock was given twice")
	}
	if !isLocked(dir) || lockHolder(dir) != os.Getpid() {
		t.Errorf("locked %v by %d", isLocked(dir), lockHolder(dir))
	}
	lock.release()
	if isLocked(dir) {
		t.Error("the lock is still held")
	}
}
