package bench_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"longstop/internal/casetime"
	"longstop/pathway"
)

// queue is the one task queue, of Longstop's worker and of the bare one.
const queue = pathway.TaskQueue

// environment is that of this program, but for the settings of whoever runs it.
func (p *place) environment(more ...string) []string {
	var env []string
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "LONGSTOP_") && !strings.HasPrefix(setting, "TEMPORAL_") {
			env = append(env, setting)
		}
	}
	return append(env, append(more, "LONGSTOP_DATABASE_URL="+p.url, "TEMPORAL_ADDRESS="+p.stack.Temporal,
		"TEMPORAL_NAMESPACE="+p.namespace, "LONGSTOP_LOG_LEVEL=info")...)
}

// startWorker starts Longstop's worker and waits until it runs the pathways. stop ends it.
func (p *place) startWorker(b *testing.B, program string) (stop func()) {
	b.Helper()
	stop, log := p.start(b, "worker", p.environment("LONGSTOP_METRICS_ADDRESS=127.0.0.1:0", "LONGSTOP_NOTICES=log"), program)
	until(b, "the worker is ready", func() (bool, error) {
		text := readFile(b, log)
		_, rest, ok := strings.Cut(text, `"health":"`)
		if !ok || !strings.Contains(text, "runs the pathways") {
			return false, nil
		}
		address, _, _ := strings.Cut(rest, `"`)
		answer, err := http.Get("http://" + address + "/readyz?exclude=notices") //nolint:noctx // it answers at once
		if err != nil {
			return false, nil
		}
		return answer.StatusCode == http.StatusOK, answer.Body.Close()
	})
	return stop
}

// start starts a program that runs until stop, and says where it logs.
func (p *place) start(b *testing.B, name string, env []string, program string, args ...string) (stop func(), log string) {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), name+".log"))
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, file, file
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait(), file.Close()); err != nil {
			b.Errorf("the %s did not end well: %v\n%s", name, err, readFile(b, file.Name()))
		}
	}
	b.Cleanup(stop)
	return stop, file.Name()
}

func readFile(b *testing.B, name string) string {
	b.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// run runs a program to its end, and returns its output and the most memory that it held,
// in megabytes.
func (p *place) run(b *testing.B, program string, args ...string) (out string, megabytes float64) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, args...)
	var text, complaints bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = p.environment(), &text, &complaints
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s %s: %v\n%s%s", filepath.Base(program), strings.Join(args, " "), err, text.Bytes(), complaints.Bytes())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		b.Fatal("this system does not say how much memory a program held")
	}
	return text.String(), peak(usage)
}

// peak is in kilobytes everywhere but on macOS.
func peak(usage *syscall.Rusage) float64 {
	held := float64(usage.Maxrss) * 1024
	if runtime.GOOS == "darwin" {
		held = float64(usage.Maxrss)
	}
	return held / 1e6
}

// cost is what something took.
type cost struct {
	wall time.Duration
	used use // of everything: the stack, the workers and this program
}

// measure runs something and says what it took.
func measure(do func()) cost {
	before, began := spent(), casetime.WallNow()
	do()
	wall := time.Since(began)
	return cost{wall: wall, used: spent().since(before)}
}
