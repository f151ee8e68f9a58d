// Package temporaltest gives tests a real Temporal server and a real Postgres: devstack, in a
// folder of its own, for as long as the test binary runs.
package temporaltest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// EnvDevstack names the devstack program; `make test` sets it.
const EnvDevstack = "LONGSTOP_DEVSTACK"

// Stack is a running stack.
type Stack struct {
	Temporal    string // host:port
	DatabaseURL string

	stop func()
}

// OtherNamespaces are registered as well as pathway.Namespace, for tests that want one for
// themselves.
var OtherNamespaces = []string{"other-1", "other-2", "other-3", "other-4"}

var (
	shared  = sync.OnceValues(start)
	running *Stack // set by start
)

// Shared returns the stack of this test binary, started when it is first asked for. A test is
// skipped where no devstack is named; Stop ends the stack.
func Shared(tb testing.TB) *Stack {
	tb.Helper()
	if os.Getenv(EnvDevstack) == "" {
		tb.Skipf("needs a Temporal server: run `make test`, or set %s to the devstack program", EnvDevstack)
	}
	s, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Main runs the tests of a package and stops the stack that they shared. It is for
// TestMain.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop ends the shared stack, where there is one. It is for a TestMain of its own.
func Stop() {
	if running != nil {
		running.stop()
		running = nil
	}
}

// Client connects to a namespace until the test ends.
func (s *Stack) Client(tb testing.TB, namespace string) client.Client {
	tb.Helper()
	c, err := client.Dial(client.Options{HostPort: s.Temporal, Namespace: namespace, Logger: quiet{}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

// The stack ends when standard input does: that is when the test binary does, in whatever
// way.
const runStack = `
"$1" up --dir "$2" --ephemeral-ports --no-ui --namespace "$3" --timeout "$4" >"$2.log" 2>&1 &
stack=$!
cat >/dev/null
kill $stack
wait $stack
"$1" remove --dir "$2" >>"$2.log" 2>&1 && rm -rf "$(dirname "$2")"
`

// The tests wait a little longer than devstack does, so that it can say which part was not ready. It takes seconds, and
// minutes next to a compiler.
const (
	startWithin = 4 * time.Minute
	saysWithin  = 10 * time.Second
)

func start() (*Stack, error) {
	parent, err := os.MkdirTemp("", "longstop-stack-")
	if err != nil {
		return nil, err
	}
	// Postgres runs as a user of its own where the tests run as root.
	if err := os.Chmod(parent, 0o711); err != nil {
		return nil, err
	}
	dir := filepath.Join(parent, "stack")
	cmd := exec.Command("sh", "-c", runStack, "sh", os.Getenv(EnvDevstack), dir, strings.Join(OtherNamespaces, ","), startWithin.String())
	cmd.Env = withoutServices(os.Environ())
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting devstack: %w", err)
	}
	s := &Stack{stop: func() { stop(stdin, cmd) }}
	settings, err := waitFor(filepath.Join(dir, "env"))
	if err != nil {
		said, readErr := os.ReadFile(dir + ".log")
		s.stop()
		return nil, errors.Join(fmt.Errorf("devstack did not start: %w\n%s", err, said), readErr)
	}
	s.Temporal, s.DatabaseURL = settings["TEMPORAL_ADDRESS"], settings["LONGSTOP_DATABASE_URL"]
	running = s
	return s, nil
}

func stop(stdin io.Closer, cmd *exec.Cmd) {
	if err := stdin.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping devstack:", err)
	}
	if err := cmd.Wait(); err != nil {
		fmt.Fprintln(os.Stderr, "devstack ended badly:", err)
	}
}

// withoutServices keeps a stack from using the services of whoever runs the tests.
func withoutServices(env []string) []string {
	var kept []string
	for _, setting := range env {
		if !strings.HasPrefix(setting, "TEMPORAL_") && !strings.HasPrefix(setting, "LONGSTOP_DATABASE_URL=") {
			kept = append(kept, setting)
		}
	}
	return kept
}

// waitFor waits until devstack has written its settings, and reads them.
func waitFor(path string) (map[string]string, error) {
	late := time.NewTimer(startWithin + saysWithin)
	defer late.Stop()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		file, err := os.Open(path)
		if err == nil {
			return readSettings(file)
		}
		select {
		case <-late.C:
			return nil, err
		case <-ticker.C:
		}
	}
}

func readSettings(file io.ReadCloser) (map[string]string, error) {
	settings := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "=")
		settings[name] = strings.Trim(value, "'")
	}
	return settings, errors.Join(lines.Err(), file.Close())
}

// quiet drops what the SDK logs.
type quiet struct{}

var _ log.Logger = quiet{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
