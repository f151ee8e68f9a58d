package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"longstop/nudge/stacktest"
	"longstop/store/pgtest"
)

// nowhere is an address at which no Temporal answers.
const nowhere = "127.0.0.1:1"

// Each script has a record of its own, and no Temporal: what is recorded is recorded all
// the same.
func TestWithARecordAndWithoutTemporal(t *testing.T) {
	t.Parallel()
	scripts(t, "testdata/record", func(env *testscript.Env) error {
		env.Setenv(envDatabase, pgtest.Empty(tb(env)))
		env.Setenv("TEMPORAL_ADDRESS", nowhere)
		return nil
	})
}

// Each script has a record and a namespace of its own.
func TestWithTheWholeStack(t *testing.T) {
	t.Parallel()
	stack := stacktest.Shared(t)
	namespaces := make(chan string, len(stacktest.OtherNamespaces))
	for _, name := range stacktest.OtherNamespaces {
		namespaces <- name
	}
	scripts(t, "testdata/stack", func(env *testscript.Env) error {
		namespace := <-namespaces
		env.Setenv(envDatabase, pgtest.Empty(tb(env)))
		env.Setenv("TEMPORAL_ADDRESS", stack.Temporal)
		env.Setenv("TEMPORAL_NAMESPACE", namespace)
		return nil
	})
}

// tb is the test that a script runs in.
func tb(env *testscript.Env) testing.TB { return env.T().(testing.TB) }
