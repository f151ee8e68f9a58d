package endtoend_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// command is one of the starter's commands, under way or ended.
type command struct {
	*process
	args string
}

// begin starts a command.
func (x *site) begin(t testing.TB, args ...string) *command {
	t.Helper()
	x.prepare(t)
	p, err := x.stack.work.launch(x.namespace+"-"+args[0], x.env(t), x.stack.work.starter, args...)
	if err != nil {
		t.Fatal(err)
	}
	x.processes = append(x.processes, p)
	t.Cleanup(p.kill)
	return &command{process: p, args: strings.Join(args, " ")}
}

// run runs a command to its end.
func (x *site) run(t testing.TB, args ...string) *command {
	t.Helper()
	c := x.begin(t, args...)
	c.wait(t)
	return c
}

// must runs a command that must exit with a code.
func (x *site) must(t testing.TB, code int, args ...string) *command {
	t.Helper()
	c := x.run(t, args...)
	if c.code() != code {
		t.Fatalf("starter %s: exit code %d, not %d: %s", c.args, c.code(), code, c.said())
	}
	return c
}

func (c *command) wait(t testing.TB) {
	t.Helper()
	reached(t, "starter "+c.args+" ends", c.done)
}

// said is all that it wrote.
func (c *command) said() string { return text(c.out) + text(c.log) }

// refused are the lines of standard error.
func (c *command) refused() []string {
	return strings.FieldsFunc(text(c.log), func(r rune) bool { return r == '\n' })
}

// read reads the JSON that it wrote.
func (c *command) read(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text(c.out)), into); err != nil {
		t.Fatalf("starter %s: %v: %s", c.args, err, c.said())
	}
}

// waitForClocks waits until check-clocks finds every clock running.
func (x *site) waitForClocks(t testing.TB) {
	t.Helper()
	until(t, "every clock runs", func() string {
		if c := x.run(t, "check-clocks"); c.code() != 0 {
			return c.said()
		}
		return ""
	})
}
