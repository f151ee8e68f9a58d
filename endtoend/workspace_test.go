package endtoend_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"longstop/internal/casetime/casetimetest"
)

// envDevstack, envWorker, envStarter and envWeb name the programs.
const (
	envDevstack = "LONGSTOP_DEVSTACK"
	envWorker   = "LONGSTOP_WORKER"
	envStarter  = "LONGSTOP_STARTER"
	envWeb      = "LONGSTOP_WEB"
)

// workspace is a folder for the files of everything that the tests start, and the programs
// that they start.
type workspace struct {
	dir                            string
	devstack, worker, starter, web string

	guard *exec.Cmd
	hold  io.Closer // while it is open, the guard waits
}

// work is the workspace of this test binary, made when a test first asks for it.
var work struct {
	once  sync.Once
	space *workspace
	err   error
}

// workspaceOf skips a test where no development stack is named.
func workspaceOf(t testing.TB) *workspace {
	t.Helper()
	devstack := os.Getenv(envDevstack)
	if devstack == "" {
		t.Skipf("needs Postgres and Temporal: run `make test`, or set %s to the devstack program", envDevstack)
	}
	work.once.Do(func() { work.space, work.err = newWorkspace(devstack) })
	if work.err != nil {
		t.Fatal(work.err)
	}
	return work.space
}

// guard ends and removes what the test binary leaves behind, however that ends: standard
// input ends with it.
const guard = `
cat >/dev/null
for pid in "$2"/running/*; do
	[ -e "$pid" ] && kill "${pid##*/}" 2>/dev/null
done
for stack in "$2"/stack-*; do
	[ -e "$stack/postgres-password" ] || continue
	tries=0
	until "$1" remove --dir "$stack" >/dev/null 2>&1 || [ "$tries" -ge 60 ]; do
		tries=$((tries+1))
		sleep 1
	done
done
rm -rf "$2"
`

func newWorkspace(devstack string) (*workspace, error) {
	dir, err := os.MkdirTemp("", "longstop-endtoend-")
	if err != nil {
		return nil, err
	}
	w := &workspace{dir: dir, devstack: devstack, worker: os.Getenv(envWorker), starter: os.Getenv(envStarter), web: os.Getenv(envWeb)}
	w.guard = exec.Command("sh", "-c", guard, "sh", devstack, dir)
	w.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C ends the tests, and then the guard does its work
	if w.hold, err = w.guard.StdinPipe(); err != nil {
		return nil, err
	}
	if err := w.guard.Start(); err != nil {
		return nil, fmt.Errorf("starting the guard: %w", err)
	}
	// Postgres's own user must get to its data, which lies below.
	if err := errors.Join(os.Chmod(dir, 0o711), os.Mkdir(w.running(), 0o755)); err != nil {
		return w, err
	}
	return w, errors.Join(w.build(&w.worker, "worker"), w.build(&w.starter, "starter"), w.build(&w.web, "web"))
}

// build builds a program that nobody has named.
func (w *workspace) build(path *string, name string) error {
	if *path != "" {
		return nil
	}
	*path = filepath.Join(w.dir, name)
	said, err := exec.Command("go", "build", "-tags", tags(), "-o", *path, "longstop/"+name).CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the %s: %w\n%s", name, err, said)
	}
	return nil
}

// tags are the build tags of the programs: as the tests' own.
func tags() string {
	if casetimetest.Value() != "" {
		return "testnow"
	}
	return ""
}

func (w *workspace) running() string { return filepath.Join(w.dir, "running") }

// note tells the guard of a process; forget that it is over.
func (w *workspace) note(pid int) error {
	return os.WriteFile(filepath.Join(w.running(), strconv.Itoa(pid)), nil, 0o600)
}

func (w *workspace) forget(pid int) error {
	return os.Remove(filepath.Join(w.running(), strconv.Itoa(pid)))
}

// close lets the guard do its work.
func (w *workspace) close() error {
	return errors.Join(w.hold.Close(), w.guard.Wait())
}
