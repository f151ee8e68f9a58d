package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// verdict is what became of a change.
type verdict string

// The verdicts.
const (
	killed   verdict = "killed"   // a test failed, or the tests took too long
	survived verdict = "SURVIVED" // every test passed
	invalid  verdict = "invalid"  // it does not compile
)

// tested is how the tests of a change went.
type tested struct {
	verdict verdict
	output  string
}

// trial runs tests on changed code.
type trial struct {
	options
	scratch string // a folder for the overlay and the changed file
}

func newTrial(o options) (*trial, error) {
	scratch, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	return &trial{options: o, scratch: scratch}, nil
}

func (t *trial) close() error { return os.RemoveAll(t.scratch) }

// test runs the tests with a change; nil: without any. The error is that of the go command itself.
func (t *trial) test(ctx context.Context, m *mutation) (tested, error) {
	overlay, err := t.overlay(m)
	if err != nil {
		return tested{}, err
	}
	built := filepath.Join(t.scratch, "built")
	if output, err := t.goTool(ctx, "build", "-overlay", overlay, "-o", built, t.dir); err != nil {
		return tested{invalid, output}, ctx.Err()
	}
	args := []string{"test", "-overlay", overlay, "-vet=off", "-count=1", "-failfast", "-timeout=" + t.timeout.String()}
	if t.pattern != "" {
		args = append(args, "-run", t.pattern)
	}
	output, err := t.goTool(ctx, append(args, t.tests...)...)
	switch {
	case ctx.Err() != nil:
		return tested{}, ctx.Err()
	case err == nil:
		return tested{survived, output}, nil
	case strings.Contains(output, "[build failed]"), strings.Contains(output, "[setup failed]"):
		return tested{invalid, output}, nil
	default:
		return tested{killed, output}, nil
	}
}

// overlay writes the file by which the go command reads a change, and returns its path.
func (t *trial) overlay(m *mutation) (string, error) {
	replaced := map[string]string{}
	if m != nil {
		source, err := os.ReadFile(m.path)
		if err != nil {
			return "", err
		}
		path, err := filepath.Abs(m.path)
		if err != nil {
			return "", err
		}
		replaced[path] = filepath.Join(t.scratch, "changed.go")
		if err := os.WriteFile(replaced[path], m.apply(source), 0o600); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(t.scratch, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// goTool runs the go command and returns what it wrote. When the context ends, so do the tests that it runs.
func (t *trial) goTool(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// mostMemory is how much address space the go command and each test may have, in bytes: a changed loop may
// take memory without end.
const mostMemory = 8 << 30

// limitMemory bounds the memory of the processes that this one starts.
func limitMemory() error {
	limit := syscall.Rlimit{Cur: mostMemory, Max: mostMemory}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		return fmt.Errorf("limiting the memory of tests: %w", err)
	}
	return nil
}
