package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"longstop/casetime"
	"longstop/store/pgtest"
)

// ran is what a command did.
type ran struct {
	code     int
	out, err string
}

// cli runs a command in this process, with no settings but those given.
func cli(t *testing.T, env map[string]string, in string, args ...string) ran {
	t.Helper()
	return cliAt(t, casetime.Real(), env, in, args...)
}

// cliAt runs a command as cli does, by a clock.
func cliAt(t *testing.T, clock casetime.Clock, env map[string]string, in string, args ...string) ran {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), streams{
		in: strings.NewReader(in), out: &out, err: &err, wall: time.Now, clock: clock, getenv: func(name string) string { return env[name] },
	}, args)
	return ran{code: code, out: out.String(), err: err.String()}
}

// onRecord are the settings of a record of the test's own, without Temporal.
func onRecord(t *testing.T) map[string]string {
	t.Helper()
	t.Setenv("TEMPORAL_ADDRESS", nowhere) // the SDK reads the environment itself
	return map[string]string{envDatabase: pgtest.AsApp(t, pgtest.Database(t))}
}

func TestTheOutputOfACommandIsWrittenOrItsErrorSaid(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	code := run(context.WithoutCancel(t.Context()), streams{
		in: strings.NewReader(""), out: full{}, err: &said, wall: time.Now, clock: casetime.Real(), getenv: func(string) string { return "" },
	}, []string{"due", "AS-01", "2026-12-10"})
	if code == exitDone || !strings.Contains(said.String(), "writing the output") {
		t.Errorf("exit code %d, said %q", code, said.String())
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = &exitError{code: exitRefused, err: context.DeadlineExceeded}
