package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"longstop/internal/casetime/casetimetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"starter": main})
}

// The settings of whoever runs the tests never reach the commands.
var settings = []string{
	"LONGSTOP_PACK", "LONGSTOP_OVERLAY", "LONGSTOP_BANK_HOLIDAYS", "LONGSTOP_LOG_LEVEL", "LONGSTOP_DEMO_CLOCK",
	envDatabase, envDatabase + "_FILE", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE",
}

// scripts runs the scripts of a folder. Their names say what must hold. Every date in them
// is worked out by hand from docs/rules.md and docs/commands.md, never copied from what
// the program printed.
func scripts(t *testing.T, dir string, setup func(*testscript.Env) error) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, name := range settings {
				env.Setenv(name, "")
			}
			env.Setenv(casetimetest.Setting, casetimetest.Value())
			return setup(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"shows": shows, "exits": exits, "terminate": terminate},
	})
}

func TestWithoutAnyService(t *testing.T) {
	t.Parallel()
	scripts(t, "testdata/script", func(*testscript.Env) error { return nil })
}
