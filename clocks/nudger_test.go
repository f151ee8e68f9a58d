package clocks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"longstop/clocks"
	"longstop/internal/temporal"
	"longstop/pathway"
	"longstop/pathway/attributes"
)

var wake = time.Date(2027, time.February, 16, 9, 0, 0, 0, time.UTC)

func open(caseKey string, revision int64) pathway.Nudge {
	return pathway.Nudge{
		CaseKey: caseKey, Pathway: pathway.Assessment, Revision: revision, Open: true, Wake: wake, WakeSummary: "remind",
		Display: pathway.Display{
			Label: "1 open", Team: "T1", Worker: "W01", DueAt: wake, Rag: pathway.Amber, OpenDuties: 1,
			OverdueRefs: []string{"AS-01"}, Table: "| duty |\n|---|\n",
		},
	}
}

func closed(caseKey string, revision int64) pathway.Nudge {
	return pathway.Nudge{CaseKey: caseKey, Pathway: pathway.Assessment, Revision: revision}
}

// signals is a Temporal client that keeps what it is asked for.
type signals struct {
	mu      sync.Mutex
	started map[string]client.StartWorkflowOptions
	plain   []string
	fail    map[string]error // by workflow id
	during  func()           // called in every call
}

func (s *signals) SignalWithStartWorkflow(_ context.Context, id, _ string, _ any, o client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	if s.during != nil {
		s.during()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started == nil {
		s.started = map[string]client.StartWorkflowOptions{}
	}
	s.started[id] = o
	return nil, s.fail[id]
}

func (s *signals) SignalWorkflow(_ context.Context, id, _, _ string, _ any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plain = append(s.plain, id)
	return s.fail[id]
}

func TestTheFirstNudgeOfACaseStartsThePathway(t *testing.T) {
	t.Parallel()
	server := &signals{}
	if err := clocks.New(server).Send(t.Context(), []pathway.Nudge{open("k1", 1)})[0]; err != nil {
		t.Fatal(err)
	}
	o := server.started["Assessment/k1"]
	if o.TaskQueue != pathway.TaskQueue || o.WorkflowIDConflictPolicy != enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING {
		t.Errorf("started with %+v", o)
	}
	if o.WorkflowExecutionTimeout != 0 || o.WorkflowRunTimeout != 0 {
		t.Error("a pathway has no time-out")
	}
	if left := attributes.Changes(o.TypedSearchAttributes, open("k1", 1)); len(left) != 0 {
		t.Errorf("%d search attributes are not set at the start", len(left))
	}
	if len(server.plain) != 0 {
		t.Error("it was signalled first, though nothing can run")
	}
}

func TestALaterNudgeIsAPlainSignalAndStartsWhatDoesNotRun(t *testing.T) {
	t.Parallel()
	server := &signals{fail: map[string]error{"Assessment/gone": serviceerror.NewNotFound("workflow not found")}}
	errs := clocks.New(server).Send(t.Context(), []pathway.Nudge{open("runs", 3), open("gone", 4)})
	if errs[0] != nil || len(server.plain) != 2 {
		t.Errorf("%d plain signals: %v", len(server.plain), errs[0])
	}
	if _, ok := server.started["Assessment/gone"]; !ok || len(server.started) != 1 {
		t.Errorf("started: %v", server.started)
	}
}

func TestANudgeOfAPathwayThatIsOverIsAPlainSignal(t *testing.T) {
	t.Parallel()
	server := &signals{fail: map[string]error{"Assessment/gone": serviceerror.NewNotFound("workflow not found")}}
	for i, err := range clocks.New(server).Send(t.Context(), []pathway.Nudge{closed("k1", 3), closed("gone", 4)}) {
		if err != nil {
			t.Errorf("nudge %d: %v", i, err)
		}
	}
	if len(server.plain) != 2 || len(server.started) != 0 {
		t.Errorf("%d plain signals, %d starts", len(server.plain), len(server.started))
	}
}

func TestEachNudgeHasItsOwnError(t *testing.T) {
	t.Parallel()
	server := &signals{fail: map[string]error{
		"Assessment/k4": serviceerror.NewInvalidArgument("no"),
	}}
	unknown := open("k5", 1)
	unknown.Pathway = "Gardening"
	errs := clocks.New(server).Send(t.Context(), []pathway.Nudge{open("k1", 1), unknown, open("k3", 1), closed("k4", 1)})
	if errs[0] != nil || errs[2] != nil {
		t.Errorf("sound nudges failed: %v, %v", errs[0], errs[2])
	}
	if errs[1] == nil || !strings.Contains(errs[1].Error(), "Gardening") {
		t.Errorf("a pathway that does not exist: %v", errs[1])
	}
	if errs[3] == nil || errors.Is(errs[3], temporal.ErrUnreachable) {
		t.Errorf("a server that refuses: %v", errs[3])
	}
}

func TestWhereTemporalIsDownTheRestIsNotTried(t *testing.T) {
	t.Parallel()
	tried := 0
	var mu sync.Mutex
	server := &signals{fail: map[string]error{}, during: func() {
		mu.Lock()
		tried++
		mu.Unlock()
	}}
	list := make([]pathway.Nudge, 500)
	for i := range list {
		list[i] = open(fmt.Sprint(i), 1)
		server.fail["Assessment/"+fmt.Sprint(i)] = serviceerror.NewUnavailable("down")
	}
	for i, err := range clocks.New(server).Send(t.Context(), list) {
		if !errors.Is(err, temporal.ErrUnreachable) || !strings.Contains(err.Error(), "TEMPORAL_ADDRESS") {
			t.Fatalf("nudge %d: %v", i, err)
		}
	}
	if tried > 32 {
		t.Errorf("%d were tried", tried)
	}
}

func TestSeveralNudgesAreUnderWayAtOnce(t *testing.T) {
	t.Parallel()
	const together = 8
	var arrived sync.WaitGroup
	arrived.Add(together)
	var n int
	var mu sync.Mutex
	server := &signals{during: func() {
		mu.Lock()
		n++
		first := n <= together
		mu.Unlock()
		if first {
			arrived.Done()
			arrived.Wait() // none goes on before the others have come
		}
	}}
	list := make([]pathway.Nudge, 50)
	for i := range list {
		list[i] = open(string(rune('a'+i)), 1)
	}
	for _, err := range clocks.New(server).Send(t.Context(), list) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(server.started) != len(list) {
		t.Errorf("%d of %d arrived", len(server.started), len(list))
	}
}

func TestNothingToSendIsNoError(t *testing.T) {
	t.Parallel()
	if errs := clocks.New(&signals{}).Send(t.Context(), nil); len(errs) != 0 {
		t.Errorf("%v", errs)
	}
}
