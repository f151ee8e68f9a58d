package endtoend_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"longstop/internal/casetime/casetimetest"
)

// stack is a development stack: Temporal runs in the devstack process, Postgres in one of
// its own that outlives it.
type stack struct {
	work       *workspace
	dir        string
	namespaces []string

	process *process
	env     map[string]string // the settings that devstack has written
}

// The namespaces of the tests that share a stack, one each.
const (
	nsReturns = "returns"
	nsChanges = "changes"
	nsClocks  = "clocks"
	nsMail    = "mail"
	nsBounces = "bounces"
	nsNotify  = "govuknotify"
	nsNoMail  = "no-mail"
	nsSealed  = "sealed"
	nsFault   = "fault"

	nsOutwards = "outwards"

	nsRestore     = "restore"
	nsRestoreIdle = "restore-idle"
	nsFailover    = "failover"
)

// shared is the stack of the tests that break nothing.
var shared struct {
	once  sync.Once
	stack *stack
}

func sharedStack(t testing.TB) *stack {
	t.Helper()
	w := workspaceOf(t)
	shared.once.Do(func() {
		s := w.newStack(nsReturns, nsChanges, nsClocks, nsMail, nsBounces, nsNotify, nsNoMail, nsRestore, nsRestoreIdle, nsFailover, nsSealed, nsFault, nsOutwards)
		s.up(t)
		shared.stack = s
	})
	if shared.stack == nil {
		t.Fatal("the shared stack did not start: see the first test that failed")
	}
	return shared.stack
}

// ownStack is a stack for one test.
func ownStack(t testing.TB) *stack {
	t.Helper()
	s := workspaceOf(t).newStack()
	t.Cleanup(func() {
		s.stop()
		s.devstack(t, "remove")
	})
	s.up(t)
	return s
}

var stacks atomic.Int64

func (w *workspace) newStack(namespaces ...string) *stack {
	return &stack{work: w, dir: filepath.Join(w.dir, fmt.Sprintf("stack-%d", stacks.Add(1))), namespaces: namespaces}
}

func (s *stack) envFile() string { return filepath.Join(s.dir, "env") }

// startWithin is how long devstack gives itself. It ends a little before the tests give up, so that it can say which part
// was not ready.
const startWithin = soon - 10*time.Second

// up starts the stack, or what is left of it, and waits until it is ready.
func (s *stack) up(t testing.TB) {
	t.Helper()
	args := []string{"up", "--dir", s.dir, "--ephemeral-ports", "--no-ui", "--timeout", startWithin.String()}
	if len(s.namespaces) > 0 {
		args = append(args, "--namespace", strings.Join(s.namespaces, ","))
	}
	if err := os.Remove(s.envFile()); err != nil && !os.IsNotExist(err) {
		t.Fatal(err) // it would be taken for that of the new one
	}
	p, err := s.work.launch("devstack", plainEnv(), s.work.devstack, args...)
	if err != nil {
		t.Fatal(err)
	}
	s.process = p
	again := false
	until(t, "the stack is ready", func() string {
		if p.ended() {
			if again = portWasTaken(text(p.log)); again {
				return ""
			}
			t.Fatalf("devstack ended with code %d: %s", p.code(), text(p.log))
		}
		return s.readEnv()
	})
	if again {
		s.up(t)
	}
}

// portWasTaken reports whether another stack of these tests took a port between its choice and its use: there are
// several at once, and none knows of the others. A new start chooses again.
func portWasTaken(log string) bool { return strings.Contains(log, "bind: address already in use") }

// readEnv reads the settings; it says what is missing.
func (s *stack) readEnv() string {
	content, err := os.ReadFile(s.envFile())
	if err != nil {
		return err.Error()
	}
	env := map[string]string{}
	for line := range strings.Lines(string(content)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = strings.Trim(value, "'")
	}
	s.env = env
	return ""
}

func (s *stack) temporal() string { return s.env["TEMPORAL_ADDRESS"] }

// killTemporal kills the devstack process, and Temporal in it, at once. Postgres lives on.
func (s *stack) killTemporal() { s.process.kill() }

// killPostgres kills the postmaster and waits until devstack has started another.
func (s *stack) killPostgres(t testing.TB) {
	t.Helper()
	const setting = "LONGSTOP_PG_PID"
	before := s.env[setting]
	pid, err := strconv.Atoi(before)
	if err != nil {
		t.Fatalf("%s: %v", setting, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, "devstack starts Postgres again", func() string {
		if missing := s.readEnv(); missing != "" || s.env[setting] == before {
			return "it runs as it did before " + missing
		}
		return ""
	})
}

// stop ends everything in order. It may be called again.
func (s *stack) stop() {
	if s.process != nil {
		s.process.stop()
	}
}

// devstack runs one of devstack's commands on the stack, which must be stopped.
func (s *stack) devstack(t testing.TB, command string) {
	t.Helper()
	cmd := exec.Command(s.work.devstack, command, "--dir", s.dir)
	cmd.Env = plainEnv()
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("devstack %s: %v\n%s", command, err, said)
	}
}

// plainEnv is the environment without the settings of whoever runs the tests, but for the
// present that the tests go by.
func plainEnv() []string {
	var kept []string
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "TEMPORAL_") && !strings.HasPrefix(setting, "LONGSTOP_") && !strings.HasPrefix(setting, "PG") {
			kept = append(kept, setting)
		}
	}
	return append(kept, casetimetest.Setting+"="+casetimetest.Value())
}
