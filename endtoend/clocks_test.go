package endtoend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"longstop/casework"
)

func TestAWorkflowThatWasTerminatedIsFoundAndBroughtBack(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsClocks)
	events := slices.Concat(managers(), []casework.Event{appointed("W1", "worker")},
		protected("STAYS", "W1", time.Hour), protected("GOES", "W1", time.Hour))
	x.must(t, 0, "record", written(t, events...))
	r, temporal := x.record(t), x.temporal(t)
	key, err := r.CaseKey(t.Context(), "", "GOES")
	if err != nil {
		t.Fatal(err)
	}
	ids := wanted(t, r)
	victim := ids[slices.IndexFunc(ids, func(id string) bool { return strings.HasSuffix(id, key) })]

	terminate := func() {
		t.Helper()
		x.waitForClocks(t)
		if err := temporal.TerminateWorkflow(t.Context(), victim, "", "by hand"); err != nil {
			t.Fatal(err)
		}
		until(t, "visibility shows that it is terminated", func() string {
			if slices.Contains(running(t, temporal, x.namespace), victim) {
				return "it is listed as running"
			}
			return ""
		})
		said := x.must(t, 1, "check-clocks").refused()
		if len(said) != 1 || !strings.HasPrefix(said[0], victim+": missing") {
			t.Errorf("check-clocks names\n%s\nand not %s", strings.Join(said, "\n"), victim)
		}
	}
	// No worker runs: nothing but the command can bring it back.
	terminate()
	x.must(t, 0, "rebuild")
	until(t, "rebuild has started it again", func() string {
		if !slices.Contains(running(t, temporal, x.namespace), victim) {
			return "it is not listed as running"
		}
		return ""
	})
	first := x.startWorker(t)
	x.waitForClocks(t)
	first.end(t)

	// Nothing but a worker that starts can bring it back now.
	terminate()
	x.startWorker(t)
	x.waitForClocks(t)
	if got := running(t, temporal, x.namespace); !slices.Equal(got, ids) {
		t.Errorf("%v run, and should be %v", got, ids)
	}
}
