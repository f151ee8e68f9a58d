package clocks_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"longstop/activities"
	"longstop/clocks"
	"longstop/internal/casetime"
	"longstop/internal/temporal"
	"longstop/internal/temporaltest"
	notifylog "longstop/notify/channel/log"
	"longstop/pathway"
	"longstop/workflows"
)

// namespaceOfTheDeaf belongs to one test.
const namespaceOfTheDeaf = "other-1"

// memory is a record in memory: what the activities plan, and the open pathways.
type memory struct {
	activities.Record // only what is below is called
	mu                sync.Mutex
	pathways          map[string]pathway.Nudge // by workflow id
	hooks             map[string]func()        // by case key: called when its pathway is read
	held              string                   // the key of a case with a notice whose claim waits
	release           chan struct{}
	faulty            map[string]bool // by case key: the case cannot be worked out
	reported          []string        // the faults that were reported
}

func (m *memory) Plan(_ context.Context, caseKey, name string) (pathway.Planned, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.faulty[caseKey] {
		return pathway.Planned{}, activities.ErrCaseFault
	}
	planned := pathway.Planned{Next: m.pathways[pathway.WorkflowID(name, caseKey)]}
	if caseKey == m.held {
		planned.Send = []pathway.Notice{{Key: "n1", CaseKey: caseKey, Pathway: name, Summary: "remind"}}
		planned.Next.Wake = wake // once it is sent
	}
	return planned, nil
}

func (m *memory) setFaulty(caseKey string, faulty bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faulty = map[string]bool{caseKey: faulty}
}

func (m *memory) faults() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.reported)
}

// Faulted notes what was reported.
func (m *memory) Faulted(_ context.Context, caseKey, _, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reported = append(m.reported, caseKey+": "+reason)
	return nil
}

// Claim waits until claims are let go, and then has nothing to send: the pathway is over.
func (m *memory) Claim(ctx context.Context, caseKey, _ string) (activities.Claimed, error) {
	select {
	case <-m.release:
		return activities.Claimed{State: activities.NotSent, Next: closed(caseKey, 4)}, nil
	case <-ctx.Done():
		return activities.Claimed{}, ctx.Err()
	}
}

// holdClaims gives a case a notice to send, and holds its claim.
func (m *memory) holdClaims(caseKey string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held, m.release = caseKey, make(chan struct{})
}

func (m *memory) letClaims() { close(m.release) }

// reading has f called, with the record locked, whenever the pathway of a case is read.
func (m *memory) reading(caseKey string, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks = map[string]func(){caseKey: f}
}

func (m *memory) OpenPathways(_ context.Context, after string, limit int) ([]pathway.Nudge, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []string
	for id, n := range m.pathways {
		if id > after && n.Open {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var page []pathway.Nudge
	for _, id := range ids[:min(limit, len(ids))] {
		page = append(page, m.pathways[id])
	}
	return page, nil
}

func (m *memory) Pathway(_ context.Context, caseKey, name string) (pathway.Nudge, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if hook := m.hooks[caseKey]; hook != nil {
		hook()
	}
	return m.pathways[pathway.WorkflowID(name, caseKey)], nil
}

func (m *memory) set(n pathway.Nudge) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pathways[pathway.WorkflowID(n.Pathway, n.CaseKey)] = n
}

// startWorker starts a worker of both task queues, until it is stopped or the test ends.
func startWorker(t *testing.T, c client.Client, record activities.Record, o worker.Options) (stop func()) {
	t.Helper()
	o.DisableRegistrationAliasing = true
	w := worker.New(c, pathway.TaskQueue, o)
	workflows.Register(w)
	o.DisableWorkflowWorker = true
	sender := worker.New(c, pathway.SendTaskQueue, o)
	all := &activities.Activities{Record: record, Channel: notifylog.New(zerolog.Nop()), Log: zerolog.Nop()}
	for _, each := range []worker.Worker{w, sender} {
		all.Register(each)
		if err := each.Start(); err != nil {
			t.Fatal(err)
		}
	}
	stop = sync.OnceFunc(func() {
		w.Stop()
		sender.Stop()
	})
	t.Cleanup(stop)
	return stop
}

func prepared(t *testing.T, c client.Client, namespace string) {
	t.Helper()
	if err := temporal.RegisterSearchAttributes(t.Context(), c, namespace); err != nil {
		t.Fatal(err)
	}
}

// history is the types of the events of a workflow's run so far.
func history(t *testing.T, c client.Client, id string) []string {
	t.Helper()
	var types []string
	events := c.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, e.GetEventType().String())
	}
	return types
}

// timerSummary is what the UI shows for the first timer of a run.
func timerSummary(t *testing.T, c client.Client, id string) string {
	t.Helper()
	events := c.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		if e.GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED {
			return string(e.GetUserMetadata().GetSummary().GetData())
		}
	}
	return ""
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("did not come about: %s", what)
		case <-ticker.C:
		}
	}
}

func armed(t *testing.T, c client.Client, id string) {
	t.Helper()
	eventually(t, id+" waits", func() bool { return slices.Contains(history(t, c, id), "TimerStarted") })
}

// Its parts follow each other: the last compares all that the namespace holds.
func TestOnAServer(t *testing.T) {
	stack := temporaltest.Shared(t)
	c := stack.Client(t, pathway.Namespace)
	prepared(t, c, pathway.Namespace)
	record := &memory{pathways: map[string]pathway.Nudge{}}
	startWorker(t, c, record, worker.Options{})
	n := clocks.New(c)

	t.Run("a start is one workflow task with one timer", func(t *testing.T) {
		first := open("start-1", 1)
		record.set(first)
		send(t, n, first)
		armed(t, c, "Assessment/start-1")
		want := []string{
			"WorkflowExecutionStarted", "WorkflowExecutionSignaled", "WorkflowTaskScheduled",
			"WorkflowTaskStarted", "WorkflowTaskCompleted", "TimerStarted",
		}
		if got := history(t, c, "Assessment/start-1"); !slices.Equal(got, want) {
			t.Errorf("the history is %v", got)
		}
	})

	t.Run("a case that cannot be worked out shows as a fault at once", func(t *testing.T) {
		record.setFaulty("faulty-1", true)
		due := open("faulty-1", 1)
		due.Wake = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC) // it has passed
		record.set(due)
		send(t, n, due)
		eventually(t, "Rag is fault", func() bool {
			described, err := c.DescribeWorkflowExecution(t.Context(), "Assessment/faulty-1", "")
			if err != nil {
				t.Fatal(err)
			}
			rag := described.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields()[pathway.AttrRag]
			return string(rag.GetData()) == `"fault"`
		})
		eventually(t, "the fault is reported", func() bool { return slices.Contains(record.faults(), "faulty-1: PlanDuties: CaseFault") })
		tries := 0
		for _, event := range history(t, c, "Assessment/faulty-1") {
			if event == "ActivityTaskFailed" {
				tries++
			}
		}
		if tries != 1 {
			t.Errorf("it was tried %d times", tries)
		}
		record.setFaulty("faulty-1", false)
		record.set(closed("faulty-1", 2))
		send(t, n, closed("faulty-1", 2))
		eventually(t, "it has ended", func() bool {
			return slices.Contains(history(t, c, "Assessment/faulty-1"), "WorkflowExecutionCompleted")
		})
	})

	t.Run("an admin sees how it stands and what it waits for", func(t *testing.T) {
		answer, err := c.QueryWorkflow(t.Context(), "Assessment/start-1", "", "__temporal_workflow_metadata")
		if err != nil {
			t.Fatal(err)
		}
		var metadata sdkpb.WorkflowMetadata
		if err := answer.Get(&metadata); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"**1 open**", "Next: 2027-02-16 09:00:00 UTC, remind.", "| duty |", "_Assessment: "} {
			if !strings.Contains(metadata.GetCurrentDetails(), want) {
				t.Errorf("the details do not say %q: %s", want, metadata.GetCurrentDetails())
			}
		}
		if got := timerSummary(t, c, "Assessment/start-1"); got != `"remind"` {
			t.Errorf("the timer is summed up as %s", got)
		}
	})

	t.Run("an event is one signal, one upsert and one timer", func(t *testing.T) {
		first := open("event-1", 1)
		record.set(first)
		send(t, n, first)
		armed(t, c, "Assessment/event-1")
		before := len(history(t, c, "Assessment/event-1"))
		second := open("event-1", 2)
		second.Wake = wake.AddDate(0, 1, 0)
		record.set(second)
		send(t, n, second)
		eventually(t, "it waits again", func() bool { return len(history(t, c, "Assessment/event-1")) >= before+7 })
		want := []string{
			"WorkflowExecutionSignaled", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted",
			"UpsertWorkflowSearchAttributes", "TimerCanceled", "TimerStarted",
		}
		if got := history(t, c, "Assessment/event-1")[before:]; !slices.Equal(got, want) {
			t.Errorf("the event added %v", got)
		}
	})

	t.Run("a pathway that is over takes no nudge and is no error", func(t *testing.T) {
		send(t, n, closed("never-1", 1))
		send(t, n, open("over-1", 1))
		send(t, n, closed("over-1", 2))
		if err := c.GetWorkflow(t.Context(), "Assessment/over-1", "").Get(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		send(t, n, closed("over-1", 3))
	})

	t.Run("the check finds clocks that do not run as the record wants, and heals them", func(t *testing.T) {
		checkClocks(t, c, n, record)
	})

	t.Run("an orphan is ended unless the record wants it by then", func(t *testing.T) {
		endOrphans(t, c, n, record)
	})

	t.Run("a pathway that sends is not taken to be stale", func(t *testing.T) {
		sendsNow(t, c, n, record)
	})
}

func send(t *testing.T, n *clocks.Nudger, list ...pathway.Nudge) {
	t.Helper()
	for _, err := range n.Send(t.Context(), list) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func check(t *testing.T, c client.Client, record clocks.Pathways, now time.Time) clocks.Report {
	t.Helper()
	report, err := clocks.Check(t.Context(), record, c, pathway.Namespace, 0, now)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// troubles is what is wrong, by case key.
func troubles(r clocks.Report) map[string]clocks.Trouble {
	found := map[string]clocks.Trouble{}
	for _, c := range r.Faulty {
		_, key, _ := strings.Cut(c.WorkflowID, "/")
		found[key] = c.Trouble
	}
	return found
}

func checkClocks(t *testing.T, c client.Client, n *clocks.Nudger, record *memory) {
	t.Helper()
	const far = int64(9e18)
	early := wake.AddDate(0, 0, -10) // before any of them wakes
	sleeping := []string{"live", "terminated", "stale", "ahead", "orphan", "forged", "forged-epoch", "failed-over"}
	for _, key := range append([]string{"never", "asleep", "faulty"}, sleeping...) {
		first := open(key, 5)
		if key == "asleep" {
			first.Wake = time.Time{}
		}
		record.set(first)
		if key == "never" {
			continue
		}
		if key == "faulty" {
			first.Display.Rag = pathway.Fault
		}
		send(t, n, first)
	}
	for _, key := range sleeping {
		armed(t, c, "Assessment/"+key)
	}
	if err := c.TerminateWorkflow(t.Context(), "Assessment/terminated", "", "by hand"); err != nil {
		t.Fatal(err)
	}
	record.set(open("stale", 6))
	record.set(open("ahead", 4))
	record.set(closed("orphan", 6))
	moved := open("failed-over", 5) // the record lost what the run knows, and then went another way
	moved.Wake = wake.AddDate(0, 0, -6)
	record.set(moved)
	forged := open("forged", far)
	send(t, n, forged)
	forged = open("forged-epoch", 3)
	forged.Epoch, forged.Wake = far, wake.AddDate(50, 0, 0)
	send(t, n, forged)

	// Lists are eventually consistent: what has just been terminated may still be listed.
	var report clocks.Report
	eventually(t, "the list shows what was terminated and forged", func() bool {
		report = check(t, c, record, early)
		got := troubles(report)
		return got["terminated"] != "" && got["forged"] != "" && got["forged-epoch"] != ""
	})
	want := map[string]clocks.Trouble{
		"terminated": clocks.Missing, "never": clocks.Missing, "stale": clocks.Stale, "ahead": clocks.Ahead,
		"orphan": clocks.Orphan, "faulty": clocks.Faulted, "forged": clocks.Ahead, "forged-epoch": clocks.Ahead, "failed-over": clocks.Stale,
	}
	if got := troubles(report); !maps.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if report.OK() || report.Live != report.Open-8 {
		t.Errorf("of %d clocks %d are live", report.Open, report.Live)
	}

	healed, err := healer(c, n, record).Heal(t.Context(), report, early)
	if err != nil || healed != (clocks.Healed{Nudged: 3, Restarted: 4, Ended: 1}) {
		t.Fatalf("healed %+v: %v", healed, err)
	}
	eventually(t, "all but the faulty one run as the record wants", func() bool {
		got := troubles(check(t, c, record, early))
		return maps.Equal(got, map[string]clocks.Trouble{"faulty": clocks.Faulted})
	})
	for _, key := range []string{"ahead", "forged", "forged-epoch", "failed-over"} {
		next := open(key, 7)
		next.Wake = wake.AddDate(0, 0, -1)
		record.set(next)
		send(t, n, next)
	}
	eventually(t, "they hear the next nudge", func() bool { return len(troubles(check(t, c, record, early))) == 1 })
	if got := troubles(check(t, c, record, wake.Add(time.Hour))); got["live"] != clocks.Late || got["asleep"] != "" {
		t.Errorf("an hour after the wake: %v", got)
	}
}

func healer(c client.Client, n *clocks.Nudger, record clocks.Pathways) *clocks.Healer {
	return &clocks.Healer{Nudger: n, Record: record, Temporal: c, Namespace: pathway.Namespace}
}

// endedWhy is the reason for which a run of a workflow was terminated, or was asked to end
// and did.
func endedWhy(t *testing.T, c client.Client, id, run string) string {
	t.Helper()
	why := ""
	for events := c.GetWorkflowHistory(t.Context(), id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		e, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		why += e.GetWorkflowExecutionTerminatedEventAttributes().GetReason() + e.GetWorkflowExecutionCancelRequestedEventAttributes().GetCause()
	}
	return why
}

// ragOf is what a run shows itself to be.
func ragOf(t *testing.T, c client.Client, id, run string) string {
	t.Helper()
	described, err := c.DescribeWorkflowExecution(t.Context(), id, run)
	if err != nil {
		t.Fatal(err)
	}
	payload := described.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields()[pathway.AttrRag]
	return strings.Trim(string(payload.GetData()), `"`)
}

// runOf is the id of the latest run of a workflow, and whether it is open.
func runOf(t *testing.T, c client.Client, id string) (run string, running bool) {
	t.Helper()
	described, err := c.DescribeWorkflowExecution(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	info := described.GetWorkflowExecutionInfo()
	return info.GetExecution().GetRunId(), info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// An orphan in a report may be one no longer when it is to be ended.
func endOrphans(t *testing.T, c client.Client, n *clocks.Nudger, record *memory) {
	t.Helper()
	report := func(key string) clocks.Report {
		t.Helper()
		found := clocks.Report{}
		eventually(t, key+" is found to be an orphan", func() bool {
			for _, clock := range check(t, c, record, wake.Add(-time.Hour)).Faulty {
				if clock.WorkflowID == "Assessment/"+key && clock.Trouble == clocks.Orphan {
					found.Faulty = []clocks.Clock{clock}
				}
			}
			return len(found.Faulty) == 1
		})
		return found
	}
	for _, key := range []string{"lost", "opened-again", "opened-late"} {
		first := open(key, 3)
		send(t, n, first)
		armed(t, c, "Assessment/"+key)
	}
	lost, again, late := report("lost"), report("opened-again"), report("opened-late")

	lostRun, _ := runOf(t, c, "Assessment/lost")
	if healed, err := healer(c, n, record).Heal(t.Context(), lost, wake); err != nil || healed != (clocks.Healed{Ended: 1}) {
		t.Errorf("the clock of a case that the record does not know: %+v, %v", healed, err)
	}
	if _, running := runOf(t, c, "Assessment/lost"); running {
		t.Error("it was not ended")
	}
	if why := endedWhy(t, c, "Assessment/lost", lostRun); !strings.Contains(why, "the record holds nothing that is open or owed") {
		t.Errorf("the Temporal UI gives as the reason: %q", why)
	}
	if rag := ragOf(t, c, "Assessment/lost", lostRun); rag != string(pathway.Ended) {
		t.Errorf("a run that was ended is listed as %q", rag)
	}

	before, _ := runOf(t, c, "Assessment/opened-again")
	record.set(open("opened-again", 3))
	if healed, err := healer(c, n, record).Heal(t.Context(), again, wake.Add(-time.Hour)); err != nil || healed != (clocks.Healed{}) {
		t.Errorf("a clock that is wanted again: %+v, %v", healed, err)
	}
	if after, running := runOf(t, c, "Assessment/opened-again"); after != before || !running {
		t.Error("it was ended")
	}

	// It is wanted again just when it has been ended: its nudge went to the run that is gone.
	reads := 0
	record.reading("opened-late", func() {
		if reads++; reads == 2 {
			record.pathways["Assessment/opened-late"] = open("opened-late", 4)
		}
	})
	if healed, err := healer(c, n, record).Heal(t.Context(), late, wake.Add(-time.Hour)); err != nil || healed != (clocks.Healed{Restarted: 1}) {
		t.Errorf("a clock that is wanted again once it has been ended: %+v, %v", healed, err)
	}
	if after, running := runOf(t, c, "Assessment/opened-late"); !running {
		t.Errorf("it does not run: %s", after)
	}
}

// A pathway that sends knows already how it goes on once everything is sent; the record says
// until then that something is to be sent.
func sendsNow(t *testing.T, c client.Client, n *clocks.Nudger, record *memory) {
	t.Helper()
	due := open("sending", 3)
	due.Wake = casetime.WallNow().Add(-time.Second)
	record.set(due)
	record.holdClaims("sending")
	send(t, n, due)
	eventually(t, "it sends", func() bool {
		return strings.Count(strings.Join(history(t, c, "Assessment/sending"), " "), "ActivityTaskScheduled") == 2
	})
	if got := troubles(check(t, c, record, casetime.WallNow())); got["sending"] != "" {
		t.Errorf("while it sends it is %q", got["sending"])
	}
	record.letClaims()
	eventually(t, "it has sent", func() bool {
		return strings.Contains(strings.Join(history(t, c, "Assessment/sending"), " "), "WorkflowExecutionCompleted")
	})
}

// hearsNothing stands in for a run that a release which knew no epochs has left: it answers,
// and no nudge changes it.
func hearsNothing(ctx workflow.Context, state pathway.State) error {
	state.Nudge.Revision = 1
	err := workflow.SetQueryHandler(ctx, pathway.StateQuery, func() (pathway.State, error) { return state, nil })
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return false })
}

func TestARunThatANudgeDoesNotMoveIsReplaced(t *testing.T) {
	t.Parallel()
	stack := temporaltest.Shared(t)
	c := stack.Client(t, namespaceOfTheDeaf)
	prepared(t, c, namespaceOfTheDeaf)
	w := worker.New(c, pathway.TaskQueue, worker.Options{})
	w.RegisterWorkflowWithOptions(hearsNothing, workflow.RegisterOptions{Name: pathway.Assessment})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	n := clocks.New(c)
	record := &memory{pathways: map[string]pathway.Nudge{}}
	record.set(open("k1", 1))
	send(t, n, open("k1", 1))
	run, _ := runOf(t, c, "Assessment/k1")
	record.set(open("k1", 2))

	h := &clocks.Healer{Nudger: n, Record: record, Temporal: c, Namespace: namespaceOfTheDeaf}
	var report clocks.Report
	eventually(t, "it is stale", func() bool {
		var err error
		if report, err = clocks.Check(t.Context(), record, c, namespaceOfTheDeaf, 0, wake.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		return troubles(report)["k1"] == clocks.Stale
	})
	healed, err := h.Heal(t.Context(), report, wake.Add(-time.Hour))
	if err != nil || healed != (clocks.Healed{Nudged: 1, Restarted: 1}) {
		t.Fatalf("healed %+v: %v", healed, err)
	}
	if now, running := runOf(t, c, "Assessment/k1"); now == run || !running {
		t.Errorf("its run is %s (open: %v) and was %s", now, running, run)
	}
	if why := endedWhy(t, c, "Assessment/k1", run); !strings.Contains(why, "its run knows epoch 0, revision 1") && !strings.Contains(why, "its run knows revision 1") {
		t.Errorf("the Temporal UI gives as the reason: %q", why)
	}
}

func TestClocksThatMostlyBelongToAnotherRecordAreNotEnded(t *testing.T) {
	t.Parallel()
	report := clocks.Report{Open: 20, Live: 20}
	for i := range 21 {
		report.Faulty = append(report.Faulty, clocks.Clock{WorkflowID: fmt.Sprint("Assessment/", i), Trouble: clocks.Orphan})
	}
	h := &clocks.Healer{Nudger: clocks.New(&signals{}), Record: &memory{}}
	healed, err := h.Heal(t.Context(), report, wake)
	if !errors.Is(err, clocks.ErrOtherRecord) || healed != (clocks.Healed{}) {
		t.Errorf("healed %+v: %v", healed, err)
	}
	if !strings.Contains(err.Error(), "21 of 41") || !strings.Contains(err.Error(), "starter rebuild") {
		t.Errorf("%v", err)
	}
}
