package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/pgtest"
	"longstop/service"
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

// cliAt runs a command as cli does, by a case clock.
func cliAt(t *testing.T, clock casetime.Clock, env map[string]string, in string, args ...string) ran {
	t.Helper()
	return cliOn(t, casetime.WallNow, clock, env, in, args...)
}

// cliOn runs a command as cliAt does, on a machine with a wall clock of its own.
func cliOn(t *testing.T, wallNow func() time.Time, clock casetime.Clock, env map[string]string, in string, args ...string) ran {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), streams{
		in: strings.NewReader(in), out: &out, err: &err, wall: wallNow, clock: clock, getenv: func(name string) string { return env[name] },
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
		in: strings.NewReader(""), out: full{}, err: &said, wall: casetime.WallNow, clock: casetime.Real(), getenv: func(string) string { return "" },
	}, []string{"due", "AS-01", "2026-12-10"})
	if code == exitDone || !strings.Contains(said.String(), "writing the output") {
		t.Errorf("exit code %d, said %q", code, said.String())
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = service.Refusef("%w", context.DeadlineExceeded)

// Every other test of the commands believes that this holds.
func TestCommandsGoByThePresentOfTheTests(t *testing.T) {
	env := onRecord(t)
	before := casetimetest.Now().Truncate(time.Second)
	if r := cli(t, env, `{"id":"e1","case":"C1","type":"referral.received","at":"2020-01-06"}`, "record", "-"); r.code != exitDone {
		t.Fatalf("%+v", r)
	}
	var e casework.Event
	if err := json.Unmarshal([]byte(cli(t, env, "", "events", "C1").out), &e); err != nil {
		t.Fatal(err)
	}
	if after := casetimetest.Now(); e.Recorded.Before(before) || e.Recorded.After(after) {
		t.Errorf("recorded %s: not between %s and %s", e.Recorded, before, after)
	}
	if started, _, moved := strings.Cut(casetimetest.Value(), "@"); moved {
		from, err := time.Parse(time.RFC3339, started)
		if err != nil || before.Before(from) || before.After(from.Add(time.Hour)) {
			t.Errorf("the tests began at %s and it is %s: build them with the tag testnow, as make test NOW=... does", started, before)
		}
	}
}

func TestEveryHelpBelongsToACommand(t *testing.T) {
	t.Parallel()
	parser, err := newParser(&grammar{}, streams{out: io.Discard, err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, command := range parser.Model.Leaves(false) {
		if command.Detail != "" {
			shown++
		}
	}
	files, err := examples.ReadDir("help")
	if err != nil {
		t.Fatal(err)
	}
	if shown != len(files) || shown < 28 {
		t.Errorf("%d files of help, and %d commands show one", len(files), shown)
	}
}
