package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/internal/casetime"
	"longstop/service"
)

// interrupted is a file of events at whose end somebody presses Ctrl-C.
type interrupted struct {
	io.Reader
	stop func()
}

func (i *interrupted) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		i.stop()
	}
	return n, err
}

func TestAnInterruptEndsAComputationOfflineAsAFailure(t *testing.T) {
	t.Parallel()
	overlay := filepath.Join(t.TempDir(), "overlay.yaml")
	if err := os.WriteFile(overlay, []byte("overlay: Anytown\nlanguage: 1\ntimescales:\n  - ref: AS-01\n    editions:\n      - {local_limit: 10 working days, source: Anytown}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"plan", "--events", "-"},
		{"notices", "--events", "-", "--from", "2020-01-01", "--to", "2049-12-31"},
		{"what-if", "--overlay", overlay, "--events", "-"},
	} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var out, said bytes.Buffer
			code := run(ctx, streams{
				in: &interrupted{strings.NewReader(fourCases), stop}, out: &out, err: &said, wall: casetime.WallNow, clock: casetime.Real(), getenv: func(string) string { return "" },
			}, append(args, "--json"))
			r := ran{code: code, out: out.String(), err: said.String()}
			if got := r.lastLine(t); code != exitFailed || !got.Failed || got.Reason != "interrupted" || strings.Count(r.out, "\n") != 1 {
				t.Errorf("exit code %d, %s", code, r.out)
			}
		})
	}
}

func TestWorkThatLooksAtNoContextIsLeftToItself(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	never := make(chan struct{})
	gone, err := attended(ctx, nil, func() error {
		stop()
		<-never
		return nil
	})
	if !gone || !errors.Is(err, errInterrupted) {
		t.Errorf("gone %t, %v", gone, err)
	}
	close(never)
}

func TestWhatACommandWritesAfterItWasGivenUpGoesNowhere(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	v := &valve{to: &out}
	if _, err := io.WriteString(v, "half a li"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(v.shut(), "the end\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(v, "ne\n"); !errors.Is(err, errShut) {
		t.Errorf("expected it to be shut, got %v", err)
	}
	if out.String() != "half a li\nthe end\n" {
		t.Errorf("it wrote %q", out.String())
	}
}

func TestAPanicIsAFailureAndSaysWhere(t *testing.T) {
	t.Parallel()
	boom := func() error { panic("boom") }
	err := service.Guarded(boom)
	var said bytes.Buffer
	complain(&said, err)
	if exitCode(err) != exitFailed || !strings.Contains(said.String(), "has a fault, please report it: boom") || !strings.Contains(said.String(), "interrupt_test.go") {
		t.Errorf("exit code %d, said %s", exitCode(err), said.String())
	}
}

func TestARangeIsBoundedWithAReason(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"notices", "--from", "2020-01-01", "--to", "2150-01-01", "--events", "-"},
		{"plan", "--as-of", "2150-01-01", "--events", "-"},
	} {
		if r := cli(t, nil, fourCases, args...); r.code != exitUsage || !strings.Contains(r.err, "more than 30 years") {
			t.Errorf("%v: exit code %d, %s", args, r.code, r.err)
		}
	}
}
