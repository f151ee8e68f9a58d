package nudge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"longstop/pathway"
)

// shown is what a run shows of its clock.
type shown struct {
	revision int64
	wake     time.Time
	rag      pathway.Rag
}

// trouble is what is wrong with a run, compared with what the record holds; "" if nothing.
func (s shown) trouble(want pathway.Nudge, now time.Time) Trouble {
	switch {
	case s.rag == pathway.Fault:
		return Faulted
	case s.revision > want.Revision:
		return Ahead
	case s.revision < want.Revision || !sameInstant(s.wake, want.Wake):
		return Stale
	case !s.wake.IsZero() && now.Sub(s.wake) > lateAfter:
		return Late
	default:
		return ""
	}
}

// sameInstant: Postgres keeps microseconds, Temporal more.
func sameInstant(a, b time.Time) bool {
	return a.Truncate(time.Microsecond).Equal(b.Truncate(time.Microsecond))
}

// listRuns lists the open runs of every pathway by their ids.
func listRuns(ctx context.Context, temporal client.Client, namespace string) (map[string]shown, error) {
	runs := map[string]shown{}
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, PageSize: pageSize,
		Query: "ExecutionStatus = 'Running' AND WorkflowType IN ('" + strings.Join(pathway.All, "', '") + "')",
	}
	for {
		page, err := temporal.ListWorkflow(ctx, request)
		if err != nil {
			return nil, fmt.Errorf("listing the open workflows: %w", explain(err))
		}
		for _, info := range page.GetExecutions() {
			run, err := shownBy(info.GetSearchAttributes())
			if err != nil {
				return nil, fmt.Errorf("the search attributes of %s: %w", info.GetExecution().GetWorkflowId(), err)
			}
			runs[info.GetExecution().GetWorkflowId()] = run
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return runs, nil
		}
	}
}

func shownBy(attributes *commonpb.SearchAttributes) (shown, error) {
	var s shown
	fields := attributes.GetIndexedFields()
	return s, errors.Join(
		read(fields[pathway.AttrRevision], &s.revision),
		read(fields[pathway.AttrWakeAt], &s.wake),
		read(fields[pathway.AttrRag], &s.rag),
	)
}

// read reads a search attribute; one that is missing or unset leaves the value.
func read(p *commonpb.Payload, value any) error {
	if len(p.GetData()) == 0 {
		return nil
	}
	return json.Unmarshal(p.GetData(), value)
}

// inspectors is how many runs are asked at once.
const inspectors = 16

// inspectAll asks each suspect and returns those with which something is wrong, in the
// order of their ids.
func inspectAll(ctx context.Context, temporal client.Client, suspects map[string]bool, wanted map[string]pathway.Nudge, now time.Time) ([]Clock, error) {
	ids := make(chan string)
	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		faulty  []Clock
		failed  error
	)
	for range min(inspectors, len(suspects)) {
		workers.Go(func() {
			for id := range ids {
				want, open := wanted[id]
				clock, err := inspect(ctx, temporal, id, want, open, now)
				mu.Lock()
				failed = errors.Join(failed, err)
				if clock.Trouble != "" {
					faulty = append(faulty, clock)
				}
				mu.Unlock()
			}
		})
	}
	for id := range suspects {
		ids <- id
	}
	close(ids)
	workers.Wait()
	if failed != nil {
		return nil, failed
	}
	slices.SortFunc(faulty, func(a, b Clock) int { return strings.Compare(a.WorkflowID, b.WorkflowID) })
	return faulty, nil
}

// inspect asks the server about one run, and where that does not agree with the record,
// the run itself: a nudge that has reached it may not have been served yet.
func inspect(ctx context.Context, temporal client.Client, id string, want pathway.Nudge, open bool, now time.Time) (Clock, error) {
	described, err := temporal.DescribeWorkflowExecution(ctx, id, "")
	var gone *serviceerror.NotFound
	if err != nil && !errors.As(err, &gone) {
		return Clock{}, fmt.Errorf("describing %s: %w", id, explain(err))
	}
	info := described.GetWorkflowExecutionInfo()
	running := err == nil && info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	clock := Clock{WorkflowID: id, Nudge: want}
	switch {
	case !running && !open:
		return Clock{}, nil
	case !running:
		clock.Trouble, clock.Why = Missing, "no run is open"
		return clock, nil
	case !open:
		clock.Trouble, clock.Why = Orphan, "a run is open, but nothing is open or owed in the record"
		return clock, nil
	}
	run, err := shownBy(info.GetSearchAttributes())
	if err != nil {
		return Clock{}, fmt.Errorf("the search attributes of %s: %w", id, err)
	}
	if run.trouble(want, now) != "" {
		run = askedItself(ctx, temporal, id, run)
	}
	clock.Trouble = run.trouble(want, now)
	clock.Why = run.why(clock.Trouble, want)
	return clock, nil
}

// askTimeout is how long a run may take to answer: where no worker is there, it does not.
const askTimeout = 5 * time.Second

// askedItself is what a run answers when it is asked, or what it showed where it does not
// answer.
func askedItself(ctx context.Context, temporal client.Client, id string, showed shown) shown {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := temporal.QueryWorkflow(ctx, id, "", pathway.StateQuery)
	if err != nil {
		return showed
	}
	var state pathway.State
	if err := answer.Get(&state); err != nil {
		return showed
	}
	s := shown{revision: state.Nudge.Revision, wake: state.Nudge.Wake, rag: state.Nudge.Display.Rag}
	if state.Faults > 0 {
		s.rag = pathway.Fault
	}
	return s
}

func (s shown) why(t Trouble, want pathway.Nudge) string {
	switch t {
	case Stale, Ahead:
		return fmt.Sprintf("its run knows revision %d and wakes %s; the record has revision %d and wants it to wake %s",
			s.revision, instant(s.wake), want.Revision, instant(want.Wake))
	case Faulted:
		return "an activity failed; it is tried again within the hour"
	case Late:
		return "it should have woken at " + instant(s.wake) + ": is a worker running?"
	case Missing, Orphan:
	}
	return ""
}

func instant(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
