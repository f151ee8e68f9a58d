package bench_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"longstop/internal/temporaltest"
)

var (
	rounds   = flag.Int("rounds", 3, "how often each side is measured")
	children = flag.Int("children", 3000, "how many children the county has")
	events   = flag.Int("events", 400, "how many events are recorded in a round, each in a case of its own")
	programs = flag.String("programs", "", "a folder with starter and worker to be measured; made from the source where it is not given")
)

// root is the module's folder.
const root = ".."

func TestMain(m *testing.M) {
	if os.Getenv(envBare) != "" {
		os.Exit(runBare())
	}
	flag.Parse()
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	code := m.Run()
	temporaltest.Stop()
	figures.print(os.Stdout)
	os.Exit(code)
}

// prepare finds the stack. Where a benchmark is asked for and there is none, it says so.
func prepare() error {
	if flag.Lookup("test.bench").Value.String() == "" || os.Getenv(temporaltest.EnvDevstack) != "" {
		return nil
	}
	path, err := filepath.Abs(filepath.Join(root, "bin", "devstack"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return errors.New("there is no bin/devstack: run `make bench`, or `make bin/devstack` first")
	}
	return os.Setenv(temporaltest.EnvDevstack, path)
}

// built is the path of one of Longstop's programs, made from the source as it is.
func built(b *testing.B, name string) string {
	b.Helper()
	if *programs != "" {
		path, err := filepath.Abs(filepath.Join(*programs, name))
		if err != nil {
			b.Fatal(err)
		}
		return path
	}
	path := filepath.Join(b.TempDir(), name)
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", path, "./"+name)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("building %s: %v\n%s", name, err, out)
	}
	return path
}
