package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// installFake puts programs that are only looked at, not run, into a folder below root.
func installFake(t *testing.T, root, dir string, programs ...string) string {
	t.Helper()
	path := filepath.Join(root, dir)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range programs {
		if err := os.WriteFile(filepath.Join(path, program), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// fakeFinder sees only what lies below root; a program's version is the number in its folder's name.
func fakeFinder(root string) finder {
	return finder{
		root:     root,
		lookPath: func(string) (string, error) { return "", errors.New("not in PATH") },
		bindir:   func() string { return "" },
		version: func(postgres string) string {
			inside := strings.TrimPrefix(filepath.Dir(postgres), root)
			return "postgres (PostgreSQL) " + numbers.FindString(inside) + ".4 (Debian 1)"
		},
	}
}

// A machine with several packaged versions gets the newest, by number and not by text.
func TestFindTakesTheNewestPackage(t *testing.T) {
	root := t.TempDir()
	installFake(t, root, "usr/lib/postgresql/9/bin", "postgres", "initdb")
	installFake(t, root, "usr/lib/postgresql/15/bin", "postgres", "initdb")
	want := installFake(t, root, "usr/lib/postgresql/17/bin", "postgres", "initdb")
	found, err := fakeFinder(root).find(0)
	if err != nil || found.dir != want || found.major != 17 {
		t.Fatalf("found %+v, %v; want %s", found, err, want)
	}
}

// Data made by version 15 needs version 15, however new the others are.
func TestFindTakesTheVersionOfTheData(t *testing.T) {
	root := t.TempDir()
	want := installFake(t, root, "usr/lib/postgresql/15/bin", "postgres", "initdb")
	installFake(t, root, "usr/lib/postgresql/17/bin", "postgres", "initdb")
	found, err := fakeFinder(root).find(15)
	if err != nil || found.dir != want {
		t.Fatalf("found %+v, %v; want %s", found, err, want)
	}
}

// When that version is gone the message names what there is and what to do.
func TestFindSaysWhenTheVersionOfTheDataIsGone(t *testing.T) {
	root := t.TempDir()
	installFake(t, root, "opt/homebrew/opt/postgresql@17/bin", "postgres", "initdb")
	_, err := fakeFinder(root).find(15)
	if err == nil || !strings.Contains(err.Error(), "version 17") || !strings.Contains(err.Error(), "install Postgres 15") {
		t.Fatalf("got %v", err)
	}
}

// A client package alone (psql, pg_config) is no server, nor is a version that Temporal does not support.
func TestFindPassesOverWhatCannotServe(t *testing.T) {
	root := t.TempDir()
	installFake(t, root, "usr/lib/postgresql/18/bin", "psql", "pg_config")
	installFake(t, root, "usr/lib/postgresql/11/bin", "postgres", "initdb")
	_, err := fakeFinder(root).find(0)
	if !errors.Is(err, errNoPostgres) {
		t.Fatalf("got %v", err)
	}
	for _, hint := range []string{"apt-get install", "dnf install", "brew install", envDatabaseURL} {
		if !strings.Contains(err.Error(), hint) {
			t.Errorf("the message lacks %q:\n%v", hint, err)
		}
	}
}

// PATH wins over the packages; a link to one program leads to the folder that has both.
func TestFindFollowsALinkInPath(t *testing.T) {
	root := t.TempDir()
	installFake(t, root, "usr/lib/postgresql/17/bin", "postgres", "initdb")
	want := installFake(t, root, "srv/pg16", "postgres", "initdb")
	links := installFake(t, root, "links")
	if err := os.Symlink(filepath.Join(want, "postgres"), filepath.Join(links, "postgres")); err != nil {
		t.Fatal(err)
	}
	f := fakeFinder(root)
	f.lookPath = func(program string) (string, error) { return filepath.Join(links, program), nil }
	f.version = func(string) string { return "postgres (PostgreSQL) 16beta2" }
	found, err := f.find(0)
	if err != nil || found.dir != realPath(want) || found.major != 16 {
		t.Fatalf("found %+v, %v; want %s", found, err, want)
	}
}
