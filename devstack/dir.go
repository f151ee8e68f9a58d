package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
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

// dirLock keeps two commands from working on the same folder at once. The kernel drops it when the process dies, so
// a killed devstack never leaves a lock behind.
type dirLock struct{ file *os.File }

// errLocked is returned by lockDir when another devstack holds the folder.
var errLocked = errors.New("a devstack runs on this folder")

// lockDir takes the folder's lock and writes this process's id in it, or fails with errLocked naming the holder.
func lockDir(dir stackDir) (*dirLock, error) {
	file, err := os.OpenFile(dir.lockFile(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the lock: %w", err)
	}
	for try := 0; !tryLock(file, syscall.LOCK_EX); try++ {
		if try == 5 { // a mere `devstack status` lets go at once
			ignore(file.Close())
			return nil, fmt.Errorf("%w (process %d, folder %s): stop it first with Ctrl-C or `kill %[2]d`",
				errLocked, lockHolder(dir), dir)
		}
		<-time.After(20 * time.Millisecond)
	}
	if err := writeHolder(file); err != nil {
		ignore(file.Close())
		return nil, fmt.Errorf("cannot write the lock: %w", err)
	}
	return &dirLock{file: file}, nil
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(file, "%d\n", os.Getpid())
	return err
}

func tryLock(file *os.File, kind int) bool {
	return syscall.Flock(int(file.Fd()), kind|syscall.LOCK_NB) == nil
}

// isLocked tells whether a devstack runs on the folder, without getting in anybody's way.
func isLocked(dir stackDir) bool {
	file, err := os.Open(dir.lockFile())
	if err != nil {
		return false
	}
	defer func() { ignore(file.Close()) }()
	return !tryLock(file, syscall.LOCK_SH)
}

func (l *dirLock) release() { ignore(l.file.Close()) }

// lockHolder reads who wrote the lock; 0 when nobody can tell.
func lockHolder(dir stackDir) int {
	content, err := os.ReadFile(dir.lockFile())
	if err != nil {
		return 0
	}
	return number(string(content))
}

// openLocked opens a stack's folder, with openDir or existingDir, and locks it. Release the lock when done.
func openLocked(path string, open func(path string) (stackDir, error)) (stackDir, *dirLock, error) {
	dir, err := open(path)
	if err != nil {
		return "", nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return "", nil, err
	}
	return dir, lock, nil
}
