package endtoend_test

import (
	"strings"
	"testing"

	"longstop/access"
)

// startWeb starts the API and waits until it is ready.
func (x *site) startWeb(t testing.TB) *program {
	t.Helper()
	return x.start(t, "web", x.stack.work.web, "")
}

// address is where the API answers: any free port, another at each start.
func (p *program) address() string { return logged(p.process, "address") }

// newKey makes a key as an administrator does, and returns what requests carry.
func (x *site) newKey(t testing.TB, source string, may ...access.Action) string {
	t.Helper()
	actions := make([]string, len(may))
	for i, a := range may {
		actions[i] = string(a)
	}
	var made struct{ Secret string }
	x.must(t, 0, "keys", "create", "system of "+source, "--owner", "Data team", "--may", strings.Join(actions, ","), "--source", source,
		"--per-second", "100000", "--json").read(t, &made)
	return made.Secret
}
