package nudge_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"longstop/activities"
	notifylog "longstop/notify/log"
	"longstop/nudge"
	"longstop/nudge/stacktest"
	"longstop/pathway"
	"longstop/workflows"
)

// Each of the other namespaces of the stack belongs to one test.
const (
	namespaceOfVersions = "other-1"
	namespaceOfTypes    = "other-2"
	namespaceOfDemo     = "other-3"
)

// memory is a record in memory: what the activities plan, and the open pathways.
type memory struct {
	activities.Record // only Plan is called
	mu                sync.Mutex
	pathways          map[string]pathway.Nudge // by workflow id
}

func (m *memory) Plan(_ context.Context, caseKey, name string) (pathway.Planned, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return pathway.Planned{Next: m.pathways[pathway.WorkflowID(name, caseKey)]}, nil
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

func (m *memory) set(n pathway.Nudge) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pathways[pathway.WorkflowID(n.Pathway, n.CaseKey)] = n
}

func startWorker(t *testing.T, c client.Client, record activities.Record, o worker.Options) {
	t.Helper()
	o.DisableRegistrationAliasing = true
	w := worker.New(c, pathway.TaskQueue, o)
	workflows.Register(w)
	(&activities.Activities{Record: record, Channel: notifylog.New(zerolog.Nop()), Log: zerolog.Nop()}).Register(w)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func versioned(build string) worker.Options {
	return worker.Options{DeploymentOptions: worker.DeploymentOptions{
		UseVersioning: true, Version: worker.WorkerDeploymentVersion{DeploymentName: pathway.Deployment, BuildID: build},
	}}
}

func prepared(t *testing.T, c client.Client, namespace string) {
	t.Helper()
	if err := nudge.RegisterSearchAttributes(t.Context(), c, namespace); err != nil {
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

// timerSummary is what the UI shows beside the first timer of a run.
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
	stack := stacktest.Shared(t)
	c := stack.Client(t, pathway.Namespace)
	prepared(t, c, pathway.Namespace)
	record := &memory{pathways: map[string]pathway.Nudge{}}
	startWorker(t, c, record, worker.Options{})
	n := nudge.New(c)

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
			t.Errorf("beside the timer stands %s", got)
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

	t.Run("the check finds clocks that do not run, and nudges them", func(t *testing.T) {
		checkClocks(t, c, n, record)
	})
}

func send(t *testing.T, n *nudge.Nudger, list ...pathway.Nudge) {
	t.Helper()
	for _, err := range n.Send(t.Context(), list) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func check(t *testing.T, c client.Client, record nudge.Pathways, now time.Time) nudge.Report {
	t.Helper()
	report, err := nudge.Check(t.Context(), record, c, pathway.Namespace, 0, now)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// troubles is what is wrong, by case key.
func troubles(r nudge.Report) map[string]nudge.Trouble {
	found := map[string]nudge.Trouble{}
	for _, c := range r.Faulty {
		_, key, _ := strings.Cut(c.WorkflowID, "/")
		found[key] = c.Trouble
	}
	return found
}

func checkClocks(t *testing.T, c client.Client, n *nudge.Nudger, record *memory) {
	t.Helper()
	for _, key := range []string{"live", "terminated", "never", "stale", "ahead", "asleep", "orphan", "faulty"} {
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
	for _, key := range []string{"live", "terminated", "stale", "ahead", "orphan"} {
		armed(t, c, "Assessment/"+key)
	}
	if err := c.TerminateWorkflow(t.Context(), "Assessment/terminated", "", "by hand"); err != nil {
		t.Fatal(err)
	}
	record.set(open("stale", 6))
	record.set(open("ahead", 4))
	record.set(closed("orphan", 6))

	// Lists are eventually consistent: what has just been terminated may still be listed.
	var report nudge.Report
	eventually(t, "the list shows what was terminated", func() bool {
		report = check(t, c, record, wake.Add(-time.Hour))
		return troubles(report)["terminated"] != ""
	})
	want := map[string]nudge.Trouble{
		"terminated": nudge.Missing, "never": nudge.Missing, "stale": nudge.Stale, "ahead": nudge.Ahead,
		"orphan": nudge.Orphan, "faulty": nudge.Faulted,
	}
	got := troubles(report)
	if len(got) != len(want) {
		t.Errorf("found %v, want %v", got, want)
	}
	for key, trouble := range want {
		if got[key] != trouble {
			t.Errorf("%s is %q, want %q", key, got[key], trouble)
		}
	}
	if report.OK() || report.Live != report.Open-5 {
		t.Errorf("of %d clocks %d are live", report.Open, report.Live)
	}

	if err := n.Heal(t.Context(), report, zerolog.Nop()); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"terminated", "never", "stale"} {
		eventually(t, key+" is live again", func() bool { return troubles(check(t, c, record, wake.Add(-time.Hour)))[key] == "" })
	}
	if got := troubles(check(t, c, record, wake.Add(time.Hour))); got["live"] != nudge.Late || got["asleep"] != "" {
		t.Errorf("an hour after the wake: %v", got)
	}
}

func TestSearchAttributesAreRegisteredOnce(t *testing.T) {
	t.Parallel()
	stack := stacktest.Shared(t)
	c := stack.Client(t, namespaceOfTypes)
	var together sync.WaitGroup
	for range 3 {
		together.Go(func() {
			if err := nudge.RegisterSearchAttributes(t.Context(), c, namespaceOfTypes); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
}

func TestASearchAttributeOfAnotherTypeIsNamed(t *testing.T) {
	t.Parallel()
	stack := stacktest.Shared(t)
	c := stack.Client(t, namespaceOfDemo)
	_, err := c.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
		Namespace:        namespaceOfDemo,
		SearchAttributes: map[string]enumspb.IndexedValueType{pathway.AttrRag: enumspb.INDEXED_VALUE_TYPE_BOOL},
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the wrong attribute is refused", func() bool {
		err := nudge.RegisterSearchAttributes(t.Context(), c, namespaceOfDemo)
		return err != nil && strings.Contains(err.Error(), "the search attribute Rag is Bool")
	})
}

func TestABuildBecomesCurrentOnlyWhereNoOtherRuns(t *testing.T) {
	t.Parallel()
	stack := stacktest.Shared(t)
	c := stack.Client(t, namespaceOfVersions)
	record := &memory{pathways: map[string]pathway.Nudge{}}
	ensure := func(build string, promote bool) nudge.Standing {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		standing, err := nudge.EnsureCurrentVersion(ctx, c, build, promote)
		if err != nil {
			t.Fatal(err)
		}
		return standing
	}
	startWorker(t, c, record, versioned("1.0"))
	if got := ensure("1.0", false); got != (nudge.Standing{Current: "1.0", Made: true}) {
		t.Fatalf("the first build: %+v", got)
	}
	if got := ensure("1.0", false); got != (nudge.Standing{Current: "1.0"}) {
		t.Fatalf("the first build again: %+v", got)
	}
	startWorker(t, c, record, versioned("1.1"))
	if got := ensure("1.1", false); got != (nudge.Standing{Current: "1.0"}) {
		t.Fatalf("a second build beside the first: %+v", got)
	}
	if got := ensure("1.1", true); got != (nudge.Standing{Current: "1.1", Made: true}) {
		t.Fatalf("a second build that is promoted: %+v", got)
	}
	handle := c.WorkerDeploymentClient().GetHandle(pathway.Deployment)
	_, err := handle.SetCurrentVersion(t.Context(), client.WorkerDeploymentSetCurrentVersionOptions{BuildID: "0.9", AllowNoPollers: true, IgnoreMissingTaskQueues: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := ensure("1.1", false); got != (nudge.Standing{Current: "1.1", Made: true}) {
		t.Fatalf("where the current build runs nowhere: %+v", got)
	}
}

func TestAServerThatIsDownIsNamed(t *testing.T) {
	t.Parallel()
	_, err := nudge.Dial(t.Context(), client.Options{HostPort: "127.0.0.1:1", Logger: nudge.NewLogger(zerolog.Nop())})
	if !errors.Is(err, nudge.ErrUnreachable) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("%v", err)
	}
}
