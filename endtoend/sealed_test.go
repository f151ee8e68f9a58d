package endtoend_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/proto"

	"longstop/calendar"
	"longstop/casework"
	"longstop/pathway"
)

// readable is what the payloads of a running pathway hold: in the table of its duties, in its
// label, and in the summary of its timer.
var readable = []string{"| Timescale |", "Child protection visit", "2 open", "remind social worker", "caseKey"}

// Its parts follow each other: a council that sets a key, replaces it, and once starts a
// worker that lacks it.
func TestWithAKeyTemporalHoldsNothingThatCanBeRead(t *testing.T) {
	t.Parallel()
	x := sharedStack(t).newSite(t, nsSealed)
	temporal := x.temporal(t) // which has no key
	first, second := newKey(t, "first"), newKey(t, "second")

	// Before there is a key everything can be read: what the test looks for is there.
	w := x.startWorker(t)
	before := x.protectionPlan(t, "BEFORE")
	if found := found(t, temporal, before); !slices.Equal(found, readable) {
		t.Errorf("without a key only %q can be read: what else is looked for is not what stands there", found)
	}
	w.end(t)

	// With a key nothing can; and the run of before goes on.
	x.keys = file(t, "keys", first)
	w = x.startWorker(t)
	sealed := x.protectionPlan(t, "SEALED")
	if found := found(t, temporal, sealed); len(found) > 0 {
		t.Errorf("with a key %q can be read", found)
	}
	if !keyUsed(t, temporal, sealed, "first") {
		t.Error("nothing is sealed")
	}
	x.visit(t, "BEFORE", before, 1)
	w.end(t)

	// The key is replaced: the new one seals, and the old one still opens.
	x.keys = file(t, "keys", append(slices.Clone(second), first...))
	w = x.startWorker(t)
	x.visit(t, "SEALED", sealed, 1)
	x.waitForClocks(t)
	if !keyUsed(t, temporal, sealed, "second") {
		t.Error("the new key seals nothing")
	}
	if found := found(t, temporal, sealed); len(found) > 0 {
		t.Errorf("after the key was replaced %q can be read", found)
	}
	w.end(t)

	// A worker without the key of a run loses nothing: the run waits for one that has it.
	all := x.keys
	for n, lacking := range []string{file(t, "keys", second), ""} {
		failed := failedTasks(t, temporal, sealed)
		x.recordVisit(t, "SEALED", 2+n)
		x.keys = lacking
		w = x.startWorker(t)
		until(t, "the task of a run whose key is missing fails", func() string {
			if failedTasks(t, temporal, sealed) > failed {
				return ""
			}
			return "no task has failed"
		})
		if status := statusOf(t, temporal, sealed); status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			t.Errorf("without its key the run is %s", status)
		}
		w.end(t)
		x.keys = all
		w = x.startWorker(t)
		x.waitForClocks(t)
		w.end(t)
	}
}

// newKey is a file of one key.
func newKey(t testing.TB, id string) []byte {
	t.Helper()
	key := make([]byte, 32)
	rand.Read(key) // it never returns an error
	return []byte(id + " " + base64.StdEncoding.EncodeToString(key) + "\n")
}

// today is London's date by the record's clock.
func (x *site) today(t testing.TB) calendar.Date {
	t.Helper()
	now, err := x.record(t).Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return calendar.DateOf(now)
}

// protectionPlan records a plan that began twenty days ago, and waits until its clock runs.
func (x *site) protectionPlan(t testing.TB, ref string) (workflow string) {
	t.Helper()
	x.must(t, 0, "record", written(t, casework.Event{
		ID: ref + "-plan", Case: ref, Type: "cp_plan.started", At: casework.OnDay(x.today(t).AddDays(-20)),
	}))
	x.waitForClocks(t)
	key, err := x.record(t).CaseKey(t.Context(), "", ref)
	if err != nil {
		t.Fatal(err)
	}
	return pathway.WorkflowID(pathway.ChildProtection, key)
}

// recordVisit records the nth visit of a plan: the next falls due later than before.
func (x *site) recordVisit(t testing.TB, ref string, n int) {
	t.Helper()
	x.must(t, 0, "record", written(t, casework.Event{
		ID: fmt.Sprintf("%s-visit-%d", ref, n), Case: ref, Type: "cp_visit.made", At: casework.OnDay(x.today(t).AddDays(-20 + 2*n)),
		Data: casework.Data{"seen": true},
	}))
}

// visit records a visit, and waits until the clock that it moves has heard of it.
func (x *site) visit(t testing.TB, ref, workflow string, n int) {
	t.Helper()
	temporal := x.temporal(t)
	events := len(history(t, temporal, workflow))
	x.recordVisit(t, ref, n)
	until(t, "the clock of "+ref+" hears of the visit", func() string {
		for _, e := range history(t, temporal, workflow)[events:] {
			if e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
				return ""
			}
		}
		return "no task of it was completed"
	})
}

func history(t testing.TB, c client.Client, workflow string) []*historypb.HistoryEvent {
	t.Helper()
	var list []*historypb.HistoryEvent
	events := c.GetWorkflowHistory(t.Context(), workflow, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// held is all that Temporal holds of a run: its history, and how it describes it.
func held(t testing.TB, c client.Client, workflow string) []byte {
	t.Helper()
	described, err := c.DescribeWorkflowExecution(t.Context(), workflow, "")
	if err != nil {
		t.Fatal(err)
	}
	all, err := proto.Marshal(described)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range history(t, c, workflow) {
		if all, err = (proto.MarshalOptions{}).MarshalAppend(all, e); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// found is what can be read of a run.
func found(t testing.TB, c client.Client, workflow string) []string {
	t.Helper()
	all := held(t, c, workflow)
	var list []string
	for _, words := range readable {
		if bytes.Contains(all, []byte(words)) {
			list = append(list, words)
		}
	}
	return list
}

func keyUsed(t testing.TB, c client.Client, workflow, id string) bool {
	t.Helper()
	for _, e := range history(t, c, workflow) {
		for _, p := range e.GetWorkflowExecutionSignaledEventAttributes().GetInput().GetPayloads() {
			if string(p.GetMetadata()["longstop-key"]) == id {
				return true
			}
		}
	}
	return false
}

func failedTasks(t testing.TB, c client.Client, workflow string) int {
	t.Helper()
	n := 0
	for _, e := range history(t, c, workflow) {
		if e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED {
			n++
		}
	}
	return n
}

func statusOf(t testing.TB, c client.Client, workflow string) enumspb.WorkflowExecutionStatus {
	t.Helper()
	described, err := c.DescribeWorkflowExecution(t.Context(), workflow, "")
	if err != nil {
		t.Fatal(err)
	}
	return described.GetWorkflowExecutionInfo().GetStatus()
}
