package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"longstop/internal/casetime"
	"longstop/internal/program"
	"longstop/internal/temporaltest"
	"longstop/pathway"
)

func TestMain(m *testing.M) { temporaltest.Main(m) }

// ran runs the program until it ends, and returns its exit code and what it said.
func ran(ctx context.Context, t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	return ranBy(ctx, t, casetime.WallNow, args...)
}

// ranBy is ran on a machine with a clock of its own.
func ranBy(ctx context.Context, t *testing.T, wallNow func() time.Time, args ...string) (code int, said string) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	code = run(ctx, args, file, file, wallNow)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return code, string(text)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	}()
	return listener.Addr().String()
}

// The tests below set the environment, so they do not run in parallel.

func TestAWrongSettingIsSaidByName(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := taken.Close(); err != nil {
			t.Error(err)
		}
	})
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		env  map[string]string
		args []string
		code int
		want string
	}{
		{"no database", nil, nil, program.Misused, "LONGSTOP_DATABASE_URL is not set"},
		{
			"a database in the clear",
			map[string]string{"LONGSTOP_DATABASE_URL": "postgres://longstop:secret@db.council.example/longstop"},
			nil, program.Misused, "LONGSTOP_DATABASE_TRUSTED_HOSTS",
		},
		{"two databases", map[string]string{"LONGSTOP_DATABASE_URL": "x", "LONGSTOP_DATABASE_URL_FILE": "y"}, nil, program.Misused, "both set"},
		{"a database file that is not there", map[string]string{"LONGSTOP_DATABASE_URL_FILE": empty + "er"}, nil, program.Misused, "LONGSTOP_DATABASE_URL_FILE: open"},
		{"an empty database file", map[string]string{"LONGSTOP_DATABASE_URL_FILE": empty}, nil, program.Misused, "the file is empty"},
		{"an unknown take-over", map[string]string{"LONGSTOP_TAKE_OVER": "soon"}, nil, program.Misused, "LONGSTOP_TAKE_OVER"},
		{"an unknown level", map[string]string{"LONGSTOP_LOG_LEVEL": "loud"}, nil, program.Misused, "LONGSTOP_LOG_LEVEL"},
		{"an unknown flag", nil, []string{"--loud"}, program.Misused, "--loud"},
		{"an address that is not a mail server's", map[string]string{"LONGSTOP_SMTP_URL": "carrier-pigeon"}, nil, program.Misused, "LONGSTOP_SMTP_URL"},
		{
			"neither a mail server nor the word that there is none",
			map[string]string{"LONGSTOP_NOTICES": ""},
			nil, program.Misused,
			"for example LONGSTOP_SMTP_URL=smtp://longstop@mail.council.example:587?tls=starttls and LONGSTOP_SMTP_FROM=longstop@council.example; " +
				"or, to try Longstop without telling anybody, say LONGSTOP_NOTICES=log",
		},
		{"e-mail without a mail server", map[string]string{"LONGSTOP_NOTICES": "email"}, nil, program.Misused, "LONGSTOP_SMTP_URL=smtp://"},
		{
			"a mail server and the word that there is none", map[string]string{"LONGSTOP_SMTP_URL": "smtp://mail.council.example?from=longstop@council.example"}, nil, program.Misused, "unset one of them",
		},
		{"a way of telling people that is not known", map[string]string{"LONGSTOP_NOTICES": "pigeon"}, nil, program.Misused, "LONGSTOP_NOTICES: email, govuknotify or log"},
		{"an address that is taken", map[string]string{"LONGSTOP_METRICS_ADDRESS": taken.Addr().String()}, nil, program.Misused, "LONGSTOP_METRICS_ADDRESS"},
		{"a Temporal that is down", map[string]string{"TEMPORAL_ADDRESS": "127.0.0.1:1"}, nil, program.Failed, "Temporal at 127.0.0.1:1"},
		{"nobody to probe", nil, []string{"--probe"}, program.Failed, "no worker answers"},
		{"a probe of no address", map[string]string{"LONGSTOP_METRICS_ADDRESS": "here"}, []string{"--probe"}, program.Misused, "LONGSTOP_METRICS_ADDRESS"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			settings := map[string]string{"LONGSTOP_METRICS_ADDRESS": freeAddress(t), "LONGSTOP_DATABASE_URL": "", "TEMPORAL_ADDRESS": "", "LONGSTOP_SMTP_URL": "", "LONGSTOP_NOTICES": "log"}
			if tc.want != "LONGSTOP_DATABASE_URL is not set" && !strings.Contains(tc.name, "database") {
				settings["LONGSTOP_DATABASE_URL"] = "postgres://127.0.0.1:1/longstop?connect_timeout=1"
			}
			for name, value := range tc.env {
				settings[name] = value
			}
			for name, value := range settings {
				t.Setenv(name, value)
			}
			code, said := ran(t.Context(), t, tc.args...)
			if code != tc.code || !strings.Contains(said, tc.want) {
				t.Errorf("exit code %d, and said %s", code, said)
			}
		})
	}
}

func TestAWorkerStartsIsReadyAndStops(t *testing.T) {
	stack := temporaltest.Shared(t)
	address := freeAddress(t)
	t.Setenv("TEMPORAL_ADDRESS", stack.Temporal)
	t.Setenv("LONGSTOP_DATABASE_URL", stack.DatabaseURL)
	t.Setenv("LONGSTOP_METRICS_ADDRESS", address)
	t.Setenv("LONGSTOP_SMTP_URL", "")
	t.Setenv("LONGSTOP_NOTICES", "log")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan string)
	go func() {
		code, said := ran(ctx, t)
		ended <- fmt.Sprintf("exit code %d\n%s", code, said)
	}()
	eventually(t, ended, "it is ready but for its notices", func() bool {
		return get(t, "http://"+address+"/readyz?exclude=notices") == "ready\n"
	})
	// A service that tells nobody is not ready, whatever it was told to do.
	if code, said := ran(t.Context(), t, "--probe"); code != program.Failed || !strings.Contains(said, "notices reach nobody: LONGSTOP_NOTICES=log") {
		t.Errorf("the probe: exit code %d, %s", code, said)
	}
	if got := get(t, "http://"+address+"/healthz"); got != "alive\n" {
		t.Errorf("/healthz says %q", got)
	}
	for _, want := range []string{"longstop_build_info", "longstop_build_current 1", `longstop_notices_total{channel="log",outcome="taken"} 0`, `longstop_clocks{state="live"}`, "temporal_long_request", "go_goroutines"} {
		eventually(t, ended, "/metrics has "+want, func() bool { return strings.Contains(get(t, "http://"+address+"/metrics"), want) })
	}
	c := stack.Client(t, pathway.Namespace)
	eventually(t, ended, "this build runs the pathways", func() bool { return currentBuild(t, c) == program.Build() })

	stop()
	said := <-ended
	if !strings.HasPrefix(said, "exit code 0") {
		t.Errorf("ended with %s", said)
	}
	for _, want := range []string{"reach nobody", "the clocks are running", "stopped"} {
		if !strings.Contains(said, want) {
			t.Errorf("did not say %q", want)
		}
	}
}

func TestAFastClockEndsTheStart(t *testing.T) {
	stack := temporaltest.Shared(t)
	t.Setenv("TEMPORAL_ADDRESS", stack.Temporal)
	t.Setenv("LONGSTOP_DATABASE_URL", stack.DatabaseURL)
	t.Setenv("LONGSTOP_METRICS_ADDRESS", freeAddress(t))
	t.Setenv("LONGSTOP_SMTP_URL", "")
	t.Setenv("LONGSTOP_NOTICES", "log")
	t.Setenv("LONGSTOP_DEMO_CLOCK", `{"from":"2026-11-02T08:00:00Z","at":"2026-11-21T10:00:00Z","factor":30000}`)
	code, said := ran(t.Context(), t)
	if code != program.Misused || !strings.Contains(said, "LONGSTOP_DEMO_CLOCK is refused") {
		t.Errorf("exit code %d, and said %s", code, said)
	}
}

// eventually waits until something holds; it fails at once where the worker ends meanwhile.
func eventually(t *testing.T, ended <-chan string, what string, holds func() bool) {
	t.Helper()
	late := time.NewTimer(2 * time.Minute)
	defer late.Stop()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case said := <-ended:
			t.Fatalf("it ended before this: %s: %s", what, said)
		case <-late.C:
			t.Fatalf("did not come about: %s", what)
		case <-ticker.C:
		}
	}
}

// currentBuild is the build that runs the pathways; "" if none does yet.
func currentBuild(t *testing.T, c client.Client) string {
	t.Helper()
	described, err := c.WorkerDeploymentClient().GetHandle(pathway.Deployment).Describe(t.Context(), client.WorkerDeploymentDescribeOptions{})
	if err != nil || described.Info.RoutingConfig.CurrentVersion == nil {
		return ""
	}
	return described.Info.RoutingConfig.CurrentVersion.BuildID
}

// get returns what a worker answers; "" while it does not.
func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return string(text)
}
