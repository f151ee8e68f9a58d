package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"longstop/internal/pgtest"
	"longstop/internal/temporaltest"
)

// nowhere is an address at which no Temporal answers.
const nowhere = "127.0.0.1:1"

// Each script has a record of its own, and no Temporal: what is recorded is recorded all
// the same.
func TestWithARecordAndWithoutTemporal(t *testing.T) {
	t.Parallel()
	scripts(t, "testdata/record", func(env *testscript.Env) error {
		asProgram(env)
		env.Setenv("TEMPORAL_ADDRESS", nowhere)
		earlier, err := filepath.Abs("../timescale/load/testdata/england-2026-11")
		env.Setenv("EARLIER", earlier) // the pack of the release before the law was checked
		return err
	})
}

// Each script has a record and a namespace of its own.
func TestWithTheWholeStack(t *testing.T) {
	t.Parallel()
	stack := temporaltest.Shared(t)
	namespaces := make(chan string, len(temporaltest.OtherNamespaces))
	for _, name := range temporaltest.OtherNamespaces {
		namespaces <- name
	}
	scripts(t, "testdata/stack", func(env *testscript.Env) error {
		namespace := <-namespaces
		asProgram(env)
		env.Setenv("TEMPORAL_ADDRESS", stack.Temporal)
		env.Setenv("TEMPORAL_NAMESPACE", namespace)
		return nil
	})
}

// tb is the test that a script runs in.
func tb(env *testscript.Env) testing.TB { return env.T().(testing.TB) }

// asProgram gives a script a record of its own with the rights that the programs have, and
// the settings of one that was never prepared.
func asProgram(env *testscript.Env) {
	owner, empty := pgtest.Database(tb(env)), pgtest.Empty(tb(env))
	env.Setenv(envDatabase, pgtest.AsApp(tb(env), owner))
	env.Setenv("OWNER", owner)
	env.Setenv("READER", pgtest.AsReader(tb(env), owner))
	env.Setenv("EMPTY", pgtest.AsApp(tb(env), empty))
	env.Setenv("EMPTY_OWNER", empty)
}
