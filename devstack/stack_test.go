package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
)

// TestMain lets the test's own program stand in for devstack, so that the tests start, signal and kill real processes
// without linking the program a second time.
func TestMain(m *testing.M) {
	if os.Getenv("DEVSTACK_TEST_AS_PROGRAM") != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// devstack prepares a run of the program.
func devstack(args ...string) *exec.Cmd {
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), "DEVSTACK_TEST_AS_PROGRAM=1")
	command.Env = slices.DeleteFunc(command.Env, func(entry string) bool { return strings.HasPrefix(entry, envDatabaseURL) })
	command.Stderr = os.Stderr
	return command
}

// runningStack is a `devstack up` that is ready.
type runningStack struct {
	dir      stackDir
	command  *exec.Cmd
	settings map[string]string
	took     time.Duration
}

// up starts a stack and waits for its env file, as scripts do.
func up(t *testing.T, dir stackDir, args ...string) *runningStack {
	t.Helper()
	began := time.Now()
	if err := removeIfPresent(dir.envFile()); err != nil { // else one left by a killed devstack is read before its end
		t.Fatal(err)
	}
	command := devstack(append([]string{"up", "--dir", string(dir), "--ephemeral-ports"}, args...)...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s := &runningStack{dir: dir, command: command}
	t.Cleanup(func() { s.end(t, syscall.SIGINT) })
	for deadline := began.Add(2 * time.Minute); s.settings == nil; <-time.After(20 * time.Millisecond) {
		s.settings, _ = readEnvFile(dir.envFile())
		if !processExists(command.Process.Pid) || time.Now().After(deadline) {
			t.Fatal("the stack did not become ready")
		}
	}
	s.took = time.Since(began)
	t.Logf("ready after %.1f s", s.took.Seconds())
	return s
}

// end sends a signal, unless the stack has ended, and gives its exit code.
func (s *runningStack) end(t *testing.T, signal syscall.Signal) int {
	t.Helper()
	if s.command.ProcessState == nil {
		if err := s.command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		var failed *exec.ExitError
		if err := s.command.Wait(); err != nil && !errors.As(err, &failed) {
			t.Fatal(err)
		}
	}
	return s.command.ProcessState.ExitCode()
}

func (s *runningStack) postgresPID(t *testing.T) int {
	t.Helper()
	settings, err := readEnvFile(s.dir.envFile())
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(settings[envPostgresPID])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func (s *runningStack) page(t *testing.T, path string) string {
	t.Helper()
	response, err := http.Get(s.settings[envUI] + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, response.Status, err)
	}
	return string(body)
}

func (s *runningStack) dial(t *testing.T) client.Client {
	t.Helper()
	service, err := client.Dial(client.Options{
		HostPort: s.settings[envTemporal], Namespace: s.settings[envNamespace], Logger: silence(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)
	return service
}

// databases lists what is on the stack's Postgres.
func (s *runningStack) databases(t *testing.T) []string {
	t.Helper()
	ctx := context.Background()
	connection, err := pgx.Connect(ctx, s.settings[envDatabaseURL])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close(ctx) }()
	rows, err := connection.Query(ctx, "SELECT datname FROM pg_database ORDER BY datname")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// stackFolder makes a folder that Postgres's user can reach when root runs the tests, unlike t.TempDir, and at the end
// removes it with whatever a failed test left running in it.
func stackFolder(t *testing.T) stackDir {
	t.Helper()
	path, err := os.MkdirTemp("", "devstack-test-*")
	if err == nil {
		err = os.Chmod(path, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if output, err := devstack("remove", "--dir", path).Output(); err != nil {
			t.Errorf("remove: %v: %s", err, output)
		}
	})
	return stackDir(realPath(path))
}

// needPostgres skips, naming what to install, where there is no Postgres. Not in CI: there nobody would see it.
func needPostgres(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a whole stack: left out by -short")
	}
	user, err := findPostgresUser()
	if err == nil {
		_, err = newFinder(user).find(0)
	}
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
}

// eventually waits for something that takes a moment.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := untilDone(ctx, try); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// The life of a stack: a first start, Postgres killed under running workflows, a clean stop, a second start, a kill of
// devstack itself, and Temporal's databases dropped.
func TestStack(t *testing.T) {
	needPostgres(t)
	dir := stackFolder(t)
	data := place(dir.postgres()).data()

	first := up(t, dir, "--namespace", "extra")
	if body := first.page(t, "/"); !strings.Contains(body, "<html") {
		t.Errorf("the UI's page is no page: %.100s", body)
	}
	for _, name := range []string{mainNamespace, "extra"} {
		if body := first.page(t, "/api/v1/namespaces"); !strings.Contains(body, `"`+name+`"`) {
			t.Errorf("the UI does not know the namespace %s", name)
		}
	}
	killed := first.postgresPID(t)
	useTemporal(t, first, func() {
		if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	})
	if now := first.postgresPID(t); now == killed {
		t.Error("the env file still names the Postgres that was killed")
	}
	if code := first.end(t, syscall.SIGINT); code != exitDone {
		t.Errorf("exit code %d after SIGINT", code)
	}
	if left := processesIn(data); len(left) > 0 {
		t.Errorf("processes %v were left behind", left)
	}
	if exists(dir.envFile()) {
		t.Error("the env file outlives the stack")
	}

	second := up(t, dir)
	if second.took > 20*time.Second {
		t.Errorf("the second start took %s", second.took)
	}
	for _, name := range []string{envDatabaseURL, envTemporal, envUI} {
		if second.settings[name] != first.settings[name] {
			t.Errorf("%s changed from one start to the next", name)
		}
	}
	if _, err := second.dial(t).DescribeWorkflowExecution(context.Background(), "probe", ""); err != nil {
		t.Errorf("the first start's workflow is forgotten: %v", err)
	}
	if output, err := devstack("drop-temporal", "--dir", string(dir)).CombinedOutput(); err == nil {
		t.Errorf("the databases were dropped under a running server: %s", output)
	}
	survivor := second.postgresPID(t)
	second.end(t, syscall.SIGKILL)
	if !isPostmaster(survivor, data) {
		t.Fatal("Postgres did not outlive a killed devstack")
	}

	if output, err := devstack("drop-temporal", "--dir", string(dir)).Output(); err != nil {
		t.Fatalf("drop-temporal: %v: %s", err, output)
	}
	third := up(t, dir, "--no-ui")
	if now := third.postgresPID(t); now != survivor {
		t.Errorf("Postgres %d was not taken over, %d runs", survivor, now)
	}
	if got, want := third.databases(t), []string{"longstop", "postgres", "template0", "template1", "temporal", "temporal_visibility"}; !slices.Equal(got, want) {
		t.Errorf("databases %v, want %v", got, want)
	}
	if _, err := third.dial(t).DescribeWorkflowExecution(context.Background(), "probe", ""); err == nil {
		t.Error("the workflow outlived drop-temporal")
	}
	if _, set := third.settings[envUI]; set {
		t.Error("--no-ui names a UI")
	}
	if code := third.end(t, syscall.SIGTERM); code != exitDone {
		t.Errorf("exit code %d after SIGTERM", code)
	}
	if left := processesIn(data); len(left) > 0 {
		t.Errorf("processes %v were left behind by a Postgres that was taken over", left)
	}
}
