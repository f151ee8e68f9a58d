// Command shiftnow makes an overlay for `go test -overlay` under which time.Now shows the
// instant of LONGSTOP_TEST_NOW when a program starts, and goes on from there. So a test
// that reads the wall clock behind the back of casetimetest sees another day too.
//
//	go run ./internal/casetime/casetimetest/shiftnow DIR
//	LONGSTOP_TEST_NOW=2026-12-25T23:30:00Z go test -overlay DIR/overlay.json ./casework/...
//
// Only the wall reading moves: measured times, timers and deadlines stay what they are. It
// is for packages without servers, which read clocks of their own.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// now is a line of Go's own time.Now, and what comes after it.
const (
	now     = "\tsec, nsec, mono := runtimeNow()\n"
	shifted = now + "\tsec += shift()\n"
)

// shift is added to the package time.
const shift = `package time

import (
	"sync"
	"syscall"
)

var shiftOnce struct {
	sync.Once
	seconds int64
}

// shift is how far the present is moved, in seconds.
func shift() int64 {
	shiftOnce.Do(func() {
		text, _ := syscall.Getenv("LONGSTOP_TEST_NOW")
		if text == "" {
			return
		}
		to, err := Parse(RFC3339, text)
		if err != nil {
			panic("LONGSTOP_TEST_NOW: " + err.Error())
		}
		sec, _, _ := runtimeNow()
		shiftOnce.seconds = to.Unix() - sec
	})
	return shiftOnce.seconds
}
`

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: shiftnow DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "shiftnow:", err)
		os.Exit(1)
	}
}

// write writes the changed file, the added one and the overlay that names them.
func write(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("asking go for its root: %w", err)
	}
	std := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	original, err := os.ReadFile(filepath.Join(std, "time.go"))
	if err != nil {
		return err
	}
	if n := strings.Count(string(original), now); n != 1 {
		return fmt.Errorf("time.go of %s has %d places where it reads the clock: look at time.Now and change this program", runtime.Version(), n)
	}
	files := map[string]string{
		"time.go":  strings.Replace(string(original), now, shifted, 1),
		"shift.go": shift,
	}
	replace := map[string]string{}
	for name, text := range files {
		replace[filepath.Join(std, name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644)
}
