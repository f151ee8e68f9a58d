package endtoend_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/notify/letter"
	"longstop/pathway"
	"longstop/store"
	"longstop/timescale/load"
)

// copyDatabase copies the site's database. No program of the site may run.
func (x *site) copyDatabase(t *testing.T) {
	t.Helper()
	x.admin(t, "create database "+x.quoted("_copy")+" template "+x.quoted(""))
}

// goBack replaces the site's database with the copy: what was recorded since is lost.
func (x *site) goBack(t *testing.T) {
	t.Helper()
	x.admin(t, "drop database "+x.quoted("")+" with (force)")
	x.admin(t, "alter database "+x.quoted("_copy")+" rename to "+x.quoted(""))
}

func (x *site) quoted(suffix string) string { return pgx.Identifier{x.database + suffix}.Sanitize() }

// admin runs SQL on the stack's own database.
func (x *site) admin(t *testing.T, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), x.stack.env["LONGSTOP_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// wants are the workflow ids and nudges of the pathways that the record has open, by the
// reference of the case.
func (x *site) wants(t *testing.T, refs ...string) map[string]pathway.Nudge {
	t.Helper()
	r, err := store.Open(t.Context(), store.Options{URL: x.url(t), Clock: casetime.Real(), Log: zerolog.Nop(), Compiler: load.Compiler{}, Composer: letter.Composer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() // a database that is in use cannot be copied
	wants := map[string]pathway.Nudge{}
	for _, ref := range refs {
		key, err := r.CaseKey(t.Context(), "", ref)
		if err != nil {
			t.Fatal(err)
		}
		n, err := r.Pathway(t.Context(), key, pathway.ChildProtection)
		if err != nil || !n.Open {
			t.Fatalf("the plan of %s: %+v, %v", ref, n, err)
		}
		wants[ref] = n
	}
	return wants
}

func clockOf(n pathway.Nudge) string { return pathway.WorkflowID(n.Pathway, n.CaseKey) }

// daysAgo is a day before today.
func daysAgo(n int) casework.When {
	return casework.OnDay(casetimetest.Today().AddDays(-n))
}

// onPlan is a child on a protection plan that began eight days ago: within it is to be
// visited every ten working days.
func onPlan(ref string) []casework.Event {
	return []casework.Event{
		{ID: ref + "-allocated", Case: ref, Type: "worker.allocated", At: daysAgo(8), Data: casework.Data{"worker": "W1", "team": "T1"}},
		{ID: ref + "-plan", Case: ref, Type: "cp_plan.started", At: daysAgo(8)},
	}
}

// visited is a visit to a child: it puts off the next one, and so the clock's wake.
func visited(ref, id string, days int) casework.Event {
	return casework.Event{ID: ref + "-" + id, Case: ref, Type: "cp_visit.made", At: daysAgo(days), Data: casework.Data{"seen": true}}
}

// runsOf are the ids of the open runs of clocks, by reference.
func runsOf(t *testing.T, c client.Client, wants map[string]pathway.Nudge) map[string]string {
	t.Helper()
	runs := map[string]string{}
	for ref, n := range wants {
		described, err := c.DescribeWorkflowExecution(t.Context(), clockOf(n), "")
		if err != nil {
			t.Fatal(err)
		}
		runs[ref] = described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	}
	return runs
}

// allHear records an event in each case, and waits until the same runs know of it.
func (x *site) allHear(t *testing.T, c client.Client, refs ...string) {
	t.Helper()
	before := runsOf(t, c, x.wants(t, refs...))
	var events []casework.Event
	for _, ref := range refs {
		events = append(events, visited(ref, "heard", 0))
	}
	x.must(t, 0, "record", written(t, events...))
	wants := x.wants(t, refs...)
	for ref, want := range wants {
		until(t, ref+" hears what is recorded", func() string {
			answer, err := c.QueryWorkflow(t.Context(), clockOf(want), "", pathway.StateQuery)
			if err != nil {
				return err.Error()
			}
			var state pathway.State
			if err := answer.Get(&state); err != nil {
				t.Fatal(err)
			}
			if knows := &state.Nudge; knows.Compare(&want) != 0 || !knows.Wake.Equal(want.Wake) {
				return fmt.Sprintf("it knows %d.%d and not %d.%d", knows.Epoch, knows.Revision, want.Epoch, want.Revision)
			}
			return ""
		})
	}
	for ref, run := range runsOf(t, c, wants) {
		if run != before[ref] {
			t.Errorf("the clock of %s heard it only because it was started again", ref)
		}
	}
}

func TestARestoreFromACopyNeedsOneRebuild(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsRestore)
	temporal := x.temporal(t)
	kept := []string{"QUIET", "BUSY", "ENDED", "FORGED", "FORGED-EPOCH"}
	events := slices.Concat(managers(), []casework.Event{appointed("W1", "worker")})
	for _, ref := range kept {
		events = append(events, onPlan(ref)...)
	}
	first := x.startWorker(t)
	x.must(t, 0, "record", written(t, events...))
	x.waitForClocks(t)
	first.end(t)
	x.copyDatabase(t)

	// What the copy does not hold: many events in one case, the end of another, a case.
	second := x.startWorker(t)
	for i := range 5 {
		x.must(t, 0, "record", written(t, visited("BUSY", fmt.Sprint("lost-", i), 5-i)))
	}
	x.must(t, 0, "record", written(t, slices.Concat(onPlan("LOST"), []casework.Event{
		{ID: "ENDED-end", Case: "ENDED", Type: "case.closed", At: daysAgo(0)},
	})...))
	x.must(t, 0, "rebuild") // the lost record had an epoch of its own
	x.waitForClocks(t)
	lost := x.wants(t, "LOST")["LOST"]
	second.end(t)
	x.goBack(t)
	wants := x.wants(t, kept...)
	forge := func(ref string, epoch, revision int64) {
		t.Helper()
		n := wants[ref]
		n.Epoch, n.Revision, n.Wake = epoch, revision, casetime.WallNow().AddDate(50, 0, 0)
		if err := temporal.SignalWorkflow(t.Context(), clockOf(n), "", pathway.NudgeSignal, n); err != nil {
			t.Fatal(err)
		}
	}
	forge("FORGED", 0, 9e18)
	forge("FORGED-EPOCH", 9e18, 1)

	// Workers run again, and one rebuild does it. The first check of this worker is over by
	// then, or finds what the rebuild leaves: either may heal, and both do the same.
	x.startWorker(t)
	if said := x.must(t, 0, "rebuild").said(); !strings.Contains(said, "5 open cases planned again.") {
		t.Errorf("rebuild says %s", said)
	}
	x.waitForClocks(t)
	until(t, "the clock of the case that was lost is ended, and no other runs", func() string {
		if got, want := running(t, temporal, x.namespace), wanted(t, x.record(t)); !slices.Equal(got, want) {
			return fmt.Sprintf("%v run, and should be %v", got, want)
		}
		return ""
	})
	if ids := running(t, temporal, x.namespace); slices.Contains(ids, clockOf(lost)) {
		t.Error("it runs")
	}
	x.allHear(t, temporal, kept...)
	x.must(t, 0, "check-clocks")
}

func TestARestoreWhileNoWorkerRunsNeedsOneRebuild(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsRestoreIdle)
	temporal := x.temporal(t)
	events := slices.Concat(managers(), []casework.Event{appointed("W1", "worker")}, onPlan("QUIET"), onPlan("BUSY"))
	first := x.startWorker(t)
	x.must(t, 0, "record", written(t, events...))
	x.waitForClocks(t)
	first.end(t)
	x.copyDatabase(t)
	second := x.startWorker(t)
	for i := range 4 {
		x.must(t, 0, "record", written(t, visited("BUSY", fmt.Sprint("lost-", i), 5-i)))
	}
	x.must(t, 0, "record", written(t, onPlan("LOST")...))
	x.waitForClocks(t)
	lost := x.wants(t, "LOST")["LOST"]
	second.end(t)
	x.goBack(t)

	said := x.must(t, 0, "rebuild").said()
	for _, want := range []string{"2 open cases planned again.", "heard nothing any more", "that the record does not know was ended"} {
		if !strings.Contains(said, want) {
			t.Errorf("rebuild does not say %q: %s", want, said)
		}
	}
	described, err := temporal.DescribeWorkflowExecution(t.Context(), clockOf(lost), "")
	if err != nil {
		t.Fatal(err)
	}
	if status := described.GetWorkflowExecutionInfo().GetStatus().String(); status != "Terminated" {
		t.Errorf("the clock of the case that was lost is %s", status)
	}
	x.startWorker(t)
	x.waitForClocks(t)
	x.allHear(t, temporal, "QUIET", "BUSY")
}

func TestAFailoverThatLostTheLastCommitIsHealedByAWorkerOrByOneRebuild(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsFailover)
	temporal := x.temporal(t)
	refs := []string{"HEALED", "REBUILT"}
	first := x.startWorker(t)
	x.must(t, 0, "record", written(t, slices.Concat(managers(), []casework.Event{appointed("W1", "worker")}, onPlan("HEALED"), onPlan("REBUILT"))...))
	x.waitForClocks(t)
	first.end(t)

	for _, ref := range refs {
		x.copyDatabase(t)
		// It is told of a commit that the standby has not received.
		w := x.startWorker(t)
		x.must(t, 0, "record", written(t, visited(ref, "lost", 0)))
		x.waitForClocks(t)
		knew := x.wants(t, ref)[ref]
		w.end(t)
		x.goBack(t)

		// The next commit has the same revision, and says something else.
		x.must(t, 0, "record", written(t, visited(ref, "kept", 6)))
		want := x.wants(t, ref)[ref]
		if knew.Compare(&want) != 0 || knew.Wake.Equal(want.Wake) {
			t.Fatalf("the clock knew %d.%d, wake %s; the record has %d.%d, wake %s",
				knew.Epoch, knew.Revision, knew.Wake, want.Epoch, want.Revision, want.Wake)
		}
		if said := x.must(t, 1, "check-clocks").refused(); len(said) != 1 || !strings.HasPrefix(said[0], clockOf(want)+": stale") {
			t.Errorf("check-clocks says %v", said)
		}
		if ref == "REBUILT" {
			x.must(t, 0, "rebuild")
		}
		w = x.startWorker(t)
		x.waitForClocks(t)
		w.end(t)
	}
	x.startWorker(t)
	x.waitForClocks(t)
	x.allHear(t, temporal, refs...)

	// A signal by hand while the worker runs: the next check of a worker heals it.
	n := x.wants(t, "HEALED")["HEALED"]
	n.Revision, n.Wake = 9e18, time.Time{}
	if err := temporal.SignalWorkflow(t.Context(), clockOf(n), "", pathway.NudgeSignal, n); err != nil {
		t.Fatal(err)
	}
	until(t, "check-clocks finds the clock that was signalled by hand", func() string {
		if c := x.run(t, "check-clocks"); c.code() != 1 || !strings.Contains(c.said(), clockOf(n)+": ahead") {
			return c.said()
		}
		return ""
	})
	another := x.startWorker(t)
	x.waitForClocks(t)
	until(t, "it says so once", func() string {
		if !strings.Contains(text(another.log), "put right the clocks that did not run as the record wants") {
			return tail(another.log, 3)
		}
		return ""
	})
	if n := strings.Count(text(another.log), `"trouble":"ahead"`); n != 1 {
		t.Errorf("the log has the clock as ahead %d times", n)
	}
}
