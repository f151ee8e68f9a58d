package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// stackDir is the folder that belongs to one stack. Everything that must outlive the process is named here:
//
//	env                  the settings, written only once everything is ready (mode 0600)
//	lock                 held while a devstack runs; holds its process id
//	ports.json           the ports chosen last time
//	postgres-password    the random password of the database role (mode 0600)
//	postgres-place       where Postgres keeps its data, only when that is outside this folder
//	postgres/            Postgres's data
//	postgres.log         what Postgres says
//	temporal.log         what the Temporal server says (temporal.log.1: the run before)
type stackDir string

func (d stackDir) file(name string) string { return filepath.Join(string(d), name) }

func (d stackDir) envFile() string      { return d.file("env") }
func (d stackDir) lockFile() string     { return d.file("lock") }
func (d stackDir) portsFile() string    { return d.file("ports.json") }
func (d stackDir) passwordFile() string { return d.file("postgres-password") }
func (d stackDir) placeFile() string    { return d.file("postgres-place") }
func (d stackDir) postgres() string     { return d.file("postgres") }
func (d stackDir) postgresLog() string  { return d.file("postgres.log") }
func (d stackDir) temporalLog() string  { return d.file("temporal.log") }

// openDir makes the folder when it is missing and gives its absolute path without symbolic links, so that the same
// folder always has the same name.
//
// Started by root the folder is made with mode 0711: Postgres runs as another user, who must be able to pass through to
// its data but has no business listing the folder; each secret in it has mode 0600 of its own.
func openDir(path string) (stackDir, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("the folder %s: %w", path, err)
	}
	if err := makeDir(absolute); err != nil {
		return "", err
	}
	resolved, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return "", fmt.Errorf("the folder %s: %w", absolute, err)
	}
	if err := checkWritable(resolved); err != nil {
		return "", err
	}
	return stackDir(resolved), nil
}

// existingDir is openDir for commands that must not make anything.
func existingDir(path string) (stackDir, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.IsDir()) {
		return "", fmt.Errorf("there is no stack in %s: name its folder with --dir, or make one with `devstack up`", path)
	}
	return openDir(path)
}

func makeDir(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("cannot make the stack's folder: %w", err)
	}
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	if err := os.Mkdir(path, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("cannot make the stack's folder: %w", err)
	}
	return os.Chmod(path, mode) // the umask may have taken more away
}

// checkWritable finds a folder left by another user (root, most often) before it causes a stranger error later.
func checkWritable(path string) error {
	probe, err := os.CreateTemp(path, ".probe-*")
	if err != nil {
		return fmt.Errorf("cannot write in %s: %w: it may belong to another user (was the stack started with sudo "+
			"before?): remove it, or name another folder with --dir", path, err)
	}
	ignore(probe.Close())
	return os.Remove(probe.Name())
}

// removeIfPresent removes a file that may not be there.
func removeIfPresent(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove %s: %w", path, err)
	}
	return nil
}
